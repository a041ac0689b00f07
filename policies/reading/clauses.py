"""The clauses of a policy: what it asks, forbids or tells, with whom it binds and what its breach is called."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from policies.reading.document import Block, BlockKind, Document, Place
from policies.reading.facts import Fact, Kind
from policies.reading.sentences import sentences
from policies.reading.sources.assembling import STRAY
from policies.reading.sources.headings import COUNTED, ENUMERATED, is_lead_in
from policies.reading.structure import Section, sections_of
from policies.reading.wording import (
    BINDS,
    CALLS_WRONG,
    FORBIDS,
    audiences_of,
    audiences_of_heading,
    category_of,
    kind_of,
    shortened,
)

# Fewer words are a label or a remnant, no sentence of a policy.
FEWEST_WORDS = 3
# From this share on, a text speaks to one audience.
ONE_AUDIENCE = 0.8
_ABOUT = {"staff": "staff", "pupils": "pupil", "parents": "parent", "community": "community"}
# A sentence that leans on the one before it.
_LEANS = re.compile(
    r"(?:this|these|they|it|its|however|therefore|in addition|for example|if in doubt|such|also|those)\b", re.I
)
_THEY = re.compile(r"they\b|their\b", re.IGNORECASE)
_FOLLOWING = re.compile(r"\b(?:following|below|as follows|these)\b", re.IGNORECASE)
# A line of the approval, told by other finders.
_LABEL = re.compile(
    r"(?:approved|agreed|adopted|ratified|signed|dated?|last review|next review|date (?:of|reviewed)|review date"
    r"|version|author|owner|policy (?:owner|number|lead))\b",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"\b(?:related|other|linked|associated|supporting)\b.*\b(?:polic|document|guidance)", re.IGNORECASE
)


@dataclass(frozen=True)
class _Lead:
    """The words that open a list: those of a sentence, or of a heading."""

    text: str
    audiences: list[str]


def find(document: Document) -> list[Fact]:
    """Return every clause, in order; its code is the section's number, or place, and a counter."""
    facts: list[Fact] = []
    sections = sections_of(document)
    first = sections[0].block if sections else len(document.blocks)
    facts += _front(document, first, whole=not sections)
    trail: list[Section] = []
    for order, section in enumerate(sections, 1):
        trail = [above for above in trail if above.level < section.level] + [section]
        facts += _of_section(document, section, section.number or f"S{order}", _under(trail))
    return _addressed(facts)


def _under(trail: list[Section]) -> list[str]:
    """Return for whom a section is meant: what its own heading says, or the nearest above it."""
    for section in reversed(trail):
        if found := audiences_of_heading(section.title):
            return found
    return []


def _front(document: Document, first: int, whole: bool) -> list[Fact]:
    """Read what stands before the first section; a document without headings is one section."""
    front = Section(-1, first, "", "", 0)
    facts = _of_section(document, front, "0", [])
    return facts if whole else [fact for fact in facts if len((fact.value or {})["text"].split()) >= 8]


def _of_section(document: Document, section: Section, mark: str, under: list[str]) -> list[Fact]:
    facts: list[Fact] = []
    heading = document.blocks[section.block].text if section.block >= 0 else ""
    after = document.blocks[section.block + 1 : section.block + 2]
    lead = None
    if is_lead_in(heading) and after and after[0].kind == BlockKind.ITEM:
        lead = _Lead(heading, audiences_of(heading, under))
    for at in range(section.block + 1, section.end):
        block = document.blocks[at]
        if block.kind == BlockKind.ITEM:
            if block.text != STRAY:
                facts += _of_item(document, at, lead, under, section)
            continue
        lead = None
        if block.text in document.headers:
            continue
        if block.kind == BlockKind.PARAGRAPH or (block.kind == BlockKind.ROW and BINDS.search(block.text)):
            opens = at + 1 < section.end and document.blocks[at + 1].kind == BlockKind.ITEM
            found, lead = _of_paragraph(block, at, opens, under)
            facts += found
    return [_coded(fact, f"{mark}-{count}", section) for count, fact in enumerate(facts, 1)]


def _coded(fact: Fact, code: str, section: Section) -> Fact:
    own = {
        "code": code[:20],
        "section": (fact.value or {}).get("section") or section.number,
        "heading": section.title[:150],
    }
    return replace(fact, value=own | {name: value for name, value in (fact.value or {}).items() if name not in own})


