"""The review page of a reading: the findings of one group, unsure ones first, beside the text in which they stand."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Membership, School
from policies.models import Policy, Proposal, Reading
from policies.reading.document import BlockKind
from policies.reading.facts import Kind
from policies.rules import can_read_in
from policies.services.reading import ESSENTIAL
from policyportal.lib.waiting import Waiting
from policyportal.read_in.words import KINDS, MANY, Group, clause_facts, confidence_words, words_for

# So many findings on a page: a group is settled in a few presses, and the page stays light.
PAGE_SIZE = 40
Decision = Proposal.Decision
TONES = {
    Decision.PROPOSED: "waiting",
    Decision.CONFIRMED: "good",
    Decision.CHANGED: "info",
    Decision.DROPPED: "quiet",
}
CONFIDENCE_TONES = {"Sure": "good", "Likely": "info", "Unsure": "bad"}


@dataclass(frozen=True)
class Finding:
    """One proposal as the page shows it."""

    proposal: Proposal
    label: str
    words: str
    facts: str
    read_as: str
    confidence: str
    confidence_tone: str
    status: str
    tone: str
    is_used: bool

    @property
    def is_missing(self) -> bool:
        """Whether the document does not say it."""
        return not self.proposal.settled

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided on it."""
        return self.proposal.decision == Decision.PROPOSED


@dataclass(frozen=True)
class Piece:
    """A run of words of the text; `position` names the finding that it is quoted for."""

    words: str
    position: int | None = None


@dataclass(frozen=True)
class Line:
    """A block of the text in pieces; `page` where a new page of the file begins."""

    number: int
    kind: str
    pieces: list[Piece]
    page: int | None = None


@dataclass(frozen=True)
class ReviewPage:
    """Everything that the review page of one group shows."""

    group: Group
    tabs: list[dict[str, Any]]
    findings: list[Finding]
    lines: list[Line]
    undecided: int
    total: int
    open_here: int
    missing: list[Finding]
    pages: list[dict[str, Any]]
    to_add: list[tuple[str, str]]


def review_page(reading: Reading, group: str | None, number: str | None) -> ReviewPage:
    """Return the page of a group (where none is named, the first with something to decide); one query."""
    proposals = list(reading.proposals.all())
    by_group: dict[Group, list[Proposal]] = {one: [] for one in Group}
    for proposal in proposals:
        by_group[KINDS[Kind(proposal.kind)].group].append(proposal)
    chosen = Group(group) if group in set(Group) else first_undecided(proposals) or Group.ABOUT
    base = reading.get_absolute_url()
    ordered = sorted(by_group[chosen], key=_by_need)
    paginator = Paginator(ordered, PAGE_SIZE)
    shown = paginator.get_page(number)
    findings = [told(proposal, reading.school) for proposal in shown]
    return ReviewPage(
        group=chosen,
        tabs=[
            {
                "label": f"{one.label} ({_standing(found)})",
                "url": f"{base}?group={one}",
                "current": one == chosen,
            }
            for one, found in by_group.items()
            if found or to_add(reading, one)
        ],
        findings=findings,
        lines=_lines(reading.blocks, [finding.proposal for finding in findings]),
        undecided=len(undecided_of(proposals)),
        total=len([proposal for proposal in proposals if proposal.block is not None]),
        open_here=sum(finding.is_open for finding in findings),
        missing=missing_of(proposals, reading.school),
        pages=[
            {"label": str(page), "url": f"{base}?group={chosen}&page={page}", "current": page == shown.number}
            for page in paginator.page_range
        ]
        if paginator.num_pages > 1
        else [],
        to_add=to_add(reading, chosen),
    )


def to_add(reading: Reading, group: Group) -> list[tuple[str, str]]:
    """Return what of a group a person can add where the reader missed it: in words, and where."""
    return [
        (KINDS[kind].label, reverse("portal:reading_add", args=[reading.pk, kind]))
        for kind in MANY
        if KINDS[kind].group == group
    ]


