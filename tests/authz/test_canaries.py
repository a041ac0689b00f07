"""A mark in each sensitive field, and every place where none of them may be found."""

import json
import logging
import pickle
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from kombu.transport.memory import Channel

from accounts.models import AccessLog, Notification
from incidents.models import About, Incident
from incidents.services import add_evidence, add_note, close, triage
from incidents.services.unopened import tell_unopened
from policyportal.lib.models import OutboxMail
from policyportal.lib.outbox import drain
from tests.incidents.filing import public_page
from tests.planted import INCIDENTS

FIELDS = ("Words", "Who", "Place", "Reporter", "Contact", "Note")
TYPED_MARK = "CANARY-TYPED"
# What is typed into the public form and the forms of those who deal with it, each in its own field.
TYPED = {
    "words": "What happened CANARY-TYPED",
    "who": "Who it is about CANARY-TYPED",
    "link": "https://social.example/CANARY-TYPED",
    "reporter_name": "My name CANARY-TYPED",
    "reporter_contact": "My telephone CANARY-TYPED",
}


def test_at_least_sixty_fields_carry_a_mark_of_their_own(stage):
    """The scanner sees each of them where it may be seen: in the database."""
    stored = json.dumps(
        [
            [[report.words, report.who, report.place, report.link, report.reporter_name, report.reporter_contact]]
            + [note.words for note in report.incident.notes.all()]
            + [file.original_name for file in report.incident.evidence.all()]
            for incident in Incident.objects.filter(school__slug="oakfield")
            for report in incident.reports.all()
        ]
    )
    marks = {f"{field} {name.upper()}-{stage.oakfield.canary}" for field in FIELDS for name in INCIDENTS}
    marks |= {f"social.example/{name.upper()}-{stage.oakfield.canary}" for name in INCIDENTS}
    marks |= {f"File-{name.upper()}-{stage.oakfield.canary}" for name in INCIDENTS}
    assert len(marks) >= 60
    assert {mark for mark in marks if mark not in stored} == set()


@pytest.fixture
def filed_and_handled(cast, tmp_path, settings, caplog, django_capture_on_commit_callbacks):
    """File a report through the public form, deal with it to its end, and send what is due, all of it logged."""
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    mail.outbox.clear()
    for logger in ("", "django", "celery", "policyportal"):
        caplog.set_level(logging.DEBUG, logger=logger)
    reporter = Client()
    with django_capture_on_commit_callbacks(execute=True):
        sent = {**TYPED, "about": "pupil", "where": "unknown", "uploads": named("File-CANARY-TYPED.txt")}
        answer = reporter.post(public_page(reporter), sent)
    assert answer.status_code == 302, answer.content.decode()
    incident = Incident.objects.latest("created_at")
    handler = cast.headteacher
    with django_capture_on_commit_callbacks(execute=True):
        tell_unopened()
        client = cast.client("headteacher")
        client.get(incident.get_absolute_url())
        reveal = reverse("incidents:reporter_reveal", args=[incident.pk])
        assert b"My name CANARY-TYPED" in client.post(reveal, {"reason": "Ring CANARY-TYPED"}).content
        step = reverse("incidents:incident_step", args=[incident.pk])
        client.post(step, {"step": "close", "outcome": "", "outcome_words": "Undecided CANARY-TYPED"})
        incident = triage(incident, handler, about=About.PUPIL, procedure="Procedure CANARY-TYPED")
        add_note(incident, handler, "A note CANARY-TYPED")
        add_evidence(incident, handler, upload=named("More-CANARY-TYPED.txt"))
        close(incident, handler, outcome="advice", outcome_words="Decided CANARY-TYPED")
        drain()
    return incident


def named(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"Words in a file CANARY-TYPED")


def test_the_marks_are_found_where_they_may_be(cast, filed_and_handled):
    page = cast.client("dsl").get(filed_and_handled.get_absolute_url()).content.decode()
    for words in ("What happened", "Who it is about", "A note", "Decided"):
        assert f"{words} CANARY-TYPED" in page
    assert "My name" not in page and "My telephone" not in page


def test_no_mail_and_nothing_that_somebody_is_told_carries_a_mark(filed_and_handled):
    assert mail.outbox
    for sent in mail.outbox:
        assert TYPED_MARK not in sent.message().as_string()
        assert filed_and_handled.reference not in sent.message().as_string()
    for model in (OutboxMail, Notification):
        assert model.objects.exists()
        assert TYPED_MARK not in repr(list(model.objects.values()))


def test_no_message_to_a_worker_carries_a_mark(filed_and_handled):
    waiting = [repr(list(queue.queue)) for queue in Channel.queues.values()]
    assert TYPED_MARK not in "".join(waiting)


def test_no_session_and_no_cache_carries_a_mark(filed_and_handled):
    assert Session.objects.exists()
    for session in Session.objects.all():
        assert TYPED_MARK not in repr(session.get_decoded())
    assert TYPED_MARK.encode() not in everything_cached()


def everything_cached() -> bytes:
    """Return all that the cache holds, in memory or in a server of the Redis protocol."""
    kept = cache._cache
    if isinstance(kept, dict):
        return pickle.dumps(dict(kept))
    server = kept.get_client(None, write=True)
    keys = list(server.scan_iter(count=1000))
    return b"".join([*keys, *(server.get(key) or b"" for key in keys if server.type(key) == b"string")])


def test_no_line_of_the_log_carries_a_mark_at_its_most_talkative(filed_and_handled, caplog):
    # Filed and handled while the test was set up.
    records = caplog.get_records("setup")
    assert records
    told = [record.getMessage() for record in records if TYPED_MARK in record.getMessage() + repr(record.args)]
    assert told == []


def test_the_access_log_carries_no_mark_but_the_reason_that_somebody_gave(filed_and_handled):
    lines = AccessLog.objects.all()
    assert [line.reason for line in lines if TYPED_MARK in line.reason] == ["Ring CANARY-TYPED"]
    assert TYPED_MARK not in repr(list(lines.values("model", "shown", "object_id")))


def test_no_name_of_a_file_on_the_disk_carries_a_mark(filed_and_handled, settings):
    kept = [str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert TYPED_MARK not in "".join(kept)


def test_a_page_that_breaks_shows_nothing_of_what_it_was_about(cast, filed_and_handled, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    client = cast.client("headteacher")
    client.raise_request_exception = False
    monkeypatch.setattr("incidents.views.handling.facts_of", broken)
    caplog.clear()
    answer = client.get(filed_and_handled.get_absolute_url())
    assert answer.status_code == 500
    shown = answer.content.decode() + repr(answer.headers)
    assert TYPED_MARK not in shown and filed_and_handled.reference not in shown and "Traceback" not in shown
    assert TYPED_MARK not in caplog.text


@pytest.mark.parametrize("role", ["teacher", "office", "governor", "chair", "technical_administrator", "dpo"])
def test_whoever_does_not_see_it_meets_no_mark_on_any_page_that_lists_things(cast, filed_and_handled, role):
    client = cast.client(role)
    for page in ("portal:home", "accounts:notification_list", "accounts:school_detail", "portal:audit_export"):
        answer = client.get(reverse(page))
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert TYPED_MARK.encode() not in body + repr(answer.headers).encode(), page
        assert filed_and_handled.reference.encode() not in body, page
