"""Making what the rules are given: from what the portal stores of a version, or from a document just read."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from accounts.models import School
from policies.check.context import (
    Cited,
    Context,
    NamedChannel,
    Passage,
    ServedSchool,
    passages_of,
    register_for,
)
from policies.models import Audience, Clause, PolicyVersion, Proposal, Reading, Reference
from policies.reading.document import BlockKind, Document
from policies.reading.facts import Fact, Kind
from policyportal.lib.dates import Precision, StatedDate, today

REFERENCES = {
    Kind.RELATED_POLICY: Reference.Kind.RELATED_POLICY,
    Kind.LEGISLATION: Reference.Kind.LEGISLATION,
    Kind.GUIDANCE: Reference.Kind.GUIDANCE,
}


def of_version(version: PolicyVersion, day: date | None = None) -> Context:
    """Return what the rules are given of a version: its own fields first, the text and facts as they were read in.

    What was changed in its clauses since stands in the text. Where no document was read in, the clauses are the text.
    """
    policy, schools = version.policy, list(version.policy.schools.select_related("federation"))
    # What a school added for itself is not told to the other schools.
    clauses = list(version.clauses.filter(only_for=None))
    reading = Reading.objects.filter(version=version).first()
    read = Proposal.objects.filter(reading=reading).exclude(decision=Proposal.Decision.DROPPED) if reading else ()
    settled = list(read)
    facts = by_kind((proposal.kind, proposal.settled) for proposal in settled) if reading else None
    passages = _passages_now(version, reading, settled, clauses) if reading else passages_of_clauses(clauses)
    first = schools[0] if schools else None
    return Context(
        title=policy.title,
        today=day or today(),
        schools=tuple(served(school) for school in schools),
        passages=tuple(passages),
        verbatim=reading is not None,
        is_draft=version.status not in (PolicyVersion.Status.PUBLISHED, PolicyVersion.Status.SUPERSEDED),
        facts=facts,
        approver_kind=version.approver_kind,
        approver_name=version.approver_name,
        approver_role=version.approver_role,
        minute=version.minute_reference,
        issued=version.issued_raw,
        signed=version.signed_on_raw,
        approved_on=version.stated("approved_on"),
        last_reviewed_on=version.stated("last_reviewed_on"),
        review_due_on=version.stated("review_due_on"),
        cycle_months=policy.cycle_months,
        contents=tuple(version.contents),
        channels=channels_in(facts) if facts is not None else None,
        cited=tuple(cited(reference) for reference in policy.references.all()),
        register=register_for(version),
        roles=tuple(label for school in schools for label in school.role_labels.values()),
        year_starts=(first.year_starts_month, first.year_starts_day) if first else (9, 1),
    )


def of_document(document: Document, facts: Iterable[Fact], day: date | None = None) -> Context:
    """Return what the rules are given of a document that was read and is not stored."""
    known = by_kind((fact.kind, fact.value) for fact in facts)
    approver = _one(known, Kind.APPROVER)
    federation = _one(known, Kind.FEDERATION).get("name", "")
    schools = [ServedSchool(name=one["name"], federation=federation) for one in known.get(Kind.SCHOOL, [])]
    context = Context(
        title=_one(known, Kind.TITLE).get("text", ""),
        today=day or today(),
        schools=tuple(schools),
        passages=tuple(passages_of(document)),
        headers=tuple(document.headers),
        verbatim=True,
        facts=known,
        approver_kind=approver.get("kind") or PolicyVersion.Approver.NOT_STATED,
        approver_name=approver.get("name") or "",
        approver_role=approver.get("role") or "",
        issued=_one(known, Kind.ISSUED).get("raw", ""),
        signed=_one(known, Kind.SIGNED).get("raw", ""),
        approved_on=_date(known, Kind.APPROVED_ON),
        last_reviewed_on=_date(known, Kind.LAST_REVIEWED_ON),
        review_due_on=_date(known, Kind.REVIEW_DUE_ON),
        cycle_months=_one(known, Kind.CYCLE).get("months"),
        contents=tuple(known.get(Kind.CONTENTS_ENTRY, [])),
        channels=channels_in(known),
        cited=tuple(
            Cited(kind, one["title"], one.get("cited", "listed") == "listed", one.get("year"))
            for fact, kind in REFERENCES.items()
            for one in known.get(fact, [])
        ),
    )
    minute = context.first(r"\bminutes?\b[^.]{0,40}\d")
    return replace(context, minute=minute.match[0] if minute else "")


def by_kind(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return stated values by their kind; what is reported absent has none."""
    found: dict[str, list[dict[str, Any]]] = {}
    for kind, value in pairs:
        if value:
            found.setdefault(kind, []).append(value)
    return found


def channels_in(facts: dict[str, list[dict[str, Any]]]) -> tuple[NamedChannel, ...]:
    """Return the channels that were read in the text."""
    return tuple(
        NamedChannel(one.get("platform", ""), one.get("name") or "", one.get("audience") or "")
        for one in facts.get(Kind.CHANNEL, [])
    )


def _passages_now(
    version: PolicyVersion, reading: Reading, settled: list[Proposal], clauses: list[Clause]
) -> list[Passage]:
    """Return the text that was read in, with the clauses that were changed, taken out or added since; one query."""
    read = [one for one in settled if one.kind == Kind.CLAUSE and one.block is not None]
    made = dict(Clause.history.filter(version=version.pk, history_type="+").values_list("id", "text"))
    now = {clause.pk: clause.text for clause in clauses}
    rewritten = {text: now.get(pk, "") for pk, text in made.items() if now.get(pk, "") != text}
    blocks = list(Document.from_data(reading.blocks).blocks)
    # From the end on, so that what stands before keeps its place.
    for one in sorted(read, key=lambda one: (one.block, one.start), reverse=True):
        if (text := one.settled["text"]) in rewritten:
            block = blocks[one.block]
            blocks[one.block] = replace(block, text=block.text[: one.start] + rewritten[text] + block.text[one.end :])
    passages = passages_of(Document(blocks))
    in_text = {one.settled["text"] for one in read}
    added = passages_of_clauses([clause for clause in clauses if made.get(clause.pk) not in in_text])
    return passages + [replace(one, number=one.number + len(passages)) for one in added]


def passages_of_clauses(clauses: list[Clause]) -> list[Passage]:
    """Return clauses as passages, each under its section and heading."""
    return [
        Passage(
            number,
            BlockKind.PARAGRAPH,
            clause.text,
            clause.section,
            clause.heading,
            audiences=frozenset(one for one in Audience.values if getattr(clause, f"for_{one}")),
        )
        for number, clause in enumerate(clauses)
    ]


def served(school: School) -> ServedSchool:
    """Return a school as the rules know it."""
    return ServedSchool(
        school.name, school.short_name, school.phase, school.federation.name if school.federation else ""
    )


def cited(reference: Reference) -> Cited:
    """Return a row of the register of references as the rules know it."""
    listed = reference.cited == Reference.Cited.LISTED
    return Cited(reference.kind, reference.title, listed, reference.year, reference.edition, reference.standing)


def _one(facts: dict[str, list[dict[str, Any]]], kind: Kind) -> dict[str, Any]:
    return next(iter(facts.get(kind, [])), {})


def _date(facts: dict[str, list[dict[str, Any]]], kind: Kind) -> StatedDate:
    """Return a date that was read: its day, how exactly it was said, and its words."""
    value = _one(facts, kind)
    day = value.get("day")
    known = date.fromisoformat(day) if day else None
    return StatedDate(known, value.get("precision") or Precision.NONE, value.get("raw", ""))
