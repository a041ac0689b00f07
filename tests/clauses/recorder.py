"""A pytest plugin that notes which clauses the tests marked with them carry out.

`@pytest.mark.clause("PWP-39", "MLC-12")` marks a test, or one case of it by `pytest.param(..., marks=...)`.
With `--clause-report=FILE` the run writes, for each clause, its tests and whether each passed.
"""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from tests.clauses import register

PROPERTY = "clause"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--clause-report", metavar="FILE", help="write which clauses passing tests carry out")


def pytest_configure(config: pytest.Config) -> None:
    # Of several processes only the one that hears of every test writes.
    if config.getoption("--clause-report") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(Path(config.getoption("--clause-report"))))


def pytest_itemcollected(item: pytest.Item) -> None:
    # Properties travel with the report from the process that runs the test.
    for name in sorted({name for mark in item.iter_markers("clause") for name in mark.args}):
        item.user_properties.append((PROPERTY, name))


def pytest_runtest_setup(item: pytest.Item) -> None:
    known = register.read()
    unknown = [name for key, name in item.user_properties if key == PROPERTY and name not in known]
    if unknown:
        pytest.fail(f"no policy has a clause {', '.join(unknown)}", pytrace=False)


class Recorder:
    """Hears of every phase of every test and writes the sum at the end."""

    def __init__(self, written: Path) -> None:
        self.written = written
        self.marked: dict[str, set[str]] = defaultdict(set)
        self.phases: dict[str, list[str]] = defaultdict(list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        names = [name for key, name in report.user_properties if key == PROPERTY]
        if names:
            self.phases[report.nodeid].append(report.outcome)
            for name in names:
                self.marked[name].add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        # A test that never came to its end has fewer than the three phases: set up, call, tear down.
        passed = {test for test, outcomes in self.phases.items() if outcomes == ["passed"] * 3}
        found = {name: {test: test in passed for test in sorted(tests)} for name, tests in sorted(self.marked.items())}
        self.written.parent.mkdir(parents=True, exist_ok=True)
        self.written.write_text(json.dumps(found, indent=1) + "\n")
