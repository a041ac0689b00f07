"""A part of a Word document read as a stream, and the two that say how its text looks: styles and numbers."""

import re
from collections import defaultdict
from dataclasses import dataclass
from xml.parsers import expat

from policies.reading.document import Unreadable

DEEPEST = 500
BROKEN = "This Word document is damaged and cannot be read. Open it in Word, save it again and choose the new file."

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main "
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_FORMER = "PrChange"
_HEADING = re.compile(r"heading ([1-9])$", re.IGNORECASE)
_ROMAN = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"]


@dataclass
class Style:
    name: str = ""
    based_on: str = ""
    outline: int | None = None
    number: str = ""
    depth: int = 0


@dataclass
class Level:
    form: str = "decimal"
    shown: str = ""
    start: int = 1


class Part:
    """Calls `on_<tag>` and `off_<tag>` for the elements of Word's own namespace, in the order of the file.

    What a tracked change keeps of a former look is passed over.
    """

    def __init__(self) -> None:
        self.depth = 0
        self.former = 0

    def read(self, content: bytes) -> None:
        """Read a part; refuses document types and entities, which no Word document has."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.buffer_text = True
        try:
            parser.Parse(content, True)
        except expat.ExpatError as fault:
            raise Unreadable(BROKEN) from fault

    def _refuse(self, *_: object) -> None:
        raise Unreadable(BROKEN)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(BROKEN)
        if tag == _FALLBACK:
            self.fallback(True)
        self.former += tag.endswith(_FORMER)
        found = getattr(self, f"on_{_own(tag)}", None)
        if found and not self.former:
            found({_own(name): value for name, value in attributes.items()})

    def _end(self, tag: str) -> None:
        self.depth -= 1
        if tag == _FALLBACK:
            self.fallback(False)
        found = getattr(self, f"off_{_own(tag)}", None)
        if found and not self.former:
            found()
        self.former -= tag.endswith(_FORMER)

    def text(self, words: str) -> None:
        """Take in the words of an element."""

    def fallback(self, begins: bool) -> None:
        """Pass over what only older programs read, since the same stands there for newer ones."""


def _own(tag: str) -> str:
    return tag.removeprefix(_WORD).removeprefix(_STRICT).replace(" ", "_").replace(":", "_")


class Styles(Part):
    def __init__(self) -> None:
        super().__init__()
        self.styles: dict[str, Style] = {}
        self.now = Style()

    def on_style(self, has: dict[str, str]) -> None:
        self.now = self.styles[has.get("styleId", "")] = Style()

    def on_name(self, has: dict[str, str]) -> None:
        self.now.name = has.get("val", "")

    def on_basedOn(self, has: dict[str, str]) -> None:
        self.now.based_on = has.get("val", "")

    def on_outlineLvl(self, has: dict[str, str]) -> None:
        self.now.outline = count_of(has.get("val", ""))

    def on_numId(self, has: dict[str, str]) -> None:
        self.now.number = has.get("val", "")

    def on_ilvl(self, has: dict[str, str]) -> None:
        self.now.depth = count_of(has.get("val", "")) or 0

    def of(self, name: str) -> Style:
        """Return a style with what it takes over from those that it is based on."""
        found, seen = Style(), set()
        while name in self.styles and name not in seen:
            seen.add(name)
            style = self.styles[name]
            found.name = found.name if level_of_name(found.name) or not style.name else found.name or style.name
            if not level_of_name(found.name) and level_of_name(style.name):
                found.name = style.name
            found.outline = style.outline if found.outline is None else found.outline
            if not found.number and style.number:
                found.number, found.depth = style.number, style.depth
            name = style.based_on
        return found


class Numbers(Part):
    def __init__(self) -> None:
        super().__init__()
        self.lists: dict[str, dict[int, Level]] = defaultdict(dict)
        self.list_of: dict[str, str] = {}
        self.abstract = ""
        self.number = ""
        self.level = Level()

    def on_abstractNum(self, has: dict[str, str]) -> None:
        self.abstract = has.get("abstractNumId", "")

    def on_num(self, has: dict[str, str]) -> None:
        self.number = has.get("numId", "")

    def on_abstractNumId(self, has: dict[str, str]) -> None:
        self.list_of[self.number] = has.get("val", "")

    def on_lvl(self, has: dict[str, str]) -> None:
        self.level = Level()
        if not self.number:
            self.lists[self.abstract][count_of(has.get("ilvl", "")) or 0] = self.level

    def on_numFmt(self, has: dict[str, str]) -> None:
        self.level.form = has.get("val", "")

    def on_lvlText(self, has: dict[str, str]) -> None:
        self.level.shown = has.get("val", "")

    def on_start(self, has: dict[str, str]) -> None:
        self.level.start = count_of(has.get("val", "")) or 0


def written(count: int, form: str) -> str:
    if form in {"lowerLetter", "upperLetter"} and 0 < count <= 26:
        letter = chr(ord("a") + count - 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in {"lowerRoman", "upperRoman"} and 0 < count < len(_ROMAN):
        return _ROMAN[count].upper() if form == "upperRoman" else _ROMAN[count]
    return str(count)


def count_of(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 5 else None


def level_of_name(name: str) -> int:
    if name.lower() in {"title", "subtitle"}:
        return 1
    found = _HEADING.match(name)
    return int(found[1]) if found else 0
