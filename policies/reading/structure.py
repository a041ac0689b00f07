"""The structure of a policy: the entries of its contents page and its sections."""

import re
from dataclasses import dataclass

from policies.reading.document import Block, BlockKind, Document, Place
from policies.reading.facts import Fact, Kind
from policies.reading.sources.contents import entry_of
from policies.reading.sources.headings import numbered

_POLICY = re.compile(r"\bpolicy\b", re.IGNORECASE)
_TITLE_OF_CONTENTS = re.compile(r"(?:table of )?contents(?: page)?$", re.IGNORECASE)
# A heading that speaks of the policy is a section; one that names it is the title.
_OF_THE_POLICY = re.compile(
    r"(?:purpose|aims?|scope|introduction|about|why|breach(?:es)?|review|statement|related"
    r"|other|linked|status|monitoring|legal|roles?)\b.*\b(?:of|the|this|our|policy)\b",
    re.IGNORECASE,
)
# How far down the title of a document can stand.
TITLE_WITHIN = 8


@dataclass(frozen=True)
class Section:
    """A part of the text under one heading: the number of its heading's block, and up to which block it runs."""

    block: int
    end: int
    number: str
    title: str
    level: int


def find(document: Document) -> list[Fact]:
    """Return the entries of the contents page and the sections, each where it stands."""
    return [*_entries(document), *_sections(document)]


def sections_of(document: Document) -> list[Section]:
    """Return the sections in order, without the document's own title and without the contents page."""
    heads = [
        at
        for at, block in enumerate(document.blocks)
        if block.kind == BlockKind.HEADING and not _TITLE_OF_CONTENTS.match(block.text)
    ]
    titles = title_blocks(document)
    heads = [at for at in heads if at not in titles]
    depths = _depths([document.blocks[at] for at in heads])
    found = []
    for at, end in zip(heads, [*heads, len(document.blocks)][1:], strict=True):
        block = document.blocks[at]
        number, title = numbered(block.text) or ("", block.text)
        found.append(Section(at, end, number, title.rstrip(": "), depths.get(block.level, block.level)))
    return found


def _depths(headings: list[Block]) -> dict[int, int]:
    """Return how deep a heading is by the depth its file gives it: where none is numbered, counted without gaps."""
    if any(numbered(block.text) for block in headings):
        return {}
    return {level: depth for depth, level in enumerate(sorted({block.level for block in headings}), 1)}


def title_blocks(document: Document) -> set[int]:
    """Return the blocks that are the title of the whole: the headings at the top, up to the one that names a policy.

    Where none does, only headings with nothing but headings under them are, save the last.
    """
    opening: list[int] = []
    for at, block in enumerate(document.blocks[:TITLE_WITHIN]):
        if block.kind != BlockKind.HEADING or _TITLE_OF_CONTENTS.match(block.text):
            # A short line of the front page may stand between the parts of a title, a text may not.
            if opening and (block.kind == BlockKind.CONTENTS or len(block.text.split()) > 12):
                break
            continue
        if numbered(block.text):
            break
        opening.append(at)
    naming = [
        at
        for at in opening
        if _POLICY.search(document.blocks[at].text) and not _OF_THE_POLICY.match(document.blocks[at].text)
    ]
    if naming:
        last = naming[-1]
        # The school's name, beneath the title of its policy.
        followers = [at for at in opening if at > last and document.blocks[at].level == document.blocks[last].level]
        if followers and followers[0] == last + 1 and not _has_text(document, followers[0]):
            last = followers[0] if _names_a_body(document.blocks[followers[0]].text) else last
        return {at for at in opening if at <= last}
    return {at for at in opening if not _has_text(document, at) and at != opening[-1]}


def _has_text(document: Document, at: int) -> bool:
    after = document.blocks[at + 1 : at + 2]
    return bool(after) and after[0].kind in {BlockKind.PARAGRAPH, BlockKind.ITEM}


def _names_a_body(text: str) -> bool:
    return bool(re.search(r"\b(?:schools?|academy|nursery|college|federation|trust|primary|infants?)$", text, re.I))


def _entries(document: Document) -> list[Fact]:
    facts = []
    for at, block in enumerate(document.blocks):
        entry = entry_of(block.text) if block.kind == BlockKind.CONTENTS else None
        if entry is None:
            continue
        number, title, page = entry
        reason = "It is a line of the contents page" + ("." if page else ", without a page number.")
        if page.lower().startswith("error"):
            reason = "It is a line of the contents page whose link to the page is broken."
        value = {"number": number, "title": title, "page": page}
        facts.append(Fact(Kind.CONTENTS_ENTRY, value, Place(at, 0, len(block.text)), 95 if number else 85, reason))
    return facts


def _sections(document: Document) -> list[Fact]:
    facts = []
    for section in sections_of(document):
        text = document.blocks[section.block].text
        value = {"number": section.number, "title": section.title, "level": section.level}
        confidence, reason = (95, "It is a numbered heading.") if section.number else (80, "It stands as a heading.")
        facts.append(Fact(Kind.SECTION, value, Place(section.block, 0, len(text)), confidence, reason))
    return facts
