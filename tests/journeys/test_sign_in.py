"""Signing in as people do: a forgotten password, a browser left open somewhere, a long text typed slowly."""

import re

import pytest
from django.core import mail

from accounts.services.passwords import answer_password_requests
from policyportal.demo.load import PASSWORD
from policyportal.lib import outbox
from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey
NEW = "quite another passphrase"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_somebody_forgets_their_password_and_chooses_another(schools, visitors, settings, size):
    teacher, visitor = schools.post("heathcoat", "teacher", "Mateo").user, visitors(size)
    settings.PORTAL_URL = visitor.address
    visitor.go("/sign-in/")
    visitor.press("Forgotten your password?")
    visitor.fill("E-mail address", teacher.email)
    visitor.press("Send the link")
    visitor.sees("Look in your mail")
    answer_password_requests()
    outbox.drain()
    [link] = re.findall(r"http\S+", mail.outbox[-1].body)
    visitor.go(link.removeprefix(visitor.address))
    visitor.sees("Choose a new password")
    visitor.fill("New password", "too short")
    visitor.press("Choose this password")
    visitor.sees("There is a problem")
    visitor.fill("New password", NEW)
    visitor.press("Choose this password")
    visitor.sees("Your new password is stored")
    visitor.sign_in(teacher, NEW)


def test_somebody_signs_out_the_browser_that_they_left_open(schools, visitors):
    office = schools.post("heathcoat", "teacher", "Mateo").user
    left_open, here = visitors(PHONE), visitors(DESK)
    left_open.sign_in(office)
    here.sign_in(office)
    here.go("/sessions/")
    here.sees("You are using it now")
    here.press("Sign out there")
    here.sees("Signed out there.")
    left_open.page.goto(f"{left_open.address}/people/")
    left_open.sees("Sign in")
    assert "/sign-in/" in left_open.page.url


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_changing_the_password_shows_where_else_one_was_signed_in(schools, visitors, size):
    teacher, visitor = schools.post("heathcoat", "teacher", "Mateo").user, visitors(size)
    visitor.sign_in(teacher)
    visitor.go("/password/")
    visitor.fill("Your password now", PASSWORD)
    visitor.fill("New password", NEW)
    visitor.press("Change password")
    visitor.sees("Your new password is stored, and everywhere else you were signed out.", "You are using it now")
    visitor.unfold(teacher.name)
    visitor.press("Sign out")
    visitor.sign_in(teacher, NEW)


def test_while_somebody_types_the_page_asks_for_its_session_and_while_nobody_does_it_does_not(schools, visitors):
    visitor = visitors(DESK)
    visitor.page.clock.install()
    visitor.sign_in(schools.post("heathcoat", "teacher", "Mateo").user)
    asked = []
    visitor.page.on("response", lambda answer: asked.append((answer.url, answer.status)))
    visitor.go("/password/")
    asked.clear()
    visitor.page.clock.fast_forward("16:00")
    assert asked == []
    visitor.fill("New password", "typed slowly")
    with visitor.page.expect_response("**/sessions/alive/"):
        visitor.page.clock.fast_forward("06:00")
    visitor.page.clock.fast_forward("16:00")
    assert asked == [(f"{visitor.address}/sessions/alive/", 204)]
