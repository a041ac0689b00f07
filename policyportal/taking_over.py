"""Taking over what was read in a policy and agreed to: the version with all that runs from it, or nothing."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import Membership, School
from accounts.services import change_routes, change_school
from policies.models import ASKED, Audience, Clause, Policy, PolicyVersion, Proposal, Reading, Reference
from policies.reading.facts import Kind
from policies.rules import can_take_over
from policies.services import add_clause, add_reference, change_policy, check_now, draft_version, record_policy
from policyportal.lib.dates import Precision
from policyportal.lib.templatetags.portal import counted
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, take
from policyportal.read_in.agreed import Agreed, cut
from policyportal.read_in.channels import ChannelsRead
from policyportal.read_in.words import Value, audience_words

WORKS = {
    Kind.RELATED_POLICY: Reference.Kind.RELATED_POLICY,
    Kind.LEGISLATION: Reference.Kind.LEGISLATION,
    Kind.GUIDANCE: Reference.Kind.GUIDANCE,
}
ABOUT = ("staff", "pupil", "parent", "community")
AS_NOW = "As now: the document does not say"
# A longer address is left out: a part of one leads nowhere.
LONGEST_LINK = Reference._meta.get_field("link").max_length


@dataclass(frozen=True)
class Made:
    """A line of what taking over makes, before it is made."""

    label: str
    value: str


def what_would_be_made(reading: Reading) -> list[Made]:
    """Return what taking over would make of what has been agreed to so far, a line for each sort of thing."""
    agreed, school = Agreed.of(reading), reading.school
    channels, rules = agreed.values(Kind.CHANNEL), agreed.values(Kind.CHANNEL_RULE)
    categories = {value["category"] for value in agreed.values(Kind.CLAUSE) if value.get("category")}
    asked = agreed.one(Kind.ACKNOWLEDGED_BY) or {"audiences": _asked_now(reading.policy)}
    title = agreed.one(Kind.TITLE).get("text") or str(reading)
    ideas = _labels(agreed.roles(Kind.SUGGESTIONS_TO, school), school) or (school.suggestion_roles and AS_NOW)
    procedures = sorted({value["name"] for value in agreed.values(Kind.PROCEDURE)})
    lines = [
        ("Policy", f"A new version of “{reading.policy}”" if reading.policy else title),
        ("Clauses", counted(len(agreed.of_kind(Kind.CLAUSE)), "clause")),
        ("What a breach is called, on the report form", _counted(len(categories), "category", "categories")),
        ("Channels", ", ".join(value.get("name") or value.get("platform") or "" for value in channels)),
        ("Lines of the three lists", _lists(rules)),
        ("Channels are managed by", _labels(agreed.roles(Kind.MANAGED_BY, school), school)),
        ("Who may post is decided by", _labels(agreed.roles(Kind.AUTHORISED_BY, school), school)),
        ("Ideas for posts go to", ideas),
        ("Procedures for reports", ", ".join(procedures) or (school.procedures and AS_NOW)),
        ("Next review", _review(agreed)),
        ("Asked to acknowledge it", audience_words(asked, school)),
        ("Related policies, laws and guidance", _works(agreed)),
    ]
    return [Made(label, value or "None") for label, value in lines]


@transaction.atomic
def take_over(
    reading: Reading, *, by: Membership, schools: Iterable[School] = (), in_force: bool = False, reason: str = ""
) -> PolicyVersion:
    """Make everything that was agreed to, all of it or nothing, and return the version.

    The policy with its cycle, its audiences and what its reviews weigh up; a draft with its dates as they were
    worded, its clauses and the works that it leans on; the school's platforms and channels with the roles that run
    them and their three lists; to whom ideas go and by which procedures reports are handled. A channel or a line
    that is there already stays; who sees and runs the channel is changed where the text says so. `schools` are those
    of the federation that a new policy serves besides this one. `in_force` brings the version into force with
    `reason`, and whoever is asked is told to acknowledge it. What the check finds in it stands on the policy's page.

    Refuses whoever keeps no policies, a finding on which nobody has decided, a second draft, and a policy that
    another version of which was approved here to be in force already. Raises TooLate once it was taken over.
    """
    held = Reading.objects.select_for_update(of=("self",)).select_related("policy").get(pk=reading.pk)
    if not can_take_over(by, held):
        raise NotAllowed("Take over")
    if held.status != Reading.Status.READ:
        raise TooLate(held)
    agreed = Agreed.of(held)
    policy = _policy(held, agreed, by, schools)
    version = _version(policy, held, agreed, by)
    # First of all: a finding left undecided is refused before anything is made of the others.
    take("apply", held, by, policy=policy, version=version)
    clauses = _clauses(version, agreed, by)
    _works_of(policy, agreed, by)
    ChannelsRead(by, agreed, clauses).make()
    _school(agreed, by)
    if in_force:
        version = take("adopt", version, by, reason)
    check_now(policy, by=by)
    return version


def _asked_now(policy: Policy | None) -> list[str]:
    """Return whom the policy asks to acknowledge it where its text does not say: staff, until somebody changes it."""
    return [audience for audience in ASKED if getattr(policy, f"for_{audience}")] if policy else [Audience.STAFF]


def names_school(proposals: Iterable[Proposal], school: School) -> bool:
    """Tell whether the document names the school among those that the policy serves."""
    read = (one for one in proposals if one.kind == Kind.SCHOOL and one.decision != Proposal.Decision.DROPPED)
    names = [one.settled.get("name", "") for one in read if one.settled]
    return any(re.search(rf"\b{re.escape(school.short_name)}\b", name, re.IGNORECASE) for name in names)


def _policy(reading: Reading, agreed: Agreed, by: Membership, schools: Iterable[School]) -> Policy:
    facts: dict[str, Any] = {}
    if months := agreed.one(Kind.CYCLE).get("months"):
        facts["cycle_months"] = months
    if groups := [value["group"] for value in agreed.values(Kind.CONSULTS)]:
        facts["consults"] = cut(" and ".join(groups), Policy, "consults")
    if questions := [value["text"] for value in agreed.values(Kind.REVIEW_QUESTION)]:
        facts["review_questions"] = questions
    if asked := agreed.one(Kind.ACKNOWLEDGED_BY):
        facts |= {f"for_{audience}": audience in asked["audiences"] for audience in ASKED}
    if reading.policy is None:
        title = cut(agreed.one(Kind.TITLE).get("text") or str(reading), Policy, "title")
        return record_policy(title=title, schools=list({by.school, *schools}), by=by, **facts)
    # Locked, as for drafting: of two people who make a draft at once the second is told.
    Policy.objects.select_for_update().get(pk=reading.policy_id)
    if reading.policy.versions.filter(status__in=PolicyVersion.PENDING).exists():
        raise Refused("There is a draft of this policy already. Finish that one first.")
    return change_policy(reading.policy, by=by, reason=f"Read in from {reading}", **facts) if facts else reading.policy


def _version(policy: Policy, reading: Reading, agreed: Agreed, by: Membership) -> PolicyVersion:
    approver = agreed.one(Kind.APPROVER)
    return draft_version(
        policy,
        by=by,
        reason=f"Read in from {reading}",
        issued_raw=cut(agreed.one(Kind.ISSUED).get("raw") or "", PolicyVersion, "issued_raw"),
        signed_on_raw=cut(agreed.one(Kind.SIGNED).get("raw") or "", PolicyVersion, "signed_on_raw"),
        approver_kind=approver.get("kind") or PolicyVersion.Approver.NOT_STATED,
        approver_name=cut(approver.get("name") or "", PolicyVersion, "approver_name"),
        approver_role=cut(approver.get("role") or "", PolicyVersion, "approver_role"),
        contents=[
            {name: str(value.get(name) or "") for name in ("number", "title", "page")}
            for value in agreed.values(Kind.CONTENTS_ENTRY)
        ],
        **_dated("approved_on", agreed.one(Kind.APPROVED_ON)),
        **_dated("last_reviewed_on", agreed.one(Kind.LAST_REVIEWED_ON)),
        **_dated("review_due_on", agreed.one(Kind.REVIEW_DUE_ON)),
    )


def _dated(name: str, value: Value) -> dict[str, Any]:
    """Return the three fields of a date as the policy states it; nothing where it states none."""
    if not value:
        return {}
    return {
        name: date.fromisoformat(value["day"]) if value.get("day") else None,
        f"{name}_precision": value.get("precision") or Precision.NONE,
        f"{name}_raw": cut(value.get("raw") or "", PolicyVersion, f"{name}_raw"),
    }


def _clauses(version: PolicyVersion, agreed: Agreed, by: Membership) -> dict[int, Clause]:
    """Add the clauses to the draft in the order of the text; return the first of each block, by its number."""
    made: dict[int, Clause] = {}
    codes: set[str] = set()
    channels = {one.block for one in agreed.of_kind(Kind.CHANNEL)}
    ages = {one.block for one in agreed.of_kind(Kind.MINIMUM_AGE)}
    for position, proposal in enumerate(agreed.of_kind(Kind.CLAUSE), start=1):
        value = proposal.settled
        about = value.get("about") or ()
        clause = add_clause(
            version,
            by=by,
            position=position,
            code=_code(value, position, codes),
            section=cut(value.get("section") or "", Clause, "section"),
            heading=cut(value.get("heading") or "", Clause, "heading"),
            kind=value["kind"] if value.get("kind") in Clause.Kind.values else Clause.Kind.RULE,
            text=value["text"],
            category=cut(value.get("category") or "", Clause, "category"),
            shows_channels=proposal.block in channels - set(made),
            shows_minimum_ages=proposal.block in ages - set(made),
            **{f"for_{audience}": audience in (value.get("audiences") or ()) for audience in Audience.values},
            **{f"about_{subject}": subject in about for subject in ABOUT},
        )
        if proposal.block is not None:
            made.setdefault(proposal.block, clause)
    return made


def _code(value: Value, position: int, taken: set[str]) -> str:
    """Return a mark that no other clause of the version has."""
    code = cut(value.get("code") or "", Clause, "code")
    if not code or code in taken:
        code = f"C{position}"
    taken.add(code)
    return code


def _works_of(policy: Policy, agreed: Agreed, by: Membership) -> None:
    """Register what the policy leans on; what the register has already stays as it is."""
    known = {(kind, title.casefold()) for kind, title in policy.references.values_list("kind", "title")}
    for read, kind in WORKS.items():
        for value in agreed.values(read):
            title = cut(value["title"], Reference, "title")
            if (kind, title.casefold()) in known:
                continue
            known.add((kind, title.casefold()))
            link = value.get("link") or ""
            add_reference(
                policy,
                by=by,
                kind=kind,
                title=title,
                year=value.get("year"),
                cited=value.get("cited") or Reference.Cited.LISTED,
                link=link if link.startswith(("http://", "https://")) and len(link) <= LONGEST_LINK else "",
            )


def _school(agreed: Agreed, by: Membership) -> None:
    """Store to whom ideas go, the procedures, and a motto where the school had none."""
    school = by.school
    routes: dict[str, Any] = {}
    if roles := agreed.roles(Kind.SUGGESTIONS_TO, school):
        routes["suggestion_roles"] = roles
    named = {value["about"]: value["name"] for value in agreed.values(Kind.PROCEDURE) if value.get("about") in ABOUT}
    if named:
        routes["procedures"] = {**school.procedures, **named}
    if routes:
        change_routes(school, by=by, reason="Read in from the policy", **routes)
    motto = agreed.one(Kind.MOTTO).get("text") or ""
    if motto and not school.motto:
        change_school(school, by=by, reason="Read in from the policy", motto=cut(motto, School, "motto"))


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def _labels(roles: list[str], school: School) -> str:
    return ", ".join(map(school.label_of, roles))


def _lists(rules: list[Value]) -> str:
    told: list[tuple[str, Callable[[Value], bool]]] = [
        ("may post", lambda rule: rule["list"] == "may"),
        ("never post", lambda rule: rule["list"] == "never"),
        ("remove on sight", lambda rule: rule["list"] == "remove"),
    ]
    numbers = [(label, sum(map(matches, rules))) for label, matches in told]
    return ", ".join(f"{number} {label}" for label, number in numbers if number)


def _review(agreed: Agreed) -> str:
    due, months = agreed.one(Kind.REVIEW_DUE_ON), agreed.one(Kind.CYCLE).get("months")
    told = [due.get("raw") or due.get("day") or "", f"every {counted(months, 'month')}" if months else ""]
    return ", ".join(part for part in told if part)


def _works(agreed: Agreed) -> str:
    return _counted(sum(len(agreed.of_kind(kind)) for kind in WORKS), "work", "works")
