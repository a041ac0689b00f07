"""Campaigns: everybody asked, in constant queries and within the outbox's rate; the list right after each press."""

import time
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Membership, Notification, Role, User
from accounts.services import give_post
from policies import owed, services
from policies.models import Acknowledgement, Audience, Campaign, Reminder
from policyportal.lib import outbox
from policyportal.lib.dates import start_of_day, today
from policyportal.lib.models import OutboxMail
from policyportal.lib.workflow import NotAllowed, Refused
from tests.policies.test_pages import TICKED, url


def people(cast, number: int, role: str = Role.TEACHER) -> list[User]:
    """That many more people on the staff."""
    users = [User(email=f"many{n}@oakfield.example", name=f"Many {n:04}") for n in range(number)]
    User.objects.bulk_create(users)
    posts = [
        Membership(school=cast.school(), user=user, role=role, starts_on=cast.teacher.starts_on) for user in users
    ]
    Membership.objects.bulk_create(posts)
    return users


def ended(version, cast) -> Campaign:
    """The campaign that publishing started, ended, with nothing told."""
    campaign = version.campaigns.get(school=cast.school(), ended_on=None)
    services.end_campaign(campaign, by=cast.headteacher, reason="Begin anew")
    Reminder.objects.all().delete()
    Notification.objects.all().delete()
    OutboxMail.objects.all().delete()
    return campaign


def test_publishing_starts_a_campaign_for_staff_and_the_next_version_ends_it(cast, desk):
    version = desk.published()
    campaign = version.campaigns.get()
    assert (campaign.audience, campaign.started_by) == (Audience.STAFF, cast.headteacher.user)
    assert campaign.due_on == version.published_on + timedelta(days=cast.school().acknowledgement_days)
    later = desk.publish(desk.draft(version.policy))
    campaign.refresh_from_db()
    assert campaign.ended_on == today() and later.campaigns.get().ended_on is None


def test_the_office_asks_everybody_anew_and_only_those_who_owe_it_are_told(cast, desk):
    version = desk.published(approved_on=today())
    services.acknowledge(version, cast.teacher, has_read=True, has_understood=True, will_follow=True)
    ended(version, cast)
    assert services.record_due_reminders() == 0, "nobody is reminded when the campaign has ended"
    due = today() + timedelta(days=20)
    client = cast.client("office")
    form = {"audience": "staff", "due_on_day": due.day, "due_on_month": due.month, "due_on_year": due.year}
    page = client.post(url("campaign_create", version.pk), form, follow=True)
    assert "is being asked" in page.content.decode()
    campaign = version.campaigns.get(ended_on=None)
    assert (campaign.due_on, campaign.started_by) == (due, cast.office.user)
    told = set(Reminder.objects.values_list("user", flat=True))
    assert cast.governor.user_id in told and cast.teacher.user_id not in told
    assert {stat["label"]: stat["number"] for stat in page.context["stats"]}["Have acknowledged"] == 1


def test_a_campaign_refuses_a_second_one_a_past_day_and_people_not_asked(cast, desk):
    version = desk.published()
    with pytest.raises(Refused, match="already"):
        services.start_campaign(version, "staff", by=cast.office, due_on=today())
    ended(version, cast)
    with pytest.raises(Refused, match="passed"):
        services.start_campaign(version, "staff", by=cast.office, due_on=today() - timedelta(days=1))
    with pytest.raises(Refused, match="does not ask"):
        services.start_campaign(version, "community", by=cast.office, due_on=today())
    with pytest.raises(NotAllowed):
        services.start_campaign(version, "staff", by=cast.teacher, due_on=today())
    with pytest.raises(NotAllowed):
        services.start_campaign(version, "staff", by=cast.post("office", "riverside"), due_on=today())
    assert not version.campaigns.filter(ended_on=None).exists()


def test_a_campaign_is_ended_once_with_a_reason_by_its_own_school(cast, desk):
    campaign = desk.published().campaigns.get()
    page = cast.client("office").post(url("campaign_end", campaign.pk), {"reason": ""}).content.decode()
    assert "There is a problem" in page
    assert (
        cast.client("office", "riverside").post(url("campaign_end", campaign.pk), {"reason": "x"}).status_code == 404
    )
    assert cast.client("teacher").post(url("campaign_end", campaign.pk), {"reason": "x"}).status_code == 403
    cast.client("office").post(url("campaign_end", campaign.pk), {"reason": "Everybody has"})
    campaign.refresh_from_db()
    assert campaign.ended_on == today()
    with pytest.raises(Refused, match="ended already"):
        services.end_campaign(campaign, by=cast.office, reason="Again")


