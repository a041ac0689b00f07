"""Schools, people and posts: each test carries out what a clause asks, on the school's own data, page by page."""

import re
import uuid

import pytest
from django.urls import reverse

from accounts.models import Role, School
from incidents.models import Incident
from policies.models import PolicyVersion
from policies.services import record_consultation
from policyportal.demo.load import FOLDER
from policyportal.lib.dates import today

MOTTO = re.compile(r'<p class="portal-header__motto">(.*?)</p>')
PAGES = ("/", "/people/", "/school/", "/policies/", "/notifications/")


def motto_on(client, path):
    found = MOTTO.search(client.get(path).content.decode())
    return found[1] if found else ""


def facts_of(client, post):
    return {row["label"]: row["value"] for row in client.get(post.get_absolute_url()).context["facts"]}


def publish_next_version(schools, slug):
    """Let the head draft a version, a chair approve it and the head publish it, all on their pages."""
    head, chair = schools.client(slug, "headteacher"), schools.client(slug, "chair")
    policy = schools.version(slug).policy
    why = {"trigger": PolicyVersion.Trigger.values[0], "reason": "Yearly review"}
    drafted = head.post(reverse("policies:version_create", args=[policy.pk]), why)
    version = PolicyVersion.objects.get(policy=policy, status=PolicyVersion.Status.DRAFTED)
    assert drafted.url == version.get_absolute_url()
    step = reverse("policies:version_step", args=[version.pk])
    day = today()
    for group in policy.groups_consulted:
        answer = {"asked_on": day, "answered_on": day, "words": "No objection"}
        record_consultation(version, by=schools.post(slug, "headteacher"), group=group, **answer)
    assert head.post(step, {"step": "submit", "is_major": "on"}).status_code == 302
    approval = {
        "step": "approve",
        "approver_kind": "person",
        "approver_name": "A governor",
        "approved_on_day": day.day,
        "approved_on_month": day.month,
        "approved_on_year": day.year,
    }
    assert chair.post(step, approval).status_code == 302
    assert head.post(step, {"step": "publish"}).status_code == 302
    version.refresh_from_db()
    assert version.status == PolicyVersion.Status.PUBLISHED
    return version


def is_asked(schools, slug, role, version):
    """Tell whether the version waits for this person, on their home page."""
    home = schools.client(slug, role).get("/").content.decode()
    return reverse("policies:acknowledge", args=[version.pk]) in home


@pytest.mark.clause("MLC-02")
@pytest.mark.parametrize("path", [*PAGES, "/s/mill-lane/"])
def test_every_page_of_mill_lane_has_its_motto_in_the_header(schools, path):
    assert motto_on(schools.client("mill-lane", "teacher"), path) == "Growing, Thriving, Flying"


@pytest.mark.clause("MLC-02")
def test_somebody_without_an_account_sees_mill_lane_s_motto_too(schools, client):
    assert motto_on(client, "/s/mill-lane/") == "Growing, Thriving, Flying"


@pytest.mark.clause("CRO-02")
def test_croftlands_shows_each_website_beside_its_own_school(schools):
    page = schools.client("croftlands", "teacher").get("/school/").content.decode()
    rows = [row for row in page.split("<tr")[1:] if "croftlands" in row.lower()]
    infant = next(row for row in rows if "Croftlands Infant School" in row)
    junior = next(row for row in rows if "Croftlands Junior School" in row)
    assert "www.croftlandsinf.cumbria.sch.uk" in infant
    assert "www.croftlands-jun.cumbria.sch.uk" in junior
    assert "croftlands-jun" not in infant
    assert "croftlandsinf" not in junior


@pytest.mark.clause("CRO-03")
def test_the_motto_of_croftlands_begins_with_together_and_the_misreading_is_nowhere(schools, client):
    staff = schools.client("croftlands", "headteacher")
    pages = [*PAGES, schools.version("croftlands").get_absolute_url()]
    for browser, path in [*((staff, path) for path in pages), (client, "/s/croftlands/")]:
        page = browser.get(path).content.decode()
        assert MOTTO.search(page)[1].startswith("Together we Nurture")
        assert "Fogether" not in page
    for file in FOLDER.glob("*.toml"):
        assert "Fogether" not in file.read_text()


@pytest.mark.clause("CRO-03")
def test_the_head_of_croftlands_can_correct_a_motto_that_was_misread(schools):
    School.objects.filter(slug="croftlands").update(motto="Fogether we Nurture")
    head = schools.client("croftlands", "headteacher")
    form = head.get("/school/settings/").context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    head.post("/school/settings/", typed | {"motto": "Together we Nurture"})
    assert motto_on(schools.client("croftlands", "teacher"), "/") == "Together we Nurture"


