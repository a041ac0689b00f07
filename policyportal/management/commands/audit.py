"""`manage.py audit`: proves that the history is as the portal wrote it, and says how its seal stands."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localtime

from policyportal.lib.drift import Drift, drifts
from policyportal.lib.models import AuditCheck, SealHead
from policyportal.lib.verifying import Finding, Head, Proof
from policyportal.seals import (
    MOST_COUNTED,
    HeadsUnreadable,
    heads_file,
    read_heads,
    record_drift,
    record_proof,
    standing,
)

MOST_SHOWN = 20


def a_day(text: str) -> date:
    """Read a day, or say how one is written."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no day; write it as 2026-11-21.") from error


class Command(BaseCommand):
    """Verifies the history, or tells how its seal stands; changes no row of it."""

    help = "Verify the sealed history, or say how its seal stands."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do, and for a verification what to hold the chain against."""
        acts = parser.add_subparsers(dest="act", required=True)
        verify = acts.add_parser("verify", help="check every row, every link, the heads and the records")
        verify.add_argument("--heads", type=Path, help="a file of heads that was kept elsewhere")
        verify.add_argument("--since", type=a_day, help="begin at the last head kept on or before this day")
        acts.add_parser("status", help="say how the seal stands")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked for; a history that is not as it was left ends with exit code 1."""
        if options["act"] == "status":
            self.tell_status()
        else:
            self.verify(options["heads"], options["since"])

    def verify(self, path: Path | None, since: date | None) -> None:
        """Print the first broken row, then the others, and keep the result."""
        heads = heads_of(path)
        proof = Proof(heads=heads, since=place_of(heads, since) if since else 0)
        found = [*self.shown(islice(proof.findings(), MOST_COUNTED))]
        apart = [*self.shown(islice(drifts(), MOST_COUNTED), told=len(found))]
        if not since:
            record_proof(proof, found)
        record_drift(apart)
        self.stdout.write(
            f"{proof.rows} rows and {proof.links} links checked against {len(heads)} heads; "
            f"{proof.waiting} rows wait for their link."
        )
        if found or apart:
            raise CommandError(f"The history is not as the portal left it: {len(found) + len(apart)} faults.")
        self.stdout.write("Everything is as the portal wrote it.")

    def shown(self, found: Iterator[Finding] | Iterator[Drift], told: int = 0) -> Iterator[Finding | Drift]:
        """Print faults as they are found, the first one with a heading, and pass them on."""
        for number, one in enumerate(found, start=told):
            if number == 0:
                self.stdout.write(f"First fault: {one}")
            elif number < MOST_SHOWN:
                self.stdout.write(f"  {one}")
            elif number == MOST_SHOWN:
                self.stdout.write("  There are more.")
            yield one

    def tell_status(self) -> None:
        """Print how the seal stands, a line for each part."""
        now = standing()
        sealed = f"{localtime(now.sealed_at):%-d %B %Y %H:%M}" if now.sealed_at else "never"
        self.stdout.write(f"Sealed: {sealed}{'' if now.is_sealing else ', which is too long ago'}")
        self.stdout.write(f"Last head: {now.head or 'none'}")
        for label, check in (("Verified", now.proved), ("Records compared", now.compared)):
            self.stdout.write(f"{label}: {words_of(check)}")
        self.stdout.write(f"Triggers: {'missing on ' + ', '.join(now.unguarded) if now.unguarded else 'in place'}")


def words_of(check: AuditCheck | None) -> str:
    """Say when a check was made and what came of it."""
    if check is None:
        return "never"
    return f"{localtime(check.at):%-d %B %Y %H:%M}, {f'{check.found} faults' if check.found else 'no fault'}"


def heads_of(path: Path | None) -> list[Head]:
    """Read the heads to hold the chain against: from the file named, else from the portal's own where there is one."""
    if path is None and not heads_file().exists():
        return []
    try:
        return list(read_heads(path or heads_file()))
    except (OSError, HeadsUnreadable) as error:
        raise CommandError(str(error)) from error


def place_of(heads: list[Head], since: date) -> int:
    """Return the number of the last link whose head was kept on or before a day."""
    kept = chain(heads, SealHead.objects.all())
    numbers = [head.number for head in kept if head.number and head.day <= since]
    if not numbers:
        raise CommandError(f"No head was kept on or before {since}; leave out --since.")
    return max(numbers)
