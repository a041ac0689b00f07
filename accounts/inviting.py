"""Invitations: made, mailed with a link that stands in no table, read back from that link, withdrawn."""

from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import posts
from accounts.models import Invitation, Membership
from policyportal.lib import outbox
from policyportal.lib.dates import today
from policyportal.lib.models import OutboxMail
from policyportal.lib.workflow import Refused, save_as

KIND = "invitation"
MAIL_SUBJECT = "You are invited to your school’s portal"


@transaction.atomic
def invite(post: Membership, by: Membership | None = None) -> Invitation:
    """Ask the person of a post by e-mail to take it up, and return the invitation; an older one is withdrawn.

    Lets somebody who had left sign in again, once they have set a way to. Tells the person. Refuses a post that was
    taken up and one that has ended. Whether `by` may is asked by `accounts.services.send_invitation`.
    """
    held = posts.locked(post)
    if held.accepted_at is not None:
        raise Refused(f"{held.person_name} has taken up this post already.")
    if held.ends_on is not None and held.ends_on < today():
        raise Refused("This post has ended.")
    withdraw_open(held, by, "Another invitation was sent")
    if not held.user.is_active:
        held.user.is_active = True
        save_as(held.user, by, "Invited again")
    invitation = Invitation(school=held.school, post=held, invited_by=by, expires_at=timezone.now() + Invitation.LASTS)
    save_as(invitation, by, "Invited")
    outbox.queue_mail(
        to=held.user,
        subject=MAIL_SUBJECT,
        path=reverse("accounts:invitation_accept"),
        dedupe_key=_mail_key(invitation),
        link=KIND,
    )
    return invitation


def withdraw_open(post: Membership, by: Membership | None, reason: str) -> Invitation | None:
    """Withdraw the invitation to a post that is neither accepted nor withdrawn, if there is one, and return it."""
    invitation = Invitation.objects.select_for_update().filter(post=post, accepted_at=None, withdrawn_at=None).first()
    if invitation is not None:
        invitation.withdrawn_at = timezone.now()
        save_as(invitation, by, reason)
        outbox.supersede([_mail_key(invitation)])
    return invitation


def token_of(invitation: Invitation) -> str:
    """Return the secret part of an invitation's link: its id under the portal's signature."""
    return signing.dumps(str(invitation.pk), salt=__name__)


def id_in(token: str) -> UUID | None:
    """Return the id of the invitation that a link names, or None where the portal did not sign it."""
    try:
        return UUID(signing.loads(token, salt=__name__))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


def link_of(mail: OutboxMail) -> str:
    """Return the path that an invitation's mail links to, or "" when the invitation is over."""
    invitation = Invitation.objects.waiting().filter(pk=mail.dedupe_key.removeprefix(f"{KIND}:")).first()
    return reverse("accounts:invitation_open", args=[token_of(invitation)]) if invitation else ""


def _mail_key(invitation: Invitation) -> str:
    return f"{KIND}:{invitation.pk}"


outbox.register_link(KIND, link_of)
