"""The pages of what somebody was told."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from accounts.forms.told import ToldForm
from accounts.selectors import told_to
from accounts.services import read_notifications
from accounts.services.told import choose_mail
from policyportal.lib.paging import page_of


@needs("read_notifications")
def notification_list(request):
    """What this person was told in the school worked in, newest first."""
    told = told_to(request.membership)
    page = page_of(told, request.GET, order="-created_at")
    return render(request, "accounts/notification_list.html", {"page": page})


@needs("read_notifications")
def notification_choice(request):
    """Choose how one is told by mail: at once, or once a day."""
    form = ToldForm(request.POST or None, initial={"mail_when": request.user.mail_when})
    if form.is_valid():
        choose_mail(request.user, form.cleaned_data["mail_when"])
        messages.success(request, "Your choice is kept.")
        return redirect("accounts:notification_list")
    trail = [("Notifications", reverse("accounts:notification_list"))]
    return render(request, "accounts/notification_choice.html", {"form": form, "trail": trail})


@require_POST
@needs("read_notifications")
def notification_read(request, pk):
    """Mark one as read and go where it leads."""
    notification = get_object_or_404(told_to(request.membership), pk=pk)
    read_notifications(request.membership, only=notification)
    return redirect(notification.path)


@require_POST
@needs("read_notifications")
def notification_read_all(request):
    """Mark all as read."""
    read_notifications(request.membership)
    return redirect("accounts:notification_list")
