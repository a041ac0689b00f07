"""Reminders across the four British clock changes of 2026 and 2027, compared with an oracle written apart.

The oracle knows the four changes as instants, counts days by their ordinals, and shares nothing with the portal.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from policies import services
from policies.models import PolicyVersion, Reminder
from policyportal.lib.dates import today
from policyportal.lib.models import OutboxMail
from policyportal.lib.workflow import take

# The Sundays on which clocks change, each at one o'clock in Greenwich; from spring to autumn it is an hour later here.
SPRING_2026, AUTUMN_2026 = date(2026, 3, 29), date(2026, 10, 25)
SPRING_2027, AUTUMN_2027 = date(2027, 3, 28), date(2027, 10, 31)
CHANGES = [SPRING_2026, AUTUMN_2026, SPRING_2027, AUTUMN_2027]
PUBLISHED = datetime(2025, 10, 1, 9, tzinfo=UTC)
BEGUN = date(2025, 10, 1)
# The due day lies so many days after the change: the milestone of that name falls on the Sunday itself.
FALLING_ON_THE_SUNDAY = [90, 60, 30, 7, 0, -1, -8, -15]
ALLOWED = 10
MINUTE = timedelta(minutes=1)


def day_in_london(instant: datetime) -> date:
    """The oracle's day: Greenwich's, an hour on while it is summer."""
    hours = [datetime(day.year, day.month, day.day, 1, tzinfo=UTC) for day in CHANGES]
    is_summer = hours[0] <= instant < hours[1] or hours[2] <= instant < hours[3]
    shifted = instant + timedelta(hours=1) if is_summer else instant
    return date(shifted.year, shifted.month, shifted.day)


def review_days(due: date, until: date, since: date = BEGUN) -> set[date]:
    """The oracle's days for whoever keeps a policy: the milestones, the day after, then each week."""
    found = set()
    for ordinal in range(since.toordinal(), until.toordinal() + 1):
        left = due.toordinal() - ordinal
        if left in (90, 60, 30, 7, 0) or (left < 0 and left % 7 == 6):
            found.add(date.fromordinal(ordinal))
    return found


