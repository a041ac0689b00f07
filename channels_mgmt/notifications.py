"""What people are told about channels and about declared links; never a pupil's name."""

from datetime import date

from django.urls import reverse

from accounts.models import Membership
from accounts.notifications import notify
from channels_mgmt.models import Authorisation, CredentialChange, FamilyLink
from channels_mgmt.rules import deciders_of
from channels_mgmt.selectors import managers_of
from policyportal.lib.outbox import supersede


def poster_authorised(authorisation: Authorisation) -> None:
    """Tell the person that they were authorised on a channel."""
    _tell(authorisation, "poster_authorised", "You were authorised on a channel")


def authorisation_revoked(authorisation: Authorisation) -> None:
    """Tell the person that their authorisation on a channel was revoked."""
    _tell(authorisation, "authorisation_revoked", "Your authorisation on a channel was revoked")


def _tell(authorisation: Authorisation, event: str, subject: str) -> None:
    notify(
        user=authorisation.membership.user,
        school=authorisation.school,
        event=event,
        subject=subject,
        path=reverse("channels:channel_detail", args=[authorisation.channel_id]),
        key=f"{event}:{authorisation.pk}",
    )


def link_declared(link: FamilyLink) -> None:
    """Tell whoever decides on it that a declared link waits."""
    for post in deciders_of(link):
        notify(
            user=post.user,
            school=link.school,
            event="link_declared",
            subject="A link with a family waits for your decision",
            path=link.get_absolute_url(),
            key=f"link-declared:{link.pk}",
        )


def link_decided(link: FamilyLink) -> None:
    """Tell the member of staff how a link of theirs was decided; a refusal of what a family declared is not theirs."""
    if link.adult is None or (link.by_family and link.status == FamilyLink.Status.REFUSED):
        return
    notify(
        user=link.adult,
        school=link.school,
        event="link_decided",
        subject="A link with a family was decided",
        path=link.get_absolute_url(),
        key=f"link-decided:{link.pk}:{link.status}",
    )


def answer_owed(post: Membership, days: list[date], earlier: list[date]) -> None:
    """Tell one person to answer the declaration: the latest of `days` alone; mail still unsent for others is void."""
    supersede([f"{_key_of_answer(post, day)}:{post.user_id}" for day in [*earlier, *days[:-1]]])
    notify(
        user=post.user,
        school=post.school,
        event="links_answer_owed",
        subject="Say whether you have links with families of the school",
        path=reverse("channels:links_answer"),
        key=_key_of_answer(post, days[-1]),
    )


def _key_of_answer(post: Membership, day: date) -> str:
    return f"links-answer:{post.school_id}:{day}"


def credentials_due(change: CredentialChange, day: date | None = None) -> None:
    """Tell whoever manages the channel that its credentials are to be changed; with `day` once more on that day."""
    for post in managers_of(change.channel):
        notify(
            user=post.user,
            school=change.school,
            event="credentials_due",
            subject="Credentials of a channel are to be changed",
            path=change.channel.get_absolute_url(),
            key=f"credentials_due:{change.pk}:{day or 'new'}",
        )
