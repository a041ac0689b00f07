"""Guesses at passwords: counted for each person and each network, before anything is hashed, whoever is known."""

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as configured
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Guess
from accounts.services import guesses
from policyportal.due import run_due

PASSWORD = "a long enough passphrase"
SIGN_IN = "/sign-in/"
HEAD, TEACHER = "harriet@oakfield.example", "tara@oakfield.example"


def guess(client, email=HEAD, password="a wrong password", **details):
    return client.post(SIGN_IN, {"login": email, "password": password}, **details)


def use_up(client, email=HEAD, times=10, **details):
    for _ in range(times):
        assert guess(client, email, **details).status_code == 200


def known(email=HEAD):
    """A browser that has signed this person in, and out again."""
    client = Client()
    assert guess(client, email, PASSWORD).status_code == 302
    client.post("/sign-out/")
    return client


@pytest.fixture
def hashes(monkeypatch):
    """The passwords that were hashed since."""
    made, encode = [], MD5PasswordHasher.encode

    def counted(self, password, salt):
        made.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return made


@pytest.mark.parametrize("email", [HEAD, "nobody@oakfield.example"])
def test_the_eleventh_guess_in_five_minutes_is_refused_and_told_how_long_to_wait(cast, client, email):
    use_up(client, email)
    refused = guess(client, email)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 300
    assert "Too many tries" in refused.content.decode()


def test_known_and_unknown_people_are_refused_with_the_same_page(cast):
    pages = []
    with time_machine.travel(timezone.now(), tick=False):
        for email in (HEAD, "nobody@oakfield.example"):
            client = Client()
            use_up(client, email)
            refused = guess(client, email)
            pages.append((refused.content, refused.headers.items()))
    assert pages[0] == pages[1]


def test_the_right_password_is_refused_too_while_the_limit_is_used_up(cast, client):
    use_up(client)
    assert guess(client, password=PASSWORD).status_code == 429


def test_nothing_is_hashed_for_a_guess_that_is_refused(cast, client, hashes):
    use_up(client)
    assert len(hashes) == 10
    guess(client)
    assert len(hashes) == 10


def test_the_limit_holds_for_the_person_from_wherever_the_guesses_come_and_however_they_are_typed(cast):
    typed = ["harriet@oakfield.example", "HARRIET@oakfield.example", " Harriet@Oakfield.Example "]
    for number in range(10):
        assert guess(Client(), typed[number % 3], REMOTE_ADDR=f"192.0.2.{number}").status_code == 200
    assert guess(Client(), REMOTE_ADDR="198.51.100.1").status_code == 429


def test_other_people_behind_the_same_address_sign_in_as_ever(cast):
    use_up(Client())
    assert guess(Client()).status_code == 429
    assert guess(Client(), TEACHER, PASSWORD).status_code == 302


def test_after_five_minutes_one_may_try_again_and_hammering_prolongs_nothing(cast, client):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        use_up(client)
    for minute in (1, 2, 3, 4):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            assert guess(client).status_code == 429
    with time_machine.travel(start + timedelta(minutes=5, seconds=1), tick=False):
        assert guess(client, password=PASSWORD).status_code == 302


def test_a_prankster_does_not_keep_the_head_out_of_the_browser_that_she_uses(cast):
    heads_own = known()
    use_up(Client())
    assert guess(Client(), password=PASSWORD).status_code == 429
    assert guess(heads_own, password=PASSWORD).status_code == 302


def test_a_known_browser_has_a_limit_of_its_own(cast):
    heads_own = known()
    use_up(heads_own)
    assert guess(heads_own, password=PASSWORD).status_code == 429
    assert guess(Client(), password=PASSWORD).status_code == 302


def test_a_browser_is_known_for_the_person_whom_it_signed_in_and_for_nobody_else(cast):
    teachers = known(TEACHER)
    use_up(Client())
    assert guess(teachers, HEAD).status_code == 429


def test_a_browser_that_many_use_is_known_for_each_of_them(cast):
    shared = known(TEACHER)
    assert guess(shared, HEAD, PASSWORD).status_code == 302
    shared.post("/sign-out/")
    for email in (HEAD, TEACHER):
        use_up(Client(), email)
        assert guess(shared, email, PASSWORD).status_code == 302
        shared.post("/sign-out/")


