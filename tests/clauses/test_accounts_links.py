"""Links between staff and families, the declaration at joining, and the wider community, on the schools' own data."""

from datetime import datetime, time, timedelta
from html import unescape

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Notification, Role
from channels_mgmt.links import declare_link
from channels_mgmt.models import ContactNote, FamilyLink, LinksDeclaration
from incidents.models import About, Incident
from incidents.selectors import incident_figures
from policyportal.lib.dates import LONDON, today
from policyportal.lib.workflow import take
from tests.incidents.filing import detail, public_page, report_by

NIECE = "Robin Fieldfare"
CONTACT = reverse("incidents:contact_report")
GUIDE = "policies:guide"


def recorded_link(schools, slug, status="approved"):
    """Let a teacher declare a link and the head decide on it."""
    link = declare_link(by=schools.post(slug, "teacher"), pupil_name=NIECE, relation="My niece")
    return take("approve", link, schools.post(slug, "headteacher")) if status == "approved" else link


def when(hours_ago=1):
    moment = timezone.localtime(timezone.now() - timedelta(hours=hours_ago))
    return {
        "noticed_at_day": moment.day,
        "noticed_at_month": moment.month,
        "noticed_at_year": moment.year,
        "noticed_at_time": f"{moment:%H:%M}",
    }


def contact(schools, slug, **answers):
    """Send the contact form as the teacher; return the answer and the incident that it made, or None."""
    before = set(Incident.objects.values_list("pk", flat=True))
    typed = {"words": "Sent me a birthday card in the family chat.", **when(), **answers}
    answer = schools.client(slug, "teacher").post(CONTACT, typed)
    return answer, Incident.objects.exclude(pk__in=before).first()


def told_of(incident):
    path = incident.get_absolute_url()
    return set(Notification.objects.filter(path=path).values_list("user__name", flat=True))


def page_of(client, path):
    return unescape(client.get(path).content.decode())


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("pennine-way", marks=pytest.mark.clause("PWP-72")),
        pytest.param("croftlands", marks=pytest.mark.clause("CRO-70")),
    ],
)
def test_contact_by_a_recorded_family_member_needs_no_report_and_is_noted(schools, slug):
    link = recorded_link(schools, slug)
    form = page_of(schools.client(slug, "teacher"), CONTACT)
    assert NIECE in form and "Approved exception: no report is needed" in form
    told = Notification.objects.count()
    answer, incident = contact(schools, slug, pupil=str(link.pk))
    assert incident is None and Notification.objects.count() == told
    shown = page_of(schools.client(slug, "teacher"), answer.url)
    note = ContactNote.objects.get(link=link)
    assert note.words in shown and "Approved exception" in shown
    follow = schools.client(slug, "teacher")
    said = unescape(follow.post(CONTACT, {"pupil": str(link.pk)}, follow=True).content.decode())
    assert "No report is needed" in said


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("pennine-way", marks=pytest.mark.clause("PWP-72")),
        pytest.param("croftlands", marks=pytest.mark.clause("CRO-70")),
    ],
)
def test_contact_by_any_other_pupil_alerts_safeguarding(schools, slug):
    recorded_link(schools, slug)
    _, incident = contact(schools, slug, pupil="other", who="Sam Otherwise, class 5")
    assert schools.post(slug, "dsl").user.name in told_of(incident)
    assert not ContactNote.objects.exists()
    # Nobody's name is guessed: typing the name of the linked pupil is a report that somebody wants to be read.
    _, typed = contact(schools, slug, pupil="other", who=NIECE)
    assert schools.post(slug, "dsl").user.name in told_of(typed)


@pytest.mark.clause("GRA-50")
def test_an_undecided_link_leaves_a_contact_report_a_normal_one_and_an_approved_one_shows_the_exception(schools):
    slug = "the-grange"
    link = recorded_link(schools, slug, status="declared")
    _, incident = contact(schools, slug, pupil=str(link.pk))
    dsl = schools.client(slug, "dsl")
    assert schools.post(slug, "dsl").user.name in told_of(incident) and incident.safeguarding
    assert "approved exception" not in page_of(dsl, detail(incident)).lower()
    take("approve", link, schools.post(slug, "headteacher"))
    assert "approved exception" in page_of(dsl, detail(incident)).lower()
    answer, nothing = contact(schools, slug, pupil=str(link.pk))
    assert nothing is None
    assert "approved exception" in page_of(schools.client(slug, "teacher"), answer.url).lower()


@pytest.mark.clause("GRA-50")
def test_a_report_by_somebody_else_that_names_the_pair_shows_the_exception_to_its_handler_and_alerts_all_the_same(
    schools,
):
    slug = "the-grange"
    link = recorded_link(schools, slug, status="declared")
    teacher = schools.post(slug, "teacher")
    colleague = schools.client(slug, "support_staff")
    pair = {"about": "staff", "person": str(teacher.user_id), "who": "robin FIELDFARE, class 4"}
    incident = report_by(colleague, **pair)
    head = schools.client(slug, "headteacher")
    assert "approved exception" not in page_of(head, detail(incident)).lower()
    take("approve", link, schools.post(slug, "headteacher"))
    assert "approved exception" in page_of(head, detail(incident)).lower()
    later = report_by(colleague, **pair)
    assert schools.post(slug, "headteacher").user.name in told_of(later)
    assert "approved exception" in page_of(head, detail(later)).lower()
    assert "approved exception" not in page_of(colleague, reverse("incidents:own_report_list")).lower()
    of_another = report_by(colleague, **{**pair, "who": "Somebody Else, class 4"})
    assert "approved exception" not in page_of(head, detail(of_another)).lower()


