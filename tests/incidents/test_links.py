"""Declared links and reports: whom a link keeps from a report, and what it excuses, chosen and never guessed."""

import pytest
from django.urls import reverse

from accounts.models import Notification
from channels_mgmt import links
from channels_mgmt.models import ContactNote
from incidents.access import may_see
from incidents.models import About, Access, Incident, Report
from incidents.selectors import is_excused
from incidents.services import triage
from policyportal.lib.workflow import take
from tests.incidents.filing import detail, filed

NIECE = "Robin Fieldfare"
CONTACT = reverse("incidents:contact_report")
WHEN = {"noticed_at_day": 1, "noticed_at_month": 9, "noticed_at_year": 2025, "noticed_at_time": "9:15"}


@pytest.fixture(autouse=True)
def asking(cast):
    """The school asks for declarations."""
    school = cast.school()
    school.declares_links = True
    school.save()


def linked(cast, role, *, decided="", decided_by="headteacher"):
    link = links.declare_link(by=cast.post(role), pupil_name=NIECE, pupil_class="Class 4", relation="My niece")
    return take(decided, link, cast.post(decided_by), "Because") if decided else link


def kept_from(incident):
    return set(incident.access.filter(standing=Access.Standing.EXCLUDED).values_list("user__name", flat=True))


def handlers(incident):
    return set(incident.access.filter(standing=Access.Standing.HANDLER).values_list("as_role", flat=True))


@pytest.mark.parametrize("decided", ["", "approve"])
def test_somebody_linked_to_the_pupil_does_not_handle_a_report_that_names_the_pupil(cast, decided):
    linked(cast, "dsl", decided=decided)
    incident = filed(cast, about=About.PUPIL, who=f"{NIECE.upper()}, class 4", safeguarding=True)
    assert kept_from(incident) == {cast.dsl.user.name}
    assert not may_see(cast.dsl, incident) and "deputy_dsl" in handlers(incident)
    path = incident.get_absolute_url()
    assert not Notification.objects.filter(user=cast.dsl.user, path=path).exists()
    assert cast.client("dsl").get(detail(incident)).status_code == 404


def test_a_head_who_is_linked_is_kept_out_too_and_another_takes_it(cast):
    linked(cast, "headteacher", decided="approve", decided_by="chair")
    incident = filed(cast, about=About.PUPIL, who=NIECE)
    assert cast.headteacher.user.name in kept_from(incident)
    assert "headteacher" not in handlers(incident) and "dsl" in handlers(incident)


@pytest.mark.parametrize("decided", ["refuse"])
def test_a_link_that_was_refused_keeps_nobody_out(cast, decided):
    linked(cast, "dsl", decided=decided)
    assert kept_from(filed(cast, about=About.PUPIL, who=NIECE, safeguarding=True)) == set()


def test_a_report_on_another_pupil_or_at_another_school_keeps_nobody_out(cast):
    linked(cast, "dsl")
    assert kept_from(filed(cast, about=About.PUPIL, who="Robin Other", safeguarding=True)) == set()
    assert kept_from(filed(cast, about=About.PUPIL, who=NIECE, school="elmwood", safeguarding=True)) == set()


def test_the_conflict_stays_on_the_case_when_the_link_ends(cast):
    link = linked(cast, "dsl", decided="approve")
    incident = filed(cast, about=About.PUPIL, who=NIECE, safeguarding=True)
    take("end", link, cast.headteacher, "The child has left.")
    incident = triage(incident, cast.deputy_dsl, about=About.PUPIL, safeguarding=True)
    assert cast.dsl.user.name in kept_from(incident) and not may_see(cast.dsl, incident)


def test_a_link_declared_after_the_report_keeps_its_holder_out_from_the_next_step_on(cast):
    incident = filed(cast, about=About.PUPIL, who=NIECE, safeguarding=True)
    assert may_see(cast.dsl, incident)
    linked(cast, "dsl")
    triage(incident, cast.deputy_dsl, about=About.PUPIL, safeguarding=True)
    assert not may_see(cast.dsl, incident)


