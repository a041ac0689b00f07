"""Families of the real schools: who of them acknowledges what, and which lessons their classes are taught."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import SchoolClass
from incidents.models import Incident
from policies import parents, services
from policies.models import (
    Acknowledgement,
    AcknowledgementRequest,
    Audience,
    Clause,
    LessonTopic,
    Policy,
    PolicyVersion,
)
from policies.selectors.families import counts_by_class
from policyportal.lib.dates import today
from tests.clauses.test_policies_reviews import publish

TICKED = {"has_read": "on", "has_understood": "on", "will_follow": "on"}


def link_to(request: AcknowledgementRequest) -> str:
    return reverse("policies:acknowledge_by_link", args=[parents.token_of(request)])


def outstanding(schools, slug: str, version: PolicyVersion) -> int:
    """How many parents are outstanding, as the office reads it."""
    page = schools.client(slug, "headteacher").get(reverse("policies:family_list", args=[version.pk]))
    return page.context["carers"].outstanding


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("pennine-way", marks=pytest.mark.clause("PWP-09")),
        pytest.param("croftlands", marks=pytest.mark.clause("CRO-12")),
    ],
)
def test_a_parent_ticks_all_three_for_a_new_version_and_the_outstanding_count_drops_by_one(schools, slug):
    head = schools.post(slug, "headteacher")
    draft = services.draft_next_version(schools.version(slug).policy, by=head, reason="A new school year")
    version = publish(schools, slug, draft)
    before = outstanding(schools, slug, version)
    request = AcknowledgementRequest.objects.filter(campaign__version=version).order_by("carer__name").first()
    Client().post(link_to(request), {"has_read": "on", "has_understood": "on"})
    assert outstanding(schools, slug, version) == before > 0
    Client().post(link_to(request), TICKED)
    kept = Acknowledgement.objects.get(version=version, carer=request.carer)
    assert kept.acknowledged_at is not None and kept.has_read and kept.has_understood and kept.will_follow
    assert kept.text_shown.startswith(str(version))
    assert outstanding(schools, slug, version) == before - 1


@pytest.mark.clause("PWP-09", "CRO-12")
def test_a_class_goes_through_the_guide_and_each_child_who_was_there_has_an_acknowledgement(schools):
    for slug in ("pennine-way", "croftlands"):
        version = schools.version(slug)
        school_class = SchoolClass.objects.select_related("school", "teacher__user").filter(school__slug=slug)[0]
        teacher = school_class.teacher
        children = list(school_class.pupils.present())
        before = counts_by_class(version, schools.post(slug, "headteacher"))[1].outstanding
        services.record_class(version, school_class, by=teacher, on=today(), present=children[1:])
        after = counts_by_class(version, schools.post(slug, "headteacher"))[1].outstanding
        assert after == before - len(children) + 1
        assert not Acknowledgement.objects.filter(pupil=children[0]).exists()


@pytest.mark.clause("GRA-16")
def test_a_parent_signs_the_acceptable_use_policy_and_leaves_the_outstanding_list(schools):
    version = PolicyVersion.objects.published().get(policy__title="Acceptable use policy for parents and carers")
    assert version.policy.for_parents and not version.policy.for_staff and not version.policy.for_pupils
    before = outstanding(schools, "the-grange", version)
    request = AcknowledgementRequest.objects.filter(campaign__version=version).order_by("carer__name").first()
    Client().post(link_to(request), TICKED)
    kept = Acknowledgement.objects.get(carer=request.carer, version=version)
    assert (kept.carer.name, kept.version, kept.audience) == (request.carer.name, version, Audience.PARENTS)
    assert kept.acknowledged_at is not None
    assert outstanding(schools, "the-grange", version) == before - 1
    # Beside it, the social media policy is a matter of its own.
    assert not Acknowledgement.objects.filter(carer=request.carer, version=schools.version("the-grange")).exists()


@pytest.mark.clause("GRA-16")
def test_each_audience_has_an_acceptable_use_policy_of_its_own(schools):
    asked = {
        audience: set(
            Policy.objects.filter(
                schools__slug="the-grange", title__startswith="Acceptable use", **{f"for_{audience}": True}
            ).values_list("title", flat=True)
        )
        for audience in ("staff", "pupils", "parents")
    }
    assert [len(titles) for titles in asked.values()] == [1, 1, 1]
    assert len(set.union(*asked.values())) == 3


def lead(schools):
    return schools.client("the-grange", "computing_lead")


def row_of(page, name: str) -> dict:
    return next(row for row in page.context["rows"] if row["school_class"].name == name)


@pytest.mark.clause("GRA-34")
def test_a_class_without_a_lesson_this_year_is_outstanding_for_the_computing_lead(schools):
    page = lead(schools).get(reverse("policies:lesson_list"))
    row = row_of(page, "Willow")
    assert "Social media" in [cell["topic"].name for cell in row["cells"]]
    assert row["outstanding"] == len(row["cells"]) == 3
    assert "Outstanding" in page.content.decode()


@pytest.mark.parametrize(
    "topic",
    [
        pytest.param("Social media", marks=pytest.mark.clause("GRA-34")),
        pytest.param("Being a good friend online", marks=pytest.mark.clause("GRA-35")),
        pytest.param("How to report", marks=pytest.mark.clause("GRA-36")),
    ],
)
def test_a_lesson_logged_by_its_form_completes_the_class(schools, topic):
    client, chosen = lead(schools), LessonTopic.objects.get(school__slug="the-grange", name=topic)
    school_class = SchoolClass.objects.select_related("teacher").get(school__slug="the-grange", name="Willow")
    form = client.get(reverse("policies:lesson_create")).context["form"]
    assert chosen in form.fields["topic"].queryset
    day = today()
    sent = client.post(
        reverse("policies:lesson_create"),
        {
            "school_class": str(school_class.pk),
            "topic": str(chosen.pk),
            "taught_on_day": day.day,
            "taught_on_month": day.month,
            "taught_on_year": day.year,
            "taught_by": str(school_class.teacher.pk),
        },
    )
    assert sent.status_code == 302
    row = row_of(client.get(reverse("policies:lesson_list")), "Willow")
    [cell] = [cell for cell in row["cells"] if cell["topic"] == chosen]
    assert (cell["lesson"].taught_on, cell["lesson"].taught_by) == (day, school_class.teacher)
    assert row["outstanding"] == 2


@pytest.mark.clause("GRA-36")
def test_the_pupils_guide_shows_the_four_kinds_with_a_way_to_report_and_the_report_offers_them(schools):
    page = Client().get(reverse("policies:guide", args=["the-grange", "pupils"])).content.decode()
    kinds = ["Bullying", "Misuse", "Intimidation", "Abuse"]
    assert [kind for kind in kinds if f"{kind}:" not in page] == []
    assert reverse("incidents:public_report", args=["the-grange"]) in page
    offered = Clause.objects.in_force(schools.the_grange).breach_categories("pupil").values_list("category", flat=True)
    assert [kind for kind in kinds if kind not in offered] == []
    browser = Client()
    first = browser.post(reverse("incidents:public_report_form", args=["the-grange", "pupil"]), {"imagery": "no"})
    form = browser.get(first.url).context["form"]
    assert [label for key, label in form.fields["category"].choices if key] == kinds
    chosen = next(key for key, label in form.fields["category"].choices if label == "Intimidation")
    browser.post(first.url, {"words": "They said that they would get me.", "category": chosen})
    assert Incident.objects.get(category_name="Intimidation").category.code == "GRA-36c"
