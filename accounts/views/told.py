"""The pages of what somebody was told."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from accounts.selectors import told_to
from accounts.services import read_notifications
from policyportal.lib.paging import page_of


@needs("read_notifications")
def notification_list(request):
    """What this person was told in the school worked in, newest first."""
    told = told_to(request.membership)
    page = page_of(told, request.GET, order="-created_at")
    return render(request, "accounts/notification_list.html", {"page": page})


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
