"""Sessions: what begins, renews and ends them; each end is felt at the next request."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Role
from accounts.services import end_post
from accounts.services.sessions import end_sessions, in_words
from policyportal.due import run_due
from policyportal.lib.dates import today
from tests.second_steps import code_of, give_app

PASSWORD = "a long enough passphrase"
TEACHER = "tara@oakfield.example"
# A page for whoever is signed in, whatever their post.
OWN_PAGE = "/password/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


def browser(email=TEACHER, agent=FIREFOX):
    """A browser in which this person has signed in with their password."""
    client = Client(headers={"user-agent": agent})
    assert client.post("/sign-in/", {"login": email, "password": PASSWORD}).status_code == 302
    return client


def with_key(key):
    """A thief's browser, which holds this key of a session and nothing else."""
    client = Client()
    client.cookies[configured.SESSION_COOKIE_NAME] = key
    return client


def key_of(client):
    return client.cookies[configured.SESSION_COOKIE_NAME].value


def is_in(client):
    return client.get(OWN_PAGE).status_code == 200


@pytest.fixture
def at():
    """Go to so many minutes after the start of the test."""
    start, travels = timezone.now(), []

    def go(**later):
        for travel in travels:
            travel.stop()
        travels[:] = [time_machine.travel(start + timedelta(**later), tick=False)]
        travels[0].start()

    go()
    yield go
    travels[0].stop()


def test_a_key_planted_before_sign_in_opens_nothing_after_it(cast):
    thief = Client()
    session = thief.session
    session["planted"] = True
    session.save()
    victim = with_key(session.session_key)
    victim.post("/sign-in/", {"login": TEACHER, "password": PASSWORD})
    assert is_in(victim)
    assert key_of(victim) != session.session_key
    assert not is_in(with_key(session.session_key))


def test_a_key_that_somebody_made_up_is_never_taken_over(cast):
    made_up = with_key("a" * 32)
    made_up.post("/sign-in/", {"login": TEACHER, "password": PASSWORD})
    assert key_of(made_up) != "a" * 32


def test_each_sign_in_has_a_key_of_its_own(cast):
    assert key_of(browser()) != key_of(browser())


def test_a_further_step_of_signing_in_gives_the_session_a_new_key(cast):
    client = browser()
    before = key_of(client)
    assert client.post("/sign-in/again/", {"password": PASSWORD}).status_code == 302
    assert key_of(client) != before
    assert is_in(client)
    assert not is_in(with_key(before))


def test_signing_out_ends_the_session_on_the_server_too(cast):
    client = browser()
    key = key_of(client)
    client.post("/sign-out/")
    assert not is_in(client)
    assert not is_in(with_key(key))
    assert not Session.objects.filter(session_key=key).exists()
    assert not UserSession.objects.filter(session_key=key).exists()


def test_signing_out_tells_the_browser_to_forget_what_it_was_shown(cast):
    answer = browser().post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies[configured.SESSION_COOKIE_NAME]["max-age"] == 0


def test_signing_out_in_one_browser_leaves_the_other_signed_in(cast):
    here, there = browser(), browser()
    here.post("/sign-out/")
    assert is_in(there)


def test_whoever_is_switched_off_is_out_at_the_next_request(cast):
    client = browser()
    person = cast.user(Role.TEACHER)
    person.is_active = False
    person.save()
    assert client.get("/people/").url.startswith("/sign-in/")
    assert not is_in(client)


def test_whoever_is_switched_off_between_the_password_and_the_second_step_is_not_signed_in(cast):
    person, client = cast.user(Role.TEACHER), Client()
    secret = give_app(person)
    assert client.post("/sign-in/", {"login": TEACHER, "password": PASSWORD}).url == "/sign-in/second-step/"
    person.is_active = False
    person.save()
    client.post("/sign-in/second-step/", {"code": code_of(secret)})
    assert not is_in(client)
    assert not UserSession.objects.filter(user=person).exists()


def test_the_second_step_gives_the_session_a_new_key_and_the_one_before_opens_nothing(cast):
    client, secret = Client(), give_app(cast.user(Role.TEACHER))
    client.post("/sign-in/", {"login": TEACHER, "password": PASSWORD})
    before = key_of(client)
    assert not is_in(client)
    client.post("/sign-in/second-step/", {"code": code_of(secret)})
    assert is_in(client)
    assert key_of(client) != before
    assert not is_in(with_key(before))


