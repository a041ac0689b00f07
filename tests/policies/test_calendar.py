"""The private calendar: what stands in it, for whom, and that its address tells a stranger nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from accounts.models import Membership
from accounts.services import give_post
from policies import services
from policies.models import Briefing, CalendarFeed
from policyportal.lib.dates import LONDON, today
from policyportal.lib.workflow import save_as

DUE = today() + timedelta(days=160)


def at(day: date):
    """Stop the clock in London on a day."""
    return time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=LONDON), tick=False)


@pytest.fixture
def version(desk):
    """A version in force whose review is due in five months, by its cycle a month before."""
    approved = {"approved_on": today() - timedelta(days=235), "approved_on_precision": "day"}
    return desk.published(review_due_on=DUE, review_due_on_precision="day", **approved)


def address_for(cast, role="headteacher") -> str:
    return reverse("policies:calendar_feed", args=[services.make_calendar(cast.post(role))])


def events_at(address: str) -> dict[str, dict]:
    """Read a calendar as a calendar program does, without a session, and return its events by what they say."""
    answer = Client().get(address)
    assert answer.status_code == 200 and not answer.cookies
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(event["summary"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_a_head_reads_both_dates_of_a_review_open_reviews_and_what_they_are_asked(cast, desk, version):
    services.open_review(
        version.policy, by=cast.headteacher, trigger="incident", reason="Why", due_on=today() + timedelta(days=20)
    )
    events = events_at(address_for(cast))
    title = version.policy.title
    assert set(events) == {
        f"Review due: {title}",
        f"Review due by its cycle: {title}",
        f"Review to be done: {title}",
        f"Read and acknowledge: {title}",
    }
    due = events[f"Review due: {title}"]
    assert (due["dtstart"].dt, due["dtend"].dt) == (DUE, DUE + timedelta(days=1))
    assert due["uid"].startswith(f"review-{version.policy_id}@")
    assert due["url"].endswith(version.policy.get_absolute_url())
    assert events[f"Review due by its cycle: {title}"]["dtstart"].dt == version.review_due_by_cycle.day


def test_a_teacher_reads_what_they_are_asked_and_nothing_of_reviews(cast, version):
    address = address_for(cast, "teacher")
    [(summary, event)] = events_at(address).items()
    assert summary == "Read and acknowledge: Social media policy"
    assert event["dtstart"].dt == version.published_on + timedelta(days=cast.school().acknowledgement_days)
    services.acknowledge(version, cast.teacher, has_read=True, has_understood=True, will_follow=True)
    assert events_at(address) == {}


def test_briefings_stand_in_it_and_one_called_off_is_struck_out(cast, version):
    for title, status in (("Autumn", "planned"), ("Spring", "cancelled"), ("Last year", "held")):
        briefing = Briefing(
            school=cast.school(), policy=version.policy, title=title, lead=cast.headteacher, held_on=DUE, status=status
        )
        save_as(briefing, cast.headteacher, "Planned")
    events = events_at(address_for(cast, "teacher"))
    assert {name for name in events if name.startswith("Briefing")} == {"Briefing: Autumn", "Briefing: Spring"}
    assert "status" not in events["Briefing: Autumn"]
    assert events["Briefing: Spring"]["status"] == "CANCELLED"


def test_it_names_no_person_no_incident_and_no_reason(cast, version):
    services.open_review(
        version.policy,
        by=cast.headteacher,
        trigger="incident",
        reason="Secret reason",
        due_on=today() + timedelta(days=9),
        cause="ABCD-1234",
        cause_path="/incidents/x/",
    )
    words = Client().get(address_for(cast)).content.decode().lower()
    for hidden in ("secret reason", "abcd-1234", "incident", cast.user("headteacher").name.lower()):
        assert hidden not in words


def test_it_is_the_same_bytes_until_something_changes_and_a_moved_date_counts_up(cast, version):
    address = address_for(cast)
    first, again = Client().get(address), Client().get(address)
    assert (first.content, first["ETag"]) == (again.content, again["ETag"])
    unchanged = Client().get(address, headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    before = events_at(address)["Review due: Social media policy"]
    services.record_review(
        version, by=cast.headteacher, reviewed_on=today(), review_due_on=DUE + timedelta(days=30), note="Fine"
    )
    assert Client().get(address)["ETag"] != first["ETag"]
    after = events_at(address)["Review due: Social media policy"]
    assert after["uid"] == before["uid"] and after["sequence"] > before["sequence"]
    assert after["dtstart"].dt == DUE + timedelta(days=30)
    assert after["dtstamp"].dt.utcoffset() == timedelta(0)


def test_it_is_written_as_calendar_programs_read_it(cast, desk):
    title = "Politik für soziale Medien; Grundsätze, Regeln und Verfahren \\ für alle Angehörigen der Schule"
    desk.published(policy={"title": title})
    content = Client().get(address_for(cast, "teacher")).content
    lines = content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR" and lines[-2:] == [b"END:VCALENDAR", b""]
    assert b"\n" not in content.replace(b"\r\n", b"") and max(map(len, lines)) <= 75
    assert all(line.decode() or True for line in lines)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT12H" in lines and b"X-PUBLISHED-TTL:PT12H" in lines
    assert b"VALARM" not in content
    calendar = Calendar.from_ical(content)
    assert str(calendar["name"]) == str(calendar["x-wr-calname"]) == "Oakfield – policy dates"
    assert [str(event["summary"]) for event in calendar.walk("VEVENT")] == [f"Read and acknowledge: {title}"]


def refused(address: str) -> tuple:
    answer = Client().get(address)
    kept = {name: value for name, value in answer.items() if name.lower() != "content-security-policy"}
    return answer.status_code, answer.content, kept


def test_unknown_taken_back_renewed_and_of_a_lost_post_are_one_answer(cast, version):
    unknown = refused(reverse("policies:calendar_feed", args=["x" * 43]))
    assert unknown[0] == 404
    revoked = address_for(cast, "office")
    services.revoke_calendar(cast.post("office"))
    renewed = address_for(cast, "teacher")
    address_for(cast, "teacher")
    left = address_for(cast, "governor")
    post = cast.post("governor")
    post.ends_on = today() - timedelta(days=1)
    post.save()
    inactive = address_for(cast, "support_staff")
    person = cast.user("support_staff")
    person.is_active = False
    person.save()
    assert [refused(address) for address in (revoked, renewed, left, inactive)] == [unknown] * 4


def test_what_a_person_may_see_is_asked_at_every_reading(cast, version):
    teacher = cast.teacher
    long_ago = today() - timedelta(days=30)
    deputy = give_post(user=teacher.user, school=cast.school(), role="deputy_head", starts_on=long_ago, by=None)
    Membership.objects.filter(pk=deputy.pk).update(accepted_at=datetime.now(UTC))
    address = address_for(cast, "teacher")
    assert "Review due: Social media policy" in events_at(address)
    deputy.ends_on = today() - timedelta(days=1)
    deputy.save()
    assert set(events_at(address)) == {"Read and acknowledge: Social media policy"}


def test_whoever_is_signed_in_changes_nothing_of_what_an_address_says(cast, version):
    address = address_for(cast, "teacher")
    assert cast.client("headteacher").get(address).content == Client().get(address).content
    assert Client().post(address).status_code == 405


def test_the_address_is_shown_once_and_only_its_keyed_hash_is_kept(cast, version):
    teacher, page = cast.client("teacher"), reverse("policies:calendar")
    assert "Make an address" in teacher.get(page).content.decode()
    made = teacher.post(page)
    address = made.context["address"]
    secret = address.rsplit("/", 1)[1].removesuffix(".ics")
    assert address in made.content.decode() and made["Cache-Control"] == "no-store"
    assert secret not in teacher.get(page).content.decode()
    feed = CalendarFeed.objects.get()
    assert secret not in str(feed.__dict__) and len(secret) >= 43
    teacher.post(reverse("policies:calendar_revoke"))
    assert CalendarFeed.objects.get().revoked_at
    assert "Make an address" in teacher.get(page).content.decode()


def test_it_costs_the_same_with_one_policy_and_with_fifty(cast, desk, version):
    address = address_for(cast)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert Client().get(address).status_code == 200
        return len(found)

    services.open_review(version.policy, by=cast.headteacher, trigger="needs", reason="Why")
    before = queries()
    for number in range(15):
        policy = desk.published(clauses=1, policy={"title": f"Policy {number}"}, review_due_on=DUE).policy
        services.open_review(policy, by=cast.headteacher, trigger="needs", reason="Why", due_on=today())
    assert queries() <= before + 1


def test_a_new_wording_and_a_new_campaign_count_up_too(cast, desk, version):
    head, teacher = address_for(cast), address_for(cast, "teacher")
    for days in range(3):
        services.record_review(
            version, by=cast.headteacher, reviewed_on=today(), review_due_on=DUE + timedelta(days=days), note="Fine"
        )
    due, asked = "Review due: Social media policy", "Read and acknowledge: Social media policy"
    before = events_at(head)[due], events_at(teacher)[asked]
    services.end_campaign(version.campaigns.get(), by=cast.office, reason="Anew")
    services.start_campaign(version, "staff", by=cast.office, due_on=today() + timedelta(days=90))
    between = events_at(teacher)[asked]
    assert between["uid"] == before[1]["uid"] and between["dtstart"].dt != before[1]["dtstart"].dt
    assert between["sequence"] > before[1]["sequence"]
    desk.publish(desk.draft(version.policy, review_due_on=DUE + timedelta(days=365), review_due_on_precision="day"))
    after = events_at(head)[due], events_at(teacher)[asked]
    assert after[0]["sequence"] > before[0]["sequence"] and after[1]["sequence"] > between["sequence"]


def test_briefings_stand_in_the_calendars_of_staff_and_not_of_governors(cast, version):
    services.plan_briefing(version.policy, by=cast.headteacher, title="Autumn", held_on=today(), lead=cast.headteacher)
    assert "Briefing: Autumn" in events_at(address_for(cast, "teacher"))
    assert "Briefing: Autumn" not in events_at(address_for(cast, "governor"))
