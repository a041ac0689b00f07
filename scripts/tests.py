"""Runs every judgement of the portal: lint, the tests on SQLite, and again on PostgreSQL with a broker."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.etree import ElementTree

from scripts import broker, postgres, processes

SERVERS = ("DATABASE_URL", "REDIS_URL")
# Each has a database and a browser of its own: more than six would want more memory than a small machine has.
WORKERS = f"-n{min(max(os.cpu_count() or 2, 2), 6)}"


class Outcome(NamedTuple):
    """How one part went: whether it passed, and what the summary says of it."""

    passed: bool
    words: str


@contextmanager
def queue(folder: Path) -> Iterator[str]:
    """Run a broker in the folder and give its address as REDIS_URL takes it."""
    path = folder / "broker.sock"
    process = processes.start(broker.command(path, keep=False), folder / "broker.log")
    try:
        if not processes.wait_until(lambda: broker.answers(path), 30):
            sys.exit(f"The broker did not start:\n{(folder / 'broker.log').read_text()}")
        yield f"unix://{path}"
    finally:
        process.terminate()
        process.wait()


def timed(seconds: float) -> str:
    """Give a span as minutes and seconds."""
    return f"{int(seconds // 60)} min {int(seconds % 60):02} s"


def lint() -> Outcome:
    """Judge what can be judged without running a test."""
    begun = time.monotonic()
    passed = subprocess.run(["scripts/lint"]).returncode == 0
    return Outcome(passed, f"{'passed' if passed else 'FAILED'}, {timed(time.monotonic() - begun)}")


def pytest(folder: Path, servers: dict[str, str]) -> Outcome:
    """Run every test against these servers, or against SQLite and nothing else."""
    begun = time.monotonic()
    sums = folder / "sums.xml"
    sums.unlink(missing_ok=True)
    surroundings = {name: value for name, value in os.environ.items() if name not in SERVERS}
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", WORKERS, "--dist=worksteal", "--tb=short", f"--junit-xml={sums}"],
        env=surroundings | servers,
    ).returncode
    if not sums.exists():
        return Outcome(False, f"FAILED: pytest ended with {ran} before any test")
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for suite in ElementTree.parse(sums).getroot().iter("testsuite"):
        for name in counts:
            counts[name] += int(suite.get(name, 0))
    wrong = counts["failures"] + counts["errors"]
    good = counts["tests"] - wrong - counts["skipped"]
    words = f"{good} passed, {wrong} failed, {counts['skipped']} skipped, {timed(time.monotonic() - begun)}"
    return Outcome(ran == 0, words)


def say(words: str) -> None:
    """Print a heading at once, also into a pipe."""
    print(f"\n== {words}", flush=True)


def main() -> int:
    """Run each part whatever became of the one before, and end with a summary."""
    outcomes = {}
    say("Lint")
    outcomes["Lint"] = lint()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="portal-")))
        say("Tests on SQLite")
        outcomes["SQLite"] = pytest(folder, {})
        say("Tests on PostgreSQL with a broker")
        servers = {
            "DATABASE_URL": os.environ.get("DATABASE_URL") or stack.enter_context(postgres.server()),
            "REDIS_URL": os.environ.get("REDIS_URL") or stack.enter_context(queue(folder)),
        }
        outcomes["PostgreSQL"] = pytest(folder, servers)
    say("Summary")
    for name, outcome in outcomes.items():
        print(f"{name:12}{outcome.words}")
    passed = all(outcome.passed for outcome in outcomes.values())
    print("make test: everything passed" if passed else "make test: FAILED, see above")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