def acknowledgement_days(start: date, until: date) -> set[date]:
    """The oracle's days for somebody who does not acknowledge: at once, at half time, when due, then each week."""
    found = set()
    for ordinal in range(start.toordinal(), until.toordinal() + 1):
        passed = ordinal - start.toordinal()
        if passed in (0, ALLOWED // 2) or (passed >= ALLOWED and (passed - ALLOWED) % 7 == 0):
            found.add(date.fromordinal(ordinal))
    return found


def in_force(desk, due: date, *, since: datetime = PUBLISHED, for_staff: bool = False) -> PolicyVersion:
    """A policy that has been in force since before the portal, its review due on a day."""
    policy = desk.policy(title=f"Policy due {due}", for_staff=for_staff)
    version = desk.draft(policy, clauses=0, review_due_on=due, review_due_on_precision="day")
    return take("adopt", version, desk.cast.headteacher, "In force already", published_at=since)


def run_at(instant: datetime) -> int:
    """Let the portal record what is owed at an instant, and return how many that was."""
    with time_machine.travel(instant, tick=False):
        return services.record_due_reminders()


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def recorded(version: PolicyVersion, person, kind: str = Reminder.Kind.REVIEW) -> Counter:
    """The days for which a person was reminded, each with how often."""
    return Counter(Reminder.objects.filter(version=version, user=person, kind=kind).values_list("owed_on", flat=True))


def latest_told(version: PolicyVersion, person, kind: str = Reminder.Kind.REVIEW) -> list[date]:
    """The days of the reminders that were told, not overtaken by a later one, the last of them last."""
    found = Reminder.objects.sent().filter(version=version, user=person, kind=kind)
    return sorted(found.values_list("owed_on", flat=True))


@pytest.fixture
def quiet_start(cast):
    """What adopting policies tells at once is none of the reminders that are counted."""
    school = cast.school()
    school.acknowledgement_days = ALLOWED
    school.save()
    return cast


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_day_in_london_is_right_at_every_minute_of_three_days(change):
    first = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=1)
    wrong = []
    with time_machine.travel(first, tick=False) as clock:
        for number in range(3 * 24 * 60):
            instant = first + number * MINUTE
            clock.move_to(instant)
            if today() != day_in_london(instant):
                wrong.append(instant)
    assert wrong == []


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_minute_by_minute_around_midnight_and_the_change_each_reminder_comes_on_its_day_once(
    quiet_start, desk, change
):
    """A milestone falls on the Saturday, on the Sunday and on the Monday of the change."""
    head = quiet_start.headteacher.user
    begun = morning(change - timedelta(days=3))
    with time_machine.travel(begun, tick=False):
        versions = {
            due: in_force(desk, due) for due in (change, change + timedelta(days=6), change + timedelta(days=8))
        }
    midnight_in_greenwich = datetime(change.year, change.month, change.day, tzinfo=UTC)
    midnights = [midnight_in_greenwich + timedelta(hours=24 * number - shift) for number in (0, 1) for shift in (0, 1)]
    turns = [*midnights, midnight_in_greenwich + timedelta(hours=1), midnight_in_greenwich + timedelta(hours=2)]
    for turn in sorted(turns):
        for minute in (-2, -1, 0, 1):
            instant = turn + minute * MINUTE
            run_at(instant)
            until = day_in_london(instant)
            for due, version in versions.items():
                assert recorded(version, head) == Counter(review_days(due, until)), (instant, due)
    mails = OutboxMail.objects.filter(to=head, dedupe_key__startswith="review-reminder")
    assert len(set(mails.values_list("dedupe_key", flat=True))) == mails.count()


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_every_milestone_that_falls_on_the_sunday_is_told_on_it_and_not_a_day_off(quiet_start, desk, change):
    head = quiet_start.headteacher.user
    dues = [change + timedelta(days=left) for left in FALLING_ON_THE_SUNDAY]
    with time_machine.travel(morning(change - timedelta(days=20)), tick=False):
        versions = {due: in_force(desk, due) for due in dues}
    for number in (-1, 0, 0, 1):
        day = change + timedelta(days=number)
        run_at(morning(day))
        for due, version in versions.items():
            assert recorded(version, head) == Counter(review_days(due, day)), (day, due)
    for version in versions.values():
        assert change in latest_told(version, head)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_ten_days_off_across_the_change_every_stage_is_recorded_and_the_latest_told_once(quiet_start, desk, change):
    head, teacher = quiet_start.headteacher.user, quiet_start.teacher.user
    last, again = change - timedelta(days=5), change + timedelta(days=6)
    start = change - timedelta(days=12)
    dues = [change + timedelta(days=left) for left in (92, 33, 7, 0, -1)]
    with time_machine.travel(morning(start), tick=False):
        reviewed = {due: in_force(desk, due) for due in dues}
        asked = in_force(desk, change + timedelta(days=400), since=morning(start), for_staff=True)
    for number in range((last - start).days + 1):
        run_at(morning(start + timedelta(days=number)))
    told_before = {version.pk: latest_told(version, head) for version in reviewed.values()}
    asked_before = latest_told(asked, teacher, Reminder.Kind.ACKNOWLEDGEMENT)
    mails_before = OutboxMail.objects.filter(to=teacher).count()

    assert run_at(morning(again)) > 0
    for due, version in reviewed.items():
        assert recorded(version, head) == Counter(review_days(due, again)), due
        missed = review_days(due, again) - review_days(due, last)
        assert latest_told(version, head) == [*told_before[version.pk], *sorted(missed)[-1:]], due
    assert recorded(asked, teacher, Reminder.Kind.ACKNOWLEDGEMENT) == Counter(acknowledgement_days(start, again))
    missed = acknowledgement_days(start, again) - acknowledgement_days(start, last)
    assert len(missed) == 2
    assert latest_told(asked, teacher, Reminder.Kind.ACKNOWLEDGEMENT) == [*asked_before, max(missed)]
    assert OutboxMail.objects.filter(to=teacher).count() == mails_before + 1
    assert run_at(morning(again)) == 0


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_an_acknowledgement_asked_for_before_the_change_is_reminded_of_by_calendar_days(quiet_start, desk, change):
    teacher = quiet_start.teacher.user
    start = change - timedelta(days=ALLOWED)
    with time_machine.travel(morning(start), tick=False):
        version = in_force(desk, change + timedelta(days=400), since=morning(start), for_staff=True)
    for number in range(ALLOWED + 9):
        day = start + timedelta(days=number)
        run_at(morning(day))
        told = recorded(version, teacher, Reminder.Kind.ACKNOWLEDGEMENT)
        assert told == Counter(acknowledgement_days(start, day)), day
    assert change in told
