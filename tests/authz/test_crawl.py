"""What somebody meets who follows every link: the technical administrator no content, the excluded no change."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from incidents.models import About, Incident
from incidents.services import add_evidence, add_note, file_report, triage
from incidents.services.unopened import tell_unopened
from policyportal.lib.models import OutboxMail
from policyportal.lib.outbox import drain
from tests.authz.crawl import walk

# People are the technical administrator's work, and a school's public page is for all; what people wrote or what was
# written about them is neither.
NO_CONTENT = ("/people/", "/appointments/", "/s/")


def test_the_technical_administrator_meets_no_content_anywhere(stage):
    met = list(walk(stage.cast.client("technical_administrator")))
    assert len(met) > 20
    references = {reference.encode() for reference in Incident.objects.values_list("reference", flat=True)}
    told = [
        address
        for address, _, body in met
        if (b"CANARY" in body and not address.startswith(NO_CONTENT)) or any(one in body for one in references)
    ]
    assert told == []
    assert {status for _, status, _ in met} <= {200, 302, 403, 404}


def test_the_walk_does_meet_content_as_somebody_who_may_read_it(stage):
    told = {address for address, _, body in walk(stage.cast.client("headteacher")) if b"CANARY" in body}
    assert len(told) > 15
    assert any(address.startswith("/incidents/") for address in told)


# Whom a report is about, and who of those kept from it must notice nothing.
EXCLUDED = [("headteacher", role) for role in ("headteacher", "dsl", "deputy_dsl", "deputy_head", "office")]
EXCLUDED += [("chair", "chair"), ("chair", "headteacher"), ("governor", "governor"), ("dsl", "dsl")]
EXCLUDED += [("senior_leader", "senior_leader")]


@pytest.mark.parametrize(("subject", "role"), EXCLUDED)
def test_nothing_that_an_excluded_person_can_reach_changes_when_the_report_comes(stage, subject, role):
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        client = stage.cast.client(role)
        walked(client)
        before, mails = walked(client), mails_of(stage, role)
        report_about(stage, subject)
        after = walked(client)
        assert list(after) == list(before)
        assert [address for address in after if after[address] != before[address]] == []
        assert mails_of(stage, role) == mails


def walked(client) -> dict[str, tuple]:
    """Return each page that links lead to, as it reads, with the number of queries that it cost."""
    # What is kept for a minute is counted anew in each walk: a slow one would meet it run out half-way.
    cache.clear()
    pages = {}
    steps = walk(client)
    while True:
        with CaptureQueriesContext(connection) as queries:
            step = next(steps, None)
        if step is None:
            return pages
        address, status, body = step
        pages[address] = status, len(body), body, len(queries)


def mails_of(stage, role) -> tuple[int, int]:
    """Return what somebody was told: mails and notifications."""
    user = stage.cast.user(role)
    return OutboxMail.objects.filter(to=user).count(), Notification.objects.filter(user=user).count()


HANDLERS = {"chair": "trust_officer", "headteacher": "chair", "governor": "chair"}


def report_about(stage, subject: str) -> None:
    """File a report with a file about somebody, look up its receipt, take it on, remind, and send what is due."""
    cast = stage.cast
    incident, receipt = file_report(
        school=cast.school(),
        reporter_kind="parent",
        words="What they did.",
        about=About.STAFF,
        person=cast.user(subject),
        who="Them",
        reporter_name="A parent",
        uploads=[SimpleUploadedFile("words.txt", b"words")],
    )
    Client().post(reverse("incidents:receipt_check", args=["oakfield"]), {"receipt": receipt})
    handler = cast.post(HANDLERS.get(subject, "headteacher"))
    tell_unopened()
    cast.client(handler.role).get(incident.get_absolute_url())
    taken = triage(incident, handler, about=About.STAFF, procedure="Handbook")
    add_note(taken, handler, "A note.")
    add_evidence(taken, handler, upload=SimpleUploadedFile("more.txt", b"more"))
    mail.outbox.clear()
    drain()
