"""`python -m scripts.bench.sealing`: how long sealing and proving the history takes, into docs/benchmarks.md.

It stores rows of two kinds with their seals, links them into the chain, proves the whole of it, and measures what the
seal adds to a save. `--rows` says how many rows. It is a benchmark and no test: nothing fails on a slow machine.
"""

import argparse
import os
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from unittest.mock import patch

from scripts.served import scratch_environment

FOLDER = scratch_environment("demo")
os.environ["DJANGO_SETTINGS_MODULE"] = "scripts.bench.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import AccessLog, School, User  # noqa: E402
from policyportal.lib import chain  # noqa: E402
from policyportal.lib import models as rows_written  # noqa: E402
from policyportal.lib.sealing import seal_of  # noqa: E402
from policyportal.lib.verifying import Proof  # noqa: E402
from policyportal.lib.workflow import save_as  # noqa: E402
from scripts.bench.report import SEALED, TARGET, commit, say  # noqa: E402

SAVES = 400
GOAL = 60
MOST_FOR_A_SAVE = 2.6


@dataclass(frozen=True)
class Took:
    """How long an act took: on the clock, and of one processor."""

    clock: float
    work: float


def timed(act: Callable[..., object], *args: object) -> Took:
    """Do an act and return how long it took."""
    clock, work = time.perf_counter(), time.process_time()
    act(*args)
    return Took(time.perf_counter() - clock, time.process_time() - work)


def store(rows: int, school: School, user: User) -> None:
    """Store sealed rows, half of them history of a school and half looks at something confidential."""
    latest = school.history.latest()
    copied = {field.attname: getattr(latest, field.attname) for field in latest._meta.concrete_fields}
    for first in range(0, rows, 2000):
        past = [type(latest)(**copied | {"history_id": None, "roll": first + n}) for n in range(1000)]
        looks = [
            AccessLog(school=school, user=user, model="incident", object_id=school.pk, shown="evidence")
            for _ in range(1000)
        ]
        for batch in (past, looks):
            for row in batch:
                setattr(row, row.SEAL, seal_of(row))
            type(batch[0]).objects.bulk_create(batch)


def save_ratios(school: School) -> tuple[float, float]:
    """Return what a save with history costs over a plain one: with its seal, and with a seal that costs nothing."""
    costs: dict[str, list[float]] = {"plain": [], "sealed": [], "unsealed": []}
    for turn in range(SAVES):
        # In turn, so that other work on the machine slows all three alike.
        costs["plain"].append(timed(plainly, school, turn).clock)
        costs["sealed"].append(timed(recorded, school, turn).clock)
        with patch.object(rows_written, "seal_of", lambda _: f"{time.perf_counter_ns()}"):
            costs["unsealed"].append(timed(recorded, school, turn).clock)
    plain, sealed, unsealed = (statistics.median(costs[name]) for name in ("plain", "sealed", "unsealed"))
    return sealed / plain, unsealed / plain


def plainly(school: School, turn: int) -> None:
    """Save the row alone, with the same columns."""
    school.roll = turn
    with transaction.atomic():
        school.save_base(force_update=True, raw=True)


def recorded(school: School, turn: int) -> None:
    """Save the row with its history."""
    school.roll = turn
    save_as(school, None, "A benchmark")


def report(rows: int, sealing: Took, proving: Took, ratios: tuple[float, float]) -> str:
    """Return the section of the page."""
    day, (sealed, unsealed) = timezone.localdate(), ratios
    return "\n".join(
        [
            SEALED,
            "",
            f"Written by `python -m scripts.bench.sealing`, on {day.day} {day:%B %Y} at commit {commit()}, on "
            f"{connection.vendor}, {os.cpu_count()} cores. “Work” is processor time, which other work on the machine "
            "does not change; a save is the median of as many as were made, a plain one and a recorded one in turn.",
            "",
            "| What | on the clock | work | to reach |",
            "|---|---:|---:|---:|",
            f"| Seconds to link {rows:,} rows into the chain | {sealing.clock:.1f} | {sealing.work:.1f} |  |",
            f"| Seconds to prove {rows:,} rows and links | {proving.clock:.1f} | {proving.work:.1f} | {GOAL} |",
            f"| A save with sealed history, over a plain one | {sealed:.2f} |  | {MOST_FOR_A_SAVE} |",
            f"| The same without the seal | {unsealed:.2f} |  |  |",
            "",
        ]
    )


def keep(section: str) -> None:
    """Put the section in its place on the page of benchmarks, at the end where it has none."""
    page = TARGET.read_text()
    found = re.search(rf"^{SEALED}$.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    TARGET.write_text(page.replace(found[0], section) if found else f"{page.rstrip()}\n\n{section}")


def main() -> None:
    """Measure on a database of its own and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="how many rows of history")
    rows = parser.parse_args().rows
    call_command("migrate", interactive=False, verbosity=0)
    school = School(slug="bench", name="A school", short_name="School", roll=0)
    save_as(school, None, "A benchmark")
    user = User.objects.create_user("somebody@bench.example", "Some Body")
    store(rows, school, user)
    linked: list[int] = []
    sealing = timed(lambda: linked.extend(iter(chain.seal_new_rows, 0)))
    proof = Proof()
    found: list[object] = []
    proving = timed(lambda: found.extend(proof.findings()))
    # Last, because it writes rows with a seal that is none.
    section = report(proof.rows, sealing, proving, save_ratios(school))
    keep(section)
    say(f"{section}{sum(linked):,} rows linked, {len(found)} faults found.")


if __name__ == "__main__":
    main()