@pytest.mark.clause("HEA-01")
def test_heathcoat_s_head_of_primary_does_what_is_the_headteacher_s_and_a_head_of_house_does_not(schools):
    head = schools.post("heathcoat", Role.HEADTEACHER)
    other = schools.post("heathcoat", Role.HEAD_OF_HOUSE)
    assert (head.title, other.title) == ("Head of Primary", "Head of House")
    typed = {"motto": "Changed", "accent": "navy", "moderation_target_hours": 24, "block_threshold": 3}
    typed |= {"takedown_hours": 24, "acknowledgement_days": 14, "credential_days": 1, "second_factor_grace_days": 14}
    typed |= {"briefing_reminder_days": 7}
    typed |= {"quiet_from": "19:00", "quiet_until": "07:00"}
    for path in ("/school/settings/", "/people/new/"):
        assert schools.client("heathcoat", Role.HEADTEACHER).get(path).status_code == 200
        assert schools.client("heathcoat", Role.HEAD_OF_HOUSE).get(path).status_code == 403
    refused = schools.client("heathcoat", Role.HEAD_OF_HOUSE).post("/school/settings/", typed)
    assert (refused.status_code, schools.heathcoat.motto) == (403, "")
    allowed = schools.client("heathcoat", Role.HEADTEACHER).post("/school/settings/", typed)
    assert (allowed.status_code, schools.heathcoat.motto) == (302, "Changed")


@pytest.mark.clause("HEA-02")
def test_heathcoat_s_head_of_school_is_a_deputy_head_and_is_refused_what_is_the_headteacher_s(schools):
    post = schools.post("heathcoat", Role.DEPUTY_HEAD)
    facts = facts_of(schools.client("heathcoat", Role.DEPUTY_HEAD), post)
    assert facts["Title"] == "Head of School"
    assert facts["Role in the portal"] == "Deputy Head"
    client = schools.client("heathcoat", Role.DEPUTY_HEAD)
    for path in ("/school/settings/", "/people/new/"):
        assert client.get(path).status_code == 403
        assert client.post(path, {"motto": "Changed"}).status_code == 403
    policy = schools.version("heathcoat").policy
    client.post(
        reverse("policies:version_create", args=[policy.pk]),
        {"trigger": PolicyVersion.Trigger.values[0], "reason": "Mine"},
    )
    assert policy.versions.count() == 1
    assert schools.heathcoat.motto == ""


@pytest.mark.clause("MLC-13")
def test_an_agency_worker_at_mill_lane_is_asked_like_everybody_else_and_found_by_employment(schools):
    version = publish_next_version(schools, "mill-lane")
    assert is_asked(schools, "mill-lane", Role.CONTRACTOR, version)
    assert is_asked(schools, "mill-lane", Role.TEACHER, version)
    worker = schools.post("mill-lane", Role.CONTRACTOR)
    page = schools.client("mill-lane", Role.HEADTEACHER).get("/people/", {"employment": "agency"})
    assert [post.pk for post in page.context["page"]] == [worker.pk]
    assert worker.user.name in page.content.decode()


@pytest.mark.clause("PWP-58")
@pytest.mark.parametrize("role", [Role.GOVERNOR, Role.VOLUNTEER])
def test_governors_and_volunteers_of_pennine_way_are_staff_for_the_policy(schools, role):
    check_that_they_are_staff_for_the_policy(schools, "pennine-way", role)


@pytest.mark.clause("CRO-56")
@pytest.mark.parametrize("role", [Role.GOVERNOR, Role.VOLUNTEER])
def test_governors_and_volunteers_of_croftlands_are_staff_for_the_policy(schools, role):
    check_that_they_are_staff_for_the_policy(schools, "croftlands", role)


def check_that_they_are_staff_for_the_policy(schools, slug, role):
    """They are asked to acknowledge a new version, and a report may be about them as one about staff."""
    version = publish_next_version(schools, slug)
    assert is_asked(schools, slug, role, version)
    subject, teacher = schools.post(slug, role), schools.client(slug, Role.TEACHER)
    details = teacher.post("/incidents/report/", {"imagery": "no"}, follow=True)
    typed = {"about": "staff", "person": subject.user_id, "words": "Shared a photograph from a private account."}
    path = details.request["PATH_INFO"]
    thanks = teacher.post(path, typed | {"where": "unknown", "accessed_using": "unknown"})
    assert thanks.status_code == 302
    incident = Incident.objects.get(subjects__user=subject.user)
    assert (incident.about, incident.school.slug) == ("staff", slug)
    themselves = schools.client(slug, role)
    elsewhere = reverse("incidents:incident_detail", args=[uuid.uuid4()])
    answers = [themselves.get(path).status_code for path in (incident.get_absolute_url(), elsewhere)]
    assert answers[0] == answers[1] >= 400
