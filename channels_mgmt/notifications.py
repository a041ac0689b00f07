"""What people are told about channels: that they may now post or moderate, and that they no longer may."""

from django.urls import reverse

from accounts.notifications import notify
from channels_mgmt.models import Authorisation


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
