"""Lines put together to blocks: wrapped lines joined, contents pages, headings and bullets told apart."""

import re
from dataclasses import replace

from policies.reading.document import Block, BlockKind, Document
from policies.reading.sources.contents import marked_contents
from policies.reading.sources.headings import COUNTED, ENUMERATED, NUMBERED, heading_level, is_lead_in
from policies.reading.sources.line import LONGEST_LINE, Line, cut, without_bullet
from policies.reading.sources.repeated import without_repeated

# A text whose longest line has at most as many letters was broken into lines by hand or by a mail program.
WIDEST_WRAPPED = 120
SHORT_OF = 0.94
# What is left of a bullet without words.
STRAY = "•"

_ENDED = re.compile(r"[.!?:;][\"'’”)\]]*$")
_OPEN_END = re.compile(r"(?:&|,|\b(?:and|or|of|the|for|to|with|in|on|at|by|a|an))$", re.IGNORECASE)
_GOES_ON = re.compile(r"(?!www\.|https?:)[a-z(&]")
_CUT_WORD = re.compile(r"(?<![A-Za-z])([A-Za-z]{1,30})-$")
_CUT_ADDRESS = re.compile(r"(?:https?://|www\.)\S{0,300}[-/]$")
# Words that keep their hyphen when a line breaks at it.
KEEP_HYPHEN = {
    "age", "anti", "co", "cyber", "e", "end", "ex", "face", "full", "long", "multi", "non", "off", "on", "one", "out",
    "part", "post", "pre", "re", "self", "short", "sub", "third", "two", "under", "up", "well", "year",
}  # fmt: skip


def assembled(lines: list[Line], headers: tuple[str, ...] = ()) -> Document:
    """Return the document that the lines make; `headers` are those that the file itself sets apart."""
    lines = [replace(line, text=part) for line in lines for part in cut(line.text)]
    lines = [line for line in _joined_glyphs(lines) if line.text]
    lines, repeated = without_repeated(lines)
    if lines and lines[0].full is None:
        lines = _measured(lines)
    lines = _joined(marked_contents(lines))
    return Document(_blocks(lines), [*dict.fromkeys([*headers, *repeated])])


def _joined_glyphs(lines: list[Line]) -> list[Line]:
    """Read the bullets; a glyph alone on its line belongs to the words that follow, or stands as a stray one."""
    read: list[Line] = []
    for line in map(without_bullet, lines):
        if read and read[-1].text == STRAY and not (line.apart or line.item or line.level):
            read[-1] = replace(line, item=True, apart=read[-1].apart)
        else:
            read.append(line if line.text or not line.item else replace(line, text=STRAY))
    return read


def _measured(lines: list[Line]) -> list[Line]:
    """Say of each line whether it reaches the margin, where the whole text was broken at one width."""
    width = max(len(line.text) for line in lines)
    followed = [line for line, after in zip(lines, lines[1:], strict=False) if not after.apart and not after.item]
    near = sum(len(line.text) > width * 0.75 for line in followed)
    if width > WIDEST_WRAPPED or width < 40 or near < max(2, len(followed) * 0.4):
        return lines
    measured = []
    for line, after in zip(lines, [*lines[1:], Line("")], strict=True):
        first = after.text.split(" ", 1)[0]
        # Where it falls short nothing is said: the next line may go on with it all the same.
        measured.append(replace(line, full=len(line.text) + 1 + len(first) > width * SHORT_OF or None))
    return measured


def _goes_on(line: Line, after: Line) -> bool:
    """Tell whether a line is the beginning of the sentence that the next one goes on with."""
    # Only how the line ends is looked at: it may have grown long already.
    end = line.text[-80:]
    if after.item or after.row or after.contents or line.row or line.contents:
        return False
    if ENUMERATED.match(after.text) or COUNTED.match(after.text):
        return bool(line.full) and not after.apart and not _ENDED.search(end)
    if line.level or after.level:
        return line.level == after.level and (_OPEN_END.search(end) is not None or _wrapped_heading(line, after))
    if NUMBERED.match(after.text) and not (line.full and not after.apart and not _ENDED.search(end)):
        return False
    if line.full and not after.apart:
        return True
    if _ENDED.search(end):
        return False
    if is_lead_in(end) and after.apart and line.full is False:
        return False
    if line.full and _GOES_ON.match(after.text):
        return True
    if _CUT_WORD.search(end) and after.text[:1].islower():
        return True
    if _OPEN_END.search(end) and not is_lead_in(end):
        return True
    return bool(_GOES_ON.match(after.text)) and (line.full is not False or line.page != after.page)


def _wrapped_heading(line: Line, after: Line) -> bool:
    return bool(line.full) and not after.apart and not NUMBERED.match(after.text)


def _together(text: str, more: str, words: frozenset[str]) -> str:
    if _CUT_ADDRESS.search(text[-300:]):
        return text + more
    cut = _CUT_WORD.search(text[-80:])
    if not cut or not more[:1].islower():
        return f"{text} {more}"
    rest = re.match(r"[A-Za-z]*", more)[0]
    whole = (cut[1] + rest).lower()
    hyphenated = f"{cut[1]}-{rest}".lower()
    if (
        hyphenated in words
        or text[-80:][: cut.start()].endswith("-")
        or (whole not in words and cut[1].lower() in KEEP_HYPHEN)
    ):
        return text + more
    return text[:-1] + more


def _joined(lines: list[Line]) -> list[Line]:
    words = frozenset(
        word for line in lines for word in re.findall(r"[a-z]+(?:-[a-z]+)*", line.text.lower()[:LONGEST_LINE])
    )
    joined: list[Line] = []
    for line in lines:
        if joined and _goes_on(joined[-1], line) and len(joined[-1].text) < LONGEST_LINE:
            before = joined[-1]
            text = _together(before.text, line.text, words)
            joined[-1] = replace(before, text=text, full=line.full)
        else:
            joined.append(line)
    return joined


def _blocks(lines: list[Line]) -> list[Block]:
    blocks: list[Block] = []
    # Whether a sentence ending in a colon waits for its list, and the lines since were part of it.
    listing = False
    for at, line in enumerate(lines):
        after = lines[at + 1] if at + 1 < len(lines) else None
        kind, level = _kind(line, after, listing)
        if kind == BlockKind.PARAGRAPH:
            listing = line.text.endswith(":")
        elif kind != BlockKind.ITEM or line.item:
            # A list with glyphs of its own takes in no line without.
            listing = False
        blocks += [Block(kind, part.strip(), level, line.page) for part in cut(line.text) if part.strip()]
    return blocks


def _kind(line: Line, after: Line | None, listing: bool) -> tuple[str, int]:
    if line.contents:
        return BlockKind.CONTENTS, 0
    if line.row or ("\t" in line.text and not NUMBERED.match(line.text)):
        return BlockKind.ROW, 0
    if line.item:
        return BlockKind.ITEM, 0
    if line.level >= 0 and (level := heading_level(line, after, listing)):
        return BlockKind.HEADING, level
    if ENUMERATED.match(line.text):
        return BlockKind.ITEM, 0
    if listing and not _ENDED.search(line.text) and len(line.text) <= 120:
        return BlockKind.ITEM, 0
    return BlockKind.PARAGRAPH, 0
