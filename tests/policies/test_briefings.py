"""Briefings: planned, led, attended, caught up on; each lead reminded once and each who missed it every week."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Notification
from policies import services
from policies.briefing_workflow import Status
from policies.models import Attendance, Briefing
from policies.selectors.briefings import expectations_of, reminds, staff_on
from policyportal.lib.dates import start_of_day, today
from policyportal.lib.models import OutboxMail
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to, take, take_along
from tests.cast import FIRST_NAMES
from tests.policies.test_campaigns import people
from tests.policies.test_pages import url

LEADERS = {"headteacher", "deputy_head", "senior_leader"}


@pytest.fixture
def plan(cast, desk):
    """Plan a briefing of Oakfield on a policy that promises training."""

    def planned(days: int = 0, **facts) -> Briefing:
        version = desk.draft(desk.policy(title=f"Policy {days}"))
        desk.clause(version, 9, kind="training", text="Staff are briefed every term.")
        policy = desk.publish(version).policy
        facts = {
            "title": "Autumn briefing",
            "held_on": today() + timedelta(days=days),
            "lead": cast.deputy_head,
        } | facts
        return services.plan_briefing(policy, by=cast.headteacher, **facts)

    return planned


def absent_but(briefing: Briefing, *names: str) -> set:
    """The ids of everybody on the staff whose first name is not one of these."""
    return {person.pk for person in staff_on(briefing.school, briefing.held_on) if person.name.split()[0] not in names}


@pytest.mark.parametrize("status", Status.values)
def test_every_step_is_open_to_leaders_alone_and_the_runner_agrees(cast, plan, status):
    assert [step.name for step in steps_of(Briefing)] == ["hold", "cancel"]
    for role in FIRST_NAMES:
        post = cast.post(role)
        for name in ("hold", "cancel"):
            briefing = plan()
            if status == Status.HELD:
                briefing = take_along("hold", briefing, cast.headteacher, "")
            if status == Status.CANCELLED:
                briefing = take("cancel", briefing, cast.headteacher, "Ill")
            offered = [step.name for step in steps_open_to(post, briefing)]
            may = role in LEADERS
            assert offered == (["cancel"] if may and status == Status.PLANNED else [])
            step = take_along if name == "hold" else take
            if not may:
                with pytest.raises(NotAllowed):
                    step(name, briefing, post, "Reason")
            elif status != Status.PLANNED:
                with pytest.raises(TooLate):
                    step(name, briefing, post, "Reason")
            else:
                assert step(name, briefing, post, "Reason").status in (Status.HELD, Status.CANCELLED)
            briefing.policy.briefings.all()
    assert "hold" not in [step.name for step in steps_open_to(cast.headteacher, plan())]


def test_a_leader_of_another_school_keeps_no_briefing_of_this_one(cast, plan):
    briefing = plan()
    stranger = cast.post("headteacher", "riverside")
    with pytest.raises(NotAllowed):
        services.record_attendance(briefing, by=stranger, present=set())
    with pytest.raises(NotAllowed):
        services.plan_briefing(briefing.policy, by=stranger, title="X", held_on=today(), lead=stranger)
    with pytest.raises(Refused, match="this school"):
        services.plan_briefing(briefing.policy, by=cast.headteacher, title="X", held_on=today(), lead=stranger)
    client = cast.client("headteacher", "riverside")
    for page in ("detail", "attendance", "cancel", "catch_up"):
        assert client.get(url(f"briefing_{page}", briefing.pk)).status_code == 404


def test_the_lead_is_reminded_once_the_schools_days_before(cast, plan):
    school = cast.school()
    school.briefing_reminder_days = 5
    school.save()
    briefing = plan(10)
    for day in range(11):
        with time_machine.travel(start_of_day(today() + timedelta(days=day)) + timedelta(hours=9), tick=False):
            told = Notification.objects.filter(event="briefing_near")
            services.remind_of_briefings()
            services.remind_of_briefings()
            assert told.count() == (1 if day >= 5 else 0)
    assert told.get().user == cast.deputy_head.user
    briefing.refresh_from_db()
    assert briefing.reminded_at is not None
    assert OutboxMail.objects.filter(to=cast.deputy_head.user, path=briefing.get_absolute_url()).count() == 1


def test_a_cancelled_briefing_reminds_nobody(cast, plan):
    briefing = plan(3)
    page = cast.client("headteacher").post(url("briefing_cancel", briefing.pk), {"reason": "Snow"}, follow=True)
    assert "The briefing is cancelled." in page.content.decode()
    assert services.remind_of_briefings() == 0
    again = cast.client("headteacher").post(url("briefing_cancel", briefing.pk), {"reason": "Snow"}, follow=True)
    assert "already been changed" in again.content.decode()
    answer = cast.client("headteacher").post(url("briefing_attendance", briefing.pk), {})
    assert answer.status_code == 302 and not Attendance.objects.exists()


def test_who_was_there_is_recorded_at_once_against_the_wording_in_force(cast, plan):
    briefing = plan()
    client = cast.client("deputy_head")
    page = client.get(url("briefing_attendance", briefing.pk)).content.decode()
    assert page.count(" checked") == staff_on(briefing.school, today()).count(), "everybody is ticked at first"
    present = absent_but(briefing, "Tara", "Vera")
    client.post(url("briefing_attendance", briefing.pk), {"present": [str(pk) for pk in present]})
    briefing.refresh_from_db()
    assert briefing.status == Status.HELD
    assert briefing.version == briefing.policy.versions.published().get()
    assert set(briefing.attendances.filter(present=True).values_list("user", flat=True)) == present
    late = briefing.attendances.filter(present=False)
    assert {each.user.name for each in late} == {"Tara Oakfield", "Vera Oakfield"}
    page = client.get(briefing.get_absolute_url()).content.decode()
    assert "Late (2)" in page and "Tara Oakfield" in page


def test_a_briefing_still_to_come_has_no_attendance(cast, plan):
    briefing = plan(2)
    page = cast.client("headteacher").post(url("briefing_attendance", briefing.pk), {}).content.decode()
    assert "This briefing is still to come." in page
    assert not Attendance.objects.exists()


def test_whoever_missed_it_is_told_and_again_every_week_until_they_have_caught_up(cast, plan):
    briefing = plan()
    services.record_attendance(briefing, by=cast.headteacher, present=absent_but(briefing, "Tara", "Vera"))
    told = Notification.objects.filter(event="briefing_missed", user=cast.teacher.user)
    assert told.count() == 1
    home = cast.client("teacher").get(reverse("portal:home")).content.decode()
    assert "Catch up on a briefing: Autumn briefing" in home
    for day in range(15):
        with time_machine.travel(start_of_day(today() + timedelta(days=day)) + timedelta(hours=9), tick=False):
            services.remind_of_briefings()
            services.remind_of_briefings()
    assert told.count() == 3
    client = cast.client("teacher")
    page = client.get(url("briefing_catch_up", briefing.pk)).content.decode()
    assert "Rule number 1." in page
    client.post(url("briefing_catch_up", briefing.pk))
    assert briefing.attendances.get(user=cast.teacher.user).caught_up_on == today()
    again = client.post(url("briefing_catch_up", briefing.pk), follow=True)
    assert "You have caught up" in again.content.decode(), "a second press is no fault"
    page = client.get(url("briefing_catch_up", briefing.pk)).content.decode()
    assert "You caught up on" in page and "I have caught up" not in page
    with time_machine.travel(start_of_day(today() + timedelta(days=30)), tick=False):
        services.remind_of_briefings()
    assert told.count() == 3
    cast.client("headteacher").post(url("briefing_caught_up", briefing.pk, cast.volunteer.user_id))
    assert not briefing.attendances.filter(present=False, caught_up_on=None).exists()


def test_attendance_is_put_right_and_who_has_caught_up_stays_so(cast, plan):
    briefing = plan()
    services.record_attendance(briefing, by=cast.headteacher, present=absent_but(briefing, "Tara", "Vera"))
    services.catch_up(briefing.attendances.get(user=cast.teacher.user), by=cast.teacher)
    services.record_attendance(briefing, by=cast.headteacher, present=absent_but(briefing, "Tara"))
    assert briefing.attendances.get(user=cast.volunteer.user).present
    assert briefing.attendances.get(user=cast.teacher.user).caught_up_on == today()
    with pytest.raises(Refused, match="was there"):
        services.catch_up(briefing.attendances.get(user=cast.volunteer.user), by=cast.headteacher)
    with pytest.raises(NotAllowed):
        services.catch_up(briefing.attendances.get(user=cast.teacher.user), by=cast.office)


def test_a_briefing_goes_through_what_was_chosen_or_every_rule_for_staff(cast, plan):
    briefing = plan()
    assert [clause.code for clause in expectations_of(briefing)] == ["C-1", "C-2", "C-3"]
    briefing.expectations.set(briefing.policy.versions.get().clauses.filter(code="C-2"))
    assert [clause.code for clause in expectations_of(briefing)] == ["C-2"]


def test_what_was_chosen_is_gone_through_in_the_wording_that_is_in_force_when_it_is_held(cast, desk, plan):
    briefing = plan()
    briefing.expectations.set(briefing.policy.versions.get().clauses.filter(code="C-2"))
    for text in ("Phones stay in lockers.", "Phones stay at home."):
        draft = services.draft_next_version(briefing.policy, by=cast.headteacher, reason="Phones")
        services.edit_clause(draft.clauses.get(code="C-2"), by=cast.headteacher, text=text, reason="")
        desk.publish(draft)
        if briefing.status == Status.PLANNED:
            briefing = services.record_attendance(briefing, by=cast.headteacher, present=set())
    assert [clause.text for clause in expectations_of(briefing)] == ["Phones stay in lockers."]


def test_reminders_follow_the_text_until_the_head_says_otherwise(cast, desk):
    policy = desk.published().policy
    assert reminds([policy]) == {policy.pk: False}
    cast.client("deputy_head").post(url("briefing_reminders", policy.pk), {"on": "1"})
    policy.refresh_from_db()
    assert policy.briefing_reminders is None
    for on in (True, False):
        cast.client("headteacher").post(url("briefing_reminders", policy.pk), {"on": "1" if on else "0"})
        policy.refresh_from_db()
        assert reminds([policy]) == {policy.pk: on}


def test_a_leader_plans_a_briefing_on_the_page(cast, desk):
    policy = desk.published().policy
    later = today() + timedelta(days=30)
    form = {
        "title": "Spring briefing",
        "held_on_day": later.day,
        "held_on_month": later.month,
        "held_on_year": later.year,
    }
    form["lead"] = str(cast.senior_leader.pk)
    client = cast.client("senior_leader")
    page = client.post(url("briefing_create", policy.pk), form, follow=True).content.decode()
    assert "The briefing is planned." in page and "Spring briefing" in page
    form["held_on_year"] = later.year - 2
    assert "still to come" in client.post(url("briefing_create", policy.pk), form).content.decode()
    assert cast.client("teacher").post(url("briefing_create", policy.pk), form).status_code == 403
    assert cast.client("headteacher", "riverside").get(url("briefing_create", policy.pk)).status_code == 404
    assert Briefing.objects.count() == 1


def test_telling_many_who_missed_it_asks_no_more_than_telling_one(cast, plan):
    people(cast, 30)
    one, all_of_them = plan(), plan()
    services.record_attendance(one, by=cast.headteacher, present=absent_but(one, "Tara"))
    services.record_attendance(all_of_them, by=cast.headteacher, present=set())
    counts = []
    for briefing in (all_of_them, one):
        Attendance.objects.exclude(briefing=briefing).update(present=True)
        Notification.objects.all().delete()
        OutboxMail.objects.all().delete()
        with CaptureQueriesContext(connection) as found:
            services.remind_of_briefings(today() + timedelta(days=7))
        counts.append(len(found))
        Attendance.objects.filter(briefing=one, user=cast.teacher.user).update(present=False)
    assert Notification.objects.count() == 1
    assert counts[0] == counts[1]


def test_the_list_of_briefings_asks_no_more_for_fifty_than_for_one(cast, plan):
    briefing = plan()
    client = cast.client("headteacher")
    client.get(reverse("policies:briefing_list"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("policies:briefing_list"))
    for number in range(20):
        services.plan_briefing(
            briefing.policy, by=cast.headteacher, title=f"B{number}", held_on=date(2030, 1, 1), lead=cast.headteacher
        )
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("policies:briefing_list"))
    assert len(many) == len(one)


def test_who_has_left_the_staff_since_is_not_told_to_catch_up(cast, plan):
    briefing = plan(-3)
    post = cast.teacher
    post.ends_on = today() - timedelta(days=1)
    post.save()
    services.record_attendance(briefing, by=cast.headteacher, present=absent_but(briefing, "Tara", "Vera"))
    told = Notification.objects.filter(event="briefing_missed").values_list("user", flat=True)
    assert list(told) == [cast.volunteer.user_id]
    assert not briefing.attendances.get(user=post.user).present


def test_a_lead_who_has_left_is_not_reminded(cast, plan):
    briefing = plan(1)
    post = cast.deputy_head
    post.ends_on = today() - timedelta(days=1)
    post.save()
    services.remind_of_briefings()
    assert not Notification.objects.filter(event="briefing_near").exists()
    briefing.refresh_from_db()
    assert briefing.reminded_at is None
