"""Dealing with an incident: its steps by status and role, notes, evidence, the list and what waits."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog, Notification, Role
from incidents.models import About, Evidence, Incident, Note
from incidents.selectors import incident_figures, waiting_for
from incidents.services import add_evidence, add_note, close, reopen, tell_unopened, triage
from policyportal.lib.dates import today
from policyportal.lib.models import OutboxMail
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_of, steps_open_to
from tests.incidents.filing import detail, filed

Status = Incident.Status


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def brought_to(status, incident, by):
    """Take an incident along its steps to a status."""
    if status in (Status.TRIAGED, Status.CLOSED):
        incident = triage(incident, by, about=incident.about, procedure=incident.procedure)
    if status == Status.CLOSED:
        incident = close(incident, by, outcome="advice", outcome_words="Spoken to.")
    return incident


def act(name, incident, by):
    """Take a step by its name."""
    if name in ("triage", "update"):
        return triage(incident, by, about=incident.about, procedure="Handbook", step=name)
    if name == "close":
        return close(incident, by, outcome="advice", outcome_words="Spoken to.")
    return reopen(incident, by, reason="More came to light.")


HANDLERS = {
    "ordinary": ({"about": About.PARENT}, {"headteacher", "deputy_head", "senior_leader", "dsl", "deputy_dsl"}),
    "safeguarding": ({"about": About.PUPIL, "safeguarding": True}, {"dsl", "deputy_dsl"}),
    "about staff": ({"about": About.STAFF, "subject": "teacher"}, {"headteacher"}),
    "about the head": ({"about": About.STAFF, "subject": "headteacher"}, {"chair"}),
    "about the chair": ({"about": About.STAFF, "subject": "chair"}, {"trust_officer"}),
}
SOURCES = {"triage": Status.REPORTED, "close": Status.TRIAGED, "update": Status.TRIAGED, "reopen": Status.CLOSED}


def case(cast, kind, **more):
    facts, handlers = HANDLERS[kind]
    subject = facts.get("subject")
    rest = {name: value for name, value in facts.items() if name != "subject"}
    return filed(cast, person=cast.user(subject) if subject else None, **rest, **more), handlers


@pytest.mark.parametrize("kind", HANDLERS)
@pytest.mark.parametrize("status", Status.values)
def test_every_step_is_open_to_its_handlers_from_its_status_and_to_nobody_else(cast, kind, status):
    incident, handlers = case(cast, kind)
    incident = brought_to(status, incident, cast.post(sorted(handlers)[0]))
    for role in Role.values:
        post = cast.post(role)
        open_to = {step.name for step in steps_open_to(post, incident)}
        expected = {name for name, source in SOURCES.items() if source == status} if role in handlers else set()
        assert open_to == expected, role
        for step in steps_of(Incident):
            if role not in handlers:
                with pytest.raises(NotAllowed):
                    act(step.name, incident, post)
            elif SOURCES[step.name] != status:
                with pytest.raises(TooLate):
                    act(step.name, incident, post)
    incident.refresh_from_db()
    assert incident.status == status


def test_an_incident_goes_its_way_and_its_history_says_who_and_why(cast):
    incident = filed(cast, about=About.PARENT)
    incident = triage(incident, cast.headteacher, about=About.PARENT, procedure="Complaints procedure")
    incident = close(incident, cast.headteacher, outcome="advice", outcome_words="Spoken to.")
    assert incident.closed_at
    incident = reopen(incident, cast.headteacher, reason="More came to light.")
    assert incident.status == Status.TRIAGED and incident.outcome == "" and incident.closed_at is None
    rows = list(incident.history.order_by("history_id"))
    assert [row.status for row in rows] == ["reported", "triaged", "closed", "triaged"]
    assert {row.history_user_id for row in rows[1:]} == {cast.user("headteacher").pk}
    assert rows[-1].history_change_reason == "More came to light."
    assert rows[2].outcome_words == "Spoken to."


@pytest.mark.parametrize(
    ("outcome", "words", "message"),
    [("", "Spoken to.", "Give an outcome."), ("advice", " ", "Write what was decided and why.")],
)
def test_closing_needs_an_outcome_and_words(cast, outcome, words, message):
    incident = brought_to(Status.TRIAGED, filed(cast), cast.headteacher)
    with pytest.raises(Refused, match=message):
        close(incident, cast.headteacher, outcome=outcome, outcome_words=words)
    incident.refresh_from_db()
    assert incident.status == Status.TRIAGED and incident.outcome == ""


def test_opening_again_needs_a_reason(cast):
    incident = brought_to(Status.CLOSED, filed(cast), cast.headteacher)
    with pytest.raises(Refused):
        reopen(incident, cast.headteacher, reason=" ")


def step_of(incident):
    return reverse("incidents:incident_step", args=[incident.pk])


def test_who_comes_too_late_is_told_and_gets_their_words_back(cast):
    incident = brought_to(Status.CLOSED, filed(cast), cast.headteacher)
    answers = {"step": "close", "outcome": "sanction", "outcome_words": "My long account of it."}
    answer = cast.client("deputy_head").post(step_of(incident), answers)
    page = answer.content.decode()
    assert answer.status_code == 409 and "My long account of it." in page and "Closed" in page
    incident.refresh_from_db()
    assert incident.outcome == "advice"


def test_an_unknown_step_is_not_there(cast):
    assert cast.client("headteacher").post(step_of(filed(cast)), {"step": "purge"}).status_code == 404


def test_triage_confirms_the_facts_gives_it_to_somebody_and_tells_them(cast):
    incident = filed(cast, about=About.UNKNOWN)
    deputy = cast.deputy_head
    answers = {"step": "triage", "about": "pupil", "procedure": "Behaviour policy", "handler": str(deputy.pk)}
    assert cast.client("headteacher").post(step_of(incident), answers).status_code == 302
    incident.refresh_from_db()
    assert (incident.status, incident.about, incident.procedure) == (Status.TRIAGED, "pupil", "Behaviour policy")
    assert incident.access.get(user=deputy.user).standing == "handler"
    assert Notification.objects.filter(user=deputy.user, path=incident.get_absolute_url()).exists()


def test_triage_that_finds_a_child_at_risk_makes_it_confidential_and_tells_the_lead(cast):
    incident = filed(cast, about=About.PARENT)
    triage(incident, cast.headteacher, about=About.PUPIL, safeguarding=True)
    incident.refresh_from_db()
    assert incident.confidentiality == Incident.Confidentiality.CONFIDENTIAL
    assert Notification.objects.filter(user=cast.user("dsl"), path=incident.get_absolute_url()).exists()
    assert not steps_open_to(cast.senior_leader, incident)


@pytest.mark.parametrize(
    ("about", "written", "becomes"),
    [
        ("pupil", "", "Behaviour policy"),
        ("pupil", "Complaints procedure", "Behaviour policy"),
        ("pupil", "Exclusions", "Exclusions"),
        ("parent", "Complaints procedure", "Complaints procedure"),
        ("parent", "Letters home", "Letters home"),
    ],
)
def test_the_procedure_follows_whom_it_is_about_unless_another_was_written(cast, about, written, becomes):
    school = cast.school()
    school.procedures = {"parent": "Complaints procedure", "pupil": "Behaviour policy"}
    school.save()
    incident = triage(filed(cast, about=About.PARENT), cast.headteacher, about=about, procedure=written)
    assert incident.procedure == becomes


def test_a_reader_steps_in_once_every_handler_has_left_their_post(cast):
    incident = filed(cast, about=About.PUPIL, safeguarding=True)
    assert not steps_open_to(cast.headteacher, incident)
    for post in (cast.dsl, cast.deputy_dsl):
        post.ends_on = today() - timedelta(days=1)
        post.save()
    assert [step.name for step in steps_open_to(cast.headteacher, incident)] == ["triage"]
    assert not steps_open_to(cast.deputy_head, incident)


def test_triage_never_opens_what_was_closed_to_others(cast):
    incident = filed(cast, about=About.UNKNOWN, words="The headteacher wrote it.")
    triage(incident, cast.chair, about=About.PUPIL)
    incident.refresh_from_db()
    assert incident.confidentiality == Incident.Confidentiality.SEALED
    assert not steps_open_to(cast.headteacher, incident) and not steps_open_to(cast.dsl, incident)


@pytest.mark.parametrize("role", ["headteacher", "dsl", "teacher"])
def test_a_handler_cannot_be_somebody_kept_from_it_or_without_such_a_post(cast, role):
    incident = filed(cast, about=About.STAFF, person=cast.user("headteacher"))
    answers = {"step": "triage", "about": "staff", "handler": str(cast.post(role).pk)}
    answer = cast.client("chair").post(step_of(incident), answers)
    assert answer.status_code == 200 and "Choose one of the answers shown" in answer.content.decode()
    incident.refresh_from_db()
    assert incident.status == Status.REPORTED


def test_notes_are_kept_with_who_and_when_and_shown_to_handlers(cast):
    incident = filed(cast)
    head = cast.client("headteacher")
    note = reverse("incidents:note_create", args=[incident.pk])
    assert "Write the note" in head.post(note, {"words": " "}).content.decode()
    assert head.post(note, {"words": "Rang the family."}).status_code == 302
    stored = Note.objects.get()
    assert stored.written_by == cast.user("headteacher")
    assert "Rang the family." in cast.client("dsl").get(detail(incident)).content.decode()


@pytest.mark.parametrize("role", ["teacher", "office", "governor", "chair", "trust_officer"])
def test_no_verb_works_for_who_may_not_handle_it(cast, role):
    incident = filed(cast, about=About.STAFF, person=cast.user("teacher"))
    post = cast.post(role)
    with pytest.raises(NotAllowed):
        add_note(incident, post, "Mine")
    with pytest.raises(NotAllowed):
        add_evidence(incident, post, upload=SimpleUploadedFile("a.txt", b"words"))
    assert not Note.objects.exists() and not Evidence.objects.exists()


def add_to(incident):
    return reverse("incidents:evidence_create", args=[incident.pk])


def test_evidence_needs_the_answer_about_imagery(cast):
    incident = filed(cast)
    answers = {"kind": "other", "upload": SimpleUploadedFile("a.txt", b"words")}
    page = cast.client("headteacher").post(add_to(incident), answers).content.decode()
    assert "Do not add such a picture" in page and not Evidence.objects.exists()


def test_a_file_is_downloaded_only_by_who_may_see_the_incident(cast):
    incident = filed(cast, about=About.STAFF, person=cast.user("teacher"))
    add_evidence(incident, cast.headteacher, upload=SimpleUploadedFile("words.txt", b"words"))
    file = reverse("incidents:evidence_download", args=[incident.pk, Evidence.objects.get().pk])
    answer = cast.client("headteacher").get(file)
    assert b"".join(answer.streaming_content) == b"words"
    assert "attachment" in answer["Content-Disposition"] and answer["X-Content-Type-Options"] == "nosniff"
    assert AccessLog.objects.filter(object_id=incident.pk, shown="evidence").count() == 1
    filed(cast, about=About.PARENT)
    assert cast.client("deputy_head").get(file).status_code == 404
    assert cast.client("teacher").get(file).status_code == 403
    other = filed(cast, about=About.PARENT)
    crossed = reverse("incidents:evidence_download", args=[other.pk, Evidence.objects.get().pk])
    assert cast.client("headteacher").get(crossed).status_code == 404


def test_a_full_disk_is_said_and_nothing_is_stored(cast, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("incidents.services.handling.keep", full)
    incident = filed(cast)
    answers = {"imagery_checked": "on", "kind": "other", "upload": SimpleUploadedFile("a.txt", b"words")}
    page = cast.client("headteacher").post(add_to(incident), answers).content.decode()
    assert "could not be saved" in page and not Evidence.objects.exists()


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("page", ["list", "own", "home"])
def test_the_number_of_queries_does_not_grow_with_the_rows(cast, page):
    address = {"list": reverse("incidents:incident_list"), "own": reverse("incidents:own_report_list"), "home": "/"}[
        page
    ]
    client = cast.client("teacher" if page == "own" else "headteacher")
    filed(cast, about=About.PARENT, by=cast.teacher)
    client.get(address)
    one = queries_of(client, address)
    for _ in range(49):
        filed(cast, about=About.PARENT, by=cast.teacher)
    assert queries_of(client, address) == one


def test_the_page_of_an_incident_costs_the_same_with_many_notes(cast):
    incident = filed(cast)
    client = cast.client("headteacher")
    add_note(incident, cast.headteacher, "First.")
    client.get(detail(incident))
    one = queries_of(client, detail(incident))
    for _ in range(20):
        add_note(incident, cast.headteacher, "More.")
    assert queries_of(client, detail(incident)) == one


@pytest.mark.parametrize(
    ("facts", "found", "missed"),
    [
        ({"about": About.PUPIL}, {"about": "pupil"}, {"about": "parent"}),
        ({"purpose": "personal"}, {"purpose": "personal"}, {"purpose": "professional"}),
        ({"accessed_using": "school"}, {"accessed_using": "school"}, {"accessed_using": "other"}),
        ({"where": "official"}, {"where": "official"}, {"where": "private"}),
        ({"about": About.PUPIL}, {}, {"safeguarding": "yes"}),
        ({"about": About.PUPIL}, {"tab": "reported"}, {"tab": "closed"}),
        ({"about": About.PUPIL}, {"about": "nonsense"}, {"tab": "triaged"}),
    ],
)
def test_the_list_filters_and_counts_from_the_same_rows(cast, facts, found, missed):
    incident = filed(cast, **facts)
    client = cast.client("headteacher")
    listed = client.get(f"{reverse('incidents:incident_list')}?{urlencode(found)}").content.decode()
    assert incident.reference in listed and "New (1)" in listed
    unlisted = client.get(f"{reverse('incidents:incident_list')}?{urlencode(missed)}").content.decode()
    assert incident.reference not in unlisted


def test_lists_and_counts_leave_out_what_may_not_be_seen(cast):
    filed(cast, about=About.STAFF, person=cast.user("headteacher"))
    page = cast.client("headteacher").get(reverse("incidents:incident_list")).content.decode()
    assert "New (0)" in page
    assert "New (1)" in cast.client("chair").get(reverse("incidents:incident_list")).content.decode()


def test_every_page_of_a_long_list_shows_other_incidents(cast):
    references = {filed(cast, about=About.PARENT).reference for _ in range(30)}
    client = cast.client("headteacher")
    address, seen = reverse("incidents:incident_list"), set()
    for _ in range(2):
        page = client.get(address).context["page"]
        seen |= {incident.reference for incident in page}
        address = reverse("incidents:incident_list") + page.next_url
    assert seen == references


def test_what_waits_is_what_one_must_look_at_safeguarding_first(cast):
    parent = filed(cast, about=About.PARENT)
    pupil = filed(cast, about=About.PUPIL)
    child = filed(cast, about=About.PUPIL, safeguarding=True)
    titles = [thing.title for thing in sorted(waiting_for(cast.headteacher), key=lambda thing: thing.sort_key())]
    assert {parent.reference, pupil.reference} == {title.split()[-1] for title in titles}
    assert waiting_for(cast.dsl)[0].title.endswith(child.reference) and waiting_for(cast.dsl)[0].first
    assert waiting_for(cast.teacher) == [] and waiting_for(cast.deputy_head) == []


def test_an_incident_being_dealt_with_waits_again_once_it_is_overdue(cast):
    incident = brought_to(Status.TRIAGED, filed(cast), cast.headteacher)
    assert waiting_for(cast.headteacher) == []
    incident.due_at = timezone.now() - timedelta(hours=1)
    incident.save()
    assert [thing.url for thing in waiting_for(cast.headteacher)] == [incident.get_absolute_url()]


def test_figures_leave_sealed_incidents_out_and_cost_three_queries(cast, django_assert_num_queries):
    before = timezone.now()
    filed(cast, about=About.PARENT, where="private")
    filed(cast, about=About.STAFF, person=cast.user("headteacher"))
    filed(cast, about=About.PARENT, where="official", school="riverside")
    school = cast.school()
    with django_assert_num_queries(3):
        figures = incident_figures(school, before)
    assert figures.by_about == [("A parent or carer", 1)]
    assert figures.by_where == [("A private or independent channel", 1)]
    assert figures.by_category == [("No category", 1)]


def test_who_reported_is_shown_to_handlers_who_give_a_reason_and_the_asking_is_logged(cast):
    incident = filed(cast, about=About.PARENT, by=cast.teacher)
    head, name = cast.client("headteacher"), cast.user("teacher").name
    assert name not in head.get(detail(incident)).content.decode()
    reveal = reverse("incidents:reporter_reveal", args=[incident.pk])
    assert "Give a reason" in head.post(reveal, {"reason": " "}).content.decode()
    assert not AccessLog.objects.exists()
    assert name in head.post(reveal, {"reason": "To ask what she saw."}).content.decode()
    logged = AccessLog.objects.get()
    assert (logged.shown, logged.reason, logged.object_id) == ("reporter", "To ask what she saw.", incident.pk)
    assert name not in head.get(detail(incident)).content.decode()


def test_a_file_that_came_with_a_report_does_not_name_who_sent_it(cast):
    upload = SimpleUploadedFile("words.txt", b"words")
    incident = filed(cast, about=About.PARENT, by=cast.teacher, uploads=[upload])
    page = cast.client("headteacher").get(detail(incident)).content.decode()
    assert "words.txt" in page and cast.user("teacher").name not in page


@pytest.mark.parametrize("role", ["teacher", "deputy_head"])
def test_who_reported_is_not_shown_to_anybody_else(cast, role):
    filed(cast, about=About.PARENT)
    incident = filed(cast, about=About.PUPIL, safeguarding=True, by=cast.office)
    reveal = reverse("incidents:reporter_reveal", args=[incident.pk])
    answer = cast.client(role).post(reveal, {"reason": "Curious."})
    assert answer.status_code == (403 if role == "teacher" else 404)
    assert not AccessLog.objects.exists()


def mails_to(cast, role):
    return OutboxMail.objects.filter(to=cast.user(role)).count()


def test_an_unopened_safeguarding_report_is_told_again_after_one_hour_two_four_and_eight(cast):
    incident = filed(cast, about=About.PUPIL, safeguarding=True)
    expected = {0.9: 1, 1: 2, 1.9: 2, 2: 3, 3.9: 3, 4: 4, 7.9: 4, 8: 5}
    for hours, mails in expected.items():
        for _ in range(2):
            tell_unopened(incident.reported_at + timedelta(hours=hours))
        assert mails_to(cast, "dsl") == mails, hours
    # The head reads it and was told when it came; to act is for the handlers.
    assert mails_to(cast, "headteacher") == 1


def test_what_fell_due_while_the_portal_was_off_is_told_once(cast):
    incident = filed(cast, about=About.PUPIL, safeguarding=True)
    for _ in range(3):
        tell_unopened(incident.reported_at + timedelta(days=3))
    assert mails_to(cast, "dsl") == 2


def test_a_report_that_a_handler_has_opened_is_not_told_again(cast):
    incident = filed(cast, about=About.PUPIL, safeguarding=True)
    cast.client("deputy_dsl").get(detail(incident))
    assert tell_unopened(incident.reported_at + timedelta(hours=9)) == 0
    assert mails_to(cast, "dsl") == 1
