"""The registers of the five policies: what each says of itself, and what it leans on."""

import pytest
from django.urls import reverse

from policies.models import PolicyVersion
from tests.clauses.test_policies_guides import SLUGS

RELATED = {
    "PWP-102": "Child protection policy",
    "PWP-103": "ICT and internet acceptable use policy",
    "PWP-104": "Behaviour policy",
    "PWP-105": "Staff Code of Conduct",
    "MLC-06": "Staff Code of Conduct",
    "HEA-19": "Safeguarding",
    "HEA-20": "Online safety",
    "HEA-21": "Electronic device use",
    "HEA-22": "Anti-bullying",
    "HEA-23": "Behaviour",
    "GRA-62": "Acceptable Use Policies",
    "GRA-63": "Data Protection Policy",
    "GRA-64": "Digital Images and Video policy",
    "CRO-99": "Child protection policy",
    "CRO-100": "ICT and internet acceptable use policy",
    "CRO-101": "Behaviour policy",
    "CRO-102": "Staff Acceptable Use Agreement",
}
ACTS = {
    "MLC-87": "Regulation of Investigatory Powers Act 2000",
    "MLC-88": "General Data Protection Regulations (GDPR) 2018",
    "MLC-89": "Human Rights Act 1998",
    "MLC-90": "Equality Act 2010",
    "MLC-91": "Defamation Act 2013",
}
CITED = {
    "PWP-15": "pennine-way",
    "CRO-18": "croftlands",
}
UNLISTED = {
    "PWP-106": "pennine-way",
    "CRO-103": "croftlands",
}


def marked(rows):
    return [pytest.param(code, value, marks=pytest.mark.clause(code)) for code, value in rows.items()]


def page_of(schools, slug, role="teacher", **query):
    """The page of the school's policy as one of its people sees it."""
    return schools.client(slug, role).get(schools.version(slug).policy.get_absolute_url(), query)


def row_of(page, kind, title):
    """The one row of a register with this title."""
    [row] = [row for row in page.context["registers"][kind]["rows"] if row[0]["text"].lower() == title.lower()]
    return [cell["text"] if isinstance(cell, dict) else cell for cell in row]


@pytest.mark.parametrize(("code", "title"), marked(RELATED))
def test_a_related_policy_is_listed_and_flagged_until_it_has_a_link(schools, code, title):
    slug = SLUGS[code[:3]]
    policy = schools.version(slug).policy
    assert row_of(page_of(schools, slug), "related_policy", title)[2] == "Link missing"
    reference = policy.references.get(kind="related_policy", title__iexact=title)
    answer = {
        "title": reference.title,
        "link": "https://example.org/it",
        "owner": "The deputy head",
        "standing": "current",
        "review_due_on_day": "1",
        "review_due_on_month": "9",
        "review_due_on_year": "2027",
    }
    schools.client(slug, "headteacher").post(reverse("policies:reference_edit", args=[reference.pk]), answer)
    page = page_of(schools, slug)
    assert row_of(page, "related_policy", title)[2] == "Open"
    words = page.content.decode()
    assert 'href="https://example.org/it"' in words
    assert "Kept by The deputy head. Its own review is due 1 September 2027." in words


@pytest.mark.parametrize(("code", "slug"), marked(CITED))
def test_policies_cited_in_the_body_are_marked_so_and_flagged(schools, code, slug):
    page = page_of(schools, slug)
    rows = page.context["registers"]["related_policy"]["rows"]
    cited = {row[0]["text"].lower(): row[2]["text"] for row in rows if row[1]["text"] == "Cited in body"}
    wanted = ["equalities", "harassment", "child protection", "safer recruitment", "online safety", "acceptable use"]
    for words in wanted:
        found = [link for title, link in cited.items() if words in title]
        assert found == ["Link missing"], words
    assert "Cited in body" in page.content.decode()


@pytest.mark.parametrize(("code", "slug"), marked(UNLISTED))
def test_what_the_text_relies_on_and_does_not_list_is_found(schools, code, slug):
    findings = [one.message for one in page_of(schools, slug, "headteacher").context["page"].findings.found]
    unlisted = " ".join(words for words in findings if "is cited in the text but not listed" in words).lower()
    for words in ("complaints", "staff behaviour", "equalities", "harassment", "safer recruitment", "data protection"):
        assert words in unlisted


@pytest.mark.clause("MLC-04")
def test_the_departments_page_is_linked_at_the_address_of_the_source(schools):
    page = page_of(schools, "mill-lane")
    [row] = [row for row in page.context["registers"]["guidance"]["rows"] if "social media use" in row[0]["text"]]
    address = "https://www.gov.uk/government/organisations/department-for-education/about/social-media-use"
    assert row[0]["url"] == address
    assert f'href="{address}"' in page.content.decode()


