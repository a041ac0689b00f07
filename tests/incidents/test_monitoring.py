"""The headteacher's log of monitoring."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, School
from incidents.models import MonitoringEntry
from incidents.services import end_monitoring, log_monitoring
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused

LOG = "incidents:monitoring_list"


def entry(cast, **facts) -> MonitoringEntry:
    facts = {
        "of": "pupils",
        "purpose": "standards",
        "scope": "The class blog",
        "reason": "Unkind posts",
        "starts_on": today(),
        **facts,
    }
    return log_monitoring(by=cast.headteacher, **facts)


def day(name, value) -> dict[str, int]:
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def test_the_head_logs_monitoring_and_ends_it_in_the_browser(cast):
    client = cast.client("headteacher")
    facts = {"of": "pupils", "purpose": "standards", "scope": "The class blog", "reason": "Unkind posts"}
    answer = client.post(reverse("incidents:monitoring_create"), {**facts, **day("starts_on", today())})
    assert answer.status_code == 302, answer.content.decode()
    logged = MonitoringEntry.objects.get()
    assert (logged.purpose, logged.authorised_by, logged.ends_on) == ("standards", cast.headteacher.user, None)
    end = reverse("incidents:monitoring_end", args=[logged.pk])
    early = client.post(end, day("ends_on", today() - timedelta(days=1)))
    assert "before it began" in early.content.decode()
    client.post(end, day("ends_on", today()))
    logged.refresh_from_db()
    assert logged.ends_on == today()
    assert logged.history.count() == 2


@pytest.mark.parametrize("role", [role for role in Role if role != Role.HEADTEACHER])
def test_nobody_but_the_head_reads_or_writes_the_log(cast, role):
    logged = entry(cast)
    client = cast.client(role)
    pages = [
        reverse(LOG),
        reverse("incidents:monitoring_create"),
        reverse("incidents:monitoring_end", args=[logged.pk]),
    ]
    assert {client.get(page).status_code for page in pages} == {403}
    with pytest.raises(NotAllowed):
        log_monitoring(by=cast.post(role), of="pupils", purpose="safety", scope="x", reason="y", starts_on=today())
    with pytest.raises(NotAllowed):
        end_monitoring(logged, cast.post(role), ends_on=today())
    assert MonitoringEntry.objects.get().ends_on is None


def test_where_the_policy_asks_for_a_belief_an_entry_about_staff_names_the_employee_and_the_day(cast):
    school = cast.school()
    school.monitoring_needs_grounds = True
    school.save()
    grounds = {"of": "staff", "person": cast.user("teacher"), "believed_on": today()}
    for missing in ("person", "believed_on"):
        with pytest.raises(Refused):
            entry(cast, **{**grounds, missing: None})
    with pytest.raises(Refused):
        entry(cast, **grounds, reason=" ")
    assert entry(cast, **grounds).person == cast.user("teacher")
    assert entry(cast).person is None


def test_what_cannot_be_is_said_beside_its_field(cast):
    client, page = cast.client("headteacher"), reverse("incidents:monitoring_create")
    facts = {"of": "staff", "purpose": "standards", "scope": "The class blog", "reason": "Unkind posts"}
    facts |= day("starts_on", today())
    early = client.post(page, facts | day("ends_on", today() - timedelta(days=1)))
    assert early.context["form"].errors == {"ends_on": ["It cannot end before it began"]}
    School.objects.filter(pk=cast.school().pk).update(monitoring_needs_grounds=True)
    assert set(client.post(page, facts).context["form"].errors) == {"person", "believed_on"}
    end = client.post(
        reverse("incidents:monitoring_end", args=[entry(cast).pk]), day("ends_on", today() - timedelta(days=1))
    )
    assert set(end.context["form"].errors) == {"ends_on"}
    assert MonitoringEntry.objects.count() == 1


def test_the_head_of_another_school_ends_nothing_here(cast):
    with pytest.raises(NotAllowed):
        end_monitoring(entry(cast), cast.post("headteacher", "riverside"), ends_on=today())


def test_the_log_costs_the_same_however_long_it_is(cast):
    client = cast.client("headteacher")
    client.get(reverse(LOG))
    counts = []
    for more in (1, 49):
        for _ in range(more):
            entry(cast, of="staff", person=cast.user("teacher"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(LOG))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_another_schools_entry_is_not_there(cast):
    logged = entry(cast)
    client = cast.client("headteacher", "elmwood")
    assert client.get(reverse("incidents:monitoring_end", args=[logged.pk])).status_code == 404
    assert "class blog" not in client.get(reverse(LOG)).content.decode()
