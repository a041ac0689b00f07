"""The verbs on what somebody was told, and on how they are told."""

from django.db import transaction
from django.utils import timezone

from accounts.mailing import gather
from accounts.models import Membership, Notification, User
from accounts.selectors import told_to
from policyportal.lib.workflow import save_as


def read_notifications(membership: Membership, only: Notification | None = None) -> int:
    """Mark what the person was told in this school as read, or `only` the one; return how many were unread."""
    unread = told_to(membership).filter(read_at=None)
    if only is not None:
        unread = unread.filter(pk=only.pk)
    return unread.update(read_at=timezone.now())


@transaction.atomic
def choose_mail(user: User, when: str) -> User:
    """Let `user` choose when mail tells them of things, and return them as stored. Tells nobody.

    What waits stays owed, once: chosen once a day, it goes with the mail of the day; chosen at once, what is in the
    mail of the day stays there, and whatever comes later goes at once.
    """
    held = User.objects.select_for_update().get(pk=user.pk)
    if held.mail_when != when:
        held.mail_when = User.MailWhen(when)
        save_as(held, held, f"Mail chosen: {held.get_mail_when_display().lower()}")
        if held.mail_when == User.MailWhen.DAILY:
            gather(held)
    return held
