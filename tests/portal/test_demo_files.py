"""The shape of the demonstration files, held against the list of clauses that the portal must carry out."""

import csv
import re
import tomllib
import warnings
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from accounts.models import Accent, Membership, Role
from channels_mgmt.models import Channel, ChannelRule
from policies.models import ASKED, Audience, Clause, PolicyVersion, Reference
from policyportal.lib.dates import Precision

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "policyportal" / "demo" / "schools").glob("*.toml"))
CLAUSES = ROOT / "tests" / "clauses" / "clauses.csv"
# A folder with the policies as their schools published them, one text file each; they are not ours to keep here.
SOURCES = ROOT.parent / "shared" / "seeds"

SUBJECTS = {"staff", "pupil", "parent", "community"}
SUBJECT_WORDS = {
    "staff member": {"staff"},
    "pupil": {"pupil"},
    "parent or carer": {"parent"},
    "community member": SUBJECTS,
}
GUIDE_WORDS = {
    "staff": {"staff"},
    "pupil": {"pupils"},
    "parent/carer": {"parents"},
    "staff, pupil and parent/carer": {"staff", "pupils", "parents"},
}
KEYS = {
    "": "school sites policy guide_intro clauses references platforms channels people "
    "classes lessons further_policies",
    "school": "slug name short_name phase motto accent federation email telephone roll email_domain "
    "role_labels procedures settings",
    "settings": "moderation_target_hours block_threshold takedown_hours suggestion_roles year_starts_month "
    "year_starts_day declares_links monitoring_needs_grounds",
    "sites": "name website",
    "policy": "title issued cycle_months consults review_questions questions_to contents acknowledging approver_kind "
    "approver_name approver_role website approved_on last_reviewed review_due signed_on",
    "guide_intro": "audience text",
    "clauses": "code section heading kind text audiences guide_text category about risk carried_out_at note "
    "shows_channels shows_minimum_ages shown_at_acknowledgement",
    "references": "kind title cited link year edition status last_checked note clause",
    "platforms": "name aliases minimum_age active note",
    "channels": "key platform name address audience audience_confirmed managing_roles authorising_roles "
    "managers_need_authorisation posting_mode purpose rules posters",
    "rules": "list title text example clause",
    "posters": "email may_post may_moderate reason",
    "classes": "name year_group teacher pupils",
    "pupils": "name school_number carers",
    "lessons": "topics",
    "further_policies": "title acknowledging approver_kind questions_to clauses",
    "people": "name email role title site seniority line_manager starts_days_ago employment also",
}
# Categories that an acceptance names in other words than "is filed under".
FURTHER_CATEGORIES = {
    "PWP-21": ("Unauthorised access or attempt", {"staff"}),
    "CRO-25": ("Unauthorised access or attempt", {"staff"}),
    "MLC-38": ("Parent contact outside school accounts", {"staff"}),
    "HEA-31": ("Tagging", {"staff"}),
    "HEA-47": ("Under-age use", {"pupil"}),
    "GRA-30": ("Age rating not respected", {"parent"}),
    "GRA-72": ("Extremism/radicalisation", SUBJECTS),
}
EVERYWHERE = set(Role.values) - {Role.HEAD_OF_HOUSE, Role.TRUST_OFFICER}


def load(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


SCHOOLS = {path.stem: load(path) for path in FILES}
WITH_POLICY = {name: data for name, data in SCHOOLS.items() if "policy" in data}
each_school = pytest.mark.parametrize("data", SCHOOLS.values(), ids=SCHOOLS)
each_policy = pytest.mark.parametrize("data", WITH_POLICY.values(), ids=WITH_POLICY)


def stated_rows() -> list[dict]:
    """The rows that a school's policy states: findings of the analysis and derived rows are left out."""
    with CLAUSES.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if not re.search(r"\[(analyst finding|derived)", row["section"])]


def clauses_by_code() -> dict[str, dict]:
    return {clause["code"]: clause for data in SCHOOLS.values() for clause in data.get("clauses", [])}


def rules_of(data: dict, which: str) -> list[dict]:
    return [rule for channel in data.get("channels", []) for rule in channel.get("rules", []) if rule["list"] == which]


