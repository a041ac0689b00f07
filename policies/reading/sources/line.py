"""A line as a file gives it, before lines are put together to headings, paragraphs and bullets."""

import re
from dataclasses import dataclass, replace

# What stands before a bullet; a line that begins with a no-break space was set off by hand or lost its glyph.
_BULLET = re.compile(
    r"[ \t]*(?:(?:[-*+o•◦▪▫●○■□·‣⁃➢➤►▶✓✔❖→>\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf02d–—][ \t\xa0]+)"
    r"|[•◦▪●■‣⁃➢➤►▶✓✔❖\uf0b7\uf0a7\uf0d8\uf076\uf0fc\xa0]+[ \t\xa0]*)"
    r"(?:[>➢➤•][ \t\xa0]+)?"
)
_LONE_GLYPH = re.compile(r"[ \t\xa0]*[-*+•◦▪▫●○■□·‣⁃➢➤►▶✓✔❖>\uf0b7\uf0a7\uf0d8\uf076\uf0fc\uf02d]+[ \t\xa0]*$")
# A glyph written by hand in a paragraph that is a bullet already.
_SECOND_GLYPH = re.compile(r"[ \t\xa0]*[•◦▪●■➢➤►▶✓✔❖\uf0b7\uf0a7\uf0d8\uf076\uf0fc>]+[ \t\xa0]+")
# Half a sign, which a PDF can name, is nothing that could be stored or shown.
_UNSEEN = re.compile("[\ud800-\udfff\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\x7f]")
_BLANKS = re.compile(r"[ \xa0\u2000-\u200a\u202f\u3000]+")
_TABS = re.compile(r" ?\t[ \t]*")


# A line is shown and searched as a whole, by patterns whose work grows faster than the line: a longer one is cut.
LONGEST_LINE = 8000


@dataclass(frozen=True)
class Line:
    """Words that stand together, and what the file says of them; what it leaves unsaid is found out afterwards."""

    text: str
    page: int | None = None
    # Depth of a heading that the file marks as one; 0 where it does not say.
    level: int = 0
    item: bool = False
    row: bool = False
    contents: bool = False
    # Something that sets it off stands before it: a blank line, a wide gap, the end of a paragraph.
    apart: bool = False
    # It reaches the right margin, so that the sentence may go on in the next line; None where nobody can tell.
    full: bool | None = None


def tidy(text: str) -> str:
    """Return text with single blanks, without signs that nobody sees; a tab between columns stays one tab."""
    return _TABS.sub("\t", _BLANKS.sub(" ", _UNSEEN.sub("", text))).strip()


def without_bullet(line: Line) -> Line:
    """Return a line told to be a bullet where a glyph opens it, with the glyph taken away; tidied in any case."""
    if _LONE_GLYPH.match(line.text):
        return replace(line, text="", item=True)
    found = (_SECOND_GLYPH if line.item else _BULLET).match(line.text)
    if found and not line.row:
        return replace(line, text=tidy(line.text[found.end() :]), item=True)
    return replace(line, text=tidy(line.text))


def cut(text: str) -> list[str]:
    """Return a text in parts no longer than a line may be, cut at the end of a sentence where there is one."""
    parts = []
    while len(text) > LONGEST_LINE:
        end = text.rfind(". ", 0, LONGEST_LINE) + 1 or text.rfind(" ", 0, LONGEST_LINE) + 1 or LONGEST_LINE
        parts.append(text[:end])
        text = text[end:]
    return [*parts, text]
