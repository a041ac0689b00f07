"""The figures as a page of docs, with the day and the commit they were taken on."""

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from scripts.bench.measure import Measured
from scripts.served import ROOT

TARGET = ROOT / "docs" / "benchmarks.md"
SEALED = "## The sealed history"
MOST_MEGABYTES = 150
LEAST_SHARE = 0.4
SECTION = re.compile(r"^(?=## )", re.MULTILINE)
# What `make bench` itself writes; other benchmarks keep a section each.
OWN = re.compile(r"## ([\d,]+ items|Growth)\n")


@dataclass(frozen=True)
class Size:
    """What was measured with so many rows. `share` is the queue's throughput in that of the bare page."""

    rows: int
    measured: list[Measured]
    share: float
    megabytes: int
    database: str


def say(words: str) -> None:
    """Print at once, also into a pipe."""
    print(words, flush=True)


def write(sizes: Sequence[Size]) -> None:
    """Print the report and keep it in docs/benchmarks.md."""
    words = report(sizes, commit())
    others = [part for part in sections(TARGET.read_text()) if not OWN.match(part)]
    TARGET.write_text("\n".join([words, *others]))
    say(words)


def write_section(words: str) -> None:
    """Print one benchmark's own section and keep it in docs/benchmarks.md, in place of what it said before."""
    top, *parts = SECTION.split(TARGET.read_text())
    heading = words.partition("\n")[0]
    others = [part for part in parts if not part.startswith(f"{heading}\n")]
    TARGET.write_text("\n".join(part.strip() + "\n" for part in [top, *others, words]))
    say(words)


def sections(page: str) -> list[str]:
    """Return the parts of a page under its second headings, each with its heading."""
    return SECTION.split(page)[1:]


def commit() -> str:
    """Return the commit that was measured, and whether something was not committed."""
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return head.stdout.strip() or "unknown"


def report(sizes: Sequence[Size], measured_at: str) -> str:
    """Return the whole page."""
    day = timezone.localdate()
    databases = ", ".join(sorted({size.database for size in sizes}))
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Times differ between machines, so every figure is a ratio to one unit: the median "
        "of a bare Django page, a table of 50 rows from memory, behind the same gunicorn with two workers and asked "
        "in turn with the page measured. One client, on loopback. “Work” is the workers' processor time in the same "
        "unit, which other work on the machine does not change. No test asserts a time; that the number of SQL "
        "statements does not grow with rows is asserted by tests.",
        "",
        f"Taken on {day.day} {day:%B %Y} at commit {measured_at}, on {databases}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores.",
        "",
        "Rows are items over 60 schools, one in twenty waiting, with two history rows each; a fifth as many "
        "incidents, each with its report, and a fifth as many acknowledgements. With 10,000 items a school has fewer "
        "waiting than one page of a list holds, which flatters its lists.",
    ]
    for size in sizes:
        lines += ["", f"## {size.rows:,} items", "", *table(size)]
    if len(sizes) > 1:
        lines += ["", "## Growth", "", *growth(sizes[0], sizes[-1])]
    return "\n".join([*lines, ""])


def table(size: Size) -> list[str]:
    """Return one size as a table: work, p50 and p95 in units, statements of SQL, and what is to be reached."""
    lines = ["| Page | work | p50 | p95 | to reach | SQL | to reach |", "|---|---:|---:|---:|---:|---:|---:|"]
    for one in size.measured:
        most, most_sql = one.page.most or "", one.page.most_sql or ""
        lines.append(
            f"| {one.page.name} | {one.cpu:.1f} | {one.p50:.1f} | {one.p95:.1f} | {most} | {one.sql} | {most_sql} |"
        )
    return [
        *lines,
        "",
        f"Queue answers a second with four clients: {size.share:.2f} of the bare page's (to reach: {LEAST_SHARE}).",
        f"Peak memory of a worker: {size.megabytes} MB (to reach: {MOST_MEGABYTES}).",
    ]


def growth(first: Size, last: Size) -> list[str]:
    """Return how much the work and the median of each page grew from the first size to the last."""
    lines = [f"| Page | work, {last.rows:,} over {first.rows:,} | p50 |", "|---|---:|---:|"]
    for before, after in zip(first.measured, last.measured, strict=True):
        lines.append(f"| {before.page.name} | {after.cpu / before.cpu:.2f} | {after.p50 / before.p50:.2f} |")
    return lines
