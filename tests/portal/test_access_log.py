"""Who looked: one line for each rendering of something confidential, no page without it, and who reads the lines."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog, Role
from accounts.services.looking import log_view
from incidents.models import About, Incident
from incidents.services import record_view
from tests.incidents.filing import filed
from tests.planted import INCIDENTS, plant

SECRET = [name for name in INCIDENTS if name != "ordinary"]


@pytest.fixture
def oakfield(cast, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return plant(cast, "oakfield")


def pages_of(planted, name: str) -> dict[str, str]:
    """Return every address that shows something of an incident, by the part that the log calls it."""
    pk = planted.ids[name]
    return {
        "incident": reverse("incidents:incident_detail", args=[pk]),
        "step": reverse("incidents:incident_step", args=[pk]) + "?step=triage",
        "note": reverse("incidents:note_create", args=[pk]),
        "evidence form": reverse("incidents:evidence_create", args=[pk]),
        "reveal form": reverse("incidents:reporter_reveal", args=[pk]),
        "evidence": reverse("incidents:evidence_download", args=[pk, planted.ids[f"evidence_of_{name}"]]),
        "looks": reverse("incidents:incident_looks", args=[pk]),
        "entry": reverse("portal:audit_entry", args=["incident", pk, 1]),
        "entry of a note": reverse("portal:audit_entry", args=["note", Incident.objects.get(pk=pk).notes.get().pk, 1]),
    }


@pytest.mark.parametrize("name", SECRET)
def test_each_page_of_something_confidential_leaves_one_line_of_who_looked_at_what(cast, oakfield, name):
    handler = INCIDENTS[name][1]
    client = cast.client(handler)
    for part, address in pages_of(oakfield, name).items():
        known = set(AccessLog.objects.values_list("pk", flat=True))
        assert client.get(address).status_code == 200, part
        [line] = AccessLog.objects.exclude(pk__in=known)
        assert (line.user, line.object_id, line.school.slug) == (
            cast.user(handler),
            oakfield.ids[name],
            "oakfield",
        ), part


HOW = {
    "a look without its body": {"method": "head"},
    "a part of a file": {"headers": {"Range": "bytes=0-3"}},
    "a copy that may still be good": {"headers": {"If-None-Match": '"x"', "If-Modified-Since": "Sat, 01 Jan 2050"}},
    "a page fetched ahead": {"headers": {"Sec-Purpose": "prefetch"}},
    "a part of a page": {"headers": {"HX-Request": "true"}},
}


@pytest.mark.parametrize("how", HOW.values(), ids=list(HOW))
def test_a_look_is_a_look_however_it_is_asked_for(cast, oakfield, how):
    client = cast.client("chair")
    for number, address in enumerate(pages_of(oakfield, "sealed").values(), start=1):
        answer = getattr(client, how.get("method", "get"))(address, headers=how.get("headers"))
        assert answer.status_code in (200, 206)
        assert AccessLog.objects.count() == number


def test_what_is_ordinary_leaves_no_line_until_somebody_asks_who_reported_it(cast, oakfield):
    client = cast.client("headteacher")
    for address in pages_of(oakfield, "ordinary").values():
        assert client.get(address).status_code == 200
    assert not AccessLog.objects.exists()
    client.post(reverse("incidents:reporter_reveal", args=[oakfield.ids["ordinary"]]), {"reason": "To ring her."})
    assert [(line.shown, line.reason) for line in AccessLog.objects.all()] == [("reporter", "To ring her.")]


def test_asking_who_reported_is_one_line_with_the_reason(cast, oakfield):
    address = reverse("incidents:reporter_reveal", args=[oakfield.ids["sealed"]])
    answer = cast.client("chair").post(address, {"reason": "To ring her."})
    assert b"Reporter SEALED" in answer.content
    assert [(line.shown, line.reason) for line in AccessLog.objects.all()] == [("reporter", "To ring her.")]


def test_an_act_that_shows_nothing_leaves_no_line(cast, oakfield):
    address = reverse("incidents:note_create", args=[oakfield.ids["sealed"]])
    assert cast.client("chair").post(address, {"words": "Rang the authority."}).status_code == 302
    assert not AccessLog.objects.exists()
    assert cast.client("chair").post(address, {"words": ""}).status_code == 200
    assert AccessLog.objects.get().shown == "form"


@pytest.mark.parametrize(("page", "part"), [("portal:audit", "history"), ("portal:audit_export", "download")])
def test_a_history_leaves_one_line_for_each_confidential_incident_that_it_shows(cast, oakfield, page, part):
    answer = cast.client("headteacher").get(reverse(page) + "?kind=note")
    assert answer.status_code == 200
    seen = {"confidential", "about_dsl", "about_leader", "safeguarding"}
    assert sorted(AccessLog.objects.values_list("shown", "object_id")) == sorted(
        (part, oakfield.ids[name]) for name in seen
    )


def test_a_history_of_other_things_leaves_no_line(cast, oakfield):
    answer = cast.client("headteacher").get(reverse("portal:audit_export") + "?kind=channel")
    assert len(list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))) > 1
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize("part", ["incident", "step", "note", "evidence", "reveal form", "looks", "entry"])
def test_where_the_line_cannot_be_written_nothing_is_shown_and_nothing_stored(cast, oakfield, monkeypatch, part):
    def disk_is_full(self, *args, **kwargs):
        raise DatabaseError("database or disk is full")

    address = pages_of(oakfield, "sealed")[part]
    client = cast.client("chair")
    monkeypatch.setattr(AccessLog, "save", disk_is_full)
    answer = client.get(address)
    assert answer.status_code == 503 and answer["Retry-After"]
    assert b"writes down who looks at it" in answer.content
    reference = Incident.objects.get(pk=oakfield.ids["sealed"]).reference
    assert b"CANARY" not in answer.content and reference.encode() not in answer.content
    assert not AccessLog.objects.exists()
    assert not Incident.objects.get(pk=oakfield.ids["sealed"]).access.exclude(seen_at=None).exists()


@pytest.mark.parametrize("page", ["portal:audit", "portal:audit_export"])
def test_a_history_is_not_shown_either(cast, oakfield, monkeypatch, page):
    monkeypatch.setattr(AccessLog, "save", lambda self, *args, **kwargs: (_ for _ in ()).throw(DatabaseError()))
    answer = cast.client("headteacher").get(reverse(page))
    assert answer.status_code == 503 and b"CANARY" not in answer.content


def test_an_act_is_taken_back_when_the_page_that_answers_it_cannot_be_logged(cast, oakfield, monkeypatch):
    """The reason is stored in the line: without it nobody is told who reported."""
    monkeypatch.setattr(AccessLog, "save", lambda self, *args, **kwargs: (_ for _ in ()).throw(DatabaseError()))
    address = reverse("incidents:reporter_reveal", args=[oakfield.ids["sealed"]])
    answer = cast.client("chair").post(address, {"reason": "To ring her."})
    assert answer.status_code == 503 and b"Reporter SEALED" not in answer.content


READERS = {
    "ordinary": {"headteacher", "dsl"},
    "confidential": {"headteacher", "dsl"},
    "about_dsl": {"headteacher"},
    "sealed": {"chair"},
    "about_governor": {"chair"},
    "about_chair": {"trust_officer"},
}


@pytest.mark.parametrize("name", READERS)
def test_exactly_these_posts_read_who_looked_at_an_incident(cast, oakfield, name):
    address = reverse("incidents:incident_looks", args=[oakfield.ids[name]])
    readers = {role for role in Role.values if cast.client(role).get(address).status_code == 200}
    assert readers == READERS[name]
    for role in set(Role.values) - readers:
        answer = cast.client(role).get(address)
        assert answer.status_code in (403, 404), role
        assert b"Who looked" not in answer.content.split(b"<main")[-1], role


def test_the_page_says_who_looked_when_at_what_and_why(cast, oakfield):
    pk = oakfield.ids["confidential"]
    cast.client("dsl").get(reverse("incidents:incident_detail", args=[pk]))
    cast.client("headteacher").post(reverse("incidents:reporter_reveal", args=[pk]), {"reason": "To ring her."})
    page = cast.client("headteacher").get(reverse("incidents:incident_looks", args=[pk])).content.decode()
    for words in ("Dinah Oakfield", "The incident", "Harriet Oakfield", "Who reported it", "To ring her."):
        assert words in page
    link = reverse("incidents:incident_looks", args=[pk])
    assert link in cast.client("headteacher").get(reverse("incidents:incident_detail", args=[pk])).content.decode()


def test_whoever_filed_it_does_not_read_who_looked(cast):
    incident = filed(cast, about=About.PARENT, by=cast.dsl)
    address = reverse("incidents:incident_looks", args=[incident.pk])
    assert cast.client("dsl").get(reverse("incidents:incident_detail", args=[incident.pk])).status_code == 200
    assert cast.client("dsl").get(address).status_code == 403


def looked(cast, oakfield, role, name, shown="incident", reason=""):
    return log_view(by=cast.post(role), model="incident", thing=oakfield.ids[name], shown=shown, reason=reason)


def test_the_chair_reads_what_heads_and_leads_looked_at_and_not_what_it_says(cast, oakfield):
    looked(cast, oakfield, "headteacher", "confidential", "reporter", "Her mother is Mrs Named")
    looked(cast, oakfield, "dsl", "confidential")
    looked(cast, oakfield, "senior_leader", "confidential")
    page = cast.client("chair").get(reverse("incidents:look_list")).content.decode()
    reference = Incident.objects.get(pk=oakfield.ids["confidential"]).reference
    assert page.count(reference) == 2
    assert "Harriet Oakfield" in page and "Dinah Oakfield" in page and "Sunil Oakfield" not in page
    assert "Mrs Named" not in page and "CANARY" not in page


def test_the_chair_reads_no_look_at_what_is_sealed_or_concerns_the_chair(cast, oakfield):
    looked(cast, oakfield, "headteacher", "sealed")
    looked(cast, oakfield, "headteacher", "about_chair")
    assert b"Nobody looked yet" in cast.client("chair").get(reverse("incidents:look_list")).content


def test_a_look_made_before_somebody_was_head_is_not_overseen(cast, oakfield):
    line = looked(cast, oakfield, "headteacher", "confidential")
    post = cast.headteacher
    post.starts_on = timezone.localdate(line.at) + timedelta(days=1)
    post.save()
    assert b"Nobody looked yet" in cast.client("chair").get(reverse("incidents:look_list")).content


def test_the_data_protection_officer_reads_numbers_and_none_of_what_is_sealed(cast, oakfield):
    looked(cast, oakfield, "headteacher", "confidential")
    looked(cast, oakfield, "headteacher", "confidential", "reporter", "To ring her.")
    looked(cast, oakfield, "dsl", "about_leader")
    looked(cast, oakfield, "chair", "sealed")
    answer = cast.client("dpo").get(reverse("incidents:look_counts"))
    assert [row[1:] for row in answer.context["rows"]] == [[3, 2, 2, 1]]
    page = answer.content.decode()
    assert "Harriet" not in page and "To ring her." not in page


@pytest.mark.parametrize("page", ["incidents:look_list", "incidents:look_counts"])
def test_another_schools_looks_are_not_told(cast, oakfield, page):
    looked(cast, oakfield, "headteacher", "confidential")
    role = "chair" if page == "incidents:look_list" else "dpo"
    assert b"Nobody looked yet" in cast.client(role, "riverside").get(reverse(page)).content
    assert b"Nobody looked yet" not in cast.client(role).get(reverse(page)).content


def test_fifty_looks_cost_as_many_queries_as_one(cast, oakfield):
    incident = Incident.objects.get(pk=oakfield.ids["confidential"])
    pages = {
        "headteacher": reverse("incidents:incident_looks", args=[incident.pk]),
        "chair": reverse("incidents:look_list"),
        "dpo": reverse("incidents:look_counts"),
    }
    clients = {role: cast.client(role) for role in pages}
    record_view(incident, cast.headteacher, "incident")
    costs = {role: queries_of(clients[role], address) for role, address in pages.items()}
    for _ in range(50):
        record_view(incident, cast.headteacher, "incident")
    assert {role: queries_of(clients[role], address) for role, address in pages.items()} == costs


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
