"""A document as the reader sees it, whatever file it came in: blocks of text in order, each with where it stood."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class BlockKind(StrEnum):
    """What a block is, as far as its form tells."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CONTENTS = "contents"
    ROW = "row"


@dataclass(frozen=True)
class Block:
    """A run of text that belongs together: a heading, a paragraph, a bullet, a line of a contents page or table."""

    kind: str
    text: str
    # Depth of a heading, counted from 1; 0 for anything else.
    level: int = 0
    # Counted from 1; None where the file knows no pages.
    page: int | None = None


@dataclass(frozen=True)
class Place:
    """Where something stands: the number of a block, counted from 0, and from which character until which."""

    block: int
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """The text of a file. `headers` are lines that every page repeats: told once, and left out of the blocks."""

    blocks: list[Block]
    headers: list[str] = field(default_factory=list)

    def quoted(self, place: Place) -> str:
        """Return the words that stand at a place."""
        return self.blocks[place.block].text[place.start : place.end]

    def as_data(self) -> list[dict[str, Any]]:
        """Return the blocks as JSON can hold them."""
        return [asdict(block) for block in self.blocks]

    @classmethod
    def from_data(cls, data: list[dict[str, Any]]) -> "Document":
        """Return a document from what `as_data` gave."""
        return cls([Block(**block) for block in data])


class Unreadable(Exception):
    """A file that cannot be read as a policy; the message says why, in words for the person who chose it."""
