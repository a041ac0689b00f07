"""The life of a channel, of a declared link, and of a change of credentials that somebody who left knew."""

from django.utils import timezone

from accounts.models import Membership
from channels_mgmt.models import Channel, CredentialChange, FamilyLink
from channels_mgmt.notifications import link_decided
from channels_mgmt.rules import can_change_credentials, can_decide_link, can_manage_channel
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

DECLARED, APPROVED = FamilyLink.Status.DECLARED, FamilyLink.Status.APPROVED
REFUSED, ENDED = FamilyLink.Status.REFUSED, FamilyLink.Status.ENDED


def adult_known(link: FamilyLink) -> str:
    """An exception is somebody's: whom a family meant has to be said first."""
    return "" if link.adult_id else "Say first which member of staff the family means."


def write_decision(link: FamilyLink, actor: Membership, reason: str) -> None:
    """Keep who decided, when and why on the link itself: whoever declared it reads that."""
    link.decided_by, link.decided_at, link.decision_reason = actor, timezone.now(), reason.strip()
    # What a family was told before no longer holds.
    link.declarer_told_at = None


def tell_decision(link: FamilyLink, actor: Membership, reason: str) -> None:
    """Tell the member of staff; a family is told by the office, which the head's pages remember."""
    link_decided(link)


DECIDED = {"precedes": (write_decision,), "follows": (tell_decision,)}
register(
    FamilyLink,
    [
        Step("approve", "Approve link", (DECLARED,), APPROVED, can_decide_link, needs=(adult_known,), **DECIDED),
        Step("refuse", "Refuse link", (DECLARED,), REFUSED, can_decide_link, reason_needed=True, **DECIDED),
        Step("end", "End link", (APPROVED,), ENDED, can_decide_link, reason_needed=True, **DECIDED),
    ],
)


def note_change(change: CredentialChange, actor: Membership, reason: str) -> None:
    """Keep who changed the credentials, and when; never what they are."""
    change.done_by, change.done_at = actor, timezone.now()


register(
    CredentialChange,
    [
        Step(
            "change",
            "Changed",
            (CredentialChange.Status.DUE,),
            CredentialChange.Status.DONE,
            can_change_credentials,
            precedes=(note_change,),
        )
    ],
)
