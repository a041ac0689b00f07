"""Strangers learn nothing of who has an account: every answer about an address is the same, for the same work."""

import re

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import PasswordRequest, Role, User
from accounts.services.passwords import answer_password_requests
from policyportal.lib import outbox

PASSWORD = "a long enough passphrase"


@pytest.fixture
def people(cast):
    """One address of every kind that a stranger might try."""
    off = cast.user(Role.OFFICE)
    off.is_active = False
    off.save()
    User.objects.create_user("newcomer@oakfield.example", "Nelly Newcomer")
    passkey = User.objects.create_user("passkey@oakfield.example", "Percy Passkey")
    passkey.joined_at = timezone.now()
    passkey.save()
    return {
        "nobody": "nobody@oakfield.example",
        "somebody": "tara@oakfield.example",
        "somebody in capitals": "TARA@OAKFIELD.EXAMPLE",
        "of another school": "tara@riverside.example",
        "switched off": "olive@oakfield.example",
        "never joined": "newcomer@oakfield.example",
        "without a password": "passkey@oakfield.example",
    }


@pytest.fixture
def answers(people, monkeypatch):
    """Ask once about each address, from a browser of its own; return what the stranger sees and what it cost."""
    hashed, encode = [], MD5PasswordHasher.encode

    def counted(self, password, salt):
        hashed.append(1)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)

    def ask(path, filled_in):
        found, start = {}, timezone.now()
        for kind, email in people.items():
            client = Client()
            hashed.clear()
            # One instant for all: a header names it.
            with time_machine.travel(start, tick=False), CaptureQueriesContext(connection) as asked:
                response = client.post(path, filled_in(kind, email))
            page = response.content.decode().replace(email, "ADDRESS").replace(email.lower(), "ADDRESS")
            page = re.sub(r'csrfmiddlewaretoken" value="\w+"', "TOKEN", page)
            headers = dict(response.headers)
            if page.count("ADDRESS"):
                # The page repeats what was typed.
                headers["Content-Length"] = len(page)
            cookies = {name: [cookie[part] for part in cookie] for name, cookie in client.cookies.items()}
            statements = [re.sub(r"'[^']*'|\d+|\s+", "", query["sql"])[:60] for query in asked]
            found[kind] = {
                "status": response.status_code,
                "headers": headers,
                "page": page,
                "cookies": cookies,
                "hashes": len(hashed),
                "statements": statements,
            }
        return found

    return ask


def all_alike(found):
    """Tell which address differs from one that nobody has, and in what."""
    return {
        kind: [part for part, value in answer.items() if value != found["nobody"][part]]
        for kind, answer in found.items()
        if answer != found["nobody"]
    }


def test_sign_in_answers_alike_whoever_it_is_asked_about(answers):
    right_but_off = {"switched off": PASSWORD}
    found = answers("/sign-in/", lambda kind, email: {"login": email, "password": right_but_off.get(kind, "wrong")})
    assert all_alike(found) == {}
    assert found["nobody"]["status"] == 200
    assert found["nobody"]["hashes"] == 1


def test_a_forgotten_password_is_answered_alike_whoever_it_is_asked_about(answers):
    found = answers("/password/forgotten/", lambda kind, email: {"email": email})
    assert all_alike(found) == {}
    assert found["nobody"]["status"] == 302
    assert found["nobody"]["headers"]["Location"] == "/password/forgotten/asked/"
    assert found["nobody"]["hashes"] == 0
    assert mail.outbox == []


def test_the_right_password_of_somebody_who_is_switched_off_opens_nothing_and_says_nothing(people, client):
    response = client.post("/sign-in/", {"login": people["switched off"], "password": PASSWORD})
    assert "not right" in response.content.decode()
    assert client.get("/").status_code == 302


def test_only_people_who_joined_and_may_sign_in_get_the_mail_and_every_request_is_forgotten(people, client):
    for email in people.values():
        assert client.post("/password/forgotten/", {"email": email}).status_code == 302
    answer_password_requests()
    outbox.drain()
    assert sorted(message.to[0] for message in mail.outbox) == [
        "passkey@oakfield.example",
        "tara@oakfield.example",
        "tara@oakfield.example",
        "tara@riverside.example",
    ]
    assert not PasswordRequest.objects.exists()


def test_a_link_of_nobody_and_one_that_was_never_made_show_the_same_page(people):
    teacher = User.objects.get(email="tara@oakfield.example")
    pages = set()
    for uid in (teacher.pk.hex, "0" * 32, "nonsense"):
        response = Client().get(f"/password/new/{uid}/c0ffee-0123456789abcdef0123456789abcdef/")
        pages.add((response.status_code, response.content, tuple(response.headers.items())))
    assert len(pages) == 1
