"""The seal of the history from day to day: its head kept outside the database, the nightly check, its standing."""

import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, School
from accounts.notifications import notify
from accounts.rules import CAPABILITIES
from policyportal.lib import chain
from policyportal.lib.append_only import missing_triggers
from policyportal.lib.dates import start_of_day, today
from policyportal.lib.drift import Drift, drifts
from policyportal.lib.models import AuditCheck, Heartbeat, SealHead
from policyportal.lib.outbox import queue_mail
from policyportal.lib.verifying import Finding, Head, Proof

logger = logging.getLogger(__name__)

# Of what a check found, so many are kept by name; all are counted.
MOST_NAMED = 50
MOST_COUNTED = 10_000
OLDEST_SEALING = timedelta(minutes=10)
HEAD_SUBJECT = "Keep this mail: history sealed {day:%-d %B %Y}: {hash}"


class HeadsUnreadable(Exception):
    """A file of heads with a line that is none; the message says which."""


def heads_file() -> Path:
    """Return where heads are kept outside the database."""
    return settings.DATA_DIR / "seal-heads" / "heads.txt"


def keep_head() -> int:
    """Once a day, note the end of the chain, mail it to whom each school chose, and write it to the file of heads.

    Returns how many heads the file gained; a file that could not be written is tried again at the next run.
    """
    day, last = today(), chain.last_link()
    if last is not None and not SealHead.objects.filter(day=day).exists():
        with transaction.atomic():
            head, new = SealHead.objects.get_or_create(day=day, defaults={"number": last.number, "hash": last.hash})
            if new:
                _mail_head(head)
    return _write_heads()


def _mail_head(head: SealHead) -> None:
    subject = HEAD_SUBJECT.format(day=head.day, hash=head.hash)
    for school in School.objects.all():
        for post in Membership.objects.open().filter(school=school).holding(*school.seal_roles).select_related("user"):
            key = f"seal-head:{head.day}:{post.user_id}"
            queue_mail(to=post.user, subject=subject, path=reverse("portal:home"), dedupe_key=key)


def _write_heads() -> int:
    """Append the heads that the file does not hold yet, and see them on the disk."""
    path = heads_file()
    try:
        held = {head.day for head in read_heads(path)} if path.exists() else set()
        lacking = [head for head in SealHead.objects.order_by("day") if head.day not in held]
        if lacking:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            with path.open("a") as file:
                file.writelines(f"{head.day} {head.number} {head.hash}\n" for head in lacking)
                file.flush()
                os.fsync(file.fileno())
    except (OSError, HeadsUnreadable) as error:
        logger.error("the head of the history was not written to %s: %s", path, error)
        return 0
    return len(lacking)


def read_heads(path: Path) -> Iterator[Head]:
    """Read heads from a file: on each line a day, the link's number where it is known, and the hash.

    Raises HeadsUnreadable for a line that is none, so that a head is never passed over in silence.
    """
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        try:
            day, place = date.fromisoformat(words[0]), int(words[1]) if len(words) == 3 else 0
        except ValueError as error:
            raise HeadsUnreadable(f"Line {number} of {path} is no head: {line}") from error
        if len(words) not in (2, 3) or len(words[-1]) != 64:
            raise HeadsUnreadable(f"Line {number} of {path} is no head: {line}")
        yield Head(day, place, words[-1])


def check_nightly() -> int:
    """Once a day, compare every record with its history and link what was overlooked; return what was found.

    What is found is kept as ids and told to the technical administrators.
    """
    if AuditCheck.objects.filter(kind=AuditCheck.Kind.DRIFT, at__gte=start_of_day(today())).exists():
        return 0
    chain.seal_new_rows(everywhere=True)
    return record_drift(islice(drifts(), MOST_COUNTED)).found


def record_drift(found: Iterable[Drift]) -> AuditCheck:
    """Keep what a comparison found, and tell the technical administrators where it found something."""
    return _record(AuditCheck.Kind.DRIFT, [asdict(drift) for drift in found])


def record_proof(proof: Proof, found: Iterable[Finding]) -> AuditCheck:
    """Keep what a verification found, and tell the technical administrators where it found something."""
    told = [{"table": one.table, "thing": one.thing, "words": one.words} for one in found]
    return _record(AuditCheck.Kind.CHAIN, told, checked=proof.rows)


def _record(kind: AuditCheck.Kind, found: list[dict[str, str]], checked: int = 0) -> AuditCheck:
    with transaction.atomic():
        check = AuditCheck.objects.create(kind=kind, checked=checked, found=len(found), sample=found[:MOST_NAMED])
        if found:
            _tell(kind)
    return check


def _tell(kind: AuditCheck.Kind) -> None:
    posts = Membership.objects.open().holding(*CAPABILITIES["view_seal"]).select_related("user", "school")
    for post in posts:
        notify(
            user=post.user,
            school=post.school,
            event="history_damaged",
            subject="The history is not as the portal left it",
            path=reverse("portal:seal"),
            key=f"history-damaged:{kind}:{today()}",
        )


@dataclass(frozen=True)
class Standing:
    """How the seal of the history stands, without a number or a name of what it covers."""

    sealed_at: datetime | None
    head: SealHead | None
    proved: AuditCheck | None
    compared: AuditCheck | None
    unguarded: list[str]

    @property
    def is_sealing(self) -> bool:
        """Whether new rows were sealed lately."""
        return self.sealed_at is not None and timezone.now() - self.sealed_at < OLDEST_SEALING

    @property
    def is_damaged(self) -> bool:
        """Whether the latest checks found something, or a table stands open."""
        return bool(self.faults or self.unguarded)

    @property
    def faults(self) -> list[dict[str, str]]:
        """What the latest checks found, by table and id."""
        return [fault for check in (self.proved, self.compared) if check for fault in check.sample]


def standing() -> Standing:
    """Return how the seal stands."""
    beat = Heartbeat.objects.filter(name=chain.BEAT).first()
    return Standing(
        sealed_at=beat.beat_at if beat else None,
        head=SealHead.objects.order_by("day").last(),
        proved=_latest(AuditCheck.Kind.CHAIN),
        compared=_latest(AuditCheck.Kind.DRIFT),
        unguarded=list(missing_triggers()),
    )


def _latest(kind: AuditCheck.Kind) -> AuditCheck | None:
    return AuditCheck.objects.filter(kind=kind).order_by("-at").first()
