"""The two pages for whoever watches the portal."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.utils import timezone

from policyportal import health
from policyportal.due import run_due
from policyportal.lib.models import Heartbeat, OutboxMail
from policyportal.lib.outbox import queue_mail


@pytest.fixture
def beating(db):
    """A portal whose recurring work has just run."""
    run_due()


def owe(cast, key, **facts):
    queue_mail(to=cast.teacher.user, subject="Something waits", path="/", dedupe_key=key)
    OutboxMail.objects.filter(dedupe_key=key).update(**facts)


def test_being_alive_is_told_without_the_database_which_this_test_may_not_open(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"Alive.\n")


def test_all_is_well_when_everything_answers(client, beating):
    response = client.get("/healthz/deep")
    assert (response.status_code, response.content) == (200, b"Everything works.\n")


def test_recurring_work_that_has_stopped_is_told(client, beating):
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=11))
    response = client.get("/healthz/deep")
    assert (response.status_code, response.content) == (503, b"Recurring work has not run for ten minutes.\n")


def test_recurring_work_that_never_ran_is_told(client, db):
    assert b"Recurring work has not run" in client.get("/healthz/deep").content


def test_mail_that_waits_for_more_than_an_hour_is_told_without_a_number_or_a_name(client, cast, beating):
    long_ago = timezone.now() - timedelta(hours=2)
    owe(cast, "late", due_at=long_ago, created_at=long_ago)
    response = client.get("/healthz/deep")
    assert (response.status_code, response.content) == (503, b"Mail has waited for more than an hour.\n")


def test_mail_that_was_put_off_after_a_failure_counts_from_when_it_was_owed(client, cast, beating):
    long_ago = timezone.now() - timedelta(hours=2)
    owe(cast, "failing", due_at=timezone.now() + timedelta(hours=6), created_at=long_ago, attempts=7)
    assert client.get("/healthz/deep").status_code == 503


def test_mail_that_is_not_due_yet_or_was_sent_is_no_fault(client, cast, beating):
    long_ago = timezone.now() - timedelta(hours=2)
    owe(cast, "later", due_at=timezone.now() + timedelta(days=2), created_at=long_ago)
    owe(cast, "sent", due_at=long_ago, created_at=long_ago, sent_at=timezone.now())
    assert client.get("/healthz/deep").status_code == 200


def test_storage_that_cannot_be_written_is_told(client, beating, monkeypatch):
    def full(*_):
        raise OSError("no space")

    monkeypatch.setattr(default_storage, "save", full)
    response = client.get("/healthz/deep")
    assert (response.status_code, response.content) == (503, b"Files cannot be stored.\n")


def test_a_check_of_storage_leaves_nothing_behind(client, beating):
    client.get("/healthz/deep")
    assert not default_storage.exists(health.PROBE)


def test_a_database_that_does_not_answer_is_told_and_nothing_more_is_asked(client, monkeypatch):
    class Gone:
        def cursor(self):
            raise DatabaseError

    monkeypatch.setattr(health, "connection", Gone())
    response = client.get("/healthz/deep")
    assert (response.status_code, response.content) == (503, b"The database does not answer.\n")


@pytest.mark.parametrize("path", ["/healthz", "/healthz/deep"])
def test_nobody_keeps_a_copy_of_the_answer(client, beating, path):
    assert "no-store" in client.get(path)["Cache-Control"]
    assert client.post(path).status_code == 405
