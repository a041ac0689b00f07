"""Journeys of signing in: with an app on a phone, with a recovery code, with a passkey alone, and at the last day."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection

from accounts.models import Role, School, User
from accounts.services import add_person
from policyportal.lib import outbox
from tests.cast import Cast
from tests.journeys.conftest import DESK, PHONE
from tests.second_steps import code_of

pytestmark = pytest.mark.journey
PASSWORD = "a long enough passphrase"
# What a laptop or a phone has built in: it keeps passkeys and asks for a finger.
BUILT_IN = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def visitor(request, visitors):
    """Somebody at the address that passkeys belong to: a browser keeps none for a bare number."""
    visitor = visitors(request.param)
    visitor.address = visitor.address.replace("127.0.0.1", "localhost")
    return visitor


@pytest.fixture
def authenticator(visitor):
    """A browser with a built-in authenticator; calling it tells how many passkeys it keeps."""
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": BUILT_IN})
    return lambda: session.send("WebAuthn.getCredentials", made)["credentials"]


def begin_signing_in(visitor, user):
    visitor.go("/sign-in/")
    visitor.fill("E-mail address", user.email)
    visitor.fill("Password", PASSWORD)
    visitor.press("Sign in")


def sign_out(visitor):
    visitor.page.locator(".portal-account summary").click()
    visitor.press("Sign out")


def everything_stored():
    """Return all that the database holds: its files where it has some of its own, else every row of every table."""
    if connection.vendor == "sqlite":
        name = connection.settings_dict["NAME"]
        files = [Path(f"{name}{suffix}") for suffix in ("", "-wal")]
        held = b"".join(file.read_bytes() for file in files if file.exists()).decode(errors="replace")
    else:
        with connection.cursor() as cursor:
            rows = []
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT "{table}"::text FROM "{table}"')
                rows += [row for (row,) in cursor.fetchall()]
        held = "\n".join(rows)
    return held + json.dumps([session.get_decoded() for session in Session.objects.all()], default=str)


def test_a_headteacher_sets_an_app_up_signs_in_with_it_and_later_with_a_recovery_code(visitor, db):
    head = Cast().headteacher.user
    begin_signing_in(visitor, head)
    visitor.sees("your post needs a second step")
    visitor.press("Set it up now")
    visitor.press("Set up an app")
    assert visitor.page.get_by_role("img", name="The picture that the app scans").bounding_box()["width"] == 220
    secret = visitor.page.locator("ol strong").text_content()
    visitor.fill("Code that the app shows now", "000000")
    visitor.press("Set up the app")
    visitor.sees("That code is not right")
    assert visitor.page.locator("ol strong").text_content() == secret
    visitor.fill("Code that the app shows now", code_of(secret))
    visitor.press("Set up the app")
    visitor.sees("Your app is set up", "shown only once")
    visitor.press("Show the codes")
    codes = visitor.page.locator("main li code").all_text_contents()
    assert len(codes) == 10
    with visitor.page.expect_download() as saved:
        visitor.control("Save as a file").click()
    assert saved.value.path().read_text().split() == codes
    stored = everything_stored()
    assert head.email in stored
    assert not [kept for kept in (secret.replace(" ", ""), *codes) if kept in stored]
    visitor.press("I have kept them")
    visitor.sees("You have 10 left")

    sign_out(visitor)
    begin_signing_in(visitor, head)
    visitor.sees("Second step")
    visitor.fill("Code", code_of(secret, 1))
    visitor.press("Carry on")
    visitor.sees("What waits for you")

    sign_out(visitor)
    begin_signing_in(visitor, head)
    visitor.fill("Code", code_of(secret, 1))
    visitor.press("Carry on")
    visitor.sees("or it was used before")
    visitor.fill("Code", codes[0])
    visitor.press("Carry on")
    visitor.sees("What waits for you")
    visitor.go("/second-step/")
    visitor.sees("You have 9 left")


def test_a_chair_adds_a_passkey_and_signs_in_with_it_alone(visitor, authenticator, db):
    chair = Cast().chair.user
    begin_signing_in(visitor, chair)
    visitor.go("/second-step/")
    visitor.press("Add a passkey")
    visitor.fill("Name", "Laptop at home")
    visitor.press("Add the passkey")
    visitor.sees("The passkey is added", "Recovery codes")
    (kept,) = authenticator()
    assert kept["isResidentCredential"]
    assert kept["rpId"] == "localhost"

    sign_out(visitor)
    visitor.go("/sign-in/")
    visitor.press("Sign in with a passkey")
    visitor.sees(chair.name, "What waits for you")
    visitor.go("/second-step/")
    visitor.sees("Laptop at home", "Last used")

    visitor.press("Rename Laptop at home")
    visitor.fill("Name", "My laptop")
    visitor.press("Save name")
    visitor.sees("My laptop")
    sign_out(visitor)
    begin_signing_in(visitor, chair)
    visitor.press("Use a passkey")
    visitor.sees("What waits for you")
    visitor.go("/second-step/")
    visitor.press("Remove My laptop")
    visitor.press("Remove the passkey")
    visitor.sees("The passkey is removed")


def test_a_device_that_keeps_a_passkey_already_says_so(visitor, authenticator, db):
    begin_signing_in(visitor, Cast().chair.user)
    visitor.go("/second-step/passkeys/new/")
    visitor.press("Add the passkey")
    visitor.go("/second-step/passkeys/new/")
    visitor.control("Add the passkey").click()
    visitor.page.get_by_text("This device already has a passkey for you.").wait_for()
    assert len(authenticator()) == 1
    visitor.look()


def test_when_the_days_are_over_every_page_leads_to_the_second_step_and_back(visitor, authenticator, db):
    school = School.objects.get(slug="oakfield")
    school.second_factor_grace_days = 0
    school.save()
    begin_signing_in(visitor, Cast().headteacher.user)
    visitor.sees("Your post needs a second step for signing in")
    visitor.go("/people/")
    visitor.sees("Your post needs a second step for signing in")
    visitor.press("Add a passkey")
    visitor.press("Add the passkey")
    visitor.press("Show the codes")
    visitor.press("I have kept them")
    visitor.sees("People", "Add a person")


@pytest.mark.parametrize("size", [PHONE], ids=["phone"])
def test_without_javascript_the_pages_of_passkeys_say_what_to_do_instead(size, visitors, db):
    visitor = visitors(size, scripts=False)
    visitor.go("/sign-in/")
    visitor.sees("Passkeys need JavaScript", "Sign in with your e-mail address and password instead")
    assert not visitor.page.get_by_role("button", name="Sign in with a passkey").is_visible()
    begin_signing_in(visitor, Cast().chair.user)
    visitor.go("/second-step/passkeys/new/")
    visitor.sees("Set up an app on your phone instead")
    visitor.press("Set up an app on your phone instead")
    secret = visitor.page.locator("ol strong").text_content()
    visitor.fill("Code that the app shows now", code_of(secret))
    visitor.press("Set up the app")
    visitor.press("Show the codes")
    assert visitor.page.locator("main li code").count() == 10


def invited(name):
    """Add a teacher as the headteacher does, and return the path that their mail links to."""
    address = f"{name.split()[0].lower()}@oakfield.example"
    add_person(name=name, email=address, by=Cast().headteacher, role=Role.TEACHER)
    outbox.drain()
    (message,) = [one for one in mail.outbox if one.to == [address]]
    return User.objects.get(email=address), re.search(r"https?://[^/\s]+(/invitation/\S+)", message.body)[1]


def test_an_invited_teacher_joins_with_a_passkey_and_has_no_password(visitor, authenticator, db):
    nia, link = invited("Nia Nowak")
    visitor.go(link)
    visitor.sees("Oakfield Primary School invites you")
    visitor.press("join with a passkey instead")
    visitor.sees(nia.email)
    visitor.fill("Name", "Nia’s phone")
    visitor.press("Join and take up this post")
    visitor.sees("You have taken up your post in Oakfield Primary School: Teacher", "Recovery codes")
    visitor.press("Show the codes")
    nia.refresh_from_db()
    assert not nia.has_usable_password()
    assert nia.joined_at
    assert len(authenticator()) == 1

    sign_out(visitor)
    visitor.go("/sign-in/")
    visitor.press("Sign in with a passkey")
    visitor.sees("Nia Nowak", "What waits for you")
    visitor.go("/policies/")
    # The link was for once.
    sign_out(visitor)
    visitor.page.goto(f"{visitor.address}{link}")
    visitor.sees("This invitation is over")


def test_an_invited_teacher_joins_with_a_password_and_sets_an_app_up(visitor, db):
    theo, link = invited("Theo Twist")
    visitor.go(link)
    visitor.fill("Choose a password", PASSWORD)
    visitor.fill("The same password again", PASSWORD)
    visitor.press("Join and take up this post")
    visitor.sees("You have taken up your post")
    visitor.go("/second-step/")
    visitor.press("Set up an app")
    secret = visitor.page.locator("ol strong").text_content()
    visitor.fill("Code that the app shows now", code_of(secret))
    visitor.press("Set up the app")
    visitor.press("Show the codes")

    sign_out(visitor)
    begin_signing_in(visitor, theo)
    visitor.sees("Second step")
    visitor.fill("Code", code_of(secret, 1))
    visitor.press("Carry on")
    visitor.sees("Theo Twist", "What waits for you")