def test_a_post_ended_yesterday_opens_nothing_at_the_next_request(cast):
    client = browser()
    assert client.get("/people/").status_code == 200
    end_post(cast.teacher, last_day=today() - timedelta(days=1), reason="Left")
    assert client.get("/people/").url == "/school/choose/"


def test_a_role_lost_opens_nothing_at_the_next_request_and_the_old_key_opens_nothing_at_all(cast):
    client = cast.client("headteacher")
    assert client.get("/people/new/").status_code == 200
    before = key_of(client)
    end_post(cast.headteacher, last_day=today() - timedelta(days=1), reason="Stepped down")
    Membership.objects.create(school=cast.school(), user=cast.user(Role.HEADTEACHER), role=Role.TEACHER)
    assert client.get("/people/new/").status_code == 403
    assert key_of(client) != before
    assert not is_in(with_key(before))


def test_a_role_gained_gives_the_session_a_new_key(cast):
    client = browser()
    client.get("/people/")
    before = key_of(client)
    Membership.objects.create(school=cast.school(), user=cast.user(Role.TEACHER), role=Role.OFFICE)
    assert client.get("/people/").status_code == 200
    assert key_of(client) != before
    assert not is_in(with_key(before))


def test_changing_the_school_worked_in_gives_the_session_a_new_key(cast):
    other = Membership.objects.create(
        school=cast.school("elmwood"), user=cast.user(Role.TEACHER), role=Role.TEACHER, starts_on=today()
    )
    client = browser()
    client.get("/people/")
    before = key_of(client)
    assert client.post("/school/choose/", {"post": other.pk}).status_code == 302
    assert key_of(client) != before
    assert not is_in(with_key(before))
    assert "Elmwood Primary School" in client.get("/people/").content.decode()


def test_a_changed_password_ends_every_other_session_and_this_one_goes_on_under_a_new_key(cast):
    here, there = browser(), browser()
    before = key_of(here)
    here.post("/password/", {"password": PASSWORD, "new": "quite another passphrase"})
    assert is_in(here)
    assert key_of(here) != before
    assert not is_in(there)
    assert not is_in(with_key(before))


def test_a_session_in_which_nothing_happens_for_twenty_minutes_ends(cast, at):
    client = browser()
    at(minutes=19)
    assert is_in(client)
    at(minutes=38)
    assert is_in(client)
    at(minutes=58)
    ended = client.get(OWN_PAGE, follow=True)
    assert "nothing had happened here for a while" in ended.content.decode()
    assert ended.redirect_chain[0][0] == f"/sign-in/?next={OWN_PAGE}"


def test_an_ended_session_is_gone_from_the_server(cast, at):
    client = browser()
    key = key_of(client)
    at(minutes=21)
    client.get(OWN_PAGE)
    assert not Session.objects.filter(session_key=key).exists()
    at(minutes=1)
    assert not is_in(with_key(key))


def test_no_session_lasts_longer_than_ten_hours_however_busy(cast, at):
    client = browser()
    for quarters in range(1, 40):
        at(minutes=15 * quarters)
        assert is_in(client)
    at(hours=10)
    assert "whole working day" in client.get(OWN_PAGE, follow=True).content.decode()


def test_neither_a_new_key_nor_a_changed_password_prolongs_the_ten_hours(cast, at):
    client = browser()
    for quarters in range(1, 40):
        at(minutes=15 * quarters)
        assert client.post("/sign-in/again/", {"password": PASSWORD}).status_code == 302
    client.post("/password/", {"password": PASSWORD, "new": "quite another passphrase"})
    assert is_in(client)
    at(hours=10)
    assert not is_in(client)


def test_the_limits_are_settings(cast, at, settings):
    settings.SESSION_IDLE, settings.SESSION_LONGEST = timedelta(minutes=2), timedelta(minutes=5)
    idle, busy = browser(), browser()
    for minutes in (1, 2, 3, 4):
        at(minutes=minutes)
        assert is_in(busy)
    assert not is_in(idle)
    at(minutes=5)
    assert not is_in(busy)


def test_while_somebody_types_their_session_stays_open(cast, at):
    client = browser()
    for minutes in (15, 30, 45):
        at(minutes=minutes)
        assert client.get("/sessions/alive/").status_code == 204
    at(minutes=60)
    assert is_in(client)


