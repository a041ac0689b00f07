"""Loads the demo schools from their files through the portal's own verbs, so that their history is as real as any."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, Role, School, Site
from accounts.services import give_post, register_person, register_school
from channels_mgmt.models import Channel, Platform
from channels_mgmt.services import add_rule, authorise, list_platform, open_channel
from policies.models import ASKED, Clause, Policy, PolicyVersion
from policies.services import add_clause, add_reference, draft_version, record_policy, write_guide_intro
from policyportal.demo.families import load_families
from policyportal.demo.files import Facts, read
from policyportal.lib.dates import Precision, read_stated, today
from policyportal.lib.workflow import take

FOLDER = Path(__file__).parent / "schools"
# Everybody in the demo signs in with it; the people are invented and so is what they see.
PASSWORD = "invented people only"
# How long ago the school began to ask for acknowledgements.
ASKED_SINCE = timedelta(days=9)


def load_all() -> list[School]:
    """Store every demo school that is not there yet and return those that were stored."""
    files = {path: read(path) for path in sorted(FOLDER.glob("*.toml"))}
    known = set(School.objects.values_list("slug", flat=True))
    # A school without a policy of its own works under that of its federation, which has to find it.
    paths = sorted(files, key=lambda path: "policy" in files[path])
    return [load_school(path) for path in paths if files[path]["school"]["slug"] not in known]


@transaction.atomic
def load_school(path: Path) -> School:
    """Store one school with its people, policy and channels from its file, all or nothing, and return it."""
    facts = read(path)
    school = _school(facts)
    people = _People(school, facts["people"])
    platforms = {entry["name"]: list_platform(school=school, by=None, **entry) for entry in facts.get("platforms", ())}
    # Before the policies: who is asked about one is there when it comes into force.
    load_families(school, facts, people.posts)
    clauses: dict[str, Clause] = {}
    if "policy" in facts:
        version, clauses = _policy(school, facts["policy"], facts.get("clauses", ()), people)
        for entry in facts.get("references", ()):
            _reference(version.policy, entry)
        for entry in facts.get("guide_intro", ()):
            write_guide_intro(school=school, by=None, **entry)
    for further in facts.get("further_policies", ()):
        _policy(school, further, further["clauses"], people)
    for entry in facts.get("channels", ()):
        _channel(school, platforms, clauses, people, entry)
    return school


def _school(facts: Facts) -> School:
    known = facts["school"]
    own = {key: value for key, value in known.items() if key not in ("settings", "email_domain")}
    return register_school(**own, **known.get("settings", {}), sites=facts.get("sites", ()), is_demo=True)


class _People:
    """The people of one file, each given their posts after their line manager has theirs."""

    def __init__(self, school: School, entries: list[Facts]):
        self.school = school
        self.entries = {entry["email"]: entry for entry in entries}
        self.sites = {site.name: site for site in Site.objects.filter(school=school)}
        self.posts: dict[str, Membership] = {}
        # One hash for all: it is slow by design.
        self.password_hash = make_password(PASSWORD)
        for email in self.entries:
            self.post(email)

    def post(self, email: str) -> Membership:
        """Return the main post of a person, given now if not before."""
        if email not in self.posts:
            entry = self.entries[email]
            user = register_person(email=email, name=entry["name"], password_hash=self.password_hash)
            details = {
                "employment": entry["employment"],
                "site": self.sites[entry["site"]] if "site" in entry else None,
                "line_manager": self.post(entry["line_manager"]) if "line_manager" in entry else None,
                "starts_on": today() - timedelta(days=entry["starts_days_ago"]),
            }
            if "seniority" in entry:
                details["seniority"] = entry["seniority"]
            self.posts[email] = give_post(
                user=user, school=self.school, role=entry["role"], job_title=entry["title"], **details
            )
            for role in entry.get("also", ()):
                give_post(user=user, school=self.school, role=role, **details)
        return self.posts[email]

    @property
    def head(self) -> Membership:
        """The headteacher."""
        return next(post for post in self.posts.values() if post.role == Role.HEADTEACHER)


def _policy(
    school: School, facts: Facts, entries: Iterable[Facts], people: _People
) -> tuple[PolicyVersion, dict[str, Clause]]:
    """Record a policy with its clauses, in force since before the school joined; return its wording and them."""
    version = _version(school, facts)
    clauses = {entry["code"]: _clause(version, position, entry) for position, entry in enumerate(entries, start=1)}
    take(
        "adopt",
        version,
        people.head,
        reason="In force before the school joined the portal",
        published_at=timezone.now() - ASKED_SINCE,
    )
    return version, clauses


def _version(school: School, facts: Facts) -> PolicyVersion:
    """Record the policy for the school and for those of its federation that have none, and draft its wording."""
    under_it = School.objects.filter(federation=school.federation_id, policies=None) if school.federation_id else ()
    policy = record_policy(
        title=facts["title"],
        schools=list({school, *under_it}),
        by=None,
        website=facts.get("website", ""),
        cycle_months=facts.get("cycle_months"),
        consults=facts.get("consults", ""),
        review_questions=facts.get("review_questions", []),
        questions_to=facts.get("questions_to", ""),
        **{f"for_{audience}": audience in facts["acknowledging"] for audience in ASKED},
    )
    return draft_version(
        policy,
        by=None,
        issued_raw=facts.get("issued", ""),
        contents=facts.get("contents", []),
        approver_kind=facts["approver_kind"],
        approver_name=facts.get("approver_name", ""),
        approver_role=facts.get("approver_role", ""),
        signed_on_raw=facts.get("signed_on", {}).get("raw", ""),
        last_reviewed_note=facts.get("last_reviewed", {}).get("note", ""),
        **_stated("approved_on", facts.get("approved_on")),
        **_stated("last_reviewed_on", facts.get("last_reviewed")),
        **_stated("review_due_on", facts.get("review_due")),
    )


def _stated(name: str, facts: Facts | None) -> Facts:
    """Return the three fields of a date as the policy states it; nothing where it states none."""
    if not facts:
        return {}
    if "precision" not in facts:
        read = read_stated(facts["raw"])
        return {name: read.day, f"{name}_precision": read.precision, f"{name}_raw": read.raw}
    return {
        name: date.fromisoformat(facts["date"]) if "date" in facts else None,
        f"{name}_precision": Precision(facts["precision"]),
        f"{name}_raw": facts["raw"],
    }


def _clause(version: PolicyVersion, position: int, entry: Facts) -> Clause:
    facts = {key: value for key, value in entry.items() if key not in ("audiences", "about")}
    facts |= {f"for_{audience}": True for audience in entry.get("audiences", ())}
    facts |= {f"about_{subject}": True for subject in entry.get("about", ())}
    return add_clause(version, by=None, position=position, **facts)


def _reference(policy: Policy, entry: Facts) -> None:
    facts = {key: value for key, value in entry.items() if key not in ("clause", "status", "last_checked")}
    if "status" in entry:
        facts["standing"] = entry["status"]
    if "last_checked" in entry:
        facts["last_checked_on"] = date.fromisoformat(entry["last_checked"])
    add_reference(policy, by=None, **facts)


def _channel(
    school: School, platforms: dict[str, Platform], clauses: dict[str, Clause], people: _People, entry: Facts
) -> Channel:
    facts = {key: value for key, value in entry.items() if key not in ("key", "platform", "rules", "posters")}
    if "responsible" in facts:
        facts["responsible"] = people.post(facts["responsible"])
    channel = open_channel(school=school, by=None, platform=platforms[entry["platform"]], **facts)
    for rule in entry.get("rules", ()):
        add_rule(
            channel,
            by=None,
            rule_list=rule["list"],
            title=rule["title"],
            text=rule.get("text", ""),
            example=rule.get("example", ""),
            clause=clauses.get(rule.get("clause", "")),
        )
    for poster in entry.get("posters", ()):
        allowed = {key: value for key, value in poster.items() if key != "email"}
        authorise(channel, people.post(poster["email"]), by=None, **allowed)
    return channel