def words(text: str) -> list[str]:
    """Lower-case words; a printed web address is a fact and not a sentence."""
    text = re.sub(r"(https?://|www\.)\S+", " ", text.lower())
    return re.findall(r"[a-z0-9]+", text.replace("’", "'").replace("'", ""))


def runs_of_eight(text: str) -> set[tuple[str, ...]]:
    listed = words(text)
    return {tuple(listed[at : at + 8]) for at in range(len(listed) - 7)}


def sentences(data: dict) -> list[str]:
    """Everything in a file that is prose; names, titles and mottoes are facts."""
    found = [
        part[key]
        for part in [*data.get("clauses", []), *data.get("references", []), *data["platforms"], *data["channels"]]
        for key in ("text", "guide_text", "note", "purpose")
        if key in part
    ]
    found += [intro["text"] for intro in data.get("guide_intro", [])]
    for channel in data["channels"]:
        found += [rule[key] for rule in channel.get("rules", []) for key in ("text", "example") if key in rule]
        found += [poster["reason"] for poster in channel.get("posters", [])]
    return found


def test_there_are_five_schools_with_a_policy_and_one_invented_one():
    assert set(WITH_POLICY) == {"pennine_way", "mill_lane", "heathcoat", "the_grange", "croftlands"}
    (invented,) = set(SCHOOLS) - set(WITH_POLICY)
    school = SCHOOLS[invented]["school"]
    assert "(invented)" in school["name"]
    assert school["federation"] == SCHOOLS["heathcoat"]["school"]["federation"]


@each_school
def test_only_the_agreed_keys_are_used_and_none_is_empty(data):
    def check(name, table):
        assert not set(table) - set(KEYS[name].split()), name
        assert not [key for key, value in table.items() if value in ("", [], {})], name

    check("", data)
    check("school", data["school"])
    check("settings", data["school"].get("settings", {"block_threshold": 3}))
    check("policy", data.get("policy", {"title": "none"}))
    check("lessons", data.get("lessons", {"topics": ["None"]}))
    further = data.get("further_policies", [])
    for table in [clause for policy in further for clause in policy["clauses"]]:
        check("clauses", table)
    for table in [pupil for school_class in data.get("classes", []) for pupil in school_class["pupils"]]:
        check("pupils", table)
    lists = ("sites", "guide_intro", "clauses", "references", "platforms", "channels", "people", "classes")
    for name in (*lists, "further_policies"):
        for table in data.get(name, []):
            check(name, table)
    for channel in data.get("channels", []):
        for name in ("rules", "posters"):
            for table in channel.get(name, []):
                check(name, table)


def test_every_clause_that_a_policy_states_stands_once_in_the_file_of_its_school():
    wanted = Counter(row["id"] for row in stated_rows())
    assert len(wanted) == 485
    # A letter after the number marks a part of a clause that is listed by itself.
    codes = [clause["code"] for data in SCHOOLS.values() for clause in data.get("clauses", [])]
    stood = Counter(code for code in codes if code[-1].isdigit())
    assert {code[:-1] for code in codes if not code[-1].isdigit()} <= set(stood)
    assert stood == wanted
    for data in WITH_POLICY.values():
        assert len({clause["code"][:3] for clause in data["clauses"]}) == 1


def test_every_clause_keeps_the_kind_of_its_row():
    clauses = clauses_by_code()
    for row in stated_rows():
        assert clauses[row["id"]]["kind"] == row["kind"], row["id"]


def test_every_category_that_an_acceptance_names_is_offered_for_the_subjects_that_it_names():
    clauses = clauses_by_code()
    wanted = dict(FURTHER_CATEGORIES)
    for row in stated_rows():
        named = re.search(r"incident about (?:an?|any) ([a-z ]+?) is filed under '(.+?)', then", row["acceptance"])
        if named:
            wanted[row["id"]] = (named[2], SUBJECT_WORDS[named[1]])
    assert len(wanted) > 120
    for code, (category, about) in wanted.items():
        assert (clauses[code]["category"], set(clauses[code]["about"])) == (category, about), code


