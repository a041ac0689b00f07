"""The verbs on what somebody was told."""

from django.utils import timezone

from accounts.models import Membership, Notification
from accounts.selectors import told_to


def read_notifications(membership: Membership, only: Notification | None = None) -> int:
    """Mark what the person was told in this school as read, or `only` the one; return how many were unread."""
    unread = told_to(membership).filter(read_at=None)
    if only is not None:
        unread = unread.filter(pk=only.pk)
    return unread.update(read_at=timezone.now())
