"""The outbox: written with the verb, sent once, patient with a mail server that is not."""

import smtplib
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from policyportal.lib import outbox
from policyportal.lib.models import OutboxMail


@pytest.fixture
def owe(cast):
    """Owe the teacher a mail."""

    def queue(key="one", **details):
        return outbox.queue_mail(
            to=cast.teacher.user, subject="Something waits", path="/here/", dedupe_key=key, **details
        )

    return queue


def test_a_mail_says_only_that_something_waits_and_where(owe, settings):
    settings.PORTAL_URL = "https://portal.example/"
    settings.PORTAL_MAIL_DOMAIN = "portal.example"
    owed = owe()
    assert outbox.drain() == 1
    [sent] = mail.outbox
    assert sent.subject == "Something waits"
    assert sent.to == ["tara@oakfield.example"]
    assert "https://portal.example/here/" in sent.body
    assert sent.extra_headers["Message-ID"] == f"<{owed.pk}@portal.example>"


def test_the_same_key_twice_is_one_mail(owe):
    assert owe("k").pk == owe("k").pk
    outbox.drain()
    outbox.drain()
    assert len(mail.outbox) == 1


def test_a_verb_that_is_undone_owes_nothing(owe):
    with pytest.raises(OSError, match="disk"), transaction.atomic():
        owe()
        raise OSError("disk")
    assert outbox.drain() == 0


def test_a_mail_is_not_sent_before_it_is_due(owe):
    owe(due_at=timezone.now() + timedelta(hours=1))
    assert outbox.drain() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert outbox.drain() == 1


def test_a_superseded_mail_is_never_sent(owe):
    owe("a")
    owe("b")
    assert outbox.supersede(["a"]) == 1
    assert outbox.drain() == 1
    assert outbox.supersede(["a", "b"]) == 0


@pytest.fixture
def secret(monkeypatch):
    """A kind of mail whose link is a secret; "over" is what it links to when there is nothing to link to any more."""
    monkeypatch.setattr(outbox, "_link_makers", {})
    outbox.register_link("secret", lambda mail: f"/secret/{mail.to.pk}/" if mail.path != "over" else "")


def test_a_secret_link_is_made_when_the_mail_is_sent_and_stands_in_no_table(owe, cast, secret, settings):
    settings.PORTAL_URL = "https://portal.example"
    owed = owe(link="secret")
    outbox.drain()
    assert f"https://portal.example/secret/{cast.teacher.user.pk}/\n" in mail.outbox[0].body
    assert "/here/" not in mail.outbox[0].body
    [row] = OutboxMail.objects.filter(pk=owed.pk).values()
    assert "/secret/" not in str(row)


def test_a_mail_whose_secret_link_leads_nowhere_any_more_is_not_sent(owe, secret):
    owed = owe(link="secret")
    OutboxMail.objects.filter(pk=owed.pk).update(path="over")
    assert outbox.drain() == 0
    owed.refresh_from_db()
    assert owed.superseded_at is not None
    assert mail.outbox == []


def test_one_kind_of_secret_link_has_one_maker(secret):
    with pytest.raises(ValueError, match="secret"):
        outbox.register_link("secret", lambda mail: "/elsewhere/")


@pytest.fixture
def dead_server(monkeypatch):
    def refuse(self):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)


def test_a_dead_mail_server_loses_nothing_and_is_asked_less_and_less_often(owe, dead_server, monkeypatch):
    owed = owe()
    start = timezone.now()
    waits = []
    for _ in range(4):
        with time_machine.travel(max(start, owed.due_at), tick=False):
            assert outbox.drain() == 0
            owed.refresh_from_db()
            waits.append(owed.due_at - timezone.now())
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert owed.last_error == "SMTPServerDisconnected"
    monkeypatch.undo()
    with time_machine.travel(owed.due_at):
        assert outbox.drain() == 1


def test_a_mail_that_cannot_be_written_holds_up_no_other(owe):
    poison = owe("first")
    OutboxMail.objects.filter(pk=poison.pk).update(link="unheard of", due_at=timezone.now() - timedelta(hours=1))
    owe("second")
    assert outbox.drain() == 1
    poison.refresh_from_db()
    assert (poison.attempts, poison.last_error, poison.sent_at) == (1, "KeyError", None)


def test_after_the_last_attempt_a_mail_waits_for_a_person(owe, dead_server):
    owed = owe()
    OutboxMail.objects.filter(pk=owed.pk).update(attempts=OutboxMail.MOST_ATTEMPTS - 1)
    outbox.drain()
    owed.refresh_from_db()
    assert owed.gave_up_at is not None
    assert outbox.drain() == 0


def test_what_a_killed_worker_held_is_sent_when_its_lease_has_passed(owe):
    owe()
    [held] = outbox._claim()
    assert outbox.drain() == 0
    with time_machine.travel(held.lease_until + timedelta(seconds=1)):
        assert outbox.drain() == 1
    assert len(mail.outbox) == 1


def test_a_slow_worker_whose_lease_was_taken_over_sends_nothing(owe):
    owe()
    [held] = outbox._claim()
    with time_machine.travel(held.lease_until + timedelta(seconds=1)):
        assert outbox.drain() == 1
        assert not outbox._send(held)
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_four_sweeps_at_once_send_each_mail_once(owe):
    for number in range(30):
        owe(f"mail {number}")
    barrier = threading.Barrier(4)

    def sweep():
        barrier.wait()
        try:
            outbox.drain()
        finally:
            connection.close()

    sweeps = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in sweeps:
        thread.start()
    for thread in sweeps:
        thread.join()
    assert len(mail.outbox) == 30
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 30
