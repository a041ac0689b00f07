"""Runs the tests marked with clauses and prints how many clauses of each school and app they carry out."""

import json
import os
import subprocess
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tests.clauses import register
from tests.clauses.register import Clause

RESULTS = Path(__file__).parent / ".results" / "clauses.json"


def carried_out(results: dict[str, dict[str, bool]]) -> set[str]:
    """Give the ids of the clauses all of whose tests passed."""
    return {name for name, tests in results.items() if tests and all(tests.values())}


def table(head: str, groups: dict[str, list[Clause]], done: set[str]) -> list[str]:
    """Give a line for each group: how many of its clauses are carried out, and its name."""
    lines = [f"\n{head}"]
    for name, clauses in sorted(groups.items()):
        lines.append(f"  {sum(clause.id in done for clause in clauses):4} of {len(clauses):4}  {name}")
    return lines


def grouped(clauses: Iterable[Clause], by: str) -> dict[str, list[Clause]]:
    """Give the clauses by their school or their app."""
    groups = defaultdict(list)
    for clause in clauses:
        groups[getattr(clause, by)].append(clause)
    return groups


def report(results: dict[str, dict[str, bool]]) -> str:
    """Give the whole report; its last line is the count."""
    clauses = register.read()
    done = carried_out(results) & clauses.keys()
    missing = [clause for clause in clauses.values() if clause.id not in done]
    lines = table("By school", grouped(clauses.values(), "school"), done)
    lines += table("By app", grouped(clauses.values(), "app"), done)
    for school, rest in sorted(grouped(missing, "school").items()):
        ids = " ".join(clause.id for clause in rest)
        lines += [f"\nNot carried out by a passing test, {school}", textwrap.indent(textwrap.fill(ids, 110), "  ")]
    failed = sorted({test for tests in results.values() for test, passed in tests.items() if not passed})
    if failed:
        lines += ["\nTests that did not pass", *(f"  {test}" for test in failed)]
    lines.append(f"\nclauses carried out: {len(done)} of {len(clauses)}")
    return "\n".join(lines)


def main() -> int:
    """Run, print, and give the exit code of the run; no marked test at all is a run without failure."""
    RESULTS.unlink(missing_ok=True)
    # On SQLite whatever the environment says: the count is the same, and this is the quicker way.
    surroundings = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "clause", f"--clause-report={RESULTS}"],
        env=surroundings,
    ).returncode
    print(report(json.loads(RESULTS.read_text()) if RESULTS.exists() else {}))
    return 0 if ran == 5 else ran


if __name__ == "__main__":
    sys.exit(main())
