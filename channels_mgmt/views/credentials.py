"""The page on which somebody says that the credentials of a channel are changed; nobody ever types them here."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from channels_mgmt.models import CredentialChange
from channels_mgmt.rules import can_manage_channel
from channels_mgmt.views.channels import guarded
from policyportal.lib.workflow import NotAllowed, TooLate, take


@require_POST
@needs("view_channels")
def credential_change(request, pk):
    """Say that the credentials which a leaver knew are changed."""
    changes = CredentialChange.objects.visible_to(request.membership)
    change = get_object_or_404(changes.select_related("channel"), pk=pk)
    channel = guarded(request, change.channel_id, can_manage_channel)
    try:
        take("change", change, request.membership)
    except NotAllowed:
        raise PermissionDenied from None
    except TooLate as late:
        return render(request, "channels_mgmt/too_late.html", {"late": late, "channel": channel}, status=409)
    messages.success(request, f"The credentials of {channel} are changed.")
    return redirect(channel)
