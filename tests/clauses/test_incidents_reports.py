"""What a report may say, by school: purpose, hours, equipment, platform, channel, risk; and what becomes of it."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Notification
from channels_mgmt.models import Platform
from incidents.models import Incident
from incidents.selectors import incident_figures
from incidents.services import tell_unopened
from policies.models import Clause
from policyportal.lib.dates import today
from tests.incidents.filing import detail, receipt_on, report_by, staff_page

LIST = "/incidents/"


def told_of(incident):
    """Return who was told of an incident, by name."""
    path = incident.get_absolute_url()
    return set(Notification.objects.filter(path=path).values_list("user__name", flat=True))


def name_of(schools, slug, role):
    return schools.post(slug, role).user.name


def page_of(client, incident):
    return unescape(client.get(detail(incident)).content.decode())


def is_listed(client, incident, **filters):
    return incident.reference in client.get(LIST, filters).content.decode()


@pytest.mark.parametrize(
    ("slug", "code"),
    [
        pytest.param("pennine-way", "PWP-10", marks=pytest.mark.clause("PWP-10")),
        pytest.param("croftlands", "CRO-13", marks=pytest.mark.clause("CRO-13")),
    ],
)
def test_personal_use_out_of_hours_is_in_scope_and_all_guides_say_so(schools, slug, code):
    for purpose in ("personal", "professional"):
        for hours in ("in_hours", "out_of_hours"):
            incident = report_by(schools.client(slug, "teacher"), purpose=purpose, hours=hours)
            assert (incident.purpose, incident.hours) == (purpose, hours)
    for audience in ("staff", "pupils", "parents"):
        guide = unescape(Client().get(reverse("policies:guide", args=[slug, audience])).content.decode())
        assert f'id="clause-{code}"' in guide and schools.clause(code).on_guide in guide


@pytest.mark.parametrize(
    ("slug", "using", "label"),
    [
        pytest.param(slug, using, label, id=code, marks=pytest.mark.clause(code))
        for slug, using, label, code in [
            ("pennine-way", "school", "School IT equipment", "PWP-11"),
            ("pennine-way", "personal", "Personally owned device (staff or pupil)", "PWP-12"),
            ("pennine-way", "other", "Other internet-enabled equipment", "PWP-13"),
            ("mill-lane", "school", "School IT equipment", "MLC-10"),
            ("mill-lane", "personal", "Personally owned device (staff or pupil)", "MLC-11"),
            ("croftlands", "school", "School IT equipment", "CRO-14"),
            ("croftlands", "personal", "Personally owned device (staff or pupil)", "CRO-15"),
            ("croftlands", "other", "Other internet-enabled equipment", "CRO-16"),
        ]
    ],
)
def test_any_equipment_is_accepted_and_the_report_is_found_by_it(schools, slug, using, label):
    reporter, head = schools.client(slug, "teacher"), schools.client(slug, "headteacher")
    assert label in reporter.get(staff_page(reporter)).content.decode()
    incident = report_by(reporter, accessed_using=using)
    assert label in page_of(head, incident)
    assert is_listed(head, incident, accessed_using=using)
    assert not is_listed(head, incident, accessed_using="unknown")


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("mill-lane", marks=pytest.mark.clause("MLC-09")),
        pytest.param("heathcoat", marks=pytest.mark.clause("HEA-09")),
    ],
)
def test_personal_use_is_accepted_and_the_report_is_found_by_purpose(schools, slug):
    head = schools.client(slug, "headteacher")
    incident = report_by(schools.client(slug, "teacher"), purpose="personal")
    assert is_listed(head, incident, purpose="personal")
    assert not is_listed(head, incident, purpose="professional")


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        pytest.param("pennine-way", "WhatsApp / group messaging", marks=pytest.mark.clause("PWP-17")),
        pytest.param("croftlands", "WhatsApp / group messaging", marks=pytest.mark.clause("CRO-20")),
        pytest.param("the-grange", "Private parent chat", marks=pytest.mark.clause("GRA-26")),
    ],
)
def test_private_messaging_is_accepted_and_the_report_is_found_by_platform(schools, slug, name):
    platform = Platform.objects.get(school__slug=slug, name=name)
    other = Platform.objects.get(school__slug=slug, name="Facebook")
    head = schools.client(slug, "headteacher")
    incident = report_by(schools.client(slug, "teacher"), about="parent", platform=str(platform.pk))
    assert name in page_of(head, incident)
    assert is_listed(head, incident, platform=str(platform.pk))
    assert not is_listed(head, incident, platform=str(other.pk))


@pytest.mark.clause("MLC-22")
def test_the_named_platforms_are_offered_and_closed_or_renamed_ones_are_told_apart(schools):
    client = schools.client("mill-lane", "teacher")
    form = client.get(staff_page(client)).context["form"]
    offered = [label for _, label in form.fields["platform"].choices]
    for name in ("Facebook", "Instagram", "LinkedIn", "YouTube", "Flickr", "Myspace", "Blogs"):
        assert any(label.split(" (also ")[0] == name for label in offered)
    assert not any("Google+" in label for label in offered)
    assert [label for label in offered if "X" in label] == ["Twitter (also X)"]


@pytest.mark.clause("HEA-11")
def test_all_eight_kinds_of_software_are_offered_and_can_be_stored(schools):
    client = schools.client("heathcoat", "teacher")
    form = client.get(staff_page(client)).context["form"]
    by_label = {label: value for value, label in form.fields["platform"].choices}
    for name in (
        "Social networking site",
        "Blog",
        "Microblog",
        "Podcast",
        "Chatroom forum",
        "Open access encyclopaedia",
        "Social bookmarking site",
        "Content sharing site",
    ):
        assert name in by_label
    incident = report_by(client, platform=by_label["Open access encyclopaedia"])
    assert incident.platform.name == "Open access encyclopaedia"


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("pennine-way", marks=pytest.mark.clause("PWP-84")),
        pytest.param("croftlands", marks=pytest.mark.clause("CRO-82")),
    ],
)
def test_private_channels_of_parents_are_in_scope_and_counted_apart_from_official_ones(schools, slug):
    reporter, head = schools.client(slug, "teacher"), schools.client(slug, "headteacher")
    before = timezone.now()
    private = report_by(reporter, about="parent", where="private")
    for _ in range(2):
        report_by(reporter, about="parent", where="official")
    assert "A private or independent channel" in page_of(head, private)
    counted = dict(incident_figures(schools.school(slug), before).by_where)
    assert counted == {"An official channel of the school": 2, "A private or independent channel": 1}


@pytest.mark.parametrize(
    "code", [pytest.param(f"MLC-{number}", marks=pytest.mark.clause(f"MLC-{number}")) for number in range(42, 46)]
)
def test_a_named_risk_makes_it_safeguarding_and_tells_the_lead_safeguarding_officer(schools, code):
    risk = schools.clause(code)
    reporter = schools.client("mill-lane", "teacher")
    assert risk.risk in unescape(reporter.get(staff_page(reporter)).content.decode())
    incident = report_by(reporter, risk=str(risk.pk))
    officer = schools.post("mill-lane", "dsl")
    assert officer.school.label_of("dsl") == "Lead safeguarding officer"
    assert incident.safeguarding and incident.risk == risk
    assert officer.user.name in told_of(incident)


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("pennine-way", marks=pytest.mark.clause("PWP-61")),
        pytest.param("croftlands", marks=pytest.mark.clause("CRO-59")),
        pytest.param("mill-lane", marks=pytest.mark.clause("MLC-48")),
    ],
)
def test_a_safeguarding_report_tells_the_lead_at_once_and_no_other_staff_can_open_it(schools, slug):
    incident = report_by(schools.client(slug, "teacher"), safeguarding="on")
    assert name_of(schools, slug, "dsl") in told_of(incident)
    for role in ("dsl", "headteacher"):
        assert schools.client(slug, role).get(detail(incident)).status_code == 200
    for role in ("teacher", "office", "support_staff"):
        assert schools.client(slug, role).get(detail(incident)).status_code == 403


@pytest.mark.parametrize(
    ("slug", "about", "procedure"),
    [
        pytest.param(slug, about, procedure, id=code, marks=pytest.mark.clause(code))
        for slug, about, procedure, code in [
            ("pennine-way", "staff", "Staff behaviour policy", "PWP-70"),
            ("croftlands", "staff", "Staff behaviour policy", "CRO-68"),
            ("pennine-way", "pupil", "Behaviour policy", "PWP-82"),
            ("croftlands", "pupil", "Behaviour policy", "CRO-80"),
            ("the-grange", "pupil", "Behaviour policy", "GRA-65"),
        ]
    ],
)
def test_an_incident_follows_its_procedure_and_cannot_close_without_an_outcome(schools, slug, about, procedure):
    head = schools.client(slug, "headteacher")
    incident = report_by(schools.client(slug, "teacher"), about=about)
    assert procedure in page_of(head, incident)
    step = reverse("incidents:incident_step", args=[incident.pk])
    head.post(step, {"step": "triage", "about": about, "procedure": incident.procedure})
    refused = head.post(step, {"step": "close", "outcome": "", "outcome_words": "Spoken to."})
    assert "Give an outcome" in refused.content.decode()
    incident.refresh_from_db()
    assert incident.status == Incident.Status.TRIAGED
    head.post(step, {"step": "close", "outcome": "procedure", "outcome_words": "Spoken to."})
    incident.refresh_from_db()
    assert incident.status == Incident.Status.CLOSED


@pytest.mark.clause("GRA-66")
def test_each_school_has_its_own_procedure_for_staff(schools):
    for slug, procedure in (("the-grange", "Staff handbook"), ("pennine-way", "Staff behaviour policy")):
        incident = report_by(schools.client(slug, "teacher"), about="staff")
        assert procedure in page_of(schools.client(slug, "headteacher"), incident)


@pytest.mark.clause("HEA-43")
def test_head_and_lead_are_both_told_of_a_student_and_it_shows_who_has_seen_it(schools):
    incident = report_by(schools.client("heathcoat", "teacher"), about="pupil")
    names = {name_of(schools, "heathcoat", role) for role in ("headteacher", "dsl")}
    assert told_of(incident) == names
    page_of(schools.client("heathcoat", "dsl"), incident)
    seen = {row[0]: row[2] for row in schools.client("heathcoat", "headteacher").get(detail(incident)).context["told"]}
    assert seen.keys() == names
    assert seen[name_of(schools, "heathcoat", "dsl")] != "Not yet"
    page_of(schools.client("heathcoat", "headteacher"), incident)
    untold = report_by(schools.client("heathcoat", "teacher"), about="pupil")
    page = schools.client("heathcoat", "headteacher").get(detail(untold)).context["told"]
    assert {row[0]: row[2] for row in page}[name_of(schools, "heathcoat", "dsl")] == "Not yet"


@pytest.mark.clause("HEA-44")
@pytest.mark.parametrize("safeguarding", ["", "on"])
def test_with_head_and_lead_absent_the_most_senior_person_present_is_told_and_recorded(schools, safeguarding):
    head, lead, deputy = (schools.post("heathcoat", role) for role in ("headteacher", "dsl", "deputy_head"))
    reporter = schools.client("heathcoat", "teacher")
    for away, receives in (([head, lead], deputy), ([head], lead), ([lead], head)):
        for post in (head, lead):
            post.away_from = today() if post in away else None
            post.save()
        incident = report_by(reporter, about="pupil", safeguarding=safeguarding)
        assert receives.user.name in told_of(incident)
        assert incident.access.filter(user=receives.user).exclude(standing="excluded").exists()
        # Copied for their return.
        for post in away:
            assert incident.access.filter(user=post.user).exclude(standing="excluded").exists()


@pytest.mark.clause("GRA-52")
def test_an_attempt_by_a_child_to_befriend_tells_the_lead_and_not_the_whole_staff(schools):
    clause = Clause.objects.get(code="GRA-52", version=schools.version("the-grange"))
    incident = report_by(schools.client("the-grange", "teacher"), about="pupil", category=str(clause.pk))
    assert incident.safeguarding
    told = told_of(incident)
    assert name_of(schools, "the-grange", "dsl") in told
    assert len(told) <= 4 and name_of(schools, "the-grange", "teacher") not in told


@pytest.mark.clause("GRA-53")
def test_an_attempt_by_staff_to_befriend_tells_the_head_and_stays_hidden_from_that_person(schools):
    clause = Clause.objects.get(code="GRA-53", version=schools.version("the-grange"))
    subject = schools.post("the-grange", "support_staff")
    reporter = schools.client("the-grange", "teacher")
    incident = report_by(reporter, about="staff", person=str(subject.user_id), category=str(clause.pk))
    assert told_of(incident) == {name_of(schools, "the-grange", "headteacher")}
    theirs = schools.client("the-grange", "support_staff")
    assert theirs.get(detail(incident)).status_code == 403
    for address in ("/", "/notifications/", reverse("incidents:own_report_list")):
        assert incident.reference not in theirs.get(address).content.decode()


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("pennine-way", marks=pytest.mark.clause("PWP-71")),
        pytest.param("croftlands", marks=pytest.mark.clause("CRO-69")),
    ],
)
def test_contact_by_a_pupil_is_told_at_once_shows_its_delay_and_is_told_again(schools, slug):
    reporter = schools.client(slug, "teacher")
    before = set(Incident.objects.values_list("pk", flat=True))
    came = timezone.localtime(timezone.now() - timedelta(hours=3, minutes=5))
    answers = {
        "who": "Robin Field, class 4",
        "words": "Sent me a friend request.",
        "noticed_at_day": came.day,
        "noticed_at_month": came.month,
        "noticed_at_year": came.year,
        "noticed_at_time": f"{came:%H:%M}",
    }
    assert reporter.post(reverse("incidents:contact_report"), answers).status_code == 302
    incident = Incident.objects.exclude(pk__in=before).get()
    posts = Membership.objects.current().filter(school__slug=slug)
    led = posts.filter(role__in=["dsl", "headteacher", "deputy_head", "senior_leader"])
    assert set(led.values_list("user__name", flat=True)) <= told_of(incident)
    told = Notification.objects.filter(path=incident.get_absolute_url())
    first = told.count()
    tell_unopened(incident.reported_at + timedelta(hours=2))
    assert told.count() > first
    page = page_of(schools.client(slug, "dsl"), incident)
    assert "From noticing to reporting" in page and "3 hours" in page
    again = told.count()
    tell_unopened(incident.reported_at + timedelta(hours=9))
    assert told.count() == again


@pytest.mark.clause("MLC-52")
def test_material_about_a_member_of_staff_goes_to_the_senior_managers_at_once(schools):
    before = set(Incident.objects.values_list("pk", flat=True))
    answers = {"kind": "image", "words": "A picture of me at the fair, with a caption."}
    reporter = schools.client("mill-lane", "teacher")
    assert reporter.post(reverse("incidents:about_me_report"), {**answers, "kind": ""}).status_code == 200
    assert reporter.post(reverse("incidents:about_me_report"), answers).status_code == 302
    incident = Incident.objects.exclude(pk__in=before).get()
    manager = schools.post("mill-lane", "senior_leader")
    assert manager.school.label_of("senior_leader") == "Senior manager"
    assert {manager.user.name, name_of(schools, "mill-lane", "headteacher")} <= told_of(incident)
    page = page_of(schools.client("mill-lane", "senior_leader"), incident)
    assert "Material about me: my image, used without permission" in page


@pytest.mark.clause("MLC-53")
def test_evidence_keeps_its_kind_who_added_it_when_and_its_checksum(schools, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    incident = report_by(schools.client("mill-lane", "teacher"))
    head = schools.client("mill-lane", "headteacher")
    voicemail = SimpleUploadedFile("voicemail.txt", b"Ring me back, or else.")
    add = reverse("incidents:evidence_create", args=[incident.pk])
    assert head.post(add, {"imagery_checked": "on", "kind": "voicemail", "upload": voicemail}).status_code == 302
    kept = incident.evidence.get()
    assert kept.get_kind_display() == "Voicemail" and len(kept.sha256) == 64
    assert kept.added_by == schools.post("mill-lane", "headteacher").user
    assert timezone.now() - kept.created_at < timedelta(minutes=5)
    file = reverse("incidents:evidence_download", args=[incident.pk, kept.pk])
    for role in ("headteacher", "deputy_head", "teacher"):
        assert schools.client("mill-lane", role).delete(file).status_code in (403, 405)
        assert schools.client("mill-lane", role).post(file).status_code in (403, 405)
    assert b"".join(head.get(file).streaming_content) == b"Ring me back, or else."


@pytest.mark.clause("MLC-54")
def test_a_screenshot_needs_its_time_and_address_and_shows_them(schools, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    incident = report_by(schools.client("mill-lane", "teacher"))
    head = schools.client("mill-lane", "headteacher")
    add = reverse("incidents:evidence_create", args=[incident.pk])
    when = {
        "captured_at_day": "3",
        "captured_at_month": "11",
        "captured_at_year": "2026",
        "captured_at_time": "4:05pm",
    }
    where = {"page_address": "https://social.example/post/7"}
    for given in ({}, when, where, {**when, **where}):
        shot = SimpleUploadedFile("shot.txt", b"The words on the screen.")
        answer = head.post(add, {"imagery_checked": "on", "kind": "screenshot", "upload": shot, **given})
        assert (answer.status_code == 302) == (len(given) == 5)
        assert incident.evidence.exists() == (len(given) == 5)
    assert incident.evidence.get().captured_at == datetime(2026, 11, 3, 16, 5, tzinfo=UTC)
    page = page_of(head, incident)
    assert "https://social.example/post/7" in page and "3 November 2026, 4:05pm" in page


@pytest.mark.parametrize(
    ("slug", "kind"),
    [
        pytest.param(slug, kind, id=code, marks=pytest.mark.clause(code))
        for slug, kind, code in [
            ("pennine-way", "pupil", "PWP-77"),
            ("pennine-way", "parent", "PWP-87"),
            ("croftlands", "pupil", "CRO-75"),
            ("croftlands", "parent", "CRO-85"),
            ("the-grange", "parent", "GRA-27"),
        ]
    ],
)
def test_a_concern_raised_from_the_guide_is_private_and_follows_the_complaints_procedure(schools, slug, kind):
    client = Client()
    guide = client.get(reverse("policies:guide", args=[slug, f"{kind}s"])).content.decode()
    address = reverse("incidents:public_concern", args=[slug, kind])
    assert address in guide
    before = set(Incident.objects.values_list("pk", flat=True))
    token = client.get(address).context["page_token"]
    assert client.post(address, {"words": "Nobody answers.", "page_token": token}).status_code == 302
    assert len(receipt_on(client, slug)) == 16
    incident = Incident.objects.exclude(pk__in=before).get()
    assert incident.is_concern and incident.school.slug == slug
    page = page_of(schools.client(slug, "headteacher"), incident)
    assert "Complaints procedure" in page and "A private concern" in page
    assert Client().get(detail(incident)).status_code == 302


@pytest.mark.clause("GRA-30")
def test_the_parents_guide_shows_minimum_ages_and_a_breach_of_them_can_be_filed(schools):
    guide = unescape(Client().get(reverse("policies:guide", args=["the-grange", "parents"])).content.decode())
    clause = schools.clause("GRA-30")
    assert clause.on_guide in guide
    section = guide.split('id="clause-GRA-30"')[1]
    for platform in Platform.objects.filter(school__slug="the-grange", minimum_age=13):
        assert platform.name in section
    assert "13" in section
    incident = report_by(schools.client("the-grange", "teacher"), about="parent", category=str(clause.pk))
    assert "Age rating not respected" in page_of(schools.client("the-grange", "headteacher"), incident)
