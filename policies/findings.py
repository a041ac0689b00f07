"""The health check: what a policy leaves unsaid, says twice or leans on without listing, found in its own data."""

import re
from itertools import pairwise

from accounts.models import School
from policies.models import Clause, PolicyVersion, Reference
from policyportal.lib.dates import Precision

Approver = PolicyVersion.Approver


def findings_of(
    version: PolicyVersion, schools: list[School], clauses: list[Clause], references: list[Reference]
) -> list[str]:
    """Return what the headteacher should put right or confirm, a sentence each."""
    return [
        *_title(version, schools),
        *_approval(version),
        *_dates(version),
        *_numbering(clauses),
        *_contents(version, clauses),
        *_references(references),
    ]


def _title(version: PolicyVersion, schools: list[School]) -> list[str]:
    """A title that names one of the schools that the policy serves [HEA-04]."""
    named = [school for school in schools if school.short_name in version.policy.title]
    others = ", ".join(school.name for school in schools if school not in named)
    return [f"The title names {school.name} alone, but the policy serves {others} too." for school in named if others]


def _approval(version: PolicyVersion) -> list[str]:
    """Who approved it, and whether that can be told [PWP-02, MLC-97, GRA-02, CRO-04]."""
    found = []
    if version.approver_kind == Approver.NOT_STATED:
        found.append("The approver is not stated.")
    if version.approver_kind == Approver.PERSON and not version.approver_role:
        found.append(f"The role of the approver, {version.approver_name}, is not stated.")
    if version.approver_kind == Approver.GOVERNING_BODY and not (version.approver_role or version.signed_on_raw):
        found.append("The signatory is missing.")
    if not version.approved_on:
        found.append("The approval date is missing.")
    return found


def _dates(version: PolicyVersion) -> list[str]:
    """What the dates say, and whether they agree [GRA-02, MLC-79, HEA-113]."""
    found = []
    cycle = version.policy.cycle_months
    if not cycle:
        found.append("The review cycle is not stated.")
    stated = version.stated("review_due_on")
    if not stated:
        found.append("The date of the next review is not stated.")
    base = version.stated("last_reviewed_on") or version.stated("approved_on")
    if stated and base and cycle:
        months = (stated.day.year - base.day.year) * 12 + stated.day.month - base.day.month
        if months != cycle:
            found.append(f"The stated date is {months} months after the last review, but the cycle is {cycle}.")
    for name, label in (("approved_on", "approval"), ("last_reviewed_on", "last review"), ("review_due_on", "review")):
        if version.stated(name).precision == Precision.AMBIGUOUS:
            found.append(f"The date of {label}, {version.stated(name).raw}, is ambiguous.")
    if version.signed_on_raw:
        found += _signature(version)
    return found


def _signature(version: PolicyVersion) -> list[str]:
    """A signature in numbers may be read day first or month first, and one reading may lie before the approval."""
    parts = re.fullmatch(r"(\d{1,2})\D(\d{1,2})\D(\d{2}|\d{4})", version.signed_on_raw.strip())
    if not parts:
        return []
    first, second, year = (int(part) for part in parts.groups())
    year += 2000 if year < 100 else 0
    found = []
    if first <= 12 and second <= 12 and first != second:
        found.append(f"The date of the signature, {version.signed_on_raw}, is ambiguous.")
    if version.approved_on and (year, second, first) < version.approved_on.timetuple()[:3]:
        agreed = version.stated("approved_on")
        found.append(f"Read day first, the signature of {version.signed_on_raw} precedes the agreement of {agreed}.")
    return found


def _numbering(clauses: list[Clause]) -> list[str]:
    """Gaps in the numbers of subsections [PWP-38, CRO-39]."""
    numbers = sorted({_numbers(clause.section) for clause in clauses if re.fullmatch(r"\d+\.\d+", clause.section)})
    return [
        f"Section {chapter}.{missing} is missing between {chapter}.{last} and {chapter}.{following}."
        for (chapter, last), (other, following) in pairwise(numbers)
        if chapter == other
        for missing in range(last + 1, following)
    ]


def _numbers(section: str) -> tuple[int, int]:
    chapter, number = section.split(".")
    return int(chapter), int(number)


def _contents(version: PolicyVersion, clauses: list[Clause]) -> list[str]:
    """Where the contents page and the body disagree [PWP-05, CRO-07, CRO-08]."""
    body = {clause.heading.casefold(): clause.section for clause in clauses if re.fullmatch(r"\d+", clause.section)}
    found = []
    for entry in version.contents:
        number, title, page = (entry.get(key, "") for key in ("number", "title", "page"))
        if not page:
            found.append(f"Contents entry {number}, {title}, has no page number.")
        elif not page.isdecimal():
            found.append(f"Contents entry {number}, {title}, has a broken page reference: {page}.")
        section = body.get(title.casefold())
        if section is None:
            found.append(f"Contents entry {number}, {title}, has no matching section in the body.")
        elif section != number:
            found.append(f"{title} is {number} in the contents and {section} in the body.")
    chapters = sorted({int(section) for section in body.values()})
    missing = sorted(set(range(1, chapters[-1])) - set(chapters)) if chapters else []
    return found + [f"Section {number} is missing from the body." for number in missing]


def _references(references: list[Reference]) -> list[str]:
    """What the text leans on and does not list, and what no longer stands [PWP-106, CRO-103, MLC-03, MLC-87]."""
    found = [
        f"{reference.title} is cited in the text but not listed among the related policies."
        for reference in references
        if reference.kind == Reference.Kind.RELATED_POLICY and reference.cited == Reference.Cited.BODY
    ]
    for reference in references:
        edition = re.match(r"\d{4}", reference.edition)
        if reference.year and edition and int(edition[0]) > reference.year:
            found.append(
                f"{reference.title} is cited in its edition of {reference.year}, and that of {edition[0]} is out: "
                "review the policy."
            )
        if reference.standing == Reference.Standing.SUPERSEDED:
            found.append(f"{reference.title} has been superseded: review the policy.")
    return found
