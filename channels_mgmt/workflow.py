"""The life of a channel: open, suspended for a while, closed."""

from channels_mgmt.models import Channel
from channels_mgmt.rules import can_manage_channel
from policyportal.lib.workflow import Step, register

OPENED, SUSPENDED, CLOSED = Channel.Status.OPENED, Channel.Status.SUSPENDED, Channel.Status.CLOSED

register(
    Channel,
    [
        Step("suspend", "Suspend channel", (OPENED,), SUSPENDED, can_manage_channel, reason_needed=True),
        Step("reopen", "Reopen channel", (SUSPENDED, CLOSED), OPENED, can_manage_channel, reason_needed=True),
        Step("close", "Close channel", (OPENED, SUSPENDED), CLOSED, can_manage_channel, reason_needed=True),
    ],
)