@pytest.mark.clause("GRA-50")
def test_staff_and_parents_declare_and_only_the_headteacher_approves_refuses_or_ends(schools):
    slug = "the-grange"
    typed = {"pupil_name": NIECE, "relation": "My niece", "platforms": "WhatsApp", "reason": "We are one family."}
    schools.client(slug, "teacher").post(reverse("channels:link_create"), typed)
    family = {**typed, "adult_name": "the teacher", "declarer_name": "Pat", "declarer_contact": "01632 960111"}
    assert Client().post(reverse("channels:public_link", args=[slug]), family).status_code == 302
    link, of_family = FamilyLink.objects.exclude(declared_by=None).get(), FamilyLink.objects.get(declared_by=None)
    for role in (Role.DEPUTY_DSL, Role.OFFICE, Role.TEACHER, Role.CHAIR, Role.BUSINESS_MANAGER):
        for step in ("approve", "refuse", "end"):
            address = reverse("channels:link_step", args=[link.pk])
            assert schools.client(slug, role).post(address, {"step": step, "reason": "No"}).status_code == 404
    head = schools.client(slug, "headteacher")
    for step, status in (("approve", "approved"), ("end", "ended")):
        head.post(reverse("channels:link_step", args=[link.pk]), {"step": step, "reason": "As agreed."})
        link.refresh_from_db()
        assert link.status == status
    head.post(reverse("channels:link_step", args=[of_family.pk]), {"step": "refuse", "reason": "Not known to us."})
    of_family.refresh_from_db()
    assert of_family.status == "refused"


@pytest.mark.clause("GRA-51")
def test_the_declaration_is_a_required_step_of_a_new_teacher_s_induction_until_answered(schools):
    slug = "the-grange"
    new = schools.post(slug, "teacher", name=name_of_the_new(schools, slug))
    client = schools.client(slug, "teacher", name=new.user.name)
    assert "Welcome to The Grange" in page_of(client, "/")
    shown = page_of(client, reverse("portal:induction"))
    assert "Say whether you have links with families" in shown and shown.count("To do") >= 2
    assert reverse("channels:links_answer") in shown
    client.post(reverse("channels:links_answer"), {"has_links": "no"})
    shown = page_of(client, reverse("portal:induction"))
    assert "You said that you have none" in shown and "Done" in shown
    assert not LinksDeclaration.objects.get(user=new.user).has_links


@pytest.mark.clause("GRA-51")
def test_an_unanswered_declaration_is_reminded_by_what_falls_due_until_answered(schools, settings):
    # All of the demo is owed a mail at once: none has to wait for the next minute.
    settings.OUTBOX_PER_MINUTE = 1_000
    slug = "the-grange"
    name = name_of_the_new(schools, slug)
    client, user = schools.client(slug, "teacher", name=name), schools.post(slug, "teacher", name=name).user
    reminders = Notification.objects.filter(user=user, event="links_answer_owed")
    # By day: at night the school is quiet, and the mail would wait for the morning.
    with time_machine.travel(datetime.combine(today(), time(12), LONDON), tick=False):
        call_command("run_due", verbosity=0)
        call_command("run_due", verbosity=0)
    assert reminders.count() == 1 and user.email in {to for sent in mail.outbox for to in sent.to}
    client.post(reverse("channels:links_answer"), {"has_links": "no"})
    waits = reverse("channels:links_answer")
    assert f'href="{waits}"' not in page_of(client, "/")


@pytest.mark.clause("GRA-51")
def test_families_find_the_declaration_on_the_school_s_page_and_the_office_hands_it_out(schools):
    address = reverse("channels:public_link", args=["the-grange"])
    assert address in page_of(Client(), reverse("policies:school_page", args=["the-grange"]))
    assert address in page_of(schools.client("the-grange", "office"), reverse("channels:link_notice"))
    assert Client().get(reverse("channels:public_link", args=["heathcoat"])).status_code == 404


def name_of_the_new(schools, slug):
    """Return the name of the teacher who joins today."""
    return Membership.objects.get(school__slug=slug, role="teacher", starts_on=today()).user.name


@pytest.mark.clause("HEA-08")
@pytest.mark.parametrize("by", ["staff", "public"])
def test_an_incident_about_the_wider_community_saves_and_counts_separately(schools, by):
    label = "Somebody else in the wider community"
    teacher, head = schools.client("heathcoat", "teacher"), schools.client("heathcoat", "headteacher")
    report_by(teacher, about="parent")
    if by == "staff":
        incident = report_by(teacher, about="community")
    else:
        address = public_page(client := Client(), "other", school="heathcoat")
        assert label in page_of(client, address)
        client.post(address, {"about": "community", "words": "A neighbour writes about us."})
        incident = Incident.objects.get(about=About.COMMUNITY)
    assert label in page_of(head, detail(incident))
    rows = {row["label"]: row["cells"][0]["words"] for row in head.get("/dashboard/").context["about_rows"]}
    assert rows == {"A parent or carer": "1", label: "1"}
    figures = incident_figures(schools.heathcoat, incident.reported_at - timedelta(days=1))
    assert dict(figures.by_about) == {"A parent or carer": 1, label: 1}


@pytest.mark.clause("HEA-08")
def test_the_wider_community_has_a_guide_where_the_policy_speaks_to_it_and_nowhere_else(schools):
    guide = page_of(Client(), reverse(GUIDE, args=["heathcoat", "community"]))
    assert 'id="clause-HEA-08"' in guide and "Guide for the wider community" in guide
    assert 'id="clause-HEA-30"' not in guide
    assert "Guide for the wider community" in page_of(Client(), reverse("policies:school_page", args=["heathcoat"]))
    assert Client().get(reverse(GUIDE, args=["mill-lane", "community"])).status_code == 404
    other = page_of(Client(), reverse("policies:school_page", args=["mill-lane"]))
    assert "wider community" not in other.split("<article")[0]
