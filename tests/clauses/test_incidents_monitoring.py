"""What a school may choose when an incident ends or a host does not act, and the headteacher's log of monitoring."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from incidents.models import About, Escalation, Incident, MonitoringEntry
from incidents.services import escalate, file_report, triage
from policyportal.lib.dates import today

LOG = "incidents:monitoring_list"


def taken_on(schools, slug, subject):
    """File a report about somebody at a school and have the head take it on."""
    school, head = schools.school(slug), schools.post(slug, "headteacher")
    incident, _ = file_report(
        school=school, reporter_kind="parent", words="What was written.", about=About.STAFF, person=subject
    )
    return triage(incident, head, about=About.STAFF), head


def parts(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


@pytest.mark.clause("MLC-61")
def test_what_a_provider_can_do_may_be_chosen_as_what_came_of_asking_it(schools):
    incident, head = taken_on(schools, "mill-lane", schools.post("mill-lane", "teacher").user)
    asked = escalate(incident, head, to="provider", contact="Their IT manager", asked_on=today())
    client = schools.client("mill-lane", "headteacher")
    address = reverse("incidents:escalation_answer", args=[incident.pk, asked.pk])
    for result, words in (("blocked", "Access to the site blocked"), ("closed", "Site closed, in exceptional cases")):
        assert words in client.get(address).content.decode()
        client.post(address, {"result": result, **parts("answered_on", today())})
        asked.refresh_from_db()
        assert asked.result == result and asked.answered_on == today()
        assert words in client.get(incident.get_absolute_url()).content.decode()
    assert list(asked.history.values_list("result", flat=True)) == ["closed", "blocked", ""]
    assert {Escalation.Result.BLOCKED, Escalation.Result.CLOSED} <= set(Escalation.Result)


@pytest.mark.clause("MLC-76")
def test_dismissal_may_be_chosen_by_the_headteacher_and_nobody_else(schools):
    incident, _ = taken_on(schools, "mill-lane", schools.post("mill-lane", "teacher").user)
    step = reverse("incidents:incident_step", args=[incident.pk])
    head = schools.client("mill-lane", "headteacher")
    assert "Dismissal" in head.get(step, {"step": "close"}).content.decode()
    head.post(step, {"step": "close", "outcome": "dismissal", "outcome_words": "After the hearing."})
    incident.refresh_from_db()
    assert (incident.status, incident.outcome) == (Incident.Status.CLOSED, "dismissal")

    # The chair handles what is about the head, and is not offered it.
    sealed, _ = file_report(
        school=schools.school("mill-lane"),
        reporter_kind="parent",
        words="What was written.",
        about=About.STAFF,
        person=schools.post("mill-lane", "headteacher").user,
    )
    triage(sealed, schools.post("mill-lane", "chair"), about=About.STAFF)
    step = reverse("incidents:incident_step", args=[sealed.pk])
    chair = schools.client("mill-lane", "chair")
    assert "Dismissal" not in chair.get(step, {"step": "close"}).content.decode()
    chair.post(step, {"step": "close", "outcome": "dismissal", "outcome_words": "After the hearing."})
    sealed.refresh_from_db()
    assert sealed.status == Incident.Status.TRIAGED


@pytest.mark.clause("HEA-62")
def test_pupils_read_that_they_may_be_monitored_and_only_the_head_sees_the_entry(schools):
    clause = schools.clause("HEA-62")
    guide = unescape(Client().get(reverse("policies:guide", args=["heathcoat", "pupils"])).content.decode())
    assert 'id="clause-HEA-62"' in guide and clause.on_guide in guide

    head = schools.client("heathcoat", "headteacher")
    facts = {"of": "pupils", "purpose": "standards", "scope": "The class blog of Year 5", "reason": "Unkind comments"}
    dates = {**parts("starts_on", today() - timedelta(days=3)), **parts("ends_on", today())}
    assert head.post(reverse("incidents:monitoring_create"), {**facts, **dates}).status_code == 302
    entry = MonitoringEntry.objects.get()
    assert (entry.reason, entry.starts_on, entry.ends_on) == (
        "Unkind comments",
        today() - timedelta(days=3),
        today(),
    )
    page = head.get(reverse(LOG)).content.decode()
    assert "The class blog of Year 5" in page and "Unkind comments" in page
    for role in ("teacher", "dsl", "office", "governor", "deputy_head"):
        assert schools.client("heathcoat", role).get(reverse(LOG)).status_code == 403


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("pennine-way", marks=pytest.mark.clause("PWP-97")),
        pytest.param("croftlands", marks=pytest.mark.clause("CRO-93")),
    ],
)
def test_monitoring_for_standards_being_met_is_logged_with_scope_dates_and_authoriser(schools, slug):
    client, head = schools.client(slug, "headteacher"), schools.post(slug, "headteacher")
    form = reverse("incidents:monitoring_create")
    assert "Standards being met" in client.get(form).content.decode()
    facts = {"of": "staff", "purpose": "standards", "scope": "Posts on the school’s page", "reason": "Yearly look"}
    assert client.post(form, {**facts, **parts("starts_on", today())}).status_code == 302
    entry = MonitoringEntry.objects.get()
    assert (entry.purpose, entry.scope, entry.starts_on, entry.authorised_by) == (
        "standards",
        "Posts on the school’s page",
        today(),
        head.user,
    )
    teacher = schools.client(slug, "teacher")
    assert teacher.get(reverse(LOG)).status_code == 403
    history = client.get(reverse("portal:audit"), {"kind": "monitoringentry"}).content.decode()
    assert entry.history.get().history_user_id == head.user_id and str(entry) in unescape(history)


@pytest.mark.clause("MLC-78")
def test_an_entry_needs_the_heads_recorded_reasonable_belief(schools):
    client = schools.client("mill-lane", "headteacher")
    form, employee = reverse("incidents:monitoring_create"), schools.post("mill-lane", "teacher").user
    facts = {"of": "staff", "purpose": "unauthorised", "scope": "Mail sent within the network"}
    facts |= parts("starts_on", today())
    grounds = {"person": str(employee.pk), "reason": "Two colleagues saw it.", **parts("believed_on", today())}
    for missing in ("person", "reason", "believed_on"):
        given = {name: value for name, value in grounds.items() if not name.startswith(missing)}
        assert client.post(form, {**facts, **given}).status_code == 200
        assert not MonitoringEntry.objects.exists()
    deputy = schools.client("mill-lane", "deputy_head")
    assert deputy.post(form, {**facts, **grounds}).status_code == 403
    assert not MonitoringEntry.objects.exists()
    assert client.post(form, {**facts, **grounds}).status_code == 302
    entry = MonitoringEntry.objects.get()
    assert (entry.person, entry.reason, entry.believed_on) == (employee, "Two colleagues saw it.", today())
