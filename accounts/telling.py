"""Telling many people at once: a line for each thing and one mail each, in queries that do not grow with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from accounts.mailing import MAIL_SUBJECT, day_key, hours_of, in_nobodys_hands
from accounts.models import Notification, User
from accounts.quiet import end_of_quiet, next_end
from policyportal.lib.dates import LONDON
from policyportal.lib.models import OutboxMail
from policyportal.lib.outbox import queue_mails


@dataclass(frozen=True)
class Told:
    """What one person is told: lines that are not stored yet, and the one mail of all of them."""

    lines: Sequence[Notification]
    key: str
    path: str

    @property
    def user(self) -> User:
        """Whom."""
        return self.lines[0].user


def line(*, user: User, school, event: str, subject: str, path: str, key: str) -> Notification:
    """Return a line that is not stored yet; `key` names the event and its thing, as for `notify`."""
    return Notification(
        user=user, school=school, event=event, subject=subject[:120], path=path, dedupe_key=f"{key}:{user.pk}"
    )


def tell_all(told: Sequence[Told]) -> None:
    """Store everybody's lines and owe each person one mail, by the rules of `owe_mail`: the same again adds nothing.

    Call it in the transaction that stored what they are told of. None of it is urgent.
    """
    now = timezone.now()
    daily = [one for one in told if one.user.mail_when == User.MailWhen.DAILY]
    alone = [one for one in told if one.user.mail_when != User.MailWhen.DAILY]
    mails = _mails_alone(alone, now) | _mails_of_the_day(daily, now)
    lines = [line for one in told for line in one.lines]
    for each in lines:
        each.mail_id = mails[each.user_id]
    Notification.objects.bulk_create(lines, ignore_conflicts=True)


def _mails_alone(told: Sequence[Told], now: datetime) -> dict:
    """Owe each of these people a mail of their own and return its id by person."""
    owed = [
        OutboxMail(
            dedupe_key=one.key,
            to=one.user,
            subject=MAIL_SUBJECT,
            path=one.path,
            due_at=end_of_quiet([hours_of(each.school) for each in one.lines], now) or now,
        )
        for one in told
    ]
    ids = queue_mails(owed) if owed else {}
    return {mail.to_id: ids[mail.dedupe_key] for mail in owed}


def _mails_of_the_day(told: Sequence[Told], now: datetime) -> dict:
    """Return, by person, the first mail of a day that still waits, locked so that whoever sends it sends this too."""
    found: dict = {}
    due = {one.user.pk: now for one in told}
    while left := [one for one in told if one.user.pk not in found]:
        owed = {}
        for one in left:
            pk = one.user.pk
            due[pk] = max(next_end(hours_of(each.school), due[pk]) for each in one.lines)
            owed[pk] = OutboxMail(
                dedupe_key=day_key(one.user, due[pk].astimezone(LONDON).date().isoformat()),
                to=one.user,
                subject=MAIL_SUBJECT,
                path=reverse("accounts:notification_list"),
                due_at=due[pk],
            )
        ids = queue_mails(list(owed.values()))
        free = OutboxMail.objects.waiting().filter(in_nobodys_hands(now), pk__in=ids.values()).select_for_update()
        found |= {mail.to_id: mail.pk for mail in free}
    return found