@each_policy
def test_a_category_is_offered_once_for_a_subject_and_always_for_somebody(data):
    offered = Counter()
    for clause in data["clauses"]:
        assert ("category" in clause) == ("about" in clause), clause["code"]
        assert set(clause.get("about", [])) <= SUBJECTS
        # What pupils may report has its own form, and may have the name of a rule.
        if clause["kind"] != "report":
            offered.update((clause["category"], subject) for subject in clause.get("about", []))
    assert not [pair for pair, times in offered.items() if times > 1]


def test_every_clause_is_on_the_guide_pages_that_its_acceptance_opens():
    clauses = clauses_by_code()
    checked = 0
    for row in stated_rows():
        named = re.search(
            r"when the (staff(?:, pupil and parent/carer)?|pupil|parent/carer) guide pages? (?:is|are) "
            r"opened",
            row["acceptance"],
        )
        if named:
            # The wider community's guide is there besides those that an acceptance names [HEA-08].
            assert set(clauses[row["id"]]["audiences"]) - {"community"} == GUIDE_WORDS[named[1]], row["id"]
            checked += 1
    assert checked > 190


def test_every_risk_that_an_acceptance_names_is_the_label_of_its_clause():
    clauses = clauses_by_code()
    risks = {
        row["id"]: named[1]
        for row in stated_rows()
        if (named := re.search(r"when risk type '(.+?)' is chosen", row["acceptance"]))
    }
    assert len(risks) == 4
    assert {code: clauses[code]["risk"] for code in risks} == risks


def test_a_clause_that_needs_a_contact_a_channel_list_or_an_age_beside_it_says_so():
    clauses = clauses_by_code()

    def marked(key):
        return {code for code, clause in clauses.items() if clause.get(key)}

    def holding(token):
        return {code for code, clause in clauses.items() if token in clause.get("guide_text", clause["text"])}

    assert holding("{telephone}") == {"HEA-71", "GRA-78"}
    assert holding("{email}") == {"HEA-71", "GRA-44", "GRA-78"}
    assert marked("shows_channels") == {"PWP-74", "MLC-38", "CRO-72"}
    assert marked("shows_minimum_ages") == {"HEA-47", "GRA-30"}
    assert marked("shown_at_acknowledgement") == {"PWP-96", "CRO-92", "MLC-06", "MLC-84"}


@pytest.mark.parametrize(
    ("which", "pattern"),
    [
        ("allowed", r"files a suggestion under '(.+?)' and all"),
        ("never", r"approver marks '(.+?)' as present"),
        ("remove", r"removes it choosing '(.+?)', then"),
    ],
)
def test_every_rule_of_a_channel_that_an_acceptance_names_cites_its_clause(which, pattern):
    listed = {(rule["clause"], rule["title"]) for data in WITH_POLICY.values() for rule in rules_of(data, which)}
    named = {(row["id"], found[1]) for row in stated_rows() if (found := re.search(pattern, row["acceptance"]))}
    assert named
    assert named <= listed


def test_every_work_that_an_acceptance_names_is_a_reference():
    titles = {
        (code[:3], reference["title"])
        for data in WITH_POLICY.values()
        for code in [data["clauses"][0]["code"]]
        for reference in data["references"]
    }
    named = {
        (row["id"][:3], found[1])
        for row in stated_rows()
        for pattern in (r"related policies are shown, then '(.+?)' is listed", r"register is searched for '(.+?)'")
        if (found := re.search(pattern, row["acceptance"]))
    }
    assert len(named) > 15
    assert named <= titles


