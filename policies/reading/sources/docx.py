"""Word documents: paragraphs with the styles, lists and numbers that Word shows; the file is read as a stream.

The parts are read by expat itself, which is told to refuse document types and entities: a tree of the whole file would
cost memory that a hostile one could choose.
"""

import io
import re
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

from policies.reading.document import Unreadable
from policies.reading.sources.line import Line
from policies.reading.sources.word import BROKEN, Level, Numbers, Part, Styles, count_of, level_of_name, written

# What a part may hold when unpacked: a policy of 200 pages is below a tenth of it.
MOST_BYTES_UNPACKED = 40_000_000
MOST_PARTS = 5_000

_OFF = {"0", "false", "off", "none"}


@dataclass
class _Paragraph:
    words: list[str] = field(default_factory=list)
    style: str = ""
    number: str = ""
    depth: int | None = None
    outline: int | None = None
    bold: list[bool] = field(default_factory=list)
    # Its end was deleted or moved away, so that the next paragraph goes on with it.
    unended: bool = False


class _Text(Part):
    """The paragraphs of the body, a header or the notes, in the order in which they stand."""

    def __init__(self, styles: Styles, numbers: Numbers) -> None:
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
        self.in_properties = False
        # Whether the paragraph before has lost its end.
        self.goes_on = False

    def fallback(self, begins: bool) -> None:
        self.passing += 1 if begins else -1

    def text(self, words: str) -> None:
        if self.reading and self.open and not self.passing and not self.hidden:
            self.open[-1].words.append(words)
            if words.strip():
                self.open[-1].bold.append(self.bold)

    def on_p(self, has: dict[str, str]) -> None:
        self.open.append(_Paragraph())

    def on_pPr(self, has: dict[str, str]) -> None:
        self.in_properties = True

    def off_pPr(self) -> None:
        self.in_properties = False

    def on_del(self, has: dict[str, str]) -> None:
        self.passing += 1
        if self.in_properties and self.open:
            self.open[-1].unended = True

    def off_del(self) -> None:
        self.passing -= 1

    # What was moved stands where it was moved to.
    on_moveFrom, off_moveFrom = on_del, off_del

    def on_pStyle(self, has: dict[str, str]) -> None:
        if self.open:
            self.open[-1].style = has.get("val", "")

    def on_numId(self, has: dict[str, str]) -> None:
        if self.open:
            self.open[-1].number = has.get("val", "")

    def on_ilvl(self, has: dict[str, str]) -> None:
        if self.open:
            self.open[-1].depth = count_of(has.get("val", ""))

    def on_outlineLvl(self, has: dict[str, str]) -> None:
        if self.open:
            self.open[-1].outline = count_of(has.get("val", ""))

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
            self.goes_on = False
            is_row = len([cell for cell in cells if cell.strip()]) > 1
            self.lines.append(Line(text, row=is_row, apart=True, full=False))

    def off_p(self) -> None:
        paragraph = self.open.pop()
        text = "".join(paragraph.words)
        if self.cells and self.cells[-1]:
            self.cells[-1][-1] += " " + text.replace("\n", " ")
            return
        if not text.strip() and (not paragraph.number or paragraph.unended):
            self.goes_on = self.goes_on and paragraph.unended
            return
        line, lead = self._shown(paragraph)
        parts = [part for part in text.split("\n") if part.strip()]
        for order, part in enumerate(parts):
            begun = self.lines.pop().text if self.goes_on and not order else ""
            self.lines.append(replace(line, text=f"{begun or (lead if not order else '')}{part}"))
        self.goes_on = paragraph.unended and bool(parts)

    def _add(self, words: str) -> None:
        if self.open and not self.passing and words:
            self.open[-1].words.append(words)

    def _shown(self, paragraph: _Paragraph) -> tuple[Line, str]:
        """Return what a paragraph is by its style and list, and the number that Word shows before it."""
        style = self.styles.of(paragraph.style)
        contents = style.name.lower().startswith("toc ")
        outline = paragraph.outline if paragraph.outline is not None else style.outline
        level = level_of_name(style.name)
        if not level and outline is not None and outline < 9:
            level = outline + 1
        number = paragraph.number or style.number
        depth = paragraph.depth if paragraph.depth is not None else style.depth
        item, lead = self._numbered(number, depth) if number and number != "0" else (False, "")
        if not level and not item and not contents and paragraph.bold and all(paragraph.bold):
            level = 9
        level = 0 if item or contents else level
        return Line("", level=level, item=item, contents=contents, apart=True, full=False), lead

    def _numbered(self, number: str, depth: int) -> tuple[bool, str]:
        levels = self.numbers.lists.get(self.numbers.list_of.get(number, ""), {})
        level = levels.get(depth, Level("bullet"))
        if level.form in {"bullet", "none"}:
            return level.form == "bullet", ""
        counted = self.counted[self.numbers.list_of.get(number, "")]
        counted[depth] = counted[depth] + 1 if depth in counted else level.start
        for deeper in [one for one in counted if one > depth]:
            del counted[deeper]

        def shown(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            own = levels.get(at, Level())
            return written(counted.get(at, own.start), own.form)

        return False, re.sub(r"%([1-9])", shown, level.shown) + " "


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
        styles, numbers = Styles(), Numbers()
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


def _read(content: bytes, styles: Styles, numbers: Numbers) -> list[Line]:
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
