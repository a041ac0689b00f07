"""Asking the provider to act, and the outcome that only the headteacher may give."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from incidents.models import About, Escalation, Incident
from incidents.services import close, escalate, record_result, triage
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused
from tests.incidents.filing import detail, filed

ASKED = {"to": "provider", "contact": "Their IT manager, 01632 960999", "asked_on": date(2026, 11, 2)}


@pytest.fixture
def incident(cast) -> Incident:
    return triage(filed(cast), cast.headteacher, about=About.PARENT)


def parts(name: str, day: date) -> dict[str, int]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def test_a_handler_asks_the_provider_and_records_that_access_was_blocked(cast, incident):
    client = cast.client("headteacher")
    asked_on = today() - timedelta(days=2)
    form = {"to": "provider", "contact": "Their IT manager", **parts("asked_on", asked_on)}
    client.post(reverse("incidents:escalation_create", args=[incident.pk]), form)
    escalation = incident.escalations.get()
    assert (escalation.contact, escalation.asked_on, escalation.asked_by) == (
        "Their IT manager",
        asked_on,
        cast.headteacher.user,
    )
    address = reverse("incidents:escalation_answer", args=[incident.pk, escalation.pk])
    offered = client.get(address).content.decode()
    assert [label for label in Escalation.Result.labels if label in offered] == Escalation.Result.labels
    client.post(address, {"result": "blocked", **parts("answered_on", today())})
    assert "Access to the site blocked" in client.get(detail(incident)).content.decode()


def test_an_answer_from_before_the_question_is_refused_beside_its_field(cast, incident):
    escalation = escalate(incident, cast.headteacher, **ASKED)
    address = reverse("incidents:escalation_answer", args=[incident.pk, escalation.pk])
    page = cast.client("headteacher").post(address, {"result": "closed", **parts("answered_on", date(2026, 11, 1))})
    assert "before they were asked" in page.content.decode()
    escalation.refresh_from_db()
    assert escalation.result == ""


def test_a_changed_answer_leaves_the_former_one_in_the_history(cast, incident):
    escalation = escalate(incident, cast.headteacher, **ASKED)
    record_result(escalation, cast.headteacher, result="declined", answered_on=date(2026, 11, 3))
    record_result(escalation, cast.headteacher, result="closed", answered_on=date(2026, 11, 9))
    results = list(escalation.history.order_by("history_id").values_list("result", flat=True))
    assert results == ["", "declined", "closed"]


def test_whoever_may_not_handle_it_cannot_ask(cast, incident):
    with pytest.raises(NotAllowed):
        escalate(incident, cast.teacher, **ASKED)
    escalation = escalate(incident, cast.headteacher, **ASKED)
    with pytest.raises(NotAllowed):
        record_result(escalation, cast.teacher, result="closed", answered_on=date(2026, 11, 9))
    assert incident.escalations.get().result == ""


def test_an_escalation_of_another_incident_is_not_there(cast, incident):
    other = escalate(filed(cast), cast.headteacher, **ASKED)
    address = reverse("incidents:escalation_answer", args=[incident.pk, other.pk])
    assert cast.client("headteacher").get(address).status_code == 404


def test_only_the_head_may_end_an_incident_about_staff_with_dismissal(cast):
    about_staff = triage(
        filed(cast, about=About.STAFF, person=cast.user("teacher")), cast.headteacher, about=About.STAFF
    )
    step = reverse("incidents:incident_step", args=[about_staff.pk])
    assert "Dismissal" in cast.client("headteacher").get(step, {"step": "close"}).content.decode()
    close(about_staff, cast.headteacher, outcome="dismissal", outcome_words="After the hearing.")

    about_the_head = triage(
        filed(cast, about=About.STAFF, person=cast.user("headteacher")), cast.chair, about=About.STAFF
    )
    step = reverse("incidents:incident_step", args=[about_the_head.pk])
    chair = cast.client("chair")
    assert "Dismissal" not in chair.get(step, {"step": "close"}).content.decode()
    answers = {"step": "close", "outcome": "dismissal", "outcome_words": "After the hearing."}
    assert chair.post(step, answers).status_code == 200
    with pytest.raises(NotAllowed):
        close(about_the_head, cast.chair, outcome="dismissal", outcome_words="After the hearing.")
    about_the_head.refresh_from_db()
    assert about_the_head.status == Incident.Status.TRIAGED


def test_what_is_not_about_staff_does_not_end_with_dismissal(cast, incident):
    with pytest.raises(NotAllowed):
        close(incident, cast.headteacher, outcome="dismissal", outcome_words="No.")
    with pytest.raises(Refused):
        close(incident, cast.headteacher, outcome="", outcome_words="No.")
