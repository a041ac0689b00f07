"""Briefings of staff: planned, reminded of, attended; and switched on where a text has no training section."""

from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from policies import services
from policies.models import Attendance, Briefing, Clause
from policies.selectors.briefings import staff_on
from policyportal.due import run_due
from policyportal.lib.dates import start_of_day

THIRD_OF_JUNE = date(2027, 6, 3)


def at_nine(day: date):
    """Stop the clock at nine in the morning in London."""
    return time_machine.travel(start_of_day(day) + timedelta(hours=9), tick=False)


def plan(schools, slug: str) -> Briefing:
    """A leader plans a briefing for 3 June that the deputy or head leads."""
    policy, lead = schools.version(slug).policy, schools.post(slug, "headteacher")
    with at_nine(date(2027, 5, 10)):
        return services.plan_briefing(policy, by=lead, title="Summer briefing", held_on=THIRD_OF_JUNE, lead=lead)


def told(briefing: Briefing) -> int:
    """How often its lead was told that it is near."""
    return briefing.lead.user.notifications.filter(event="briefing_near").count()


@pytest.mark.clause("PWP-94")
def test_the_lead_is_reminded_of_a_briefing_and_who_was_there_is_stored_against_the_version(schools):
    briefing = plan(schools, "pennine-way")
    days = briefing.school.briefing_reminder_days
    for early, wanted in ((days + 1, 0), (days, 1), (days - 1, 1)):
        with at_nine(THIRD_OF_JUNE - timedelta(days=early)):
            services.remind_of_briefings()
            assert told(briefing) == wanted
    with at_nine(THIRD_OF_JUNE):
        client = schools.client("pennine-way", "headteacher")
        page = unescape(client.get(briefing.get_absolute_url()).content.decode())
        for clause in schools.version("pennine-way").clauses.filter(for_staff=True, kind=Clause.Kind.RULE)[:5]:
            assert clause.text in page
        people = list(staff_on(briefing.school, THIRD_OF_JUNE))
        present = [str(person.pk) for person in people[1:]]
        client.post(reverse("policies:briefing_attendance", args=[briefing.pk]), {"present": present})
    briefing.refresh_from_db()
    assert briefing.version == schools.version("pennine-way")
    stored = Attendance.objects.filter(briefing=briefing)
    assert {str(pk) for pk in stored.filter(present=True).values_list("user", flat=True)} == set(present)
    assert stored.get(present=False).user == people[0]


@pytest.mark.clause("CRO-07")
def test_the_head_switches_on_reminders_of_briefings_though_the_text_has_no_training_section(schools):
    version = schools.version("croftlands")
    assert not version.clauses.filter(kind=Clause.Kind.TRAINING).exists()
    briefing = plan(schools, "croftlands")
    near = THIRD_OF_JUNE - timedelta(days=briefing.school.briefing_reminder_days)
    with at_nine(near):
        services.remind_of_briefings()
        assert told(briefing) == 0
        head = schools.client("croftlands", "headteacher")
        page = head.get(reverse("policies:briefing_list")).content.decode()
        assert "its text says nothing of training staff" in page
        head.post(reverse("policies:briefing_reminders", args=[version.policy_id]), {"on": "1"})
        assert run_due()["briefings"] == 1
        assert run_due()["briefings"] == 0
        assert told(briefing) == 1
