"""When mail about what somebody was told goes out: at once or once a day, and not in the quiet hours of a school.

Each notification knows the one mail that tells of it. A mail of the day tells of many, in whichever school.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, School, User
from accounts.quiet import Hours, end_of_quiet, next_end
from policyportal.lib.dates import LONDON
from policyportal.lib.models import OutboxMail
from policyportal.lib.outbox import queue_mail, register_hold

MAIL_SUBJECT = "Something waits for you in the portal"


def hours_of(school: School) -> Hours:
    """Return the quiet hours of a school."""
    return school.quiet_from, school.quiet_until


@transaction.atomic
def owe_mail(told: Sequence[Notification], *, key: str, path: str) -> OutboxMail:
    """Owe one person one mail for these notifications of theirs and return it; `key` names it where it is their own.

    What is urgent goes at once. Everything else waits for the end of the quiet hours, or for the mail of the day
    where the person chose that. Call it in the transaction that stored the notifications.
    """
    user, now = told[0].user, timezone.now()
    if any(one.urgent for one in told):
        mail = queue_mail(to=user, subject=MAIL_SUBJECT, path=path, dedupe_key=key)
    elif user.mail_when == User.MailWhen.DAILY:
        mail = _mail_of_the_day(user, [one.school for one in told], now)
    else:
        due = end_of_quiet([hours_of(one.school) for one in told], now)
        mail = queue_mail(to=user, subject=MAIL_SUBJECT, path=path, dedupe_key=key, due_at=due)
    Notification.objects.filter(pk__in=[one.pk for one in told]).update(mail=mail)
    return mail


def gather(user: User) -> None:
    """Put what still waits to be mailed to `user` by itself into the mail of the day, each thing once."""
    now = timezone.now()
    alone = OutboxMail.objects.waiting().filter(in_nobodys_hands(now), to=user, tells__urgent=False)
    alone = alone.exclude(dedupe_key__startswith=day_key(user, ""))
    ids = list(OutboxMail.objects.select_for_update().filter(pk__in=alone.values("pk")).values_list("pk", flat=True))
    told = list(Notification.objects.filter(mail__in=ids).select_related("school"))
    if told:
        mail = _mail_of_the_day(user, [one.school for one in told], now)
        Notification.objects.filter(pk__in=[one.pk for one in told]).update(mail=mail)
        OutboxMail.objects.filter(pk__in=ids).update(superseded_at=now)


def held_until(mail: OutboxMail) -> datetime | None:
    """Return when the quiet hours end that a mail due now must wait for, or None. Asked when it is about to be sent.

    A mail may have become due in the night because the mail server or the portal was away.
    """
    told = Notification.objects.filter(mail=mail).values_list("urgent", "school__quiet_from", "school__quiet_until")
    rows = set(told)
    if any(urgent for urgent, *_ in rows):
        return None
    return end_of_quiet([(start, end) for _, start, end in rows], timezone.now())


def _mail_of_the_day(user: User, schools: Sequence[School], now: datetime) -> OutboxMail:
    """Return the first mail of a day that still waits, at the end of these schools' quiet hours or later."""
    due = now
    while True:
        due = max(next_end(hours_of(school), due) for school in schools)
        mail = queue_mail(
            to=user,
            subject=MAIL_SUBJECT,
            path=reverse("accounts:notification_list"),
            dedupe_key=day_key(user, due.astimezone(LONDON).date().isoformat()),
            due_at=due,
        )
        # Locked until the caller's transaction ends: whoever sends it then sends it for this too.
        joined = OutboxMail.objects.waiting().filter(in_nobodys_hands(now), pk=mail.pk).select_for_update().first()
        if joined is not None:
            OutboxMail.objects.filter(pk=joined.pk, due_at__lt=due).update(due_at=due)
            return joined


def in_nobodys_hands(now: datetime) -> Q:
    """Return the condition that a mail is not being sent."""
    return Q(lease_until=None) | Q(lease_until__lte=now)


def day_key(user: User, day: str) -> str:
    """Return what makes the mail of a day the same one, whatever is told in it."""
    return f"digest:{user.pk}:{day}"


register_hold(held_until)
