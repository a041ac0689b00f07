"""When mail tells: as the person chose, never in a school's quiet hours but about safeguarding, each thing once."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import ClassVar

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Notification, User
from accounts.notifications import notify
from accounts.quiet import end_of_quiet, next_end, spares_noon
from accounts.services.told import choose_mail
from incidents.models import About
from incidents.services import tell_unopened
from policyportal.lib.dates import LONDON
from policyportal.lib.models import OutboxMail
from policyportal.lib.outbox import drain
from tests.incidents.filing import filed

AT_ONCE, DAILY = User.MailWhen.AT_ONCE, User.MailWhen.DAILY
NIGHT = (time(19), time(7))
NEVER = (time(0), time(0))
AUTUMN = datetime(2026, 10, 24, 12, tzinfo=UTC)
SPRING = datetime(2026, 3, 28, 12, tzinfo=UTC)


def when(text):
    """An instant, written in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def quiet(cast, hours, slug="oakfield"):
    school = cast.school(slug)
    school.quiet_from, school.quiet_until = hours
    school.save()
    return school


def tell(cast, number=1, *, school="oakfield", urgent=False, role="teacher"):
    return notify(
        user=cast.user(role),
        school=cast.school(school),
        event="test",
        subject="A thing waits",
        path="/people/",
        key=f"k{number}",
        urgent=urgent,
    )


def sent_to(cast, role="teacher"):
    return OutboxMail.objects.filter(to=cast.user(role)).exclude(sent_at=None)


# Quiet hours.


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        (NIGHT, "2026-01-14T18:59", None),
        (NIGHT, "2026-01-14T19:00", "2026-01-15T07:00"),
        (NIGHT, "2026-01-15T06:59", "2026-01-15T07:00"),
        (NIGHT, "2026-01-15T07:00", None),
        # In summer the same hours are an hour earlier by UTC.
        (NIGHT, "2026-07-14T17:59", None),
        (NIGHT, "2026-07-14T18:00", "2026-07-15T06:00"),
        # The night in which the clocks go forward is an hour shorter, the one in which they go back an hour longer.
        (NIGHT, "2026-03-28T19:00", "2026-03-29T06:00"),
        (NIGHT, "2026-03-29T05:59", "2026-03-29T06:00"),
        (NIGHT, "2026-03-29T06:00", None),
        (NIGHT, "2026-10-24T18:00", "2026-10-25T07:00"),
        (NIGHT, "2026-10-25T06:30", "2026-10-25T07:00"),
        (NIGHT, "2026-10-25T07:00", None),
        # An end that comes twice is the second; one that is skipped is later, not earlier.
        ((time(19), time(1, 30)), "2026-10-25T00:45", "2026-10-25T01:30"),
        ((time(19), time(1, 30)), "2026-03-29T00:45", "2026-03-29T01:30"),
        # A beginning that comes twice is the first; one that is skipped is earlier.
        ((time(1, 30), time(5)), "2026-10-25T00:30", "2026-10-25T05:00"),
        ((time(1, 30), time(5)), "2026-03-29T01:00", "2026-03-29T04:00"),
        # Within one day, and never.
        ((time(5), time(6)), "2026-01-14T05:30", "2026-01-14T06:00"),
        ((time(5), time(6)), "2026-01-14T19:30", None),
        (NEVER, "2026-01-14T00:00", None),
    ],
)
def test_quiet_hours_are_london_s_in_every_night_of_the_year(hours, at, until):
    assert end_of_quiet([hours], when(at)) == (when(until) if until else None)


def test_one_school_s_morning_may_lie_in_another_s_night():
    assert end_of_quiet([(time(19), time(6)), (time(5), time(8))], when("2026-01-14T23:00")) == when(
        "2026-01-15T08:00"
    )
    assert end_of_quiet([], when("2026-01-14T23:00")) is None


def test_the_next_end_is_later_than_the_instant_that_is_asked_about():
    assert next_end(NIGHT, when("2026-01-14T06:59")) == when("2026-01-14T07:00")
    assert next_end(NIGHT, when("2026-01-14T07:00")) == when("2026-01-15T07:00")
    assert next_end(NIGHT, when("2026-10-24T12:00")) == when("2026-10-25T07:00")
    assert next_end(NIGHT, when("2026-03-28T12:00")) == when("2026-03-29T06:00")