def _of_paragraph(block: Block, at: int, opens: bool, under: list[str]) -> tuple[list[Fact], _Lead | None]:
    """Return the clauses of a paragraph, and the words that open the list after it."""
    number, spans = _counted(block.text)
    lead = None
    if opens and spans:
        start, end = spans[-1]
        last = block.text[start:end]
        if is_lead_in(last) or _FOLLOWING.search(last):
            lead = _Lead(last, audiences_of(last, under))
            spans = spans[:-1]
    if _LABEL.match(block.text) and len(block.text) < 160 and not BINDS.search(block.text):
        return [], lead
    facts = []
    for start, end in _grouped(block.text, spans):
        text = block.text[start:end]
        if len(text.split()) < FEWEST_WORDS:
            continue
        meant = audiences_of(text, _meant_before(facts, text) or under)
        fact = _clause(text, Place(at, start, end), meant, category_of(text))
        facts.append(replace(fact, value=(fact.value or {}) | {"section": number}))
    return facts, lead


def _counted(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the number that a paragraph has of its own, or none, and its sentences without it."""
    counted = COUNTED.match(text)
    mark = counted or ENUMERATED.match(text)
    begin = mark.end() if mark else 0
    spans = [(start + begin, end + begin) for start, end in sentences(text[begin:])]
    return counted["number"] if counted else "", spans


def _grouped(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Put sentences together that say one thing: those that only tell, and those that lean on the one before."""
    groups: list[tuple[int, int, str]] = []
    for start, end in spans:
        words = text[start:end]
        kind = "forbids" if FORBIDS.search(words) else kind_of(words)
        if groups and kind != "forbids":
            first, _, before = groups[-1]
            if _LEANS.match(words) or (kind == before == "information"):
                groups[-1] = (first, end, before)
                continue
        groups.append((start, end, kind))
    return [(start, end) for start, end, _ in groups]


def _meant_before(facts: list[Fact], words: str) -> list[str]:
    """Return for whom the sentence before was meant, where this one says "they"."""
    return (facts[-1].value or {})["audiences"] if facts and _THEY.match(words) else []


def _of_item(document: Document, at: int, lead: _Lead | None, under: list[str], section: Section) -> list[Fact]:
    """Return the clauses of a bullet: its first sentence goes on with the words that open the list."""
    text = document.blocks[at].text
    related = _RELATED.search(section.title) is not None
    facts = []
    for order, (start, end) in enumerate(_grouped(text, _counted(text)[1])):
        words, place = text[start:end], Place(at, start, end)
        if lead and not order:
            facts.append(_joined(lead, words, place, under))
        elif related or len(words.split()) >= FEWEST_WORDS:
            meant = _meant_before(facts, words) or (lead.audiences if lead and lead.audiences else under)
            fact = _clause(words, place, audiences_of(words, meant), category_of(words))
            facts.append(replace(fact, value=(fact.value or {}) | {"kind": "register"}) if related else fact)
    return facts


def _joined(lead: _Lead, words: str, place: Place, under: list[str]) -> Fact:
    forbidden = FORBIDS.search(lead.text) or (CALLS_WRONG.search(lead.text) and not BINDS.search(lead.text))
    category = shortened(words) if forbidden else category_of(words)
    fact = _clause(f"{lead.text} {words}", place, lead.audiences or audiences_of(words, under), category)
    kind = kind_of(lead.text)
    if category or kind == "information":
        return fact
    return replace(fact, value=(fact.value or {}) | {"kind": kind}, reason=_reason(kind))


def _clause(text: str, place: Place, audiences: list[str], category: str) -> Fact:
    kind = "rule" if category else kind_of(text)
    about = [_ABOUT[audience] for audience in audiences] if category else []
    if category and not about:
        about = list(_ABOUT.values())
    value = {"kind": kind, "text": text, "audiences": audiences, "about": about, "category": category}
    if category:
        return Fact(Kind.CLAUSE, value, place, 85, "Its words forbid something, so a breach of it can be reported.")
    return Fact(Kind.CLAUSE, value, place, 70 if kind == "information" else 80, _reason(kind))


def _reason(kind: str) -> str:
    if kind == "information":
        return "It tells something and asks nothing of anybody."
    return f"Its words are those of a clause of this kind: {kind}."


def _addressed(facts: list[Fact]) -> list[Fact]:
    """Give what is said to "you" the one audience that the whole text speaks to, where there is such a one."""
    told = Counter(tuple((fact.value or {})["audiences"]) for fact in facts)
    told.pop((), None)
    if not told:
        return facts
    most, times = told.most_common(1)[0]
    if times < 5 or times < ONE_AUDIENCE * told.total():
        return facts
    return [_meant_for(fact, list(most)) for fact in facts]


def _meant_for(fact: Fact, audiences: list[str]) -> Fact:
    value = fact.value or {}
    if value["audiences"] or value["kind"] in {"information", "register", "review"}:
        return fact
    about = [_ABOUT[audience] for audience in audiences] if value["category"] else []
    return replace(fact, value=value | {"audiences": audiences, "about": about}, confidence=fact.confidence - 15)
