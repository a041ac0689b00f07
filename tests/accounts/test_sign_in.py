"""Signing in and out, and the demo's sign-in that exists nowhere else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Role, School
from accounts.services import end_post
from policyportal.lib.dates import today

PASSWORD = "a long enough passphrase"
SIGN_IN = "/sign-in/"


@pytest.fixture
def demo(cast, settings):
    """A demo of the first school; the others are real."""
    settings.PORTAL_DEMO = True
    school = cast.school()
    school.is_demo = True
    school.save()
    return cast


def signed_in_as(client):
    """Return the name shown in the corner of a page, or "" for a stranger."""
    user = client.get(reverse("accounts:school_choose"), follow=True).context["user"]
    return user.name if user.is_authenticated else ""


def test_a_person_signs_in_by_e_mail_in_whatever_case_it_is_typed(cast, client):
    response = client.post(SIGN_IN, {"login": "TARA@Oakfield.example", "password": PASSWORD})
    assert response.status_code == 302
    assert signed_in_as(client) == "Tara Oakfield"


def test_an_unknown_address_a_wrong_password_and_a_leaver_get_the_same_answer(cast, client):
    leaver = cast.user(Role.OFFICE)
    leaver.is_active = False
    leaver.save()
    tried = [
        ("nobody@oakfield.example", PASSWORD),
        ("tara@oakfield.example", "not the password"),
        ("olive@oakfield.example", PASSWORD),
    ]
    answers = []
    for email, password in tried:
        response = client.post(SIGN_IN, {"login": email, "password": password})
        assert signed_in_as(client) == ""
        answers.append(list(response.context["form"].non_field_errors()))
    assert answers[0] == answers[1] == answers[2] != []


def test_signing_in_leads_on_to_the_page_asked_for_but_never_off_the_portal(cast, client):
    typed = {"login": "tara@oakfield.example", "password": PASSWORD}
    assert client.post(SIGN_IN, typed | {"next": "/people/"}).url == "/people/"
    client.post("/sign-out/")
    assert "elsewhere" not in client.post(SIGN_IN, typed | {"next": "https://elsewhere.example/"}).url


def test_signing_out_takes_a_post_and_ends_the_session(cast):
    client = cast.client("teacher")
    assert client.get("/sign-out/").status_code == 405
    assert signed_in_as(client) == "Tara Oakfield"
    client.post("/sign-out/")
    assert signed_in_as(client) == ""


def test_a_page_behind_sign_in_asks_for_it_and_remembers_where_one_was_going(cast, client):
    response = client.get("/people/")
    assert response.status_code == 302
    assert response.url == "/sign-in/?next=/people/"


def test_outside_a_demo_no_person_is_offered_and_the_demo_sign_in_does_not_exist(cast, client):
    school = cast.school()
    school.is_demo = True
    school.save()
    page = client.get(SIGN_IN).content.decode()
    assert "Harriet" not in page
    assert "sign-in/demo" not in page
    assert client.post("/sign-in/demo/", {"person": cast.headteacher.pk}).status_code == 404
    assert signed_in_as(client) == ""


def test_a_demo_offers_the_people_of_one_school_by_name_and_title(demo, client):
    page = client.get(SIGN_IN, {"school": "oakfield"}).content.decode()
    assert "Harriet Oakfield" in page
    assert "Designated safeguarding lead" in page
    assert "Harriet Elmwood" not in page


def test_one_press_signs_in_as_that_person_in_that_school(demo, client):
    response = client.post("/sign-in/demo/", {"person": demo.chair.pk, "next": "/people/"})
    assert response.url == "/people/"
    assert signed_in_as(client) == "Chidi Oakfield"


@pytest.mark.parametrize("person", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_person_who_is_not_there_cannot_be_tried_out(demo, client, person):
    assert client.post("/sign-in/demo/", {"person": person}).status_code == 404


def test_people_of_a_real_school_and_former_people_cannot_be_tried_out(demo, client):
    real = demo.post(Role.TEACHER, "riverside")
    former = end_post(demo.teacher, last_day=demo.teacher.starts_on, reason="Left")
    for post in (real, former):
        assert client.post("/sign-in/demo/", {"person": post.pk}).status_code == 404
        assert signed_in_as(client) == ""


def test_everybody_finds_the_public_page_of_every_school(cast, client):
    page = client.get(SIGN_IN).content.decode()
    for school in School.objects.all():
        assert f'href="{school.get_absolute_url()}">{school.name}</a>' in page


def test_a_post_that_ended_yesterday_opens_nothing_today(cast):
    client = cast.client("teacher")
    assert client.get("/people/").status_code == 200
    teacher = cast.teacher
    teacher.ends_on = today() - timedelta(days=1)
    teacher.save()
    response = client.get("/people/")
    assert response.url == "/school/choose/"
    assert "no post in a school today" in client.get(response.url).content.decode()
