"""The page on which somebody says that the credentials of a channel are changed; nobody ever types them here."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from channels_mgmt.models import CredentialChange
from channels_mgmt.views.channels import found
from policyportal.lib.workflow import NotAllowed, TooLate, steps_of, take


@require_POST
@needs("view_channels")
def credential_step(request, pk):
    """Say that the credentials which a leaver knew are changed."""
    changes = CredentialChange.objects.visible_to(request.membership)
    change = get_object_or_404(changes.select_related("channel"), pk=pk)
    channel = found(request, change.channel_id)
    if request.POST.get("step") not in {step.name for step in steps_of(CredentialChange)}:
        raise Http404
    try:
        take(request.POST["step"], change, request.membership)
    except NotAllowed:
        raise PermissionDenied from None
    except TooLate as late:
        return render(request, "channels_mgmt/too_late.html", {"late": late, "channel": channel}, status=409)
    messages.success(request, f"The credentials of {channel} are changed.")
    return redirect(channel)
