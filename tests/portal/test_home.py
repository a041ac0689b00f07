"""The page that greets everybody: what waits for them, safeguarding first, then the oldest deadline."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from incidents.models import About, Report
from incidents.services import file_report
from policyportal.lib.waiting import Waiting
from policyportal.selectors import actions_of, by_urgency, everything_waiting, summed_up


def told_about(cast, words="words", **facts):
    facts = {"about": About.PUPIL, "reporter_kind": Report.Reporter.PARENT} | facts
    return file_report(school=cast.school(), words=words, **facts)[0]


def titles(groups):
    return {group.heading: [one.title for one in group.tasks] for group in groups}


def test_what_waits_is_parted_by_urgency_in_its_order():
    now = timezone.now()
    today = timezone.localdate()
    waiting = [
        Waiting("child", "/", due=now + timedelta(days=20), first=True),
        Waiting("late", "/", due=now - timedelta(hours=1)),
        Waiting("due today", "/", due=today),
        Waiting("next month", "/", due=date(today.year + 1, 1, 1)),
        Waiting("some time", "/"),
    ]
    assert titles(by_urgency(waiting, now)) == {
        "Safeguarding first": ["child"],
        "Overdue": ["late"],
        "Due within a week": ["due today"],
        "Later": ["next month", "some time"],
    }


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([], ""),
        ([5], "One thing waits."),
        ([-5], "One thing waits, and it is overdue."),
        ([5, 6], "2 things wait. The oldest deadline comes first."),
        ([-5, 6], "2 things wait, 1 of them overdue. The oldest deadline comes first."),
    ],
)
def test_how_much_waits_is_said_in_a_sentence(hours, words):
    now = timezone.now()
    assert summed_up([Waiting("thing", "/", due=now + timedelta(hours=ahead)) for ahead in hours], now) == words


def test_safeguarding_comes_first_then_the_oldest_deadline(cast):
    ordinary = told_about(cast)
    child = told_about(cast, safeguarding=True)
    waiting = [one.url for one in everything_waiting(cast.dsl)]
    assert waiting.index(child.get_absolute_url()) < waiting.index(ordinary.get_absolute_url())
    page = cast.client("dsl").get("/").content.decode()
    assert page.index("Safeguarding first") < page.index(ordinary.reference)


def test_each_thing_that_waits_is_a_link_with_its_deadline(cast):
    incident = told_about(cast, safeguarding=True)
    page = cast.client("dsl").get("/").content.decode()
    assert f'href="{incident.get_absolute_url()}"' in page
    assert "Due in 3 hours" in page


def test_nobody_is_told_of_a_case_that_they_are_kept_from(cast):
    told_about(cast, about=About.STAFF, person=cast.user("headteacher"), reporter_kind=Report.Reporter.STAFF)
    assert not any("/incidents/" in one.url for one in everything_waiting(cast.headteacher))
    assert any("/incidents/" in one.url for one in everything_waiting(cast.chair))


def test_an_empty_page_says_so_and_what_to_do_next(cast):
    page = cast.client("contractor").get("/").content.decode()
    assert "Nothing waits for you" in page
    assert "Read the policy</a>" in page


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.TEACHER, "Read the policy"),
        (Role.GOVERNOR, "Review dashboard"),
        (Role.CHAIR, "Review dashboard"),
        (Role.TRUST_OFFICER, "Review dashboard"),
        (Role.TECHNICAL_ADMINISTRATOR, "Look after people"),
    ],
)
def test_each_post_is_led_first_to_what_it_comes_to_do(cast, role, first):
    assert actions_of(cast.post(role))[0]["title"] == first


def test_staff_have_three_things_to_do(cast):
    assert [action["title"] for action in actions_of(cast.teacher)] == [
        "Read the policy",
        "Report something",
        "See the guide",
    ]


def test_a_technical_administrator_is_shown_no_policy_and_no_report(cast):
    page = cast.client("technical_administrator").get("/").content.decode()
    assert "Report something" not in page
    assert "Read the policy" not in page


def test_a_stranger_is_sent_to_sign_in(client, db):
    assert client.get("/").url.startswith("/sign-in/")


def test_fifty_reports_cost_as_many_queries_as_one(cast):
    told_about(cast, safeguarding=True)
    client = cast.client("dsl")
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for _ in range(15):
        told_about(cast, safeguarding=True)
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(many) == len(few)
