"""Word documents: paragraphs with the styles, lists and numbers that Word shows; the file is read as a stream.

The parts are read by expat itself, which is told to refuse document types and entities: a tree of the whole file would
cost memory that a hostile one could choose.
"""

import io
import re
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from xml.parsers import expat

from policies.reading.document import Unreadable
from policies.reading.sources.line import Line

# What a part may hold when unpacked: a policy of 200 pages is below a tenth of it.
MOST_BYTES_UNPACKED = 40_000_000
MOST_PARTS = 5_000
DEEPEST = 500
BROKEN = "This Word document is damaged and cannot be read. Open it in Word, save it again and choose the new file."

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main "
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_HEADING = re.compile(r"heading ([1-9])$", re.IGNORECASE)
_OFF = {"0", "false", "off", "none"}
_ROMAN = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"]


@dataclass
class _Style:
    name: str = ""
    based_on: str = ""
    outline: int | None = None
    number: str = ""
    depth: int = 0


@dataclass
class _Paragraph:
    words: list[str] = field(default_factory=list)
    style: str = ""
    number: str = ""
    depth: int | None = None
    outline: int | None = None
    bold: list[bool] = field(default_factory=list)


@dataclass
class _Level:
    form: str = "decimal"
    shown: str = ""
    start: int = 1


class _Part:
    """Calls `on_<tag>` and `off_<tag>` for the elements of Word's own namespace, in the order of the file."""

    def __init__(self) -> None:
        self.depth = 0

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
        found = getattr(self, f"on_{_own(tag)}", None)
        if found:
            found({_own(name): value for name, value in attributes.items()})

    def _end(self, tag: str) -> None:
        self.depth -= 1
        if tag == _FALLBACK:
            self.fallback(False)
        found = getattr(self, f"off_{_own(tag)}", None)
        if found:
            found()

    def text(self, words: str) -> None:
        """Take in the words of an element."""

    def fallback(self, begins: bool) -> None:
        """Pass over what only older programs read, since the same stands there for newer ones."""


def _own(tag: str) -> str:
    return tag.removeprefix(_WORD).removeprefix(_STRICT).replace(" ", "_").replace(":", "_")


class _Styles(_Part):
    def __init__(self) -> None:
        super().__init__()
        self.styles: dict[str, _Style] = {}
        self.now = _Style()

    def on_style(self, has: dict[str, str]) -> None:
        self.now = self.styles[has.get("styleId", "")] = _Style()

    def on_name(self, has: dict[str, str]) -> None:
        self.now.name = has.get("val", "")

    def on_basedOn(self, has: dict[str, str]) -> None:
        self.now.based_on = has.get("val", "")

    def on_outlineLvl(self, has: dict[str, str]) -> None:
        self.now.outline = _count(has.get("val", ""))

    def on_numId(self, has: dict[str, str]) -> None:
        self.now.number = has.get("val", "")

    def on_ilvl(self, has: dict[str, str]) -> None:
        self.now.depth = _count(has.get("val", "")) or 0

    def of(self, name: str) -> _Style:
        """Return a style with what it takes over from those that it is based on."""
        found, seen = _Style(), set()
        while name in self.styles and name not in seen:
            seen.add(name)
            style = self.styles[name]
            found.name = found.name if _level_of_name(found.name) or not style.name else found.name or style.name
            if not _level_of_name(found.name) and _level_of_name(style.name):
                found.name = style.name
            found.outline = style.outline if found.outline is None else found.outline
            if not found.number and style.number:
                found.number, found.depth = style.number, style.depth
            name = style.based_on
        return found


class _Numbers(_Part):
    def __init__(self) -> None:
        super().__init__()
        self.lists: dict[str, dict[int, _Level]] = defaultdict(dict)
        self.list_of: dict[str, str] = {}
        self.abstract = ""
        self.number = ""
        self.level = _Level()

    def on_abstractNum(self, has: dict[str, str]) -> None:
        self.abstract = has.get("abstractNumId", "")

    def on_num(self, has: dict[str, str]) -> None:
        self.number = has.get("numId", "")

    def on_abstractNumId(self, has: dict[str, str]) -> None:
        self.list_of[self.number] = has.get("val", "")

    def on_lvl(self, has: dict[str, str]) -> None:
        self.level = _Level()
        if not self.number:
            self.lists[self.abstract][_count(has.get("ilvl", "")) or 0] = self.level

    def on_numFmt(self, has: dict[str, str]) -> None:
        self.level.form = has.get("val", "")

    def on_lvlText(self, has: dict[str, str]) -> None:
        self.level.shown = has.get("val", "")

    def on_start(self, has: dict[str, str]) -> None:
        self.level.start = _count(has.get("val", "")) or 0