def test_queries_of_a_campaign_grow_with_its_batches_and_not_with_the_people(cast, desk, monkeypatch, record_property):
    monkeypatch.setattr(owed, "BATCH", 50)
    version = desk.published(approved_on=today())
    queries = {}
    for number in (50, 500):
        ended(version, cast)
        Membership.objects.exclude(school=cast.school(), role=Role.HEADTEACHER).update(ends_on=date(2025, 1, 1))
        Membership.objects.filter(user__email__startswith="many").delete()
        User.objects.filter(email__startswith="many").delete()
        people(cast, number - 1)
        with CaptureQueriesContext(connection) as found:
            services.start_campaign(version, "staff", by=cast.headteacher, due_on=today())
        assert Reminder.objects.count() == OutboxMail.objects.count() == Notification.objects.count() == number
        queries[number] = len(found)
    per_batch = (queries[500] - queries[50]) / 9
    record_property("campaign", f"{queries[50]} queries for 50, {queries[500]} for 500, {per_batch} a batch of 50")
    assert per_batch == int(per_batch) <= 10


def test_a_campaign_of_5000_goes_out_within_the_rate_and_behind_everything_else(cast, desk, settings, record_property):
    settings.OUTBOX_PER_MINUTE = 60
    version = desk.published()
    ended(version, cast)
    people(cast, 5000)
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as found:
        services.start_campaign(version, "staff", by=cast.headteacher, due_on=today() + timedelta(days=14))
    took = time.perf_counter() - began
    asked = OutboxMail.objects.count()
    record_property("campaign", f"{asked} people in {took:.1f} s and {len(found)} queries")
    assert asked > 5000 and len(found) < asked / 5
    outbox.queue_mail(to=cast.teacher.user, subject="Urgent", path="/here/", dedupe_key="urgent")
    now = timezone.now()
    for minute, left in ((0, 60), (0.5, 60), (1.1, 120), (2.2, 180)):
        with time_machine.travel(now + timedelta(minutes=minute), tick=False):
            outbox.drain()
        assert len(mail.outbox) == left, "no more than the rate in any minute"
    assert mail.outbox[0].subject == "Urgent"


def test_300_staff_acknowledge_with_one_press_and_the_chase_list_is_right_after_each(cast, desk):
    version = desk.published()
    staff = people(cast, 300)
    office = cast.client("office")
    address = url("acknowledgement_list", version.pk)
    outstanding = office.get(address).context["counts"]["outstanding"]
    client = Client()
    for done, person in enumerate(staff, start=1):
        client.force_login(person)
        page = url("acknowledge", version.pk)
        assert client.post(page, TICKED).status_code == 302
        counts = office.get(address, {"name": person.name}).context
        assert counts["counts"]["outstanding"] == outstanding - done
        assert list(counts["page"]) == [], "who has acknowledged is on the list no longer"
    assert Acknowledgement.objects.filter(version=version).count() == 300
    done = office.get(address, {"state": "acknowledged"}).context
    assert done["counts"]["acknowledged"] == 300


def test_the_chase_list_tells_staff_governors_volunteers_contractors_and_agency_apart(cast, desk):
    version = desk.published()
    agency = User.objects.create_user("agency@oakfield.example", "Asha Agency")
    give_post(user=agency, school=cast.school(), role=Role.TEACHER, employment="agency", by=None)
    office = cast.client("office")
    page = office.get(url("acknowledgement_list", version.pk))
    groups = {group["label"]: group["number"] for group in page.context["groups"]}
    assert (groups["Governors"], groups["Volunteers"], groups["Contractors"], groups["Agency staff"]) == (2, 1, 1, 1)
    assert sum(groups.values()) == page.context["counts"]["outstanding"]
    for group, names in {
        "agency": ["Asha Agency"],
        "volunteers": ["Vera Oakfield"],
        "contractors": ["Carl Oakfield"],
        "governors": ["Chidi Oakfield", "Grace Oakfield"],
    }.items():
        found = office.get(url("acknowledgement_list", version.pk), {"group": group})
        assert [person.name for person in found.context["page"]] == names


def test_leaders_take_the_list_out_as_a_file_in_which_nothing_is_a_formula(cast, desk):
    version = desk.published()
    person = cast.teacher.user
    person.name = "=HYPERLINK(1)"
    person.save()
    response = cast.client("deputy_head").get(url("acknowledgement_export", version.pk), {"state": "all"})
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert response["Cache-Control"] == "no-store"
    assert any(line.startswith("'=HYPERLINK(1),Staff,Teacher") for line in lines)
    assert len(lines) == 1 + Membership.objects.filter(school=cast.school(), role__in=owed.ACKNOWLEDGING).count()
    assert cast.client("office").get(url("acknowledgement_export", version.pk)).status_code == 403
    assert cast.client("headteacher", "riverside").get(url("acknowledgement_export", version.pk)).status_code == 404


