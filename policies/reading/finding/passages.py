"""Stretches of a text as the finders read them: sentences, printed lines, lists with their opening words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from policies.reading.document import Block, BlockKind, Document, Place
from policies.reading.facts import Fact, Kind

# Far beyond any policy: a hostile file is read this far and no farther.
MOST_TEXT = 400_000
MOST_BLOCK = 6_000
# The title and the lines under it stand among the first blocks, signatures and dates often among the last.
FRONT_BLOCKS = 30
BACK_BLOCKS = 15
BULLETS = re.compile(r"^[\s>•●▪◦➤➢✓*\uf0b7\uf0a7\-–—]{1,20}")
COUNTED = re.compile(r"^\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)]\s{1,4}(?=\S)")
ENDS = re.compile(r"[.!?]['’”\")]?\s{1,20}(?=[A-Z“\"‘'(])")
SHORTENED = re.compile(r"(?:\b(?:e\.g|i\.e|ie|eg|etc|cf|Mr|Mrs|Ms|Dr|St|No|C\.P|approx)|\b[A-Z])\.\s*$")


@dataclass(frozen=True)
class Passage:
    """A stretch of one block, with the kind of its block and the heading that it stands under."""

    block: int
    start: int
    text: str
    kind: str = BlockKind.PARAGRAPH
    heading: str = ""

    def place(self, start: int = 0, end: int | None = None) -> Place:
        """Return where a part of it stands in the document, counted within the passage."""
        end = len(self.text) if end is None else end
        return Place(self.block, self.start + start, self.start + end)

    def cut(self, start: int, end: int | None = None) -> "Passage":
        """Return a part of it, without white space at its ends."""
        part = self.text[start:end]
        start += len(part) - len(part.lstrip())
        return Passage(self.block, self.start + start, part.strip(), self.kind, self.heading)


@dataclass(frozen=True)
class Listing:
    """Bullets in a row, and the words that open them."""

    lead: Passage
    items: list[Passage] = field(default_factory=list)


def stated(
    kind: Kind,
    value: dict[str, Any],
    passage: Passage,
    confidence: int,
    reason: str,
    at: tuple[int, int] | None = None,
) -> Fact:
    """Return a fact that stands at a part (`at`) of a passage, or at the whole of it."""
    return Fact(kind, value, passage.place(*(at or ())), confidence, reason)


def absent(kind: Kind, reason: str, confidence: int = 80) -> Fact:
    """Return that the document states no such thing."""
    return Fact(kind, None, None, confidence, reason)


def or_absent(facts: list[Fact], kind: Kind, reason: str, confidence: int = 80) -> list[Fact]:
    """Return the facts, and where none of them is of this kind, that it is not stated."""
    return facts if any(fact.kind == kind for fact in facts) else [*facts, absent(kind, reason, confidence)]


def once(facts: Iterable[Fact], *keys: str) -> list[Fact]:
    """Return each fact once, told apart by these parts of its value; the surest of equals stays, in its place."""
    kept: dict[tuple, Fact] = {}
    for fact in facts:
        value = fact.value or {}
        mark = (fact.kind, *(str(value.get(key, "")).casefold() for key in keys))
        if mark not in kept or kept[mark].confidence < fact.confidence:
            kept[mark] = fact
    return list(kept.values())


def read_blocks(document: Document) -> Iterator[tuple[int, Block]]:
    """Go through the blocks with their numbers, as far as a policy may be long."""
    seen = 0
    for number, block in enumerate(document.blocks):
        yield number, block
        seen += min(len(block.text), MOST_BLOCK) + 20
        if seen > MOST_TEXT:
            return


def _split(number: int, block: Block, ends: re.Pattern[str], heading: str) -> Iterator[Passage]:
    text = block.text[:MOST_BLOCK]
    whole = Passage(number, 0, text, block.kind, heading)
    bullet = BULLETS.match(text)
    start = bullet.end() if bullet else 0
    for end in ends.finditer(text, start):
        if SHORTENED.search(text[max(0, end.start() - 8) : end.start() + 1]):
            continue
        if (part := whole.cut(start, end.end())).text:
            yield part
        start = end.end()
    if (part := whole.cut(start)).text:
        yield part


def sentences(document: Document) -> list[Passage]:
    """Return the sentences of the text, each with its heading; the contents page is left out."""
    found, heading = [], ""
    for number, block in read_blocks(document):
        if block.kind == BlockKind.CONTENTS:
            continue
        if block.kind == BlockKind.HEADING:
            heading = block.text[:200]
        found += _split(number, block, ENDS, heading)
    return found


def _is_contents(block: Block) -> bool:
    return block.kind == BlockKind.CONTENTS or block.text.strip(" :*#").casefold() in ("contents", "table of contents")


def front(document: Document) -> list[Passage]:
    """Return the printed lines that the document opens with, until its contents page."""
    found: list[Passage] = []
    for number, block in enumerate(document.blocks[:FRONT_BLOCKS]):
        if _is_contents(block):
            if number < FRONT_BLOCKS // 2 and found:
                break
            continue
        found += _split(number, block, re.compile(r"\n"), "")
    return found


def ends(document: Document) -> list[Passage]:
    """Return the printed lines of the first and the last blocks, in which names and dates stand beside labels."""
    late = max(FRONT_BLOCKS, len(document.blocks) - BACK_BLOCKS)
    found = []
    for number, block in enumerate(document.blocks):
        if (number < FRONT_BLOCKS or number >= late) and block.kind != BlockKind.CONTENTS:
            found += _split(number, block, re.compile(r"\n"), "")
    return found


def _opens(text: str) -> bool:
    """Tell whether a paragraph leaves off so that something must follow."""
    return text.endswith(":") or (len(text) < 300 and text[-1:] not in ".!?;")


def listings(document: Document) -> list[Listing]:
    """Return the lists: bullets in a row, or short lines after a colon, with the sentence or heading before them."""
    found: list[Listing] = []
    lead: Passage | None = None
    heading, running = "", False
    for number, block in read_blocks(document):
        if block.kind == BlockKind.CONTENTS or not block.text.strip():
            continue
        last = list(_split(number, block, ENDS, heading))
        if not last:
            continue
        counted = COUNTED.match(block.text) if lead is not None and lead.text.endswith(":") else None
        if block.kind == BlockKind.HEADING and not counted:
            heading = block.text[:200]
            lead, running = last[-1], False
            continue
        plain = Passage(number, 0, block.text[:MOST_BLOCK], block.kind, heading)
        mark = counted or BULLETS.match(plain.text)
        item = plain.cut(mark.end() if mark else 0)
        follows = block.kind == BlockKind.PARAGRAPH and lead is not None and lead.text.endswith(":")
        if lead is not None and (block.kind == BlockKind.ITEM or counted or (follows and is_short(block.text))):
            if not running:
                found.append(Listing(lead))
            found[-1].items.append(item)
            running = True
        else:
            lead, running = (last[-1] if _opens(last[-1].text) else None), False
    return found


def is_short(text: str) -> bool:
    """Tell whether a line is a word or a name that stands by itself, and no sentence."""
    text = text.strip()
    return len(text) <= 120 and not text.endswith((".", ":", "?", "!"))