clock = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
hours = st.tuples(clock, clock).filter(spares_noon)
instants = st.sampled_from([AUTUMN, SPRING, when("2026-06-01T12:00")]).flatmap(
    lambda start: st.integers(0, 48 * 60).map(lambda minutes: start + timedelta(minutes=minutes))
)


def is_quiet(hours, at):
    """The oracle: what a clock on the wall of the school says."""
    start, end = hours
    wall = at.astimezone(LONDON).time()
    return start <= wall < end if start <= end else wall >= start or wall < end


@given(schools=st.lists(hours, min_size=1, max_size=3), at=instants)
def test_after_the_end_of_quiet_no_clock_on_a_wall_says_that_it_is_quiet(schools, at):
    until = end_of_quiet(schools, at)
    if until is None:
        assert not any(is_quiet(each, at) for each in schools)
    else:
        assert at < until <= at + timedelta(hours=24)
        assert not any(is_quiet(each, until) for each in schools)


# At once.


@pytest.mark.parametrize(
    ("told", "goes"),
    [
        ("2026-01-14T12:00", "2026-01-14T12:00"),
        ("2026-01-14T20:00", "2026-01-15T07:00"),
        ("2026-10-24T22:30", "2026-10-25T07:00"),
        ("2026-10-25T00:30", "2026-10-25T07:00"),
        ("2026-10-25T01:30", "2026-10-25T07:00"),
        ("2026-03-28T22:30", "2026-03-29T06:00"),
        ("2026-03-29T01:30", "2026-03-29T06:00"),
    ],
)
def test_mail_waits_for_the_end_of_the_quiet_hours(cast, mailoutbox, told, goes):
    quiet(cast, NIGHT)
    with time_machine.travel(when(told), tick=False) as clock:
        tell(cast)
        if told != goes:
            clock.move_to(when(goes) - timedelta(seconds=1))
            drain()
            assert mailoutbox == []
        clock.move_to(when(goes))
        drain()
    assert [message.to for message in mailoutbox] == [[cast.user("teacher").email]]


def test_what_became_late_by_day_does_not_go_by_night(cast, mailoutbox):
    """The portal was off when the mail was due, and comes back at night."""
    quiet(cast, NIGHT)
    with time_machine.travel(when("2026-01-14T12:00"), tick=False) as clock:
        tell(cast)
        clock.move_to(when("2026-01-14T23:00"))
        assert drain() == 0
        clock.move_to(when("2026-01-15T07:00"))
        assert drain() == 1
    assert OutboxMail.objects.get(to=cast.user("teacher")).attempts == 1


def test_quiet_hours_that_are_set_later_count_for_what_already_waits(cast, mailoutbox):
    with time_machine.travel(when("2026-01-14T18:00"), tick=False) as clock:
        tell(cast)
        quiet(cast, (time(17), time(8)))
        assert drain() == 0
        clock.move_to(when("2026-01-15T08:00"))
        assert drain() == 1


def test_the_quiet_hours_of_one_school_do_not_hold_back_another(cast, mailoutbox):
    quiet(cast, NIGHT)
    with time_machine.travel(when("2026-01-14T23:00"), tick=False):
        tell(cast, 1)
        tell(cast, 2, school="elmwood")
        assert drain() == 1


@pytest.mark.parametrize("choice", [AT_ONCE, DAILY])
def test_safeguarding_goes_at_once_whatever_the_hour_and_the_choice(cast, mailoutbox, choice):
    quiet(cast, NIGHT)
    choose_mail(cast.user("teacher"), choice)
    with time_machine.travel(when("2026-10-25T00:30"), tick=False):
        tell(cast, urgent=True)
        assert drain() == 1
    assert mailoutbox[0].subject == "Something waits for you in the portal"


# Which reports are told at night.


