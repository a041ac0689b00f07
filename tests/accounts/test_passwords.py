"""Passwords: changed by who knows the old one, chosen anew by a link that works once, refused when they are weak."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from accounts.services.passwords import answer_password_requests
from policyportal.lib import outbox
from policyportal.lib.models import OutboxMail

PASSWORD = "a long enough passphrase"
NEW = "quite another passphrase"
TEACHER = "tara@oakfield.example"


def forgot(client, email=TEACHER, **details):
    return client.post("/password/forgotten/", {"email": email}, **details)


def mailed_path(settings):
    """Send what is due and return the path of the one link in the one mail."""
    mail.outbox.clear()
    answer_password_requests()
    outbox.drain()
    [sent] = mail.outbox
    [link] = re.findall(r"http\S+", sent.body)
    assert link.startswith(settings.PORTAL_URL)
    return link.removeprefix(settings.PORTAL_URL)


def choose(client, path, new=NEW):
    """Follow the link and choose a password; return the answer."""
    form = client.get(path)
    return client.post(form.url if form.status_code == 302 else path, {"new": new})


def can_sign_in(password, email=TEACHER):
    return Client().post("/sign-in/", {"login": email, "password": password}).status_code == 302


def test_a_forgotten_password_is_chosen_anew_by_a_link(cast, client, settings):
    assert "Look in your mail" in client.post("/password/forgotten/", {"email": TEACHER}, follow=True).content.decode()
    path = mailed_path(settings)
    page = client.get(path, follow=True)
    assert "Choose a new password" in page.content.decode()
    assert "is stored" in client.post(page.redirect_chain[-1][0], {"new": NEW}, follow=True).content.decode()
    assert can_sign_in(NEW)
    assert not can_sign_in(PASSWORD)


def test_the_secret_leaves_the_address_before_the_page_is_shown(cast, client, settings):
    forgot(client)
    path = mailed_path(settings)
    secret = path.rstrip("/").split("/")[-1]
    moved = client.get(path)
    assert moved.status_code == 302
    assert secret not in moved.url
    assert secret not in client.get(moved.url).content.decode()


def test_the_secret_stands_in_no_row_of_the_outbox(cast, client, settings):
    forgot(client)
    secret = mailed_path(settings).rstrip("/").split("/")[-1]
    assert secret not in str(list(OutboxMail.objects.values()))


def test_the_link_works_once(cast, client, settings):
    forgot(client)
    path = mailed_path(settings)
    assert choose(client, path).status_code == 302
    again = choose(Client(), path, "a third long passphrase")
    assert "no longer works" in again.content.decode()
    assert can_sign_in(NEW)


def test_the_link_works_for_an_hour(cast, client, settings):
    forgot(client)
    path = mailed_path(settings)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert "no longer works" in choose(client, path).content.decode()
    assert can_sign_in(PASSWORD)


def test_the_link_of_somebody_switched_off_meanwhile_opens_nothing(cast, client, settings):
    forgot(client)
    path = mailed_path(settings)
    person = cast.user(Role.TEACHER)
    person.is_active = False
    person.save()
    assert "no longer works" in choose(client, path).content.decode()


def test_somebody_switched_off_after_asking_gets_no_mail(cast, client):
    forgot(client)
    person = cast.user(Role.TEACHER)
    person.is_active = False
    person.save()
    answer_password_requests()
    outbox.drain()
    assert mail.outbox == []


@pytest.mark.parametrize("host", ["evil.example", "portal.example@evil.example", "localhost:port"])
def test_a_forged_host_gets_no_answer_and_never_a_link(cast, client, settings, host):
    assert forgot(client, HTTP_HOST=host).status_code == 400
    answer_password_requests()
    outbox.drain()
    assert mail.outbox == []


def test_forwarding_headers_do_not_lead_a_link_astray(cast, client, settings):
    forgot(client, HTTP_X_FORWARDED_HOST="evil.example", HTTP_X_FORWARDED_PROTO="http", HTTP_FORWARDED="host=evil")
    assert mailed_path(settings).startswith("/password/new/")


def test_the_sixth_link_in_a_quarter_of_an_hour_is_refused_for_known_and_unknown_alike(cast):
    for email in (TEACHER, "nobody@oakfield.example"):
        client = Client()
        for _ in range(5):
            assert forgot(client, email).status_code == 302
        assert forgot(client, email).status_code == 429


def test_a_password_chosen_by_link_ends_every_session_of_the_person(cast, client, settings):
    signed_in = Client()
    signed_in.post("/sign-in/", {"login": TEACHER, "password": PASSWORD})
    assert signed_in.get("/password/").status_code == 200
    forgot(client)
    choose(client, mailed_path(settings))
    assert signed_in.get("/password/").status_code == 302


def test_the_link_followed_in_a_browser_that_is_signed_in_signs_it_out(cast, settings):
    for email in (TEACHER, "harriet@oakfield.example"):
        browser = Client()
        browser.post("/sign-in/", {"login": email, "password": PASSWORD})
        forgot(browser, TEACHER)
        stored = choose(browser, mailed_path(settings), f"a passphrase of {email[:4]}")
        assert stored.status_code == 302
        assert stored.url == "/sign-in/"
        assert browser.get("/password/").status_code == 302


def test_a_change_asks_for_the_old_password(cast):
    client = cast.client("teacher")
    refused = client.post("/password/", {"password": "not it", "new": NEW})
    assert "This is not your password" in refused.content.decode()
    assert can_sign_in(PASSWORD)
    assert client.post("/password/", {"password": PASSWORD, "new": NEW}).status_code == 302
    assert can_sign_in(NEW)


@pytest.mark.parametrize(
    ("weak", "said"),
    [("short", "12 characters"), ("1q2w3e4r5t6y", "too common"), ("tara.oakfield", "too similar")],
)
def test_a_weak_password_is_refused_in_words(cast, client, settings, weak, said):
    refused = cast.client("teacher").post("/password/", {"password": PASSWORD, "new": weak})
    assert said in refused.content.decode()
    forgot(client)
    assert said in choose(client, mailed_path(settings), weak).content.decode()
    assert can_sign_in(PASSWORD)


def test_the_history_says_who_chose_a_password_and_never_which(cast):
    person = cast.user(Role.TEACHER)
    cast.client("teacher").post("/password/", {"password": PASSWORD, "new": NEW})
    [newest, *_] = person.history.all()
    assert newest.history_change_reason == "Password chosen"
    assert newest.history_user_id == person.pk
    assert not hasattr(newest, "password")


def test_somebody_without_a_password_sets_a_first_one_after_showing_who_they_are(cast):
    person = cast.user(Role.TEACHER)
    person.set_unusable_password()
    person.save()
    client = Client()
    client.force_login(person)
    assert client.get("/password/").url == "/password/set/"
    assert client.post("/password/set/", {"new": NEW}).status_code == 302
    assert User.objects.get(pk=person.pk).check_password(NEW)