def test_staying_open_needs_a_session_and_never_passes_the_longest_time(cast, at):
    assert Client().get("/sessions/alive/").status_code == 302
    client = browser()
    for quarters in range(1, 41):
        at(minutes=15 * quarters)
        answer = client.get("/sessions/alive/")
    assert answer.status_code == 302


def test_that_somebody_is_there_is_written_once_a_minute(cast, at):
    client = browser()
    at(minutes=5)
    client.get("/sessions/alive/")
    written = Session.objects.get(session_key=key_of(client)).session_data
    at(minutes=5, seconds=59)
    client.get("/sessions/alive/")
    assert Session.objects.get(session_key=key_of(client)).session_data == written
    at(minutes=6)
    client.get("/sessions/alive/")
    assert Session.objects.get(session_key=key_of(client)).session_data != written


def test_people_see_where_they_are_signed_in_and_which_of_it_is_here(cast):
    here = browser()
    browser(agent=IPHONE)
    page = " ".join(here.get("/sessions/").content.decode().split())
    assert "Firefox on Windows" in page
    assert "Safari on an iPhone" in page
    assert page.count("You are using it now") == 1
    assert page.index("Firefox on Windows") != page.index("You are using it now")
    assert key_of(here) not in page


def test_the_owner_ends_one_session_and_it_is_out_at_the_next_request(cast):
    here, lost, other = browser(), browser(agent=IPHONE), browser()
    [handle] = re.findall(r'value="(\w+)">Sign out there<span[^>]*>: Safari', here.get("/sessions/").content.decode())
    assert here.post("/sessions/", {"session": handle}).url == "/sessions/"
    assert not is_in(lost)
    assert is_in(other)
    assert is_in(here)


def test_the_owner_ends_every_session_but_the_one_in_use(cast):
    here, one, two = browser(), browser(), browser()
    here.post("/sessions/", {"session": "others"})
    assert is_in(here)
    assert not is_in(one)
    assert not is_in(two)


def test_nobody_ends_the_session_of_somebody_else(cast):
    victims, thief = browser(), browser("harriet@oakfield.example")
    mine = Client()
    mine.cookies = browser().cookies
    [handle] = re.findall(r'value="(\w{24})"', mine.get("/sessions/").content.decode())
    said = thief.post("/sessions/", {"session": handle}, follow=True).content.decode()
    assert "signed out already" in said
    assert is_in(victims)


def test_a_session_that_is_over_is_not_shown(cast, at):
    browser(agent=IPHONE)
    at(minutes=21)
    assert "iPhone" not in browser().get("/sessions/").content.decode()


def test_the_list_costs_the_same_for_one_session_and_for_fifty(cast, django_assert_num_queries):
    here = browser()
    here.get("/sessions/")
    with CaptureQueriesContext(connection) as one:
        here.get("/sessions/")
        asked = len(one)
    for _ in range(50):
        browser()
    with django_assert_num_queries(asked):
        assert here.get("/sessions/").content.decode().count("Sign out there") == 50


def test_a_verb_that_ends_every_session_is_felt_at_the_next_request(cast):
    clients = [browser(), browser()]
    assert end_sessions(cast.user(Role.TEACHER)) == 2
    assert not any(is_in(client) for client in clients)


def test_two_people_in_one_browser_never_share_a_session(cast):
    client = browser()
    client.post("/sign-out/")
    client.post("/sign-in/", {"login": "harriet@oakfield.example", "password": PASSWORD})
    page = client.get("/sessions/").content.decode()
    assert "Harriet" in page
    assert "Tara" not in page


def test_sessions_that_are_over_are_cleared_away(cast, at):
    key = key_of(browser())
    at(hours=10, minutes=1)
    run_due()
    assert not Session.objects.filter(session_key=key).exists()
    assert not UserSession.objects.filter(session_key=key).exists()


def test_no_network_address_is_kept_of_where_people_work(cast):
    browser()
    assert {row.ip for row in UserSession.objects.all()} == {"::"}


def test_pages_of_whoever_is_signed_in_are_kept_by_nobody(cast):
    for path in (OWN_PAGE, "/people/", "/"):
        assert browser().get(path)["Cache-Control"].endswith("no-store")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on an iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36",
            "Chrome on a Chromebook",
        ),
        ("curl/8.5", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_told_in_words(agent, words):
    assert in_words(agent) == words