@pytest.mark.parametrize(
    ("facts", "at_night"),
    [
        ({"about": About.PARENT}, False),
        ({"about": About.PARENT, "safeguarding": True}, True),
        ({"about": About.STAFF, "person": "teacher"}, True),
        ({"about": About.STAFF, "person": "headteacher"}, True),
    ],
)
def test_a_report_is_told_at_night_unless_it_is_an_ordinary_one(cast, facts, at_night):
    quiet(cast, NIGHT)
    facts = facts | ({"person": cast.user(facts["person"])} if "person" in facts else {})
    with time_machine.travel(when("2026-01-14T23:00"), tick=False):
        filed(cast, **facts)
        drain()
    told = Notification.objects.filter(event="report_received")
    assert told.exists()
    assert {one.mail.sent_at is not None for one in told} == {at_night}


def test_that_nobody_has_opened_a_report_is_told_at_night(cast):
    quiet(cast, NIGHT)
    with time_machine.travel(when("2026-01-14T22:00"), tick=False) as clock:
        filed(cast, about=About.PARENT, safeguarding=True)
        drain()
        clock.move_to(when("2026-01-14T23:30"))
        before = OutboxMail.objects.exclude(sent_at=None).count()
        assert tell_unopened() == 1
        assert drain() > 0
    assert OutboxMail.objects.exclude(sent_at=None).count() > before


# Once a day.


@pytest.fixture
def daily(cast):
    quiet(cast, NIGHT)
    quiet(cast, (time(20), time(8)), "elmwood")
    return choose_mail(cast.user("teacher"), DAILY)


@pytest.mark.parametrize(("noon", "goes"), [(AUTUMN, "2026-10-25T07:00"), (SPRING, "2026-03-29T06:00")])
def test_one_mail_a_day_tells_of_everything_at_the_end_of_the_quiet_hours(cast, daily, mailoutbox, noon, goes):
    with time_machine.travel(noon, tick=False) as clock:
        for number in range(20):
            tell(cast, number)
            clock.shift(timedelta(minutes=40))
        clock.move_to(when(goes) - timedelta(seconds=1))
        assert drain() == 0
        clock.move_to(when(goes))
        assert drain() == 1
        assert drain() == 0
    [message] = mailoutbox
    assert message.body.count("http") == 1
    assert "/notifications/" in message.body
    assert Notification.objects.filter(user=daily, mail=sent_to(cast).get()).count() == 20


def test_the_mail_of_the_day_is_one_for_all_schools_and_waits_for_the_last_of_them(cast, daily, mailoutbox):
    with time_machine.travel(when("2026-01-14T12:00"), tick=False) as clock:
        tell(cast, 1)
        tell(cast, 2, school="elmwood")
        tell(cast, 3)
        clock.move_to(when("2026-01-15T07:30"))
        assert drain() == 0
        clock.move_to(when("2026-01-15T08:00"))
        assert drain() == 1
    assert OutboxMail.objects.filter(to=daily).count() == 1


def test_what_comes_after_the_mail_of_the_day_went_is_in_the_next_one(cast, daily, mailoutbox):
    with time_machine.travel(when("2026-01-14T12:00"), tick=False) as clock:
        tell(cast, 1)
        clock.move_to(when("2026-01-15T07:00"))
        drain()
        # The other school's night ends an hour later: that is the same day, whose mail has gone.
        tell(cast, 2, school="elmwood")
        clock.move_to(when("2026-01-15T23:00"))
        assert drain() == 0
        clock.move_to(when("2026-01-16T08:00"))
        assert drain() == 1
    assert len(mailoutbox) == 2


def test_what_comes_while_the_mail_of_the_day_is_being_sent_is_in_the_next_one(cast, daily):
    with time_machine.travel(when("2026-01-15T06:59"), tick=False):
        first = tell(cast, 1)
        OutboxMail.objects.update(lease_until=when("2026-01-15T07:01"))
        second = tell(cast, 2)
    days = [Notification.objects.get(pk=told.pk).mail.dedupe_key[-10:] for told in (first, second)]
    assert days == ["2026-01-15", "2026-01-16"]


def test_somebody_elses_choice_changes_nothing(cast, daily, mailoutbox):
    with time_machine.travel(when("2026-01-14T12:00"), tick=False):
        tell(cast, 1, role="office")
        assert drain() == 1


# Changing the choice.


