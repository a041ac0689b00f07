"""The policy, as a new teacher meets it and as a governor watches over it."""

import pytest

from policies.models import Acknowledgement
from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_new_teacher_reads_and_acknowledges_the_policy_on_the_first_day(schools, visitors, size):
    teacher, version = schools.post("heathcoat", "teacher", "Mateo"), schools.version("heathcoat")
    visitor = visitors(size)
    visitor.sign_in(teacher.user)
    visitor.sees("What waits for you")
    visitor.press(f"Read and acknowledge: {version.policy}")
    visitor.unfold("Read the policy")
    for clause in version.clauses.filter(for_staff=True)[:3]:
        visitor.sees(clause.text)
    visitor.press("Acknowledge the policy")
    visitor.sees("There is a problem")
    for statement in ("I have read the policy", "I understand it", "I will follow it"):
        visitor.choose(statement)
    visitor.press("Acknowledge the policy")
    visitor.sees(f"You acknowledged version {version.number} on")
    visitor.go("/")
    visitor.sees("Nothing waits for you")
    assert Acknowledgement.objects.filter(version=version, user=teacher.user).count() == 1


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_governor_sees_that_the_review_is_overdue_and_by_what(schools, visitors, size):
    governor = schools.post("mill-lane", "governor", "Nasreen")
    visitor = visitors(size)
    visitor.sign_in(governor.user)
    visitor.go("/dashboard/")
    visitor.sees(
        "Overdue since 1 February 2026",
        "By its cycle it has been overdue since 1 February 2025",
    )
