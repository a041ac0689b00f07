"""Reminders: each owed one once, whatever the clock, the restarts and the parallel runs do."""

import threading
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Notification, Role, User
from accounts.services import give_post
from policies import notifications, owed, services
from policies.models import Reminder
from policies.rules import ACKNOWLEDGING
from policyportal.due import run_due
from policyportal.lib.dates import LONDON
from policyportal.lib.models import OutboxMail

PUBLISHED = date(2026, 1, 12)
DUE = date(2026, 4, 30)
END = date(2026, 5, 25)
REVIEW = Reminder.Kind.REVIEW
ACKNOWLEDGEMENT = Reminder.Kind.ACKNOWLEDGEMENT


def at(day: date, hour: int = 9):
    """Stop the clock in London on a day."""
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, tzinfo=LONDON), tick=False)


def days(first: date, last: date):
    """Every day from the first to the last."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def mails_of_kind(kind: str) -> Counter:
    """How many mails each person got for this kind of reminder."""
    return Counter(OutboxMail.objects.filter(dedupe_key__startswith=f"{kind}-reminder").values_list("to", flat=True))


def told_days(user: User, kind: str = REVIEW) -> list[date]:
    """The days of every reminder that a person was told of, in order."""
    return sorted(Reminder.objects.sent().filter(user=user, kind=kind).values_list("owed_on", flat=True))


@pytest.fixture
def reviewed(desk):
    """A policy in force since January whose review is due at the end of April; nobody is asked to acknowledge it."""
    with at(PUBLISHED):
        return desk.published(review_due_on=DUE, review_due_on_precision="day", policy={"for_staff": False})


def oracle_for_a_head(first: date, last: date) -> list[date]:
    """The days that the brief names, written down one by one: before, on and after the due day, then weekly."""
    named = [date(2026, 1, 30), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 23), date(2026, 4, 30)]
    named += [date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 15), date(2026, 5, 22), date(2026, 5, 29)]
    return [day for day in named if first <= day <= last]


def test_moved_day_by_day_over_four_months_each_review_reminder_is_told_once(cast, reviewed):
    for day in days(PUBLISHED, END):
        with at(day):
            services.record_due_reminders()
            services.record_due_reminders()
    assert told_days(cast.headteacher.user) == oracle_for_a_head(PUBLISHED, END)
    for post in (cast.governor, cast.chair):
        assert told_days(post.user) == [date(2026, 5, 1)]
    assert set(Reminder.objects.values_list("user", flat=True)) == {
        cast.headteacher.user_id,
        cast.governor.user_id,
        cast.chair.user_id,
    }
    assert not Reminder.objects.filter(superseded=True).exists()
    assert mails_of_kind(REVIEW)[cast.headteacher.user_id] == 9


@pytest.mark.parametrize("length", [1, 3, 10, 40])
def test_after_an_outage_every_stage_is_recorded_and_only_the_latest_is_mailed(cast, reviewed, length):
    last_before, first_after = DUE - timedelta(days=8), DUE - timedelta(days=8) + timedelta(days=length + 1)
    for day in [*days(PUBLISHED, last_before), first_after]:
        with at(day):
            services.record_due_reminders()
    head = cast.headteacher.user
    recorded = Reminder.objects.filter(user=head).order_by("owed_on")
    assert [row.owed_on for row in recorded] == oracle_for_a_head(PUBLISHED, first_after)
    fell_meanwhile = [row for row in recorded if row.owed_on > last_before]
    assert [row.superseded for row in fell_meanwhile[:-1]] == [True] * len(fell_meanwhile[:-1])
    assert all(not row.superseded for row in fell_meanwhile[-1:])
    assert mails_of_kind(REVIEW)[head.pk] == len(oracle_for_a_head(PUBLISHED, last_before)) + bool(fell_meanwhile)
    assert told_days(cast.governor.user) == ([date(2026, 5, 1)] if first_after > DUE else [])
    with at(first_after):
        assert services.record_due_reminders() == 0


def test_the_day_is_londons_not_greenwichs(cast, reviewed):
    with time_machine.travel(datetime.fromisoformat("2026-04-30T22:59:00+00:00"), tick=False):
        services.record_due_reminders()
    assert told_days(cast.governor.user) == []
    with time_machine.travel(datetime.fromisoformat("2026-04-30T23:00:00+00:00"), tick=False):
        services.record_due_reminders()
    assert told_days(cast.governor.user) == [date(2026, 5, 1)]


def test_a_month_without_a_day_is_due_on_its_last_day(cast, desk):
    with at(PUBLISHED):
        desk.published(review_due_on=DUE, review_due_on_precision="month", policy={"for_staff": False})
    with at(date(2026, 4, 30)):
        services.record_due_reminders()
        assert told_days(cast.governor.user) == []
    with at(date(2026, 5, 1)):
        services.record_due_reminders()
        assert told_days(cast.governor.user) == [date(2026, 5, 1)]


def test_a_policy_overdue_when_published_tells_only_its_latest_stage(cast, desk):
    with at(date(2026, 3, 4)):
        desk.published(review_due_on=date(2026, 1, 31), review_due_on_precision="day", policy={"for_staff": False})
        services.record_due_reminders()
        services.record_due_reminders()
    head = cast.headteacher.user
    assert [(row.owed_on, row.superseded) for row in Reminder.objects.filter(user=head)] == [(date(2026, 3, 1), False)]
    assert told_days(cast.chair.user) == [date(2026, 2, 1)]
    with at(date(2026, 3, 8)):
        services.record_due_reminders()
    assert told_days(head) == [date(2026, 3, 1), date(2026, 3, 8)]


def test_milestones_of_a_policys_own_take_the_place_of_the_usual_ones(cast, desk):
    with at(PUBLISHED):
        desk.published(
            review_due_on=DUE,
            review_due_on_precision="day",
            policy={"for_staff": False, "review_milestones": [14, 0]},
        )
    for day in days(PUBLISHED, END):
        with at(day):
            services.record_due_reminders()
    wanted = [date(2026, 4, 16), date(2026, 4, 30), date(2026, 5, 7), date(2026, 5, 14), date(2026, 5, 21)]
    assert told_days(cast.headteacher.user) == wanted
    assert told_days(cast.governor.user) == [date(2026, 5, 7)]


def test_a_recorded_review_starts_the_stages_anew(cast, reviewed):
    with at(date(2026, 5, 2)):
        services.record_due_reminders()
        services.record_review(
            reviewed,
            by=cast.headteacher,
            reviewed_on=date(2026, 5, 2),
            review_due_on=date(2027, 4, 30),
            note="No change",
        )
        assert services.record_due_reminders() == 0
    with at(date(2027, 4, 30)):
        services.record_due_reminders()
    assert date(2027, 4, 30) in told_days(cast.headteacher.user)


@pytest.fixture
def asked(desk):
    """A policy in force since January that everybody is asked to acknowledge; its review is far off."""
    with at(PUBLISHED):
        return desk.published(review_due_on=date(2027, 1, 31), review_due_on_precision="day")


def test_publishing_asks_everybody_in_the_audience_and_nobody_else(cast, asked):
    posts = Membership.objects.filter(school=cast.school())
    wanted = {post.user_id for post in posts if post.role in ACKNOWLEDGING}
    assert set(Reminder.objects.filter(kind=ACKNOWLEDGEMENT).values_list("user", flat=True)) == wanted
    assert mails_of_kind(ACKNOWLEDGEMENT) == Counter(wanted)
    assert set(Notification.objects.filter(event="acknowledgement_due").values_list("user", flat=True)) == wanted
    assert {cast.governor.user_id, cast.volunteer.user_id, cast.contractor.user_id} <= wanted
    assert cast.post("trust_officer").user_id not in wanted


def test_an_acknowledgement_is_reminded_of_at_half_time_when_due_and_weekly_until_given(cast, asked):
    teacher = cast.teacher
    for day in days(PUBLISHED, date(2026, 2, 20)):
        with at(day):
            services.record_due_reminders()
            if day == date(2026, 2, 12):
                services.acknowledge(asked, teacher, has_read=True, has_understood=True, will_follow=True)
    until_given = [date(2026, 1, 12), date(2026, 1, 19), date(2026, 1, 26), date(2026, 2, 2), date(2026, 2, 9)]
    assert told_days(teacher.user, ACKNOWLEDGEMENT) == until_given
    assert told_days(cast.office.user, ACKNOWLEDGEMENT) == [*until_given, date(2026, 2, 16)]


def test_somebody_new_is_asked_from_their_first_day(cast, asked):
    person = User.objects.create_user("new@oakfield.example", "Nell New")
    give_post(user=person, school=cast.school(), role=Role.TEACHER, starts_on=date(2026, 3, 2), by=None)
    for day in days(date(2026, 2, 26), date(2026, 3, 10)):
        with at(day):
            services.record_due_reminders()
    assert told_days(person, ACKNOWLEDGEMENT) == [date(2026, 3, 2), date(2026, 3, 9)]


def test_who_has_left_is_reminded_of_nothing(cast, asked):
    post = cast.teacher
    post.ends_on = date(2026, 1, 15)
    post.save()
    for day in days(PUBLISHED, END):
        with at(day):
            services.record_due_reminders()
    assert told_days(post.user, ACKNOWLEDGEMENT) == [PUBLISHED]


def test_a_superseded_version_reminds_nobody(cast, desk, asked):
    with at(date(2026, 1, 14)):
        later = desk.publish(desk.draft(asked.policy, review_due_on=date(2027, 1, 31)))
    with at(END):
        services.record_due_reminders()
    assert not Reminder.objects.filter(version=asked, owed_on__gt=PUBLISHED).exists()
    assert told_days(cast.teacher.user, ACKNOWLEDGEMENT)[-1] == date(2026, 5, 20)
    assert Reminder.objects.filter(version=later, user=cast.teacher.user).count() == 19


def test_a_policy_of_two_schools_asks_both_staffs_and_nobody_twice(cast, desk):
    head_of_both = cast.headteacher.user
    give_post(user=head_of_both, school=cast.school("elmwood"), role=Role.DEPUTY_HEAD, by=None)
    with at(PUBLISHED):
        desk.published("oakfield", "elmwood")
    counts = Counter(Reminder.objects.filter(kind=ACKNOWLEDGEMENT).values_list("user", flat=True))
    assert {cast.user("teacher").pk, cast.user("teacher", "elmwood").pk} <= set(counts)
    assert cast.user("teacher", "riverside").pk not in counts
    assert set(counts.values()) == {1}


def test_several_reminders_of_one_run_are_one_mail_and_a_line_each(cast, desk):
    with at(PUBLISHED):
        for title in ("Social media policy", "Online safety policy"):
            version = desk.draft(desk.policy(title=title))
            desk.publish(version)
    OutboxMail.objects.all().delete()
    Notification.objects.all().delete()
    with at(PUBLISHED + timedelta(days=7)):
        services.record_due_reminders()
    assert OutboxMail.objects.filter(to=cast.teacher.user).count() == 1
    assert Notification.objects.filter(user=cast.teacher.user).count() == 2
    assert OutboxMail.objects.get(to=cast.teacher.user).path == "/"


def test_while_the_mail_server_is_away_only_the_latest_mail_waits(cast, reviewed):
    OutboxMail.objects.all().delete()
    for day in days(date(2026, 4, 20), date(2026, 5, 10)):
        with at(day):
            services.record_due_reminders()
    head = cast.headteacher.user
    assert OutboxMail.objects.filter(to=head).count() == 5
    [waiting] = OutboxMail.objects.waiting().filter(to=head)
    assert waiting.dedupe_key == f"review-reminder:{reviewed.pk}:2026-05-08:{head.pk}"
    assert Notification.objects.filter(user=head, event="review_due").count() == 5


def test_killed_between_two_batches_the_rest_is_told_by_the_next_run(cast, reviewed, monkeypatch):
    told = []
    tell_all = notifications.tell_all
    monkeypatch.setattr(owed, "BATCH", 1)

    def dies_at_the_second(people):
        tell_all(people)
        if told:
            raise SystemExit
        told.append(people[0].user)

    with at(date(2026, 5, 1)):
        monkeypatch.setattr(notifications, "tell_all", dies_at_the_second)
        with pytest.raises(SystemExit):
            services.record_due_reminders()
        recorded = set(Reminder.objects.values_list("user", flat=True))
        assert recorded == {told[0].pk}
        assert set(Notification.objects.filter(event="review_due").values_list("user", flat=True)) == recorded
        monkeypatch.setattr(notifications, "tell_all", tell_all)
        services.record_due_reminders()
    assert mails_of_kind(REVIEW) == Counter([cast.headteacher.user_id, cast.governor.user_id, cast.chair.user_id])


@pytest.mark.django_db(transaction=True)
def test_runs_in_many_places_at_once_tell_everybody_once(cast, desk):
    with at(PUBLISHED):
        version = desk.published(review_due_on=DUE, review_due_on_precision="day")
    OutboxMail.objects.all().delete()
    day = date(2026, 5, 1)
    owed_rows = list(owed.owed_on(day, [version]))
    barrier, faults = threading.Barrier(4), []

    def run():
        barrier.wait()
        try:
            services.record_due_reminders(day)
        except BaseException as fault:  # noqa: BLE001 - whatever a thread dies of fails the test
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    stored = Reminder.objects.filter(version=version, owed_on__gt=PUBLISHED)
    assert stored.count() == len(owed_rows)
    people = {row.user_id for row in owed_rows}
    assert Counter(OutboxMail.objects.filter(to__in=people).values_list("to", flat=True)) == Counter(people)


def test_the_sweep_records_reminders_and_sends_them_in_one_go(cast, reviewed, mailoutbox):
    OutboxMail.objects.all().delete()
    with at(date(2026, 4, 30)):
        done = run_due()
        assert done["reminders"] > 0
        again = run_due()
        assert (again["reminders"], again["mails sent"]) == (0, 0)
    # The head of the sealed history goes out in the same run, to others.
    reminded = [mail.to for mail in mailoutbox if "history sealed" not in mail.subject]
    assert reminded == [[cast.headteacher.user.email]]


def test_reckoning_asks_the_database_no_more_for_many_people(cast, asked):
    def queries() -> int:
        with (
            at(date(2026, 1, 20)),
            CaptureQueriesContext(
                connection,
            ) as found,
        ):
            list(owed.owed_on(date(2026, 1, 20), list(owed.PolicyVersion.objects.published())))
        return len(found)

    before = queries()
    for number in range(50):
        person = User.objects.create_user(f"many{number}@oakfield.example", f"Many {number}")
        give_post(user=person, school=cast.school(), role=Role.TEACHER, by=None)
    assert queries() == before