def contact(cast, **answers):
    typed = {"words": "Sent me a card.", **WHEN, **answers}
    return cast.client("teacher").post(CONTACT, typed)


def test_who_declared_nothing_is_asked_for_the_name_alone(cast):
    form = cast.client("teacher").get(CONTACT).context["form"]
    assert "pupil" not in form.fields and form.button == "Send report"
    assert contact(cast, who="Sam Other").status_code == 302
    assert Incident.objects.get().subjects.get().name == "Sam Other"


def test_an_undecided_link_that_is_chosen_is_a_report_which_names_the_pupil_and_keeps_the_link(cast):
    link = linked(cast, "teacher")
    assert contact(cast, pupil=str(link.pk)).status_code == 302
    report = Report.objects.get()
    assert (report.who, report.family_link) == (f"{NIECE}, Class 4", link)
    assert report.incident.safeguarding and not is_excused(report.incident)
    take("approve", link, cast.headteacher)
    assert is_excused(Incident.objects.get())
    assert "Approved exception" in cast.client("dsl").get(detail(report.incident)).content.decode()


def test_an_approved_link_that_is_chosen_is_a_note_and_alerts_nobody_even_sent_twice(cast):
    link = linked(cast, "teacher", decided="approve")
    client = cast.client("teacher")
    token = client.get(CONTACT).context["page_token"]
    before = Notification.objects.count()
    for _ in range(2):
        answer = client.post(CONTACT, {"pupil": str(link.pk), "words": "A card", "page_token": token})
        assert answer.url == link.get_absolute_url()
    assert ContactNote.objects.get().words == "A card"
    assert not Incident.objects.exists() and Notification.objects.count() == before


def test_an_approved_link_needs_none_of_the_report_s_questions(cast):
    link = linked(cast, "teacher", decided="approve")
    assert cast.client("teacher").post(CONTACT, {"pupil": str(link.pk)}).url == link.get_absolute_url()


def test_another_pupil_must_be_named_and_a_choice_must_be_made(cast):
    linked(cast, "teacher", decided="approve")
    assert "who" in contact(cast, pupil="other").context["form"].errors
    assert "pupil" in contact(cast).context["form"].errors
    assert not Incident.objects.exists()


@pytest.mark.parametrize("step", ["end", "refuse"])
def test_a_link_that_was_ended_or_refused_is_not_offered_and_choosing_it_stores_nothing(cast, step):
    link = linked(cast, "teacher", decided="refuse" if step == "refuse" else "approve")
    if step == "end":
        take("end", link, cast.headteacher, "The child has left.")
    linked(cast, "teacher")
    assert "pupil" in contact(cast, pupil=str(link.pk)).context["form"].errors
    assert not ContactNote.objects.exists() and not Incident.objects.exists()


def test_the_link_of_another_person_is_not_offered_and_excuses_nothing(cast):
    of_another = linked(cast, "office", decided="approve")
    linked(cast, "teacher")
    assert "pupil" in contact(cast, pupil=str(of_another.pk)).context["form"].errors
    assert not ContactNote.objects.exists()


def test_the_exception_is_shown_to_handlers_alone(cast):
    link = linked(cast, "teacher", decided="approve")
    incident = filed(cast, about=About.STAFF, person=cast.teacher.user, who=NIECE, by=cast.support_staff)
    assert "Approved exception" in cast.client("headteacher").get(detail(incident)).content.decode()
    # The designated lead reads such a report and does not handle it.
    assert "Approved exception" not in cast.client("dsl").get(detail(incident)).content.decode()
    take("end", link, cast.headteacher, "The child has left.")
    assert "Approved exception" not in cast.client("headteacher").get(detail(incident)).content.decode()


def test_who_chose_a_link_is_not_told_by_the_history(cast):
    link = linked(cast, "teacher")
    contact(cast, pupil=str(link.pk))
    entry = reverse("portal:audit_entry", args=["report", Report.objects.get().pk, 1])
    assert "Tara" not in cast.client("dsl").get(entry).content.decode()
