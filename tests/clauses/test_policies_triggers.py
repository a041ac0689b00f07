"""Reviews out of turn: what may lead to one, who reads that, and the task that the head has from it."""

import pytest
from django.urls import reverse

from incidents.models import About, Incident, Report
from incidents.services import close, file_report, triage
from policies import services
from policies.models import Review

TRIGGERS = {
    "MLC-80": ("legislation", "Legislative change"),
    "MLC-81": ("guidance", "Good practice guidance"),
    "MLC-82": ("case_law", "Case law"),
}


def closed_incident(schools, slug: str) -> Incident:
    """An incident that the head has dealt with to its end."""
    head = schools.post(slug, "headteacher")
    incident, _ = file_report(
        school=schools.school(slug), reporter_kind=Report.Reporter.PARENT, words="Words of a post.", about=About.PARENT
    )
    incident = triage(incident, head, about=About.PARENT)
    return close(incident, head, outcome="advice", outcome_words="Spoken to.")


@pytest.mark.clause("MLC-83")
def test_a_closed_incident_marked_significant_opens_a_review_that_links_to_it_and_is_a_task_of_the_head(schools):
    incident, head = closed_incident(schools, "mill-lane"), schools.client("mill-lane", "headteacher")
    policy = schools.version("mill-lane").policy
    address = reverse("incidents:incident_significant", args=[incident.pk])
    assert address in head.get(incident.get_absolute_url()).content.decode()
    head.post(address, {"policy": policy.pk, "reason": "No rule covers group chats"})
    review = Review.objects.get(trigger="incident")
    page = head.get(review.get_absolute_url()).content.decode()
    assert "Significant incident" in page and f'href="{incident.get_absolute_url()}"' in page
    home = head.get(reverse("portal:home")).content.decode()
    assert review.get_absolute_url() in home and "Significant incident" in home
    governor = schools.client("mill-lane", "governor").get(review.get_absolute_url()).content.decode()
    assert "Significant incident" in governor
    assert incident.reference not in governor and str(incident.pk) not in governor


@pytest.mark.parametrize(
    ("trigger", "label"), [pytest.param(*row, marks=pytest.mark.clause(code)) for code, row in TRIGGERS.items()]
)
def test_a_review_opened_for_a_reason_is_listed_beside_yearly_ones_and_governors_see_why(schools, trigger, label):
    policy = schools.version("mill-lane").policy
    services.open_due_reviews()
    head = schools.client("mill-lane", "headteacher")
    head.post(
        reverse("policies:review_create", args=[policy.pk]),
        {"trigger": trigger, "reason": "See https://www.example.gov.uk/new"},
    )
    page = schools.client("mill-lane", "governor").get(reverse("policies:review_list"))
    assert {row[1] for row in page.context["open_rows"]} == {label, "Yearly review"}
    review = Review.objects.get(trigger=trigger)
    shown = schools.client("mill-lane", "governor").get(review.get_absolute_url()).content.decode()
    assert label in shown and "https://www.example.gov.uk/new" in shown


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("pennine-way", marks=pytest.mark.clause("PWP-100")),
        pytest.param("croftlands", marks=pytest.mark.clause("CRO-96")),
    ],
)
def test_a_review_may_be_opened_at_any_time_and_lead_to_a_draft(schools, slug):
    policy, head = schools.version(slug).policy, schools.client(slug, "headteacher")
    head.post(reverse("policies:review_create", args=[policy.pk]), {"trigger": "needs", "reason": "A new channel"})
    review = Review.objects.get(trigger="needs")
    answer = {"step": "renew", "note": "It needs a rule", "reviewed_on_day": "10", "reviewed_on_month": "3"}
    page = head.post(
        reverse("policies:review_step", args=[review.pk]), {**answer, "reviewed_on_year": "2026"}, follow=True
    )
    review.refresh_from_db()
    assert (review.status, review.led_to.number, review.led_to.status) == ("closed", 2, "drafted")
    assert page.redirect_chain[-1][0] == review.led_to.get_absolute_url()


@pytest.mark.clause("MLC-96", "MLC-79")
def test_an_open_review_shows_the_stated_date_and_the_one_that_the_cycle_implies(schools):
    services.open_due_reviews()
    review = Review.objects.get(policy=schools.version("mill-lane").policy, trigger="yearly")
    page = schools.client("mill-lane", "governor").get(review.get_absolute_url()).content.decode()
    assert "January 2026" in page and "January 2025" in page


@pytest.mark.clause("HEA-112")
def test_a_review_is_closed_either_way_only_with_every_question_answered(schools):
    services.open_due_reviews()
    review = Review.objects.get(policy=schools.version("heathcoat").policy)
    head, address = schools.client("heathcoat", "headteacher"), reverse("policies:review_step", args=[review.pk])
    answer = {"note": "Fine", "reviewed_on_day": "10", "reviewed_on_month": "3", "reviewed_on_year": "2026"}
    for step in ("keep", "renew"):
        blank = {"step": step, "question_0": "Read", "question_1": "Read", "question_2": ""}
        assert "There is a problem" in head.post(address, {**answer, **blank}).content.decode()
    review.refresh_from_db()
    assert review.status == "opened"
    head.post(address, {**answer, "step": "keep", "question_0": "Read", "question_1": "Read", "question_2": "Read"})
    review.refresh_from_db()
    assert (review.status, len(review.answers)) == ("closed", 3)
