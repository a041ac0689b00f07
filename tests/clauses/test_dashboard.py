"""The dashboards: how a policy works in practice, for one school and for several that share it."""

import pytest

from accounts.models import Membership, Role
from policies.models import PolicyVersion, Reminder
from policies.services import acknowledge, draft_next_version
from policyportal.lib.dates import today
from policyportal.lib.workflow import take

DASHBOARD = "/dashboard/"
SHARING = ("heathcoat", "sampleford")
READ = {"has_read": True, "has_understood": True, "will_follow": True}


def publish_anew(schools, slug: str) -> PolicyVersion:
    """Bring a new version of the school's policy into force, as its head and its chair would."""
    head = schools.post(slug, Role.HEADTEACHER)
    version = draft_next_version(schools.version(slug).policy, by=head, reason="The yearly review")
    approval = {
        "approver_kind": PolicyVersion.Approver.GOVERNING_BODY,
        "approver_name": "The governing body",
        "approved_on": today(),
        "approved_on_precision": "day",
    }
    take("submit", version, head)
    version = take("approve", version, schools.post(slug, Role.CHAIR), reason="Agreed", **approval)
    return take("publish", version, head)


@pytest.mark.clause("HEA-03")
def test_a_policy_of_a_federation_asks_both_schools_and_the_dashboard_shows_each_and_a_total(schools):
    version = publish_anew(schools, "heathcoat")
    for slug in SHARING:
        teacher = schools.post(slug, Role.TEACHER)
        assert Reminder.objects.filter(version=version, user=teacher.user).exists()
        home = schools.client(slug, Role.TEACHER).get("/").content.decode()
        assert f"/policies/versions/{version.pk}/acknowledge/" in home
    acknowledge(version, schools.post("heathcoat", Role.TEACHER), **READ)

    rows = schools.client("heathcoat", Role.TRUST_OFFICER).get(DASHBOARD).context["schools"]["rows"]

    told = {row[0]["text"] if isinstance(row[0], dict) else row[0]: row[2] for row in rows}
    asked = {slug: asked_in(slug) for slug in SHARING}
    assert told == {
        schools.school("heathcoat").name: f"1 of {asked['heathcoat']}",
        schools.school("sampleford").name: f"0 of {asked['sampleford']}",
        "All schools": f"1 of {sum(asked.values())}",
    }


def asked_in(slug: str) -> int:
    """How many people of a school its policy asks: everybody but those of the trust and the technicians."""
    others = [Role.TRUST_OFFICER, Role.DPO, Role.TECHNICAL_ADMINISTRATOR]
    posts = Membership.objects.current().filter(school__slug=slug).exclude(role__in=others)
    return posts.values("user").distinct().count()


@pytest.mark.clause("HEA-03")
def test_each_school_of_a_federation_can_be_looked_at_alone(schools):
    client = schools.client("heathcoat", Role.TRUST_OFFICER)
    for slug in SHARING:
        page = client.get(DASHBOARD, {"school": slug})
        assert page.context["of_school"] == schools.school(slug)
    assert client.get(DASHBOARD, {"school": "mill-lane"}).status_code == 404


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        pytest.param("pennine-way", "Overdue since 1 May 2025", marks=pytest.mark.clause("PWP-04")),
        pytest.param("mill-lane", "Overdue since 1 February 2026", marks=pytest.mark.clause("MLC-96")),
        pytest.param("croftlands", "Overdue since 1 October 2026", marks=pytest.mark.clause("CRO-06")),
        pytest.param("heathcoat", "Overdue since 11 November 2022", marks=pytest.mark.clause("HEA-111")),
        pytest.param("the-grange", "No review date", marks=pytest.mark.clause("GRA-02")),
    ],
)
def test_governors_see_how_the_review_of_their_policy_stands(schools, slug, words):
    page = schools.client(slug, Role.GOVERNOR).get(DASHBOARD)
    title = schools.version(slug).policy.title
    [row] = [row for row in page.context["policies"] if row[0]["text"] == title]
    assert row[2]["text"] == words
    assert words in page.content.decode()
    assert "Up to date" not in page.content.decode()


@pytest.mark.clause("MLC-96")
def test_the_date_that_the_yearly_cycle_implies_stands_beside_the_stated_one(schools):
    [row] = schools.client("mill-lane", Role.GOVERNOR).get(DASHBOARD).context["policies"]
    assert row[1] == "January 2026"
    assert "By its cycle it has been overdue since 1 February 2025." in row[2]["hint"]
