"""Reporting and dealing with it: a parent on a phone, a head at a desk, a child without JavaScript."""

import pytest

from incidents.models import Incident, Report
from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey
IMAGERY = "Yes", "No", "I am not sure"


def report_as_a_parent(visitor, school, words):
    """Report through the public page, keep the receipt, and return it."""
    visitor.go(school.get_absolute_url())
    visitor.press("Report something")
    visitor.press("I am a parent or carer")
    visitor.choose("No")
    visitor.press("Carry on")
    visitor.choose("Somebody else in the wider community")
    visitor.fill("What happened?", words)
    visitor.press("Send report")
    visitor.sees("Thank you for telling us")
    receipt = visitor.page.locator(".portal-receipt__code").inner_text()
    visitor.press("I have written it down")
    return receipt


def look_up(visitor, school, receipt):
    """Ask what became of a report, as its receipt allows."""
    visitor.go(f"{school.get_absolute_url()}receipt/")
    visitor.fill("Your receipt", receipt.lower().replace(" ", ""))
    visitor.press("Look it up")


@pytest.mark.parametrize("head_sits_at", [DESK, PHONE], ids=["desk", "phone"])
def test_a_head_deals_with_what_a_parent_reported_and_the_receipt_says_so(schools, phone, visitors, head_sits_at):
    school, head = schools.pennine_way, schools.post("pennine-way", "headteacher")
    receipt = report_as_a_parent(phone, school, "A group chat of Year 5 parents spreads rumours about a family.")
    look_up(phone, school, receipt)
    phone.sees("We have it. Somebody will read it soon.")

    desk = visitors(head_sits_at)
    desk.sign_in(head.user)
    incident = Incident.objects.get(school=school)
    desk.page.get_by_role("link", name=incident.reference).first.click()
    desk.look()
    desk.sees("A group chat of Year 5 parents spreads rumours about a family.")
    desk.press("Take on the report")
    desk.choose("A parent or carer")
    desk.press("Take on the report")
    desk.sees("is now: being dealt with")
    look_up(phone, school, receipt)
    phone.sees("We have read it and are dealing with it.")

    desk.fill("Add a note", "Spoke with the family and with two of the parents in the group.")
    desk.press("Add note")
    desk.sees("The note is stored.", "Spoke with the family and with two of the parents in the group.")
    desk.press("Close the incident")
    desk.choose("Advice or support given")
    desk.fill("What was decided and why", "The parents took the posts down and apologised.")
    desk.press("Close the incident")
    desk.sees("is now: closed")
    look_up(phone, school, receipt)
    phone.sees("We have dealt with it.")
    incident.refresh_from_db()
    assert (incident.status, incident.outcome) == (Incident.Status.CLOSED, Incident.Outcome.ADVICE)


def test_a_frightened_child_can_tell_without_javascript_and_gets_a_receipt(schools, visitors):
    phone = visitors(PHONE, scripts=False)
    school = schools.croftlands
    phone.go(school.get_absolute_url())
    phone.press("Report something")
    phone.press("I am a pupil")
    phone.choose("No")
    phone.press("Carry on")
    phone.fill("What happened?", "somebody in the game says he knows were i live")
    phone.choose("Yes")
    phone.press("Tell us")
    receipt = phone.page.locator(".portal-receipt__code").inner_text()
    look_up(phone, school, receipt)
    phone.sees("We have it. Somebody will read it soon.")
    report = Report.objects.get(incident__school=school)
    assert (report.reporter_kind, report.words) == (
        Report.Reporter.PUPIL,
        "somebody in the game says he knows were i live",
    )


def test_a_child_sees_the_first_question_and_its_answers_without_scrolling(schools, phone):
    phone.go(f"{schools.the_grange.get_absolute_url()}report/pupil/")
    for answer in IMAGERY:
        box = phone.page.get_by_label(answer, exact=True).bounding_box()
        assert box["y"] + box["height"] < PHONE["height"], answer


def test_leaving_quickly_ends_on_the_schools_page(schools, phone):
    school = schools.heathcoat
    phone.go(f"{school.get_absolute_url()}report/pupil/")
    phone.press("Leave this page quickly")
    phone.sees(school.name)
    assert phone.page.url == f"{phone.address}{school.get_absolute_url()}"
