"""The demo: every school loaded by the real verbs, once, all or nothing, and never where real people work."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Membership, Role, School, Site, User
from channels_mgmt.models import Authorisation, Channel, ChannelRule, Platform
from incidents.models import Incident, Report
from moderation.models import Item
from policies.models import Acknowledgement, Clause, GuideIntro, Policy, PolicyVersion, Reference
from policyportal.demo import load
from policyportal.demo.activity import enliven, quiet_schools
from policyportal.demo.files import read
from policyportal.lib.dates import Precision, read_stated

FILES = sorted(load.FOLDER.glob("*.toml"))
OF_PEOPLE = (School, Site, User, Membership)
OF_POLICIES = (Policy, PolicyVersion, Clause, Reference, GuideIntro)
OF_CHANNELS = (Platform, Channel, ChannelRule, Authorisation)
TRACKED = (*OF_PEOPLE, *OF_POLICIES, *OF_CHANNELS)


def slug_of(path):
    return read(path)["school"]["slug"]


@pytest.fixture
def lively(schools):
    """Pennine Way with its invented activity."""
    enliven(schools.pennine_way)
    return schools


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_school_is_stored_as_its_file_says(schools, path):
    facts = read(path)
    school = schools.school(facts["school"]["slug"])
    assert school.is_demo
    assert school.name == facts["school"]["name"]
    assert school.motto == facts["school"].get("motto", "")
    assert Site.objects.filter(school=school).count() == len(facts["sites"])
    people = {entry["email"] for entry in facts["people"]}
    assert set(Membership.objects.filter(school=school).values_list("user__email", flat=True)) == people
    assert Platform.objects.filter(school=school).count() == len(facts["platforms"])
    assert Channel.objects.filter(school=school).count() == len(facts.get("channels", ()))
    for entry in facts.get("channels", ()):
        channel = Channel.objects.get(school=school, name=entry["name"])
        stored = set(channel.rules.values_list("rule_list", "title", "clause__code"))
        assert stored == {(rule["list"], rule["title"], rule.get("clause")) for rule in entry.get("rules", ())}
        assert channel.authorisations.count() == len(entry.get("posters", ()))


@pytest.mark.parametrize("path", [path for path in FILES if "policy" in read(path)], ids=lambda path: path.stem)
def test_a_policy_is_in_force_with_its_clauses_and_its_dates_as_stated(schools, path):
    facts = read(path)
    version = schools.version(facts["school"]["slug"])
    assert version.status == PolicyVersion.Status.PUBLISHED
    assert list(version.clauses.values_list("code", flat=True)) == [entry["code"] for entry in facts["clauses"]]
    assert version.policy.references.count() == len(facts["references"])
    for name, key in (
        ("approved_on", "approved_on"),
        ("last_reviewed_on", "last_reviewed"),
        ("review_due_on", "review_due"),
    ):
        stated, said = version.stated(name), facts["policy"].get(key)
        assert stated.raw == (said["raw"] if said else "")
        if said and "precision" not in said:
            # Written as the policy prints it, and read like any date that is typed so.
            read_as = read_stated(said["raw"])
            said = {"precision": read_as.precision, "date": str(read_as.day)}
        assert stated.precision == (said["precision"] if said else Precision.NONE)
        assert str(stated.day or "") == (said.get("date", "") if said else "")


def test_a_school_without_a_policy_works_under_that_of_its_federation(schools):
    assert schools.version("sampleford") == schools.version("heathcoat")


def test_a_person_may_hold_two_posts_and_work_in_two_schools(schools):
    head = schools.post("pennine-way", Role.HEADTEACHER)
    assert head.roles == {Role.HEADTEACHER, Role.DSL}
    officer = schools.post("heathcoat", Role.TRUST_OFFICER).user
    assert set(officer.memberships.values_list("school__slug", flat=True)) == {"heathcoat", "sampleford"}


def test_everything_has_a_history_from_its_first_row(schools):
    for model in TRACKED:
        rows = model.objects.count()
        assert rows
        assert model.history.filter(history_type="+").values("id").distinct().count() == rows, model


def test_loading_again_changes_nothing(schools):
    before = {model: model.history.count() for model in TRACKED}
    assert load.load_all() == []
    assert {model: model.history.count() for model in TRACKED} == before


def test_a_file_that_cannot_be_loaded_leaves_nothing_behind(db, tmp_path):
    source = (load.FOLDER / "pennine_way.toml").read_text()
    broken = tmp_path / "broken.toml"
    broken.write_text(
        source.replace('slug = "pennine-way"', 'slug = "broken"').replace(
            'platform = "Facebook"', 'platform = "Nowhere"'
        )
    )
    with pytest.raises(KeyError, match="Nowhere"):
        load.load_school(broken)
    assert not School.objects.filter(slug="broken").exists()


def test_at_a_lively_school_every_standing_is_found(lively):
    ours = lively.pennine_way
    assert set(Item.objects.filter(school=ours).values_list("status", flat=True)) == set(Item.Status.values)
    assert set(Incident.objects.filter(school=ours).values_list("status", flat=True)) == set(Incident.Status.values)
    assert Incident.objects.filter(school=ours).exclude(category=None).values("category").distinct().count() >= 4
    asked = Membership.objects.current().filter(school=ours).exclude(role__in=[Role.DPO, Role.TECHNICAL_ADMINISTRATOR])
    done = Acknowledgement.objects.filter(school=ours).exclude(user=None).count()
    assert 0.5 < done / asked.values("user").distinct().count() < 0.75
    assert ours not in quiet_schools()


def test_what_happens_at_a_lively_school_lies_in_the_past_and_in_order(lively):
    for item in Item.objects.filter(school=lively.pennine_way):
        assert item.seen_at < item.recorded_at <= (item.decided_at or item.recorded_at)
    for report in Report.objects.filter(school=lively.pennine_way).select_related("incident"):
        assert report.noticed_at < report.reported_at <= (report.incident.closed_at or report.reported_at)


def test_a_parent_s_report_about_another_parent_waits_for_the_head(lively):
    page = lively.client("pennine-way", "headteacher").get("/").content.decode()
    waiting = Incident.objects.get(school=lively.pennine_way, about="parent", status=Incident.Status.REPORTED)
    assert waiting.get_absolute_url() in page


def test_one_who_is_new_today_has_acknowledged_nothing(lively):
    newcomer = lively.post("pennine-way", "teacher", "Niamh")
    assert not Acknowledgement.objects.filter(user=newcomer.user).exists()


def test_the_sign_ins_show_one_person_for_each_role_and_they_open_the_portal(schools, client):
    out = StringIO()
    call_command("demo", "--show", stdout=out)
    words = out.getvalue()
    for role in Role:
        assert role.label in words
    head = schools.post("croftlands", Role.HEADTEACHER)
    assert head.user.email in words
    assert load.PASSWORD in words
    assert client.post("/sign-in/", {"login": head.user.email, "password": load.PASSWORD}).status_code == 302


def test_showing_stores_nothing(db):
    call_command("demo", "--show", stdout=StringIO())
    assert not School.objects.filter(is_demo=True).exists()


def test_the_command_makes_every_school_once(db):
    out = StringIO()
    call_command("demo", stdout=out)
    assert "Pennine Way" in out.getvalue()
    assert School.objects.filter(is_demo=True).count() == len(FILES)
    assert quiet_schools() == []
    incidents = Incident.objects.count()
    call_command("demo", stdout=out)
    assert "there already" in out.getvalue()
    assert Incident.objects.count() == incidents


def test_in_production_the_command_refuses_with_a_sentence(db, settings):
    settings.IN_PRODUCTION = True
    for words in (["demo"], ["demo", "--show"]):
        with pytest.raises(CommandError, match="PORTAL_ENV is production"):
            call_command(*words)
    assert not School.objects.filter(is_demo=True).exists()
