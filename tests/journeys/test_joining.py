"""Joining, leaving, moving: an invited teacher, a leaver’s open browser, a trust officer, a new headteacher."""

import re

import pytest
from django.core import mail

from accounts.models import Appointment, Membership, Role, User
from accounts.services import give_post
from policyportal.lib.outbox import drain
from tests.cast import assemble
from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
CAST_PASSWORD = "a long enough passphrase"
PASSWORD = "three plain unlikely words"


@pytest.fixture
def cast(db):
    """The standing cast, in a copy of the database of its own."""
    return assemble()


@pytest.fixture
def mailed(db):
    """Send what is owed and return the path in the last mail to an address."""
    mail.outbox = []

    def path(address: str) -> str:
        drain()
        message = [message for message in mail.outbox if message.to == [address]][-1]
        return re.search(r"https?://[^/]+(/\S+)", message.body)[1]

    return path


def choose_from_menu(visitor, name, label):
    """Open the menu under one's own name and press something in it: two clicks."""
    visitor.unfold(name)
    visitor.press(label)


@SIZES
def test_an_invited_teacher_joins_with_a_password(cast, mailed, visitors, size):
    head, teacher = visitors(size), visitors(size)
    head.sign_in(cast.user("headteacher"), CAST_PASSWORD)
    head.go("/people/new/")
    head.fill("Full name", "Nia Nowak")
    head.fill("E-mail address", "nia@oakfield.example")
    head.pick("Role", "Teacher")
    head.press("Add person")
    head.sees("Nia Nowak is invited", "Has not taken up this post", "Send invitation again")
    head.go("/people/?invited=on")
    head.sees("Nia Nowak", "Not yet")

    teacher.go(mailed("nia@oakfield.example"))
    assert teacher.page.url == f"{teacher.address}/invitation/"
    teacher.sees("Join the portal", "Oakfield Primary School", "Teacher", "nia@oakfield.example")
    teacher.fill("Choose a password", "short")
    teacher.fill("The same password again", "short")
    teacher.press("Join and take up this post")
    teacher.sees("There is a problem")
    teacher.fill("Choose a password", PASSWORD)
    teacher.fill("The same password again", PASSWORD)
    teacher.press("Join and take up this post")
    teacher.sees("You have taken up your post in Oakfield Primary School: Teacher.", "What waits for you")
    assert Membership.objects.open().filter(user__email="nia@oakfield.example").count() == 1

    choose_from_menu(teacher, "Nia Nowak", "Sign out")
    teacher.sign_in(User.objects.get(email="nia@oakfield.example"), PASSWORD)
    teacher.sees("What waits for you")


@SIZES
def test_a_leaver_s_open_browser_is_shut_out_at_the_next_click(cast, visitors, size):
    head, leaver = visitors(size), visitors(size)
    leaver.sign_in(cast.user("office"), CAST_PASSWORD)
    leaver.go("/people/")
    leaver.sees("Harriet Oakfield")
    head.sign_in(cast.user("headteacher"), CAST_PASSWORD)
    head.go(cast.office.get_absolute_url())
    head.press("Mark as leaver")
    head.sees("Posts that end", "Office staff")
    head.press("Mark as leaver")
    head.sees("There is a problem")
    head.fill("Why", "Moves to another school")
    head.press("Mark as leaver")
    head.sees("Olive Oakfield has left. Their next click is refused.")
    leaver.page.get_by_role("link", name="Tara Oakfield").click()
    leaver.page.wait_for_url("**/sign-in/**")
    leaver.sees("Sign in")
    assert "Tara Oakfield" not in leaver.words()
    leaver.fill("E-mail address", "olive@oakfield.example")
    leaver.fill("Password", CAST_PASSWORD)
    leaver.press("Sign in")
    leaver.sees("The e-mail address or the password is not right")


@SIZES
def test_a_trust_officer_moves_between_schools_in_two_clicks(cast, visitors, size):
    officer = cast.trust_officer
    give_post(user=officer.user, school=cast.school("elmwood"), role=Role.GOVERNOR, job_title="Foundation governor")
    visitor = visitors(size)
    visitor.sign_in(officer.user, CAST_PASSWORD)
    visitor.sees("Oakfield Primary School")
    visitor.go("/appointments/")
    choose_from_menu(visitor, "Trevor Oakfield", "Work in Elmwood")
    visitor.sees("You are now working in Elmwood Primary School.", "Foundation governor")
    visitor.go("/people/")
    visitor.sees("Harriet Elmwood")
    assert "Harriet Oakfield" not in visitor.words()
    choose_from_menu(visitor, "Trevor Oakfield", "Your schools")
    visitor.sees("Oakfield Primary School", "Trust or federation officer", "You are working here now")
    visitor.press("Work in Oakfield")
    visitor.sees("You are now working in Oakfield Primary School.")


@SIZES
def test_the_chair_confirms_a_headteacher_proposed_by_the_technical_administrator(cast, mailed, visitors, size):
    administrator, chair, head = visitors(size), visitors(size), visitors(size)
    administrator.sign_in(cast.user("technical_administrator"), CAST_PASSWORD)
    administrator.go("/appointments/")
    administrator.press("Propose an appointment")
    administrator.choose("Headteacher")
    administrator.choose("Somebody new here")
    administrator.fill("Full name", "Nora New")
    administrator.fill("E-mail address", "nora@example.org")
    administrator.fill("Reason, with the minute where there is one", "Appointed by the governors, minute 7")
    administrator.press("Propose appointment")
    administrator.sees("Another person confirms it before anything changes", "Nora New", "Proposed")
    appointment = Appointment.objects.get(typed_name="Nora New")
    assert not Membership.objects.filter(user=appointment.user).exists()

    chair.sign_in(cast.user("chair"), CAST_PASSWORD)
    chair.press("Give the post: Nora New")
    chair.sees("nora@example.org", "Appointed by the governors, minute 7")
    chair.press("Confirm")
    chair.fill("Why", "Minute 7 of 3 November")
    chair.press("Confirm")
    chair.sees("Nora New, Headteacher: confirmed.")

    head.go(mailed("nora@example.org"))
    head.sees("Oakfield Primary School", "Headteacher")
    head.fill("Choose a password", PASSWORD)
    head.fill("The same password again", PASSWORD)
    head.press("Join and take up this post")
    head.sees("You have taken up your post in Oakfield Primary School: Headteacher.")
    head.go("/people/new/")
    head.sees("Add a person")
