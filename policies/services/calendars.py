"""The verbs of a person's calendar: a private address made, renewed and taken back."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, User
from policies.feeds import hash_of, new_secret
from policies.models import CalendarFeed
from policyportal.lib.workflow import save_as


def make_calendar(by: Membership) -> str:
    """Make the private address of somebody's calendar in the school worked in, and return its secret part.

    It is told here and never again: only a keyed hash is stored. A former address of theirs in that school stops
    working at once. Tells nobody else.
    """
    secret = new_secret()
    with transaction.atomic():
        # Locked, so that of two presses at once the later address is the one that works.
        User.objects.select_for_update().get(pk=by.user_id)
        _revoke(by, "Replaced by a new address")
        feed = CalendarFeed(school=by.school, user=by.user, address_hash=hash_of(secret))
        save_as(feed, by, "Made")
    return secret


def revoke_calendar(by: Membership) -> bool:
    """Take back the address of somebody's calendar in the school worked in; return whether there was one."""
    with transaction.atomic():
        return _revoke(by, "Taken back")


def _revoke(by: Membership, reason: str) -> bool:
    feed = CalendarFeed.objects.select_for_update().filter(school=by.school, user=by.user, revoked_at=None).first()
    if feed is None:
        return False
    feed.revoked_at = timezone.now()
    save_as(feed, by, reason)
    return True
