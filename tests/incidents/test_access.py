"""Who may see an incident: by role, by list, by seal, never the person it is about, and nothing tells why."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AccessLog, Membership, Notification, Role
from incidents.access import may_see, visible_incidents
from incidents.models import About, Access, Incident
from incidents.rules import can_handle
from policyportal.lib.dates import today
from policyportal.lib.models import OutboxMail
from tests.incidents.filing import detail, filed, nowhere

LEADERS = {"headteacher", "deputy_head", "senior_leader"}
SAFE = {"dsl", "deputy_dsl"}

CASES = [
    # what is filed, who sees it
    ("ordinary about a parent", {"about": About.PARENT}, LEADERS | SAFE),
    ("ordinary about a pupil", {"about": About.PUPIL}, LEADERS | SAFE),
    ("safeguarding", {"about": About.PUPIL, "safeguarding": True}, SAFE | {"headteacher"}),
    ("about a teacher", {"about": About.STAFF, "subject": "teacher"}, {"headteacher", "dsl"}),
    ("about the office", {"about": About.STAFF, "subject": "office"}, {"headteacher", "dsl"}),
    ("about a senior leader", {"about": About.STAFF, "subject": "senior_leader"}, {"headteacher"}),
    ("about the lead", {"about": About.STAFF, "subject": "dsl"}, {"headteacher"}),
    ("about the head", {"about": About.STAFF, "subject": "headteacher"}, {"chair"}),
    ("about a governor", {"about": About.STAFF, "subject": "governor"}, {"chair"}),
    ("about the chair", {"about": About.STAFF, "subject": "chair"}, {"trust_officer"}),
    ("words naming the head", {"about": About.UNKNOWN, "words": "The headteacher wrote it."}, {"chair"}),
]


def file_case(cast, facts, **more):
    facts = dict(facts)
    subject = facts.pop("subject", None)
    return filed(cast, person=cast.user(subject) if subject else None, **facts, **more)


@pytest.mark.parametrize(("facts", "seers"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_exactly_those_people_see_it_and_hear_of_it_or_may_look(cast, facts, seers):
    incident = file_case(cast, facts)
    for role in Role.values:
        post = cast.post(role)
        assert may_see(post, incident) == (role in seers), role
        assert visible_incidents(post).filter(pk=incident.pk).exists() == (role in seers)
        if role not in seers:
            assert not can_handle(post, incident)
    told = set(Notification.objects.values_list("user_id", flat=True))
    assert told <= {cast.user(role).pk for role in seers}
    assert told


@pytest.mark.parametrize("facts", [case[1] for case in CASES], ids=[case[0] for case in CASES])
@pytest.mark.parametrize("role", ["headteacher", "dsl", "deputy_head", "chair", "trust_officer"])
def test_what_may_not_be_seen_answers_as_what_does_not_exist(cast, facts, role):
    # Somebody with a list of their own, so that both answers come from the page of an incident.
    filed(cast, about=About.PARENT)
    incident = file_case(cast, facts)
    if may_see(cast.post(role), incident):
        return
    client = cast.client(role)
    hidden, absent = client.get(detail(incident)), client.get(nowhere())
    assert hidden.status_code == absent.status_code == 404
    assert without_token(hidden) == without_token(absent)
    for page in ("incident_step", "note_create", "evidence_create"):
        address = reverse(f"incidents:{page}", args=[incident.pk])
        answer = client.post(f"{address}?step=triage", {"step": "triage", "words": "Mine", "about": "pupil"})
        assert answer.status_code == 404
    incident.refresh_from_db()
    assert incident.status == Incident.Status.REPORTED
    assert not incident.notes.exists()


def without_token(response):
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", response.content)


@pytest.mark.parametrize("role", ["teacher", "office", "governor", "volunteer", "dpo", "technical_administrator"])
def test_posts_without_incidents_are_refused_every_page_of_them_alike(cast, role):
    incident = filed(cast, about=About.PUPIL, safeguarding=True)
    client = cast.client(role)
    for address in (reverse("incidents:incident_list"), detail(incident), nowhere()):
        assert client.get(address).status_code == 403


def test_another_schools_people_find_nothing_and_change_nothing(cast):
    incident = filed(cast, about=About.PARENT)
    client = cast.client("headteacher", "riverside")
    filed(cast, about=About.PARENT, school="riverside")
    assert client.get(detail(incident)).status_code == 404
    answer = client.post(reverse("incidents:note_create", args=[incident.pk]), {"words": "Mine"})
    assert answer.status_code == 404
    assert not incident.notes.exists()
    assert incident.reference not in client.get(reverse("incidents:incident_list")).content.decode()


def test_somebody_named_later_loses_sight_of_it_on_the_next_request(cast):
    incident = filed(cast, about=About.STAFF, person=cast.user("teacher"))
    head, lead = cast.client("headteacher"), cast.client("dsl")
    assert lead.get(detail(incident)).status_code == 200
    step = reverse("incidents:incident_step", args=[incident.pk])
    answers = {"step": "triage", "about": "staff", "person": str(cast.user("dsl").pk), "procedure": "Handbook"}
    assert head.post(step, answers).status_code == 302
    assert lead.get(detail(incident)).status_code == 404
    assert not may_see(cast.dsl, incident) and not may_see(cast.deputy_dsl, incident)
    assert may_see(cast.headteacher, incident)


def test_a_head_who_is_named_later_loses_it_to_the_chair_under_seal(cast):
    incident = filed(cast, about=About.STAFF, person=cast.user("teacher"))
    step = reverse("incidents:incident_step", args=[incident.pk])
    answers = {"step": "triage", "about": "staff", "person": str(cast.user("headteacher").pk), "procedure": ""}
    answer = cast.client("headteacher").post(step, answers)
    assert answer.status_code == 302 and answer.url == reverse("incidents:incident_list")
    incident.refresh_from_db()
    assert incident.confidentiality == Incident.Confidentiality.SEALED
    seers = {role for role in Role.values if may_see(cast.post(role), incident)}
    assert seers == {"chair"}


def test_access_goes_with_the_post_and_a_new_head_does_not_inherit(cast):
    incident = filed(cast, about=About.STAFF, person=cast.user("teacher"))
    old = cast.headteacher
    old.ends_on = today() - timedelta(days=1)
    old.save()
    Membership.objects.create(school=old.school, user=old.user, role=Role.TEACHER, starts_on=today())
    new = Membership.objects.create(
        school=old.school, user=cast.user("computing_lead"), role=Role.HEADTEACHER, starts_on=today()
    )
    assert not may_see(Membership.objects.get(user=old.user, role=Role.TEACHER), incident)
    assert not may_see(new, incident)


def test_a_person_kept_out_stays_out_when_their_post_or_line_changes(cast):
    incident = filed(cast, about=About.STAFF, person=cast.user("dsl"))
    deputy = cast.deputy_dsl
    Membership.objects.create(school=deputy.school, user=deputy.user, role=Role.SENIOR_LEADER, starts_on=today())
    assert not may_see(cast.deputy_dsl, incident)
    assert incident.access.get(user=deputy.user).standing == Access.Standing.EXCLUDED


def test_who_filed_it_sees_its_status_and_never_the_notes(cast):
    incident = filed(cast, about=About.PARENT, by=cast.deputy_head)
    cast.client("headteacher").post(reverse("incidents:note_create", args=[incident.pk]), {"words": "Spoke to her."})
    reporter = cast.client("deputy_head")
    page = reporter.get(detail(incident)).content.decode()
    assert "Spoke to her." not in page and "Add note" not in page
    assert "Spoke to her." in cast.client("dsl").get(detail(incident)).content.decode()
    refused = reporter.post(reverse("incidents:incident_step", args=[incident.pk]), {"step": "triage"})
    assert refused.status_code == 403


def test_looking_at_what_is_confidential_or_sealed_is_logged_and_what_is_ordinary_is_not(cast):
    ordinary = filed(cast, about=About.PARENT)
    confidential = filed(cast, about=About.STAFF, person=cast.user("teacher"))
    sealed = filed(cast, about=About.STAFF, person=cast.user("headteacher"))
    for role, incident in (("headteacher", ordinary), ("headteacher", confidential), ("chair", sealed)):
        assert cast.client(role).get(detail(incident)).status_code == 200
    logged = set(AccessLog.objects.values_list("user_id", "object_id"))
    assert logged == {(cast.user("headteacher").pk, confidential.pk), (cast.user("chair").pk, sealed.pk)}


@pytest.mark.parametrize(
    ("excluded", "facts"),
    [
        ("headteacher", {"about": About.STAFF, "subject": "headteacher"}),
        ("dsl", {"about": About.STAFF, "subject": "headteacher"}),
        ("deputy_head", {"about": About.STAFF, "subject": "headteacher"}),
        ("office", {"about": About.STAFF, "subject": "headteacher"}),
        ("dsl", {"about": About.STAFF, "subject": "dsl"}),
        ("deputy_dsl", {"about": About.STAFF, "subject": "dsl"}),
        ("teacher", {"about": About.STAFF, "subject": "teacher"}),
        ("chair", {"about": About.STAFF, "subject": "chair"}),
        ("headteacher", {"about": About.STAFF, "subject": "chair"}),
        ("governor", {"about": About.STAFF, "subject": "governor"}),
        ("headteacher", {"about": About.UNKNOWN, "words": "The headteacher wrote it."}),
    ],
)
def test_nothing_that_an_excluded_person_can_look_at_changes_when_the_report_comes(
    cast, excluded, facts, django_assert_num_queries
):
    for _ in range(3):
        filed(cast, about=About.PARENT)
    client = cast.client(excluded)
    addresses = ["/", "/notifications/", *("/incidents/" + tab for tab in ("", "?tab=triaged", "?about=staff"))]
    before = [look(client, address) for address in addresses]
    mail = OutboxMail.objects.filter(to=cast.user(excluded)).count()
    incident = file_case(cast, facts)
    cast_chair = cast.client("trust_officer" if facts.get("subject") == "chair" else "headteacher")
    cast_chair.get(detail(incident))
    assert [look(client, address) for address in addresses] == before
    assert OutboxMail.objects.filter(to=cast.user(excluded)).count() == mail


def look(client, address):
    response = client.get(address)
    return response.status_code, re.sub(rb'(value|due) *="[^"]{30,}"', b"", without_token(response))