def test_what_changed_since_the_version_a_person_acknowledged_is_shown_and_kept(cast, desk):
    former = desk.published()
    services.acknowledge(former, cast.teacher, has_read=True, has_understood=True, will_follow=True)
    draft = desk.draft(former.policy, clauses=3)
    services.edit_clause(
        draft.clauses.get(code="C-2"),
        by=cast.headteacher,
        heading="Purpose",
        text="Rule number two, firmer.",
        kind="information",
        reason="",
    )
    version = desk.publish(draft)
    page = cast.client("teacher").get(url("acknowledge", version.pk)).content.decode()
    assert "Since version 1, which you acknowledged" in page and "firmer." in page and "<del>" in page
    words = " ".join(strip_tags(page).split())
    assert "Rule number [removed: 2. end of removed] [added: two, firmer. end of added]" in words
    assert "Since version" not in cast.client("support_staff").get(url("acknowledge", version.pk)).content.decode()
    cast.client("teacher").post(url("acknowledge", version.pk), TICKED)
    kept = Acknowledgement.objects.get(version=version)
    assert "Changed since version 1:\n1 clause changed." in kept.text_shown
    for shown in (page, kept.text_shown):
        assert "Now: Information (was: Rule)." in shown


def test_a_minor_change_asks_nobody_again_who_acknowledged_the_major_one(cast, desk):
    former = desk.published()
    services.acknowledge(former, cast.teacher, has_read=True, has_understood=True, will_follow=True)
    minor = desk.publish(desk.draft(former.policy, is_major=False))
    assert not Reminder.objects.filter(version=minor, user=cast.teacher.user).exists()
    assert Reminder.objects.filter(version=minor, user=cast.office.user).exists()
    counts = cast.client("office").get(url("acknowledgement_list", minor.pk)).context["counts"]
    assert counts["acknowledged"] == 1
    home = cast.client("teacher").get(reverse("portal:home")).content.decode()
    assert url("acknowledge", minor.pk) not in home


def test_where_it_is_confirmed_yearly_it_is_owed_again_from_the_schools_first_day(cast, desk):
    with time_machine.travel(start_of_day(date(2026, 6, 1)) + timedelta(hours=9), tick=False):
        version = desk.published(policy={"confirmed_yearly": True}, review_due_on=date(2029, 1, 1))
        services.acknowledge(version, cast.teacher, has_read=True, has_understood=True, will_follow=True)
        assert url("acknowledge", version.pk) not in cast.client("teacher").get("/").content.decode()
    with time_machine.travel(start_of_day(date(2026, 8, 31)) + timedelta(hours=9), tick=False):
        services.record_due_reminders()
    theirs = Reminder.objects.filter(user=cast.teacher.user, kind="acknowledgement")
    assert [row.owed_on for row in theirs] == [date(2026, 6, 1)]
    with time_machine.travel(start_of_day(date(2026, 9, 1)) + timedelta(hours=9), tick=False):
        services.record_due_reminders()
        assert theirs.filter(owed_on=date(2026, 9, 1), superseded=False).count() == 1
        office = cast.client("office")
        assert office.get(url("acknowledgement_list", version.pk)).context["counts"]["acknowledged"] == 0
        page = cast.client("teacher").get(url("acknowledge", version.pk)).content.decode()
        assert "Since you confirmed it last" in page and "Nothing that is written for you has changed" in page
        cast.client("teacher").post(url("acknowledge", version.pk), TICKED)
        assert office.get(url("acknowledgement_list", version.pk)).context["counts"]["acknowledged"] == 1
    years = Acknowledgement.objects.filter(user=cast.teacher.user).values_list("school_year", flat=True)
    assert sorted(years) == [2025, 2026]
    with time_machine.travel(start_of_day(date(2026, 9, 20)) + timedelta(hours=9), tick=False):
        services.record_due_reminders()
    assert theirs.filter(owed_on__gt=date(2026, 9, 1)).count() == 0