def test_the_mark_of_a_browser_is_signed_unreadable_to_scripts_and_names_nobody(cast):
    cookie = known().cookies[configured.KNOWN_BROWSER_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "harriet" not in cookie.value
    forger = Client()
    forger.cookies[configured.KNOWN_BROWSER_COOKIE_NAME] = cookie.value[:-2] + "xx"
    use_up(Client())
    assert guess(forger, password=PASSWORD).status_code == 429


def test_a_wrong_password_makes_no_browser_known(cast, client):
    guess(client)
    assert configured.KNOWN_BROWSER_COOKIE_NAME not in client.cookies


def test_a_forged_forwarding_header_neither_helps_nor_hurts(cast):
    for number in range(100):
        address = f"203.0.113.{number}"
        response = guess(Client(), f"person{number}@oakfield.example", HTTP_X_FORWARDED_FOR=address)
        assert response.status_code == 200
    assert guess(Client(), "one.more@oakfield.example", HTTP_X_FORWARDED_FOR="198.51.100.9").status_code == 429


def test_behind_a_proxy_its_own_entry_counts_and_what_came_before_does_not(cast, settings):
    settings.BEHIND_PROXY = True
    for number in range(100):
        said = f"203.0.113.{number}, 198.51.100.7"
        guess(Client(), f"person{number}@oakfield.example", HTTP_X_FORWARDED_FOR=said)
    assert guess(Client(), "one@oakfield.example", HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 429
    assert guess(Client(), "one@oakfield.example", HTTP_X_FORWARDED_FOR="198.51.100.8").status_code == 200


def test_a_network_that_tries_everybody_is_refused_and_locks_nobody_elsewhere(cast):
    for number in range(100):
        guess(Client(), f"person{number}@oakfield.example")
    for _ in range(12):
        assert guess(Client()).status_code == 429
    assert guess(Client(), password=PASSWORD, REMOTE_ADDR="198.51.100.1").status_code == 302
    assert guess(known_elsewhere := Client(), REMOTE_ADDR="198.51.100.1").status_code == 200
    assert not known_elsewhere.session.get("_auth_user_id")


def test_one_line_under_ipv6_counts_as_one_network(cast):
    for number in range(100):
        guess(Client(), f"person{number}@oakfield.example", REMOTE_ADDR=f"2001:db8:1:2::{number:x}")
    assert guess(Client(), REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert guess(Client(), REMOTE_ADDR="2001:db8:1:3::1").status_code == 200


def test_whoever_signs_in_twelve_times_in_five_minutes_is_never_refused(cast):
    for _ in range(12):
        assert guess(Client(), password=PASSWORD).status_code == 302


def test_a_password_asked_for_again_while_signed_in_is_counted_too(cast):
    client = known()
    guess(client, password=PASSWORD)
    changed = {"password": "a wrong password", "new": "another long passphrase"}
    for _ in range(10):
        assert client.post("/password/", changed).status_code == 200
    assert client.post("/password/", changed | {"password": PASSWORD}).status_code == 429


def test_what_is_stored_of_a_guess_names_nobody_and_is_gone_after_a_day(cast, client):
    use_up(client, times=3)
    assert "harriet" not in str(list(Guess.objects.values()))
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert run_due()["old guesses"] == 6
    assert not Guess.objects.exists()


def test_the_count_survives_a_restart(tmp_path):
    """Ten guesses in one process, the eleventh in another: only the database is shared."""
    program = """
from django.test import Client
def guess():
    return Client().post("/sign-in/", {"login": "a@b.example", "password": "x"}, HTTP_HOST="localhost").status_code
"""
    environment = {
        "PATH": "/usr/bin:/bin",
        "PORTAL_ENV": "development",
        "ENV_FILE": "",
        "PORTAL_DATA": str(tmp_path),
        "LOG_LEVEL": "ERROR",
    }

    def portal(*command):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=configured.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    portal("migrate", "-v", "0")
    before = portal("shell", "--no-imports", "-c", program + "print([guess() for _ in range(10)])")
    assert before == str([200] * 10)
    assert portal("shell", "--no-imports", "-c", program + "print(guess())") == "429"


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_the_same_moment_no_more_than_ten_are_let_through(cast):
    barrier, let_through = threading.Barrier(16), []

    def hammer():
        barrier.wait()
        try:
            guesses.ask("sign-in", HEAD)
            let_through.append(1)
        except guesses.TooMany:
            pass
        finally:
            connection.close()

    hammers = [threading.Thread(target=hammer) for _ in range(16)]
    for thread in hammers:
        thread.start()
    for thread in hammers:
        thread.join()
    assert len(let_through) <= 10


def test_when_too_many_passwords_are_being_checked_one_is_told_to_come_back(cast, client, monkeypatch):
    monkeypatch.setattr(guesses, "LONGEST_WAIT_FOR_A_HASH", 0.01)
    with guesses.hashing(), guesses.hashing():
        busy = guess(client, password=PASSWORD)
    assert busy.status_code == 503
    assert int(busy["Retry-After"]) >= 0
    assert not Guess.objects.exists()
    assert guess(client, password=PASSWORD).status_code == 302
