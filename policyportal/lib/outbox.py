"""Mail that is owed: queued in the verb's transaction, claimed with a lease, sent once, retried with patience.

SMTP cannot be exactly-once: between the server's 250 and our commit one duplicate is possible, and it carries the
same Message-ID. The record is exactly-once.
"""

import logging
import smtplib
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from policyportal.lib.models import Heartbeat, OutboxMail

logger = logging.getLogger(__name__)

BATCH = 50
BEAT = "outbox"
MINUTE = timedelta(minutes=1)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)

# Of the server, and of a mail that cannot be written: that one waits and is counted, and the others go out.
UNSENT = (OSError, smtplib.SMTPException, LookupError, ValueError)

LinkMaker = Callable[[OutboxMail], str]
_link_makers: dict[str, LinkMaker] = {}
# Each tells until when a mail that is due has to wait all the same, or None.
Hold = Callable[[OutboxMail], datetime | None]
_holds: list[Hold] = []


def register_link(kind: str, maker: LinkMaker) -> None:
    """Let `maker` make the path of every mail of this kind when it is sent, so that its secret stands in no table.

    `maker` returns "" when there is nothing to link to any more: the mail is then not sent. It is called again at
    every attempt. Refuses a second maker for one kind.
    """
    if _link_makers.setdefault(kind, maker) is not maker:
        raise ValueError(f"{kind} has its link made elsewhere already")


def register_hold(hold: Hold) -> None:
    """Ask `hold` about every mail that is about to be sent."""
    if hold not in _holds:
        _holds.append(hold)


def queue_mail(
    *, to, subject: str, path: str, dedupe_key: str, due_at: datetime | None = None, link: str = ""
) -> OutboxMail:
    """Owe `to` (a user) one mail and return its row; the same `dedupe_key` again changes nothing.

    `path` is the portal page it links to; `link` names what makes the path at sending, for one that carries a
    secret. `subject` may not say what has happened, only that something waits.
    """
    mail, _ = OutboxMail.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={"to": to, "subject": subject, "path": path, "due_at": due_at or timezone.now(), "link": link},
    )
    return mail


def supersede(dedupe_keys: list[str]) -> int:
    """Mark mails that something later has made pointless; return how many were still waiting."""
    return OutboxMail.objects.waiting().filter(dedupe_key__in=dedupe_keys).update(superseded_at=timezone.now())


def supersede_reminders(people: Sequence[UUID], prefixes: Sequence[str]) -> int:
    """Mark what still waits for these people under keys that begin so; return how many were. One query."""
    keys = Q()
    for prefix in prefixes:
        keys |= Q(dedupe_key__startswith=prefix)
    return OutboxMail.objects.waiting().filter(keys, to__in=people).update(superseded_at=timezone.now())


def queue_mails(mails: Sequence[OutboxMail]) -> dict[str, UUID]:
    """Owe many mails at once and return their ids by `dedupe_key`; a key that is known changes nothing.

    They go after all others. The number of queries does not grow with the mails of a batch.
    """
    for mail in mails:
        mail.is_bulk = True
    OutboxMail.objects.bulk_create(mails, ignore_conflicts=True)
    stored = OutboxMail.objects.filter(dedupe_key__in=[mail.dedupe_key for mail in mails])
    return dict(stored.values_list("dedupe_key", "pk"))


def drain() -> int:
    """Send what is due and return how many were sent. Safe to run twice, or in many places at once.

    No more than OUTBOX_PER_MINUTE mails leave in any minute, whoever drains: the rest waits for the next sweep.
    """
    sent = 0
    while claimed := _claim():
        sent += sum(_send(mail) for mail in claimed)
    return sent


def _claim() -> list[OutboxMail]:
    """Take a batch into our hands for the length of the lease; nobody else then takes it."""
    now, token = timezone.now(), uuid.uuid4()
    with transaction.atomic():
        # Locks: of two that claim at the same moment the second counts what the first took.
        Heartbeat.objects.update_or_create(name=BEAT, defaults={"beat_at": now})
        due = OutboxMail.objects.claimable(now).order_by("is_bulk", "due_at")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[: _room(now)])
        OutboxMail.objects.filter(pk__in=ids).update(lease_until=now + OutboxMail.LEASE, lease_token=token)
    ours = OutboxMail.objects.filter(lease_token=token, lease_until__gt=now)
    return list(ours.select_related("to").order_by("is_bulk", "due_at"))


def _room(now: datetime) -> int:
    """Return how many mails may be taken now: what left in the last minute, and what is being sent, is counted."""
    last_minute = OutboxMail.objects.filter(Q(sent_at__gt=now - MINUTE) | Q(sent_at=None, lease_until__gt=now))
    return max(0, min(BATCH, settings.OUTBOX_PER_MINUTE - last_minute.count()))


def _send(mail: OutboxMail) -> bool:
    """Send one claimed mail and store the result; return whether it went."""
    ours = OutboxMail.objects.waiting().filter(pk=mail.pk, lease_token=mail.lease_token)
    # Renewed before each: a slow server must not let the end of a batch be sent by somebody else too.
    if not ours.update(lease_until=timezone.now() + OutboxMail.LEASE):
        return False
    if until := max(filter(None, (hold(mail) for hold in _holds)), default=None):
        ours.update(due_at=until, lease_until=None)
        return False
    try:
        path = path_of(mail)
        if not path:
            ours.update(superseded_at=timezone.now(), lease_until=None)
            return False
        message_of(mail, path).send()
    except UNSENT as fault:
        _put_back(mail, fault)
        return False
    ours.update(sent_at=timezone.now(), attempts=mail.attempts + 1, lease_until=None, last_error="")
    return True


def _put_back(mail: OutboxMail, fault: Exception) -> None:
    """Wait longer after each failure; after the last, leave it to a person."""
    attempts = mail.attempts + 1
    now = timezone.now()
    logger.warning("mail %s not sent (%s), attempt %s", mail.pk, type(fault).__name__, attempts)
    OutboxMail.objects.filter(pk=mail.pk, lease_token=mail.lease_token).update(
        attempts=attempts,
        last_error=type(fault).__name__,
        lease_until=None,
        due_at=now + min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT),
        gave_up_at=now if attempts >= OutboxMail.MOST_ATTEMPTS else None,
    )


def path_of(mail: OutboxMail) -> str:
    """Return the page that a mail links to, or "" when what it was about is over."""
    return _link_makers[mail.link](mail) if mail.link else mail.path


def message_of(mail: OutboxMail, path: str) -> EmailMessage:
    """Return the message: a link and nothing else, with the same Message-ID however often it is sent.

    The link stands on the portal's own address, whatever name a visitor asked for it by. A kind of secret link may
    have words of its own, in `lib/mail_<kind>.txt`.
    """
    link = f"{settings.PORTAL_URL.rstrip('/')}{path}"
    return EmailMessage(
        subject=mail.subject,
        body=render_to_string(
            [f"lib/mail_{mail.link}.txt", "lib/mail.txt"],
            {"link": link, "name": mail.to.get_short_name() if mail.to else mail.name},
        ),
        to=[mail.to.email if mail.to else mail.address],
        headers={"Message-ID": f"<{mail.pk}@{settings.PORTAL_MAIL_DOMAIN}>", "Auto-Submitted": "auto-generated"},
    )