@each_policy
def test_the_closed_words_are_the_ones_that_the_models_know(data):
    known = {clause["code"] for clause in data["clauses"]}
    for clause in data["clauses"]:
        assert clause["kind"] in Clause.Kind.values
        assert set(clause.get("audiences", [])) <= set(Audience.values)
        assert clause["heading"] and clause["text"] and clause["carried_out_at"]
    for reference in data["references"]:
        assert reference["kind"] in Reference.Kind.values
        assert reference["cited"] in Reference.Cited.values
        assert reference.get("status", "current") in Reference.Standing.values
        assert reference["clause"] in known
        assert ("last_checked" in reference) == (reference["kind"] == Reference.Kind.LEGISLATION)
        date.fromisoformat(reference.get("last_checked", "2026-11-01"))
    for channel in data.get("channels", []):
        assert channel["audience"] in Channel.Audience.values
        assert channel["posting_mode"] in Channel.PostingMode.values
        assert channel["platform"] in {platform["name"] for platform in data["platforms"]}
        assert set(channel["managing_roles"] + channel["authorising_roles"]) <= set(Role.values)
        for rule in channel.get("rules", []):
            assert rule["list"] in ChannelRule.List.values
            assert rule["clause"] in known
    assert data["policy"]["approver_kind"] in PolicyVersion.Approver.values
    assert set(data["policy"]["acknowledging"]) <= set(ASKED)
    written_for = {audience for clause in data["clauses"] for audience in clause.get("audiences", [])}
    assert {intro["audience"] for intro in data["guide_intro"]} == set(ASKED) | written_for


@each_policy
def test_a_date_keeps_its_raw_words_and_a_month_means_its_last_day(data):
    for name in ("approved_on", "last_reviewed", "review_due", "signed_on"):
        stated = data["policy"].get(name)
        # A date that has nothing but its words is read by the portal itself.
        if stated is None or set(stated) == {"raw"}:
            continue
        assert stated["raw"]
        assert stated["precision"] in Precision.values
        if stated["precision"] == Precision.AMBIGUOUS:
            assert "date" not in stated
        elif stated["precision"] == Precision.MONTH:
            day = date.fromisoformat(stated["date"])
            assert date.fromordinal(day.toordinal() + 1).day == 1


@each_school
def test_a_title_stands_once_in_its_list(data):
    for name, keys in (("references", ("kind", "title")), ("platforms", ("name",)), ("channels", ("key",))):
        rows = Counter(tuple(row[key] for key in keys) for row in data.get(name, []))
        assert not [row for row, times in rows.items() if times > 1]
    for channel in data.get("channels", []):
        rows = Counter((rule["list"], rule["title"]) for rule in channel.get("rules", []))
        assert not [row for row, times in rows.items() if times > 1]


@each_school
def test_people_are_invented_and_hang_together(data):
    people = {person["email"]: person for person in data["people"]}
    approver = data.get("policy", {}).get("approver_name")
    assert len(people) == len(data["people"])
    sites = {site["name"] for site in data["sites"]}
    assert data["school"]["accent"] in Accent.values
    assert data["school"]["email"].endswith(f"@{data['school']['slug']}.example")
    assert re.fullmatch(r"01632 960\d{3}", data["school"]["telephone"])
    for email, person in people.items():
        assert email.endswith(".example")
        assert person["name"] != approver
        assert {person["role"], *person.get("also", [])} <= set(Role.values)
        assert person["employment"] in Membership.Employment.values
        assert person.get("site", next(iter(sites))) in sites
        assert person.get("line_manager") in people.keys() - {email} | {None}
    assert {role for person in data["people"] for role in [person["role"], *person.get("also", [])]} >= (
        EVERYWHERE if "policy" in data else {Role.HEADTEACHER, Role.DSL, Role.TEACHER, Role.CHAIR, Role.TRUST_OFFICER}
    )
    (new,) = [person for person in data["people"] if person["starts_days_ago"] == 0]
    assert new["role"] == Role.TEACHER
    for channel in data.get("channels", []):
        for poster in channel.get("posters", []):
            assert poster["email"] in people.keys() - {new["email"]}


def test_the_same_address_means_the_same_person_in_two_schools():
    names = {}
    for data in SCHOOLS.values():
        for person in data["people"]:
            assert names.setdefault(person["email"], person["name"]) == person["name"]


@each_policy
def test_no_run_of_eight_words_of_a_published_policy_is_repeated(data):
    texts = sorted(SOURCES.glob("*.txt"))
    if not texts:
        warnings.warn("Left out: the published policies are not beside this clone.", stacklevel=1)
    published = set().union(*(runs_of_eight(text.read_text(encoding="utf-8")) for text in texts))
    written = sentences(data | {"channels": data.get("channels", [])})
    assert written
    assert not [" ".join(run) for text in written for run in runs_of_eight(text) & published]