@pytest.mark.clause("MLC-03")
def test_a_later_edition_makes_the_reference_out_of_date_and_calls_for_a_review(schools):
    policy = schools.version("mill-lane").policy
    reference = policy.references.get(title__startswith="Keeping Children Safe")
    assert (reference.year, reference.edition) == (2023, "2023")
    head = schools.client("mill-lane", "headteacher")
    before = head.get(policy.get_absolute_url()).context["page"].findings.found
    assert not [finding for finding in before if "is out" in finding.message]
    answer = {"title": reference.title, "edition": "2026", "standing": "current"}
    head.post(reverse("policies:reference_edit", args=[reference.pk]), answer)
    page = head.get(policy.get_absolute_url())
    [finding] = [words for words in page.context["page"].findings.found if "is out" in words.message]
    assert "cited in its edition of 2023, and that of 2026 is out" in finding.message
    assert reverse("policies:version_create", args=[policy.pk]) in page.content.decode()


@pytest.mark.clause("MLC-06")
def test_whoever_acknowledges_sees_the_code_of_conduct_and_that_its_link_is_missing(schools):
    version = schools.version("mill-lane")
    address = reverse("policies:acknowledge", args=[version.pk])
    teacher = schools.client("mill-lane", "teacher")
    page = teacher.get(address).content.decode()
    assert page.index("Staff Code of Conduct") < page.index("Link missing") < page.index("I have read the policy")
    reference = version.policy.references.get(title="Staff Code of Conduct")
    reference.link = "https://example.org/code"
    reference.save()
    page = teacher.get(address).content.decode()
    assert 'href="https://example.org/code"' in page and "Link missing" not in page


@pytest.mark.clause("HEA-18")
def test_the_policys_page_links_to_the_policies_on_the_schools_own_site(schools):
    address = "https://heathcoat.devon.sch.uk/policies-and-other-documentation/"
    assert f'href="{address}"' in page_of(schools, "heathcoat").content.decode()


@pytest.mark.clause("HEA-25")
def test_the_act_and_the_three_areas_of_law_are_listed(schools):
    laws = page_of(schools, "heathcoat").context["registers"]["legislation"]["rows"]
    titles = " / ".join(row[0]["text"].lower() for row in laws)
    for words in ("safeguarding vulnerable groups act 2006", "copyright", "data protection", "freedom of information"):
        assert words in titles


@pytest.mark.clause("MLC-86")
def test_five_laws_are_listed_each_with_its_standing_and_the_day_it_was_checked(schools):
    laws = page_of(schools, "mill-lane").context["registers"]["legislation"]["rows"]
    assert len(laws) == 5
    for _, standing, checked, *_ in laws:
        assert standing["text"] in ("Current", "To verify")
        assert checked is not None


@pytest.mark.parametrize(("code", "title"), marked(ACTS))
def test_a_law_is_found_once_and_superseded_it_calls_for_a_review(schools, code, title):
    policy = schools.version("mill-lane").policy
    found = page_of(schools, "mill-lane", q=title).context["registers"]
    assert [row[0]["text"] for row in found["legislation"]["rows"]] == [title]
    assert found["guidance"]["rows"] == []
    if code == "MLC-88":
        assert "regulation dates from 2016" in found["legislation"]["rows"][0][0]["hint"]
    reference = policy.references.get(title=title)
    head = schools.client("mill-lane", "headteacher")
    answer = {"title": title, "standing": "superseded", "note": reference.note}
    head.post(reverse("policies:reference_edit", args=[reference.pk]), answer)
    assert row_of(page_of(schools, "mill-lane"), "legislation", title)[1] == "Superseded"
    home = head.get(reverse("portal:home")).content.decode()
    assert f"Legislative change: {title} has been superseded" in home.replace("&#x27;", "'")
    post = schools.post("mill-lane", "headteacher")
    assert post.user.notifications.filter(event="reference_superseded").count() == 1


@pytest.mark.clause("PWP-01")
def test_a_school_has_one_policy_in_force_and_nobody_else_finds_it(schools):
    version = PolicyVersion.objects.published().get(policy__schools__slug="pennine-way")
    for slug in ("mill-lane", "heathcoat", "the-grange", "croftlands"):
        for role in ("headteacher", "teacher", "chair"):
            stranger = schools.client(slug, role)
            for thing in (version.policy, version, version.clauses.first()):
                assert stranger.get(thing.get_absolute_url()).status_code == 404
    own = schools.client("pennine-way", "teacher").get(reverse("policies:policy_list")).context["rows"]
    assert [row[0]["url"] for row in own] == [version.policy.get_absolute_url()]
