"""Who is asked to acknowledge each school's policy, what exactly they acknowledge, and who sees to it."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Membership, Role, Site, User
from accounts.services import give_post
from policies import services
from policies.models import Acknowledgement, PolicyVersion, Reminder
from policyportal.lib.dates import start_of_day, today
from policyportal.lib.models import OutboxMail
from tests.clauses.test_policies_reviews import publish

TICKED = {"has_read": "on", "has_understood": "on", "will_follow": "on"}


def page_to_acknowledge(version: PolicyVersion) -> str:
    return reverse("policies:acknowledge", args=[version.pk])


def counts(schools, slug: str, version: PolicyVersion) -> dict[str, int]:
    """How many were asked and how many are outstanding, as the headteacher reads it."""
    address = reverse("policies:acknowledgement_list", args=[version.pk])
    return schools.client(slug, "headteacher").get(address).context["counts"]


def new_person(schools, slug: str, role: str, **details) -> Membership:
    """Somebody who joins the school today."""
    user = User.objects.create_user(f"new.{role}@{slug}.example", "Nell Newcomer")
    return give_post(
        user=user, school=schools.school(slug), role=role, by=schools.post(slug, "headteacher"), **details
    )


NOTICES = {
    "PWP-96": ("pennine-way", ["monitor", "intercept", "review", "unannounced", "legitimate business purposes"]),
    "CRO-92": ("croftlands", ["monitor", "intercept", "review", "unannounced", "legitimate business purposes"]),
    "MLC-84": ("mill-lane", ["not part of any contract of employment"]),
}


@pytest.mark.parametrize(
    ("code", "slug", "words"),
    [pytest.param(code, *row, marks=pytest.mark.clause(code)) for code, row in NOTICES.items()],
)
def test_the_notice_is_on_the_page_and_in_the_words_that_are_kept(schools, code, slug, words):
    version, clause = schools.version(slug), schools.clause(code)
    assert [word for word in words if word not in clause.text] == []
    person = new_person(schools, slug, Role.TEACHER)
    client = schools.client(slug, "teacher", "Nell")
    page = client.get(page_to_acknowledge(version)).content.decode()
    assert page.index(clause.text) < page.index("I have read the policy")
    client.post(page_to_acknowledge(version), TICKED)
    kept = Acknowledgement.objects.get(version=version, user=person.user)
    assert clause.text in kept.text_shown
    assert kept.text_sha256 == hashlib.sha256(kept.text_shown.encode()).hexdigest()
    services.edit_guide_text(clause, by=schools.post(slug, "headteacher"), text="Other words.")
    assert clause.text in Acknowledgement.objects.get(pk=kept.pk).text_shown


@pytest.mark.clause("PWP-96")
def test_the_monitoring_notice_is_on_the_staff_guide(schools):
    page = schools.client("pennine-way", "teacher").get(reverse("policies:guide", args=["pennine-way", "staff"]))
    assert schools.clause("PWP-96").on_guide in page.content.decode()


@pytest.mark.clause("MLC-01")
def test_somebody_at_the_nursery_is_asked_for_the_same_policy_and_counts_in_the_total(schools):
    version, before = schools.version("mill-lane"), counts(schools, "mill-lane", schools.version("mill-lane"))
    nursery = Site.objects.get(school__slug="mill-lane", name__contains="Nursery")
    new_person(schools, "mill-lane", Role.SUPPORT_STAFF, site=nursery)
    client = schools.client("mill-lane", "support_staff", "Nell")
    assert page_to_acknowledge(version) in client.get(reverse("portal:home")).content.decode()
    asked = counts(schools, "mill-lane", version)
    assert (asked["all"], asked["outstanding"]) == (before["all"] + 1, before["outstanding"] + 1)
    client.post(page_to_acknowledge(version), TICKED)
    assert counts(schools, "mill-lane", version)["outstanding"] == before["outstanding"]
    assert page_to_acknowledge(version) not in client.get(reverse("portal:home")).content.decode()


@pytest.mark.clause("CRO-01")
def test_people_of_the_infant_and_of_the_junior_school_see_one_version(schools):
    seen = {}
    for site in Site.objects.filter(school__slug="croftlands"):
        role = Role.SUPPORT_STAFF if "Infant" in site.name else Role.VOLUNTEER
        new_person(schools, "croftlands", role, site=site)
        client = schools.client("croftlands", role, "Nell")
        [row] = client.get(reverse("policies:policy_list")).context["rows"]
        assert "2025-2026" in row[0]["text"]
        seen[site.name] = (row[0]["url"], client.get(row[0]["url"]).context["page"].version.pk)
    assert len(seen) == 2 and len(set(seen.values())) == 1


@pytest.mark.clause("MLC-20")
def test_a_manager_finds_the_two_who_have_not_acknowledged_and_reminds_each_once(schools):
    version, manager = schools.version("mill-lane"), schools.post("mill-lane", "senior_leader")
    Membership.objects.filter(line_manager=manager).update(line_manager=None)
    names = ["Ada", "Ben", "Cleo", "Dev", "Eve"]
    for name in names:
        user = User.objects.create_user(f"{name.lower()}@mill-lane.example", f"{name} Newcomer")
        post = give_post(user=user, school=manager.school, role=Role.TEACHER, line_manager=manager, by=None)
        if name not in ("Ben", "Eve"):
            services.acknowledge(version, post, has_read=True, has_understood=True, will_follow=True)
    # What a manager sees who is not also of the leadership or the office.
    manager.role = Role.HEAD_OF_HOUSE
    manager.save()
    OutboxMail.objects.all().delete()
    client = schools.client("mill-lane", "head_of_house")
    address = reverse("policies:acknowledgement_list", args=[version.pk])
    listed = client.get(address).context["page"].rows
    assert [person.name for person in listed] == ["Ben Newcomer", "Eve Newcomer"]
    for person in listed:
        for _ in range(2):
            client.post(reverse("policies:acknowledgement_remind", args=[version.pk, person.pk]))
    logged = Reminder.objects.filter(version=version, kind=Reminder.Kind.ASKED)
    assert {(row.user.name, row.by, row.owed_on) for row in logged} == {
        ("Ben Newcomer", manager.user, today()),
        ("Eve Newcomer", manager.user, today()),
    }
    assert logged.count() == OutboxMail.objects.count() == 2
    assert client.get(address).context["page"].rows[0].reminded_at is not None


@pytest.mark.clause("PWP-95")
def test_somebody_new_has_the_policy_as_a_task_until_it_is_acknowledged(schools):
    version, person = schools.version("pennine-way"), new_person(schools, "pennine-way", Role.TEACHER)
    client, head = (
        schools.client("pennine-way", role, name) for role, name in (("teacher", "Nell"), ("headteacher", ""))
    )
    address = reverse("policies:acknowledgement_list", args=[version.pk])
    assert page_to_acknowledge(version) in client.get(reverse("portal:home")).content.decode()
    assert "Nell Newcomer" in head.get(address, {"name": "Nell"}).content.decode()
    services.record_due_reminders()
    assert person.user.notifications.filter(event="acknowledgement_due").count() == 1
    weeks_later = today() + timedelta(days=30)
    with time_machine.travel(start_of_day(weeks_later) + timedelta(hours=9), tick=False):
        services.record_due_reminders()
    assert person.user.notifications.filter(event="acknowledgement_due").count() == 2
    client.post(page_to_acknowledge(version), TICKED)
    assert page_to_acknowledge(version) not in client.get(reverse("portal:home")).content.decode()
    assert head.get(address, {"name": "Nell"}).context["page"].rows == []
    with time_machine.travel(start_of_day(weeks_later) + timedelta(days=30), tick=False):
        services.record_due_reminders()
    assert person.user.notifications.filter(event="acknowledgement_due").count() == 2


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("pennine-way", marks=pytest.mark.clause("PWP-100")),
        pytest.param("croftlands", marks=pytest.mark.clause("CRO-96")),
    ],
)
def test_a_review_with_a_reason_leads_to_a_new_version_and_new_acknowledgements(schools, slug):
    former, teacher = schools.version(slug), schools.post(slug, "teacher")
    given = services.acknowledge(former, teacher, has_read=True, has_understood=True, will_follow=True)
    head = schools.client(slug, "headteacher")
    head.post(
        reverse("policies:version_create", args=[former.policy_id]),
        {"trigger": "needs", "reason": "The school has a new platform"},
    )
    draft = former.policy.versions.get(number=2)
    assert draft.history.latest().history_change_reason == "The school has a new platform"
    changed = draft.clauses.get(code=schools.clause(former.clauses.last().code).code)
    head.post(
        reverse("policies:clause_edit", args=[changed.pk]),
        {"heading": "Purpose", "kind": "rule", "text": "A wording of the new version.", "reason": "New platform"},
    )
    publish(schools, slug, draft)
    current = schools.version(slug)
    assert current.pk == draft.pk
    assert current.clauses.get(pk=changed.pk).text == "A wording of the new version."
    assert Acknowledgement.objects.get(pk=given.pk).version == former
    assert not Acknowledgement.objects.filter(version=current).exists()
    home = schools.client(slug, "teacher").get(reverse("portal:home")).content.decode()
    assert page_to_acknowledge(current) in home
    assert Reminder.objects.filter(version=current, user=teacher.user, kind="acknowledgement").count() == 1
    assert counts(schools, slug, current)["acknowledged"] == 0
