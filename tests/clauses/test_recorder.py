"""The plugin that counts clauses, tried on small test files of its own."""

import json

import pytest

from tests.clauses import register, report

pytest_plugins = ["pytester"]

MARKED = """
import pytest

@pytest.mark.clause("PWP-01", "PWP-02")
def test_both(): pass

@pytest.mark.clause("PWP-02")
def test_second_fails(): assert False

@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.clause("PWP-03"))])
def test_one_case(n): pass

@pytest.fixture
def breaks_at_the_end():
    yield
    raise ValueError

@pytest.mark.clause("PWP-04")
def test_torn_down_badly(breaks_at_the_end): pass

@pytest.mark.clause("PWP-05")
def test_left_out(): pytest.skip("for now")

def test_unmarked(): pass
"""


@pytest.fixture
def recorded(pytester, monkeypatch, pytestconfig):
    """Run a test file under the plugin alone and give what it recorded."""
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))

    def run(source, *options):
        pytester.makeini("[pytest]\nmarkers =\n    clause: ids\n")
        pytester.makepyfile(source)
        written = pytester.path / "out" / "clauses.json"
        result = pytester.runpytest_subprocess(
            *("-p", "tests.clauses.recorder", "-p", "no:django", "-p", "no:cacheprovider"),
            f"--clause-report={written}",
            *options,
        )
        return result, json.loads(written.read_text())

    return run


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_a_clause_counts_when_all_its_tests_pass(recorded, options):
    _, found = recorded(MARKED, *options)
    assert found["PWP-02"] == {
        "test_a_clause_counts_when_all_its_tests_pass.py::test_both": True,
        "test_a_clause_counts_when_all_its_tests_pass.py::test_second_fails": False,
    }
    assert report.carried_out(found) == {"PWP-01", "PWP-03"}
    assert set(found) == {"PWP-01", "PWP-02", "PWP-03", "PWP-04", "PWP-05"}


def test_a_clause_no_policy_has_fails_its_test(recorded):
    result, found = recorded('import pytest\n@pytest.mark.clause("XYZ-1")\ndef test_it(): pass\n')
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no policy has a clause XYZ-1*"])
    assert report.carried_out(found) == set()


def test_the_last_line_of_the_report_is_the_count():
    known = register.read()
    first = next(iter(known))
    words = report.report({first: {"a test": True}, "XYZ-1": {"another": True}})
    assert words.splitlines()[-1] == f"clauses carried out: 1 of {len(known)}"


def test_the_report_names_what_is_missing_and_what_failed():
    first, second = list(register.read())[:2]
    words = report.report({first: {"good": True}, second: {"good": True, "bad": False}})
    missing = words.split("Not carried out", 1)[1]
    assert f" {second} " in missing
    assert f" {first} " not in missing
    assert words.split("Tests that did not pass", 1)[1].split()[0] == "bad"