def told(proposal: Proposal, school: School) -> Finding:
    """Return a proposal as the page shows it: what counts of it, and what was read where that differs."""
    kind = Kind(proposal.kind)
    confidence = confidence_words(proposal.confidence) if proposal.value else ""
    is_changed = proposal.decision == Decision.CHANGED
    return Finding(
        proposal=proposal,
        label=KINDS[kind].label,
        words=words_for(kind, proposal.settled, school),
        facts=_beside(kind, proposal.settled),
        read_as=words_for(kind, proposal.value, school) if is_changed and proposal.value else "",
        confidence=confidence,
        confidence_tone=CONFIDENCE_TONES.get(confidence, ""),
        status="" if proposal.decision == Decision.PROPOSED else str(proposal.get_decision_display()),
        tone=TONES[Decision(proposal.decision)],
        is_used=KINDS[kind].is_used,
    )


def first_undecided(proposals: list[Proposal]) -> Group | None:
    """Return the first group in which something waits for a decision."""
    waiting = {KINDS[Kind(proposal.kind)].group for proposal in undecided_of(proposals)}
    return next((group for group in Group if group in waiting), None)


def undecided_of(proposals: list[Proposal]) -> list[Proposal]:
    """Return what was found in the text and waits for a decision; what is not stated there need not be filled in."""
    return [one for one in proposals if one.decision == Decision.PROPOSED and one.block is not None]


def missing_of(proposals: list[Proposal], school: School) -> list[Finding]:
    """Return what every policy should say of itself and this one does not, as far as nobody has filled it in."""
    return [told(one, school) for one in proposals if not one.settled and one.kind in ESSENTIAL]


def schools_to_choose(membership: Membership, reading: Reading) -> QuerySet[School] | None:
    """Return the other schools of the federation, which a new policy may serve; None where nothing is to choose."""
    federation = membership.school.federation_id
    if reading.policy_id or federation is None:
        return None
    others = School.objects.filter(federation=federation).exclude(pk=membership.school_id)
    return others if others.exists() else None


def waiting_for(membership: Membership) -> list[Waiting]:
    """Return what waits for whoever keeps the policies: documents read and not decided on, or that there is none."""
    if not can_read_in(membership):
        return []
    readings = Reading.objects.visible_to(membership).filter(status=Reading.Status.READ).defer("blocks")[:3]
    found = [
        Waiting(f"Look through what was read: {reading}", reading.get_absolute_url(), detail="Nothing counts before.")
        for reading in readings
    ]
    if found or Policy.objects.visible_to(membership).exists():
        return found
    return [Waiting("Your school has no policy here yet: read yours in", reverse("portal:reading_create"))]


def _standing(found: list[Proposal]) -> str:
    if not found:
        return "none found"
    undecided = len(undecided_of(found))
    return f"{undecided} of {len(found)} to decide" if undecided else "done"


def _by_need(proposal: Proposal) -> tuple[bool, bool, bool, int]:
    """What is open first, of that what was read unsurely, what is missing last; then as the text has it."""
    is_open = proposal.decision == Decision.PROPOSED
    unsure = confidence_words(proposal.confidence) == "Unsure"
    return not is_open, not proposal.settled, not unsure, proposal.position


def _beside(kind: Kind, value: dict[str, Any]) -> str:
    if kind != Kind.CLAUSE or not value:
        return ""
    heading = f"{value.get('section') or ''} {value.get('heading') or ''}".strip()
    return " · ".join(part for part in (heading, clause_facts(value)) if part)


def _lines(blocks: list[dict[str, Any]], proposals: list[Proposal]) -> list[Line]:
    """Return the text in lines, with the words that these proposals quote set apart."""
    quoted: dict[int, list[Proposal]] = {}
    for proposal in proposals:
        if proposal.block is not None:
            quoted.setdefault(proposal.block, []).append(proposal)
    lines, page = [], None
    for number, block in enumerate(blocks):
        begins = block.get("page") if block.get("page") != page else None
        page = block.get("page") or page
        kind = block["kind"] if block["kind"] in set(BlockKind) else BlockKind.PARAGRAPH
        lines.append(Line(number, str(kind), _pieces(block["text"], quoted.get(number, [])), begins))
    return lines


def _pieces(text: str, proposals: list[Proposal]) -> list[Piece]:
    """Cut a text where quoted words begin and end. Where two overlap, the later begins after the earlier."""
    pieces, at = [], 0
    for proposal in sorted(proposals, key=lambda one: (one.start, one.position)):
        start, end = max(proposal.start, at), max(proposal.end, at)
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], proposal.position))
        at = end
    if text[at:]:
        pieces.append(Piece(text[at:]))
    return pieces