def test_what_waits_for_the_morning_goes_with_the_mail_of_the_day_once_that_is_chosen(cast, mailoutbox):
    quiet(cast, NIGHT)
    with time_machine.travel(when("2026-01-14T20:00"), tick=False) as clock:
        tell(cast, 1)
        tell(cast, 2)
        tell(cast, 3, urgent=True)
        choose_mail(cast.user("teacher"), DAILY)
        tell(cast, 4)
        assert drain() == 1
        clock.move_to(when("2026-01-15T07:00"))
        assert drain() == 1
    assert {told.mail.sent_at is not None for told in Notification.objects.all()} == {True}


def test_what_is_in_the_mail_of_the_day_stays_there_when_at_once_is_chosen(cast, daily, mailoutbox):
    with time_machine.travel(when("2026-01-14T12:00"), tick=False) as clock:
        tell(cast, 1)
        choose_mail(daily, AT_ONCE)
        tell(cast, 2)
        assert drain() == 1
        choose_mail(daily, DAILY)
        clock.move_to(when("2026-01-15T07:00"))
        assert drain() == 1
    assert Counter(told.mail_id for told in Notification.objects.all()).most_common(1)[0][1] == 1


def test_the_choice_stands_in_the_history_and_the_same_again_does_not(cast):
    person = cast.user("teacher")
    before = person.history.count()
    choose_mail(person, DAILY)
    choose_mail(person, DAILY)
    assert person.history.count() == before + 1
    assert person.history.latest("history_id").history_change_reason == "Mail chosen: once a day"


# Whatever happens, in whatever order.


class Post(BaseEmailBackend):
    """A mail server that notes what it took and when, and is away when told to be."""

    away: ClassVar[bool] = False
    took: ClassVar[list[tuple[datetime, str]]] = []

    def send_messages(self, messages):
        if Post.away:
            raise OSError("away")
        Post.took += [(datetime.now(UTC), message.extra_headers["Message-ID"]) for message in messages]
        return len(messages)


acts = st.one_of(
    st.tuples(st.just("tell"), st.sampled_from(["oakfield", "elmwood"]), st.booleans()),
    st.tuples(st.just("choose"), st.sampled_from([AT_ONCE, DAILY])),
    st.tuples(st.just("pass"), st.integers(1, 16 * 60)),
    st.tuples(st.just("server"), st.booleans()),
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=instants, oakfield=hours, elmwood=hours, doings=st.lists(acts, min_size=3, max_size=14))
def test_nothing_is_mailed_in_quiet_hours_and_everything_is_mailed_once(
    cast, settings, start, oakfield, elmwood, doings
):
    settings.EMAIL_BACKEND = f"{__name__}.Post"
    Post.away, Post.took = False, []
    with transaction.atomic(), time_machine.travel(start, tick=False) as clock:
        of = {"oakfield": oakfield, "elmwood": elmwood}
        for slug, each in of.items():
            quiet(cast, each, slug)
        Notification.objects.all().delete()
        OutboxMail.objects.all().delete()
        for number, (act, *how) in enumerate(doings):
            if act == "tell":
                tell(cast, number, school=how[0], urgent=how[1])
            elif act == "choose":
                choose_mail(cast.user("teacher"), how[0])
            elif act == "pass":
                clock.shift(timedelta(minutes=how[0]))
                drain()
            else:
                Post.away = how[0]
        Post.away = False
        for _ in range(60):
            if waiting := OutboxMail.objects.waiting().order_by("due_at").first():
                clock.move_to(max(waiting.due_at, datetime.now(UTC)))
                drain()
        check(of)
        transaction.set_rollback(True)
    mail.outbox = []


def check(of):
    """Each notification has one mail, which went once and not while one of its schools was quiet."""
    went = Counter(name for _, name in Post.took)
    assert set(went.values()) <= {1}
    at = {name: instant for instant, name in Post.took}
    told_by: dict[str, list[Notification]] = {}
    for told in Notification.objects.select_related("school", "mail"):
        assert told.mail.sent_at is not None
        assert told.mail.superseded_at is None
        told_by.setdefault(told.mail.pk, []).append(told)
    # Nothing else went: no mail tells of nothing.
    assert len(told_by) == len(went)
    for pk, several in told_by.items():
        instant = next(instant for name, instant in at.items() if str(pk) in name)
        if not any(told.urgent for told in several):
            assert not any(is_quiet(of[told.school.slug], instant) for told in several)
        if len(several) > 1:
            assert several[0].mail.dedupe_key.startswith("digest:")
