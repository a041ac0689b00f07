"""The first sweep: the order of imports and what stops a review, over every file of the project."""

from pathlib import Path

import pytest

from tests import architecture

ROOT = Path(__file__).resolve().parent.parent
TOPS = ["accounts", "policies", "channels_mgmt", "moderation", "incidents", "policyportal"]
SOURCES = sorted(
    path.relative_to(ROOT) for top in TOPS for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts
)
TEMPLATES = sorted(path.relative_to(ROOT) for path in (ROOT / "templates").rglob("*.html"))
MOST_LINES = 400


def read(path: Path) -> str:
    return (ROOT / path).read_text()


@pytest.mark.parametrize("check", architecture.PYTHON_CHECKS, ids=lambda check: check.__name__)
def test_every_source_file_keeps_the_rules_of_the_house(check):
    faults = [fault for path in SOURCES for fault in check(path, read(path))]
    assert faults == []


def test_every_template_keeps_the_rules_of_the_house():
    rules = architecture.TEMPLATE_RULES
    faults = [fault for path in TEMPLATES for fault in architecture.forbidden_text(path, read(path), rules)]
    assert faults == []


def test_no_file_has_a_name_that_says_nothing():
    assert [fault for path in [*SOURCES, *TEMPLATES] for fault in architecture.misnamed(path)] == []


def test_no_module_is_longer_than_a_person_reads():
    assert [f"{path}: {lines}" for path in SOURCES if (lines := len(read(path).splitlines())) > MOST_LINES] == []


def test_no_school_is_named_in_code():
    """What differs between schools is data: their names stand in the demo's data files alone."""
    names = ["pennine", "mill lane", "mill_lane", "heathcoat", "grange", "croftlands", "tiverton"]
    code = [path for path in [*SOURCES, *TEMPLATES] if "schools" not in path.parts]
    assert [f"{path}: {name}" for path in code for name in names if name in read(path).lower()] == []


PLANTED = [
    (architecture.upward_imports, "accounts/selectors.py", "from incidents.models import Incident"),
    (architecture.upward_imports, "policyportal/lib/dates.py", "import accounts.models"),
    (architecture.upward_imports, "moderation/views.py", "def f():\n    from incidents import models"),
    (architecture.backward_imports, "policies/rules.py", "from policies.services import publish"),
    (architecture.backward_imports, "policies/selectors.py", "from policies.workflow import STEPS"),
    (architecture.late_imports, "policies/views.py", "def f():\n    import json"),
    (architecture.statuses_by_hand, "policies/services.py", "version.status = 'published'"),
    (architecture.statuses_by_hand, "policies/services.py", "versions.update(status='published')"),
    (architecture.writes_past_history, "policies/services.py", "clauses.update(text='')"),
    (architecture.writes_past_history, "policies/services.py", "Clause.objects.bulk_create(rows)"),
    (architecture.unscoped_views, "policies/views.py", "policy = get_object_or_404(Policy, pk=pk)"),
    (architecture.unscoped_views, "policies/views.py", "policy = Policy.objects.get(pk=pk)"),
    (architecture.unscoped_views, "policies/views.py", "if membership.role == Role.HEADTEACHER: pass"),
    (architecture.forbidden_text, "policies/views.py", "try:\n    f()\nexcept Exception:\n    pass"),
    (architecture.forbidden_text, "policies/services.py", "clause.save_without_historical_record()"),
    (architecture.forbidden_text, "policies/services.py", "clause.skip_history_when_saving = True"),
    (architecture.forbidden_text, "policies/services.py", "bulk_create_with_history(clauses, Clause)"),
    (architecture.undocumented, "policies/views.py", "x = 1"),
]


@pytest.mark.parametrize(("check", "path", "source"), PLANTED)
def test_the_sweep_finds_a_planted_fault(check, path, source):
    assert check(Path(path), source) != []


@pytest.mark.parametrize(
    "line",
    [
        "<script>x()</script>",
        '<p style="color:red">',
        "<a onclick='x()'>",
        "{{ words|safe }}",
        '{% if m.role == "x" %}',
    ],
)
def test_the_sweep_finds_a_planted_fault_in_a_template(line):
    assert architecture.forbidden_text(Path("templates/x.html"), line, architecture.TEMPLATE_RULES) != []


def test_the_sweep_lets_right_code_pass():
    right = (
        '"""A module."""\n\nfrom accounts.models import School\n\nrow = get_object_or_404(visible(member), pk=pk)\n'
    )
    assert [fault for check in architecture.PYTHON_CHECKS for fault in check(Path("policies/views.py"), right)] == []
