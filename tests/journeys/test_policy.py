"""The policy, as a new teacher meets it and as a governor watches over it."""

import pytest

from policies.models import Acknowledgement, Reminder
from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey


PRESS = "I have read it, understand it and will follow it"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_new_teacher_reads_and_acknowledges_the_policy_on_the_first_day(schools, visitors, size):
    teacher, version = schools.post("heathcoat", "teacher", "Mateo"), schools.version("heathcoat")
    visitor = visitors(size)
    visitor.sign_in(teacher.user)
    visitor.sees("What waits for you")
    visitor.press(f"Read and acknowledge: {version.policy}")
    for clause in version.clauses.filter(for_staff=True)[:3]:
        visitor.sees(clause.text)
    visitor.sees("I have read the policy", "I understand it", "I will follow it")
    visitor.press(PRESS)
    visitor.sees(f"You acknowledged version {version.number} on")
    visitor.go("/")
    visitor.sees("Nothing waits for you")
    assert Acknowledgement.objects.filter(version=version, user=teacher.user).count() == 1


def test_on_a_small_phone_text_statements_and_button_are_on_the_first_screen(schools, visitors):
    teacher, version = schools.post("heathcoat", "teacher", "Mateo"), schools.version("heathcoat")
    visitor = visitors(PHONE)
    visitor.sign_in(teacher.user)
    visitor.press(f"Read and acknowledge: {version.policy}")
    page = visitor.page
    assert page.evaluate("window.scrollY") == 0
    for part in (
        page.get_by_role("region", name="What you are asked to read"),
        page.get_by_role("button", name=PRESS),
    ):
        box = part.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= PHONE["height"], box
    region = page.get_by_role("region", name="What you are asked to read").bounding_box()
    assert region["height"] >= 150, "several lines of it can be read at once"
    visitor.press(PRESS)
    visitor.sees(f"You acknowledged version {version.number} on")
    assert Acknowledgement.objects.filter(version=version, user=teacher.user).count() == 1


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_office_chases_whoever_has_not_acknowledged(schools, visitors, size):
    office, version = schools.post("croftlands", "office"), schools.version("croftlands")
    visitor = visitors(size)
    visitor.sign_in(office.user)
    visitor.go(f"/policies/versions/{version.pk}/acknowledgements/")
    visitor.sees("Outstanding")
    before = Reminder.objects.filter(version=version, kind=Reminder.Kind.ASKED).count()
    visitor.page.get_by_role("button", name="Remind ").first.click()
    visitor.sees("has been reminded")
    assert Reminder.objects.filter(version=version, kind=Reminder.Kind.ASKED).count() == before + 1
    visitor.press("Campaign")
    visitor.sees("Still to acknowledge", "Last day")


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