def test_the_head_says_whom_a_policy_asks_and_how_often(cast, desk):
    version = desk.published(policy={"for_staff": False})
    assert not version.campaigns.exists()
    client = cast.client("headteacher")
    answer = {"for_staff": "on", "confirmed_yearly": "on", "reason": "Agreed by governors"}
    client.post(url("who_acknowledges", version.policy_id), answer)
    policy = version.policy
    policy.refresh_from_db()
    assert policy.for_staff and policy.confirmed_yearly and not policy.for_parents
    assert version.campaigns.get().audience == Audience.STAFF
    assert Reminder.objects.filter(user=cast.teacher.user, version=version).exists()
    client.post(url("who_acknowledges", version.policy_id), {"reason": "Taken back"})
    assert version.campaigns.get().ended_on == today()
    assert cast.client("deputy_head").get(url("who_acknowledges", version.policy_id)).status_code == 403
    assert cast.client("headteacher", "riverside").get(url("who_acknowledges", version.policy_id)).status_code == 404
    with pytest.raises(NotAllowed):
        services.choose_who_acknowledges(policy, by=cast.deputy_head, for_staff=True)


def at(day: date):
    """Stop the clock in London in the morning of a day."""
    return time_machine.travel(start_of_day(day) + timedelta(hours=9), tick=False)


def test_staff_who_come_to_be_asked_months_later_have_the_days_from_then_on(cast, desk):
    with at(date(2026, 5, 1)):
        version = desk.published(policy={"for_staff": False}, review_due_on=date(2029, 1, 1))
    with at(date(2026, 11, 2)):
        services.choose_who_acknowledges(version.policy, by=cast.headteacher, for_staff=True)
        campaign = version.campaigns.get()
        assert campaign.due_on == date(2026, 11, 2) + timedelta(days=cast.school().acknowledgement_days)


def test_a_campaign_that_was_ended_by_hand_keeps_nobody_from_the_reminders_of_the_next_school_year(cast, desk):
    with at(date(2026, 6, 1)):
        version = desk.published(policy={"confirmed_yearly": True}, review_due_on=date(2029, 1, 1))
        services.end_campaign(version.campaigns.get(), by=cast.office, reason="All but two have")
    theirs = Reminder.objects.filter(user=cast.teacher.user, kind="acknowledgement")
    with at(date(2026, 8, 31)):
        services.record_due_reminders()
    assert [row.owed_on for row in theirs] == [date(2026, 6, 1)]
    with at(date(2026, 9, 1)):
        services.record_due_reminders()
    assert theirs.filter(owed_on=date(2026, 9, 1), superseded=False).exists()


def test_the_list_is_narrowed_by_the_employment_in_this_school_and_no_other(cast, desk):
    version = desk.published()
    give_post(user=cast.teacher.user, school=cast.school("riverside"), role="teacher", employment="agency", by=None)
    found = cast.client("office").get(url("acknowledgement_list", version.pk), {"employment": "agency"})
    assert list(found.context["page"]) == []


def test_nobody_is_reminded_of_a_version_that_another_has_replaced(cast, desk):
    version = desk.published()
    desk.publish(desk.draft(version.policy))
    version.refresh_from_db()
    office = cast.client("office")
    page = office.get(url("acknowledgement_list", version.pk)).content.decode()
    assert cast.teacher.user.name in page and "Remind<" not in page
    answer = office.post(url("acknowledgement_remind", version.pk, cast.teacher.user_id), follow=True)
    assert "This version is not in force" in answer.content.decode()
    assert not Reminder.objects.filter(kind="asked").exists()


def test_the_words_kept_say_what_has_changed_as_the_page_did(cast, desk):
    former = desk.published()
    services.acknowledge(former, cast.teacher, has_read=True, has_understood=True, will_follow=True)
    version = desk.publish(desk.draft(former.policy), changes="Phones stay in lockers")
    assert "Phones stay in lockers" in cast.client("teacher").get(url("acknowledge", version.pk)).content.decode()
    cast.client("teacher").post(url("acknowledge", version.pk), TICKED)
    assert "Phones stay in lockers" in Acknowledgement.objects.get(version=version).text_shown


def test_a_last_day_beyond_every_calendar_is_said_beside_its_box(cast, desk):
    version = desk.published()
    ended(version, cast)
    form = {"audience": "staff", "due_on_day": 31, "due_on_month": 12, "due_on_year": 9999}
    page = cast.client("office").post(url("campaign_create", version.pk), form)
    assert page.context["form"].errors == {"due_on": ["Year must be 2199 or earlier"]}


def test_a_last_day_that_has_passed_is_said_beside_its_box(cast, desk):
    version = desk.published()
    ended(version, cast)
    form = {"audience": "staff", "due_on_day": 1, "due_on_month": 1, "due_on_year": 2020}
    page = cast.client("office").post(url("campaign_create", version.pk), form)
    assert page.context["form"].errors == {"due_on": ["Last day to acknowledge must be today or in the future"]}
