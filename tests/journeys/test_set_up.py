"""The journey of a new portal: from an empty database to a school that is open, with everybody at a browser."""

import re

import pytest
from django.core import mail
from django.core.cache import cache

from accounts.models import Membership, School
from policyportal.lib import outbox
from policyportal.set_up import new_code
from tests.accounts.staff_lists import as_csv, person
from tests.conftest import empty
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.ground import fresh

pytestmark = pytest.mark.journey
PASSWORD = "three odd words together"
POSTS = {
    "Headteacher": "Hana Head",
    "Designated safeguarding lead": "Dee Lead",
    "Deputy designated safeguarding lead": "Dan Deputy",
    "Chair of governors": "Cleo Chair",
}
STAFF = [
    person(1, **{"Job Title": "Class Teacher"}),
    person(2, **{"Job Title": "Wellbeing Wizard"}),
    person(3, **{"Job Title": "Class Teacher", "Work Email": "nobody"}),
]


@pytest.fixture
def db(stock, django_db_blocker, settings, tmp_path):
    """A portal without anybody."""
    settings.MEDIA_ROOT = tmp_path
    with django_db_blocker.unblock(), fresh(stock):
        empty()
        cache.clear()
        yield


def address_of(name):
    return f"{name.split()[0].lower()}@birch.example"


def link_to(name):
    """Send what is due and return the path that the mail to somebody links to."""
    outbox.drain()
    (message,) = [one for one in mail.outbox if one.to == [address_of(name)] and "/invitation/" in one.body]
    return re.search(r"https?://[^/\s]+(/invitation/\S+)", message.body)[1]


def join(visitor, name):
    visitor.go(link_to(name))
    visitor.sees("Join the portal", "Birch Primary School")
    visitor.fill("Choose a password", PASSWORD)
    visitor.fill("The same password again", PASSWORD)
    visitor.press("Join and take up this post")
    visitor.sees(name)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_empty_portal_becomes_a_school_that_is_open(size, db, visitors):
    set_up_birch(size, visitors)
    assert School.objects.get().opened_at
    assert Membership.objects.open().count() == 5


def set_up_birch(size, visitors):
    """Set an empty portal up, and return those who joined, each at their browser, by name."""
    code = new_code()
    ada, stranger = visitors(size), visitors(size)
    ada.go("/")
    ada.sees("Nobody is registered here yet")
    ada.fill("One-time code", "not the code")
    fields = {
        "Your full name": "Ada First",
        "Your e-mail address": "ada@birch.example",
        "Choose a password": PASSWORD,
        "The same password again": PASSWORD,
        "Name of the school": "Birch Primary School",
        "Short name": "Birch",
        "Web name": "birch",
        "Phase": "primary",
        "Pupils on roll": "210",
        "Office e-mail address": "office@birch.example",
    }
    for label, words in fields.items():
        ada.fill(label, words)
    ada.press("Set up the portal")
    ada.sees("This is not the code")
    ada.fill("One-time code", code)
    ada.fill("Choose a password", PASSWORD)
    ada.fill("The same password again", PASSWORD)
    ada.press("Set up the portal")
    ada.sees("Setting up Birch Primary School", "4 posts are still missing")
    stranger.go("/sign-in/")
    assert "Birch" not in stranger.words()
    stranger.go("/set-up/")
    stranger.sees("Page not found")

    ada.press("People")
    ada.page.get_by_label("List of staff").set_input_files(
        {"name": "staff.csv", "mimeType": "text/csv", "buffer": as_csv(STAFF, encoding="utf-8-sig")}
    )
    ada.press("Read the file")
    ada.sees("“Wellbeing Wizard” means", "Such as nia1@oakfield.example")
    ada.pick("“Wellbeing Wizard” means", "Support staff")
    ada.press("Show what would change")
    ada.sees("“nobody” is no e-mail address")
    ada.press("New (2)")
    ada.sees("Nia Newcomer1", "Wellbeing Wizard")
    ada.press("Import 2 people")
    ada.sees("The list is imported", "2 people wait to be invited")
    ada.press("Look at them")
    ada.press("Invite these 2 people now")
    ada.sees("2 people are invited")

    for label, name in POSTS.items():
        ada.go("/set-up/school/")
        ada.press(label)
        ada.fill("Full name", name)
        ada.fill("E-mail address", address_of(name))
        ada.press("Invite")
        ada.sees(f"{name} is invited by e-mail")
    ada.sees("4 posts are still missing")
    people = {name: visitors(size) for name in POSTS.values()}
    for name, visitor in people.items():
        join(visitor, name)
    ada.go("/set-up/school/")
    ada.press("Ask to open")
    ada.sees("Ada First asked to open it")

    head = people["Hana Head"]
    head.go("/")
    head.press("Confirm who holds which post, and open the portal")
    head.sees("Are these the right people?", *POSTS.values())
    head.press("Open the portal")
    head.sees("The portal is open")
    stranger.go("/sign-in/")
    stranger.press("Birch Primary School")
    stranger.sees("Birch Primary School")
    return people