class _Text(_Part):
    """The paragraphs of the body, a header or the notes, in the order in which they stand."""

    def __init__(self, styles: _Styles, numbers: _Numbers) -> None:
        super().__init__()
        self.styles, self.numbers = styles, numbers
        self.lines: list[Line] = []
        self.open: list[_Paragraph] = []
        self.cells: list[list[str]] = []
        self.counted: dict[str, Counter[int]] = defaultdict(Counter)
        self.reading = False
        self.passing = 0
        self.bold = False
        self.hidden = False
        self.in_run = False

    def fallback(self, begins: bool) -> None:
        self.passing += 1 if begins else -1

    def text(self, words: str) -> None:
        if self.reading and self.open and not self.passing and not self.hidden:
            self.open[-1].words.append(words)
            if words.strip():
                self.open[-1].bold.append(self.bold)

    def on_p(self, has: dict[str, str]) -> None:
        self.open.append(_Paragraph())

    def on_pStyle(self, has: dict[str, str]) -> None:
        if self.open:
            self.open[-1].style = has.get("val", "")

    def on_numId(self, has: dict[str, str]) -> None:
        if self.open:
            self.open[-1].number = has.get("val", "")

    def on_ilvl(self, has: dict[str, str]) -> None:
        if self.open:
            self.open[-1].depth = _count(has.get("val", ""))

    def on_outlineLvl(self, has: dict[str, str]) -> None:
        if self.open:
            self.open[-1].outline = _count(has.get("val", ""))

    def on_r(self, has: dict[str, str]) -> None:
        self.in_run, self.bold, self.hidden = True, False, False

    def off_r(self) -> None:
        self.in_run = False

    def on_b(self, has: dict[str, str]) -> None:
        self.bold = self.in_run and has.get("val", "1") not in _OFF

    def on_vanish(self, has: dict[str, str]) -> None:
        self.hidden = self.in_run and has.get("val", "1") not in _OFF

    def on_t(self, has: dict[str, str]) -> None:
        self.reading = True

    def off_t(self) -> None:
        self.reading = False

    def on_tab(self, has: dict[str, str]) -> None:
        # A tab stop of the layout has the same name; it stands outside of runs.
        self._add("\t" if self.in_run else "")

    def on_br(self, has: dict[str, str]) -> None:
        self._add("\n")

    def on_cr(self, has: dict[str, str]) -> None:
        self._add("\n")

    def on_noBreakHyphen(self, has: dict[str, str]) -> None:
        self._add("-")

    def on_tr(self, has: dict[str, str]) -> None:
        self.cells.append([])

    def on_tc(self, has: dict[str, str]) -> None:
        if self.cells:
            self.cells[-1].append("")

    def off_tr(self) -> None:
        cells = self.cells.pop() if self.cells else []
        text = "\t".join(cell.strip() for cell in cells).strip()
        if text and self.cells and self.cells[-1]:
            self.cells[-1][-1] += " " + text
        elif text:
            is_row = len([cell for cell in cells if cell.strip()]) > 1
            self.lines.append(Line(text, row=is_row, apart=True, full=False))

    def off_p(self) -> None:
        paragraph = self.open.pop()
        text = "".join(paragraph.words)
        if self.cells and self.cells[-1]:
            self.cells[-1][-1] += " " + text.replace("\n", " ")
            return
        if not text.strip() and not paragraph.number:
            return
        line = self._shown(paragraph)
        for order, part in enumerate(text.split("\n")):
            if part.strip():
                lead = line[1] if not order else ""
                self.lines.append(
                    Line(
                        f"{lead}{part}",
                        level=line[0].level,
                        item=line[0].item,
                        contents=line[0].contents,
                        apart=True,
                        full=False,
                    )
                )

    def _add(self, words: str) -> None:
        if self.open and not self.passing and words:
            self.open[-1].words.append(words)

    def _shown(self, paragraph: _Paragraph) -> tuple[Line, str]:
        """Return what a paragraph is by its style and list, and the number that Word shows before it."""
        style = self.styles.of(paragraph.style)
        contents = style.name.lower().startswith("toc ")
        outline = paragraph.outline if paragraph.outline is not None else style.outline
        level = _level_of_name(style.name)
        if not level and outline is not None and outline < 9:
            level = outline + 1
        number = paragraph.number or style.number
        depth = paragraph.depth if paragraph.depth is not None else style.depth
        item, lead = self._numbered(number, depth) if number and number != "0" else (False, "")
        if not level and not item and not contents and paragraph.bold and all(paragraph.bold):
            level = 9
        return Line("", level=0 if item or contents else level, item=item, contents=contents), lead

    def _numbered(self, number: str, depth: int) -> tuple[bool, str]:
        levels = self.numbers.lists.get(self.numbers.list_of.get(number, ""), {})
        level = levels.get(depth, _Level("bullet"))
        if level.form in {"bullet", "none"}:
            return level.form == "bullet", ""
        counted = self.counted[self.numbers.list_of.get(number, "")]
        counted[depth] = counted[depth] + 1 if depth in counted else level.start
        for deeper in [one for one in counted if one > depth]:
            del counted[deeper]

        def shown(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            own = levels.get(at, _Level())
            return _written(counted.get(at, own.start), own.form)

        return False, re.sub(r"%([1-9])", shown, level.shown) + " "


def _written(count: int, form: str) -> str:
    if form in {"lowerLetter", "upperLetter"} and 0 < count <= 26:
        letter = chr(ord("a") + count - 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in {"lowerRoman", "upperRoman"} and 0 < count < len(_ROMAN):
        return _ROMAN[count].upper() if form == "upperRoman" else _ROMAN[count]
    return str(count)


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 5 else None


def _level_of_name(name: str) -> int:
    if name.lower() in {"title", "subtitle"}:
        return 1
    found = _HEADING.match(name)
    return int(found[1]) if found else 0


def lines_of(content: bytes) -> tuple[list[Line], list[str]]:
    """Return the lines of a Word document, and those of its page headers and footers."""
    try:
        return _lines_of(content)
    except (zipfile.BadZipFile, EOFError, RuntimeError) as fault:
        raise Unreadable(BROKEN) from fault


def _lines_of(content: bytes) -> tuple[list[Line], list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if "word/document.xml" not in names:
            raise Unreadable("This is not a Word document, whatever its name says.")
        if len(names) > MOST_PARTS:
            raise Unreadable("This Word document has more parts than a policy can have.")
        styles, numbers = _Styles(), _Numbers()
        for name, part in (("word/styles.xml", styles), ("word/numbering.xml", numbers)):
            if name in names:
                part.read(_unpacked(archive, name))
        body = _Text(styles, numbers)
        body.read(_unpacked(archive, "word/document.xml"))
        lines = body.lines
        if "word/footnotes.xml" in names:
            lines += _read(_unpacked(archive, "word/footnotes.xml"), styles, numbers)
        edges = sorted(name for name in names if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name))
        headers = [line for name in edges[:12] for line in _read(_unpacked(archive, name), styles, numbers)]
    return lines, [*dict.fromkeys(" ".join(line.text.split()) for line in headers)]


def _read(content: bytes, styles: _Styles, numbers: _Numbers) -> list[Line]:
    part = _Text(styles, numbers)
    part.read(content)
    return part.lines


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a part of the file; what the archive says of its size is not believed."""
    entry = archive.getinfo(name)
    if entry.flag_bits & 1:
        raise Unreadable("This Word document is protected by a password. Save it without one and choose it again.")
    with archive.open(entry) as part:
        content = part.read(MOST_BYTES_UNPACKED + 1)
    if len(content) > MOST_BYTES_UNPACKED:
        raise Unreadable("This Word document is far larger inside than a policy can be.")
    return content
