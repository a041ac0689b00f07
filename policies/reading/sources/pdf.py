"""PDF files: lines as they stand on the page, told by place and size of their letters; pypdf reads the file."""

import io
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import PyPdfError

from policies.reading.document import Unreadable
from policies.reading.sources.headings import BOLD, numbered
from policies.reading.sources.line import Line, tidy, without_bullet

MOST_PAGES = 200
# Fewer letters on a page are a stamp or a page number over a picture.
FEWEST_LETTERS = 20
BROKEN = "This PDF is damaged and cannot be read. Save it from its program again and choose the new file."
SCAN = (
    "This PDF holds pictures of pages, not their text, so there is nothing to read. Choose the document it was "
    "printed from, or one saved by a scanner that recognises text."
)
PROTECTED = "This PDF is protected by a password. Save it without one and choose it again."
TOO_LONG = f"This PDF has more than {MOST_PAGES} pages, so it is no policy that can be read in."

# What one page's text may take; pypdf's own limits are meant for pictures too, which are not looked at here.
LIMITS = {
    "zlib_maximum_output_length": 10_000_000,
    "lzw_maximum_output_length": 10_000_000,
    "run_length_maximum_output_length": 10_000_000,
    "array_based_stream_maximum_output_length": 20_000_000,
    "stream_decoding_work_maximum_length": 40_000_000,
    "stream_parsing_work_maximum_count": 500_000,
    "xform_maximum_invocations_per_extraction": 200,
    "page_tree_maximum_entries": 10_000,
    "page_tree_maximum_page_entries": 100_000,
}

# A gap wider than the usual one between lines by this much sets a paragraph apart.
WIDER = 1.25
LARGER = 1.12
_ENDED = re.compile(r"[.;:!?]$")
_BOLD_FONT = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
# Widths of letters in thousandths of their size, as in the face that most others are cut after. How far a line reaches
# is compared with other lines that were reckoned the same way, so that the face does not matter much.
_WIDTHS = {
    letter: width
    for width, letters in (
        (191, "'"),
        (222, "ijl‘’"),
        (278, "ftI !,./:;[]|"),
        (333, "r()-“”"),
        (500, "cksvxyzJ"),
        (611, "FTZ"),
        (667, "ABEKPSVXY&"),
        (722, "CDHNRUw"),
        (778, "GOQ"),
        (833, "mM"),
        (944, "W"),
        (1000, "—…@"),
    )
    for letter in letters
}
_USUAL_WIDTH = 556
BOLDER = 1.06
# How far a list is set in from the text around it, in points.
SET_IN = (8, 90)
# Two columns of text: how many lines they have at the least, and which part of them begins at each of two margins.
FEWEST_IN_COLUMNS = 12
PART_OF_COLUMN = 0.25
NARROWEST = 100
# How much longer than it is a line may be reckoned, in points.
OVER = 20


@dataclass
class _Row:
    """Letters on one height of a page."""

    text: str
    page: int
    x: float
    y: float
    end: float
    size: float
    bold: bool
    # Of a page in two columns: 1 or 2; 0 for what reaches over both, and on every other page.
    column: int = 0


def lines_of(content: bytes) -> tuple[list[Line], list[str]]:
    """Return the lines of a PDF."""
    try:
        with apply_configuration(**LIMITS):
            rows, count = _read(content)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as fault:
        raise Unreadable(BROKEN) from fault
    if not count:
        raise Unreadable(BROKEN)
    if sum(len(row.text) for row in rows) < FEWEST_LETTERS * count:
        raise Unreadable(SCAN)
    return _lines(rows), []


def _read(content: bytes) -> tuple[list[_Row], int]:
    """Return the rows of all pages, and how many pages there are."""
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable(PROTECTED)
    count = len(reader.pages)
    if count > MOST_PAGES:
        raise Unreadable(TOO_LONG)
    rows = [row for number in range(count) for row in _rows(reader.pages[number], number + 1)]
    return rows, count


def _rows(page: Any, number: int) -> list[_Row]:
    runs: list[_Row] = []

    def take(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        if not text.strip():
            if runs and text and "\n" not in text:
                runs[-1].text += " "
            return
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = abs(tm[0] * tm[3] - tm[1] * tm[2]) ** 0.5 * abs(cm[0] * cm[3] - cm[1] * cm[2]) ** 0.5
        letters = max(1.0, size * (scale or 1.0))
        bold = bool(_BOLD_FONT.search(str((font or {}).get("/BaseFont", ""))))
        for order, part in enumerate(text.strip("\n").split("\n")):
            if part.strip():
                lower = y - order * letters * 1.2
                runs.append(_Row(part, number, x, lower, x + _width(part, bold) * letters, letters, bold))

    page.extract_text(visitor_text=take)
    parts = _merged(runs, cells=False)
    margins = _columns(parts)
    return _by_column(parts, *margins) if margins else _by_height(_merged(runs, cells=True))


def _width(text: str, bold: bool) -> float:
    """Return about how wide a text is, in sizes of its letters."""
    return sum(_WIDTHS.get(letter, _USUAL_WIDTH) for letter in text) / 1000 * (BOLDER if bold else 1)


def _merged(runs: list[_Row], *, cells: bool) -> list[_Row]:
    """Put together what stands on one height: words in another face, a bullet and its words, `cells` of a table."""
    rows: list[_Row] = []
    for run in runs:
        before = rows[-1] if rows else None
        if before is None or abs(before.y - run.y) > 0.45 * min(before.size, run.size) or run.x < before.x:
            rows.append(run)
            continue
        gap = run.x - before.end
        touching = before.text.endswith(" ") or run.text.startswith(" ")
        cell = gap > 2.5 * run.size and len(before.text.strip()) > 3
        if cell and not cells:
            rows.append(run)
            continue
        # Where letters touch, pypdf has seen it; how wide the words before are is but an estimate.
        close = touching or gap < 0.3 * run.size + 0.05 * (before.end - before.x)
        between = "\t" if cell else "" if close else " "
        letters = len(before.text.strip())
        rows[-1] = replace(
            before,
            text=before.text + between + run.text,
            end=max(before.end, run.end),
            size=max(before.size, run.size) if letters < 3 else before.size,
            bold=run.bold if letters < 3 else before.bold and run.bold,
        )
    return rows


def _columns(rows: list[_Row]) -> tuple[float, float] | None:
    """Return where the two columns of a page begin; None for a page of one, or of a table with short cells."""
    lines = [row for row in rows if len(row.text.strip()) > 20]
    starts = Counter(round(row.x) for row in lines).most_common(2)
    if len(lines) < FEWEST_IN_COLUMNS or len(starts) < 2 or starts[1][1] < PART_OF_COLUMN * len(lines):
        return None
    left, right = sorted(start for start, _ in starts)
    within = [row for row in lines if row.x < right - 1]
    over = sum(row.end > right + OVER for row in within)
    wide = sum(row.end - row.x > 0.6 * (right - left) for row in within)
    is_set_so = right - left > NARROWEST and over <= len(lines) * 0.15 and wide > len(within) / 2
    return (left, right) if is_set_so else None


def _by_column(rows: list[_Row], left: float, right: float) -> list[_Row]:
    """Return the rows of a page in two columns: the left from top to bottom, then the right, up to what spans both."""
    ordered: list[_Row] = []
    columns: tuple[list[_Row], list[_Row]] = ([], [])
    for row in sorted(rows, key=lambda row: -row.y):
        if row.x < right - 1 < row.end and (row.x > left + OVER or row.end > right + OVER):
            ordered += [*columns[0], *columns[1], row]
            columns = ([], [])
        else:
            at = int(row.x >= right - 1)
            columns[at].append(replace(row, column=at + 1))
    return [*ordered, *columns[0], *columns[1]]


def _by_height(rows: list[_Row]) -> list[_Row]:
    """Return rows from top to bottom, unless the page is set in columns: then in the order of the file."""
    jumps = [at for at, (before, after) in enumerate(pairwise(rows), 1) if after.y > before.y + 5 * before.size]
    for at in jumps:
        beside = sum(any(abs(row.y - early.y) < row.size for early in rows[:at]) for row in rows[at : at + 12])
        if beside > 5:
            return rows
    return sorted(rows, key=lambda row: -row.y)


def _lines(rows: list[_Row]) -> list[Line]:
    """Say of each row how it stands to the one before: set apart, a bullet, or going on."""
    body, pitch = _body_size(rows), _usual_pitch(rows)
    edges = {column: _right_edge([row for row in rows if row.column == column], body) for column in range(3)}
    levels = _levels(rows, body)
    margins = _margins(rows)
    lines: list[Line] = []
    # The row that opened the bullet which may be going on, and whether its glyph is written and not drawn.
    bullet: _Row | None = None
    glyph = False
    for at, row in enumerate(rows):
        before = rows[at - 1] if at else row
        after = rows[at + 1] if at + 1 < len(rows) else None
        right = edges[row.column]
        turned = before.page != row.page
        apart = not turned and _apart(before, row, pitch)
        item = False
        opened = without_bullet(Line(row.text))
        if opened.item:
            bullet, glyph, item = row, True, True
        elif (
            levels.get(at) or round(row.x) not in margins or (not bullet and after and _first_line(row, after, right))
        ):
            apart = apart or (bullet is not None and not turned and row.x < bullet.x + 2)
            bullet = None if apart or levels.get(at) or not turned else bullet
        elif bullet is None or (apart and row.x < bullet.x - 2):
            bullet, glyph, item = row, False, bullet is None or not glyph
        elif not glyph:
            # The next bullet whose glyph was drawn, or a further line of this one.
            item = apart or not lines[-1].full or _ENDED.search(tidy(before.text)) is not None
            item = item or (row.text.strip()[:1].isupper() and before.end < right * 0.9)
            bullet = row if item else bullet
        full = after is not None and _full(row, after, right)
        text = opened.text if opened.item else row.text
        lines.append(Line(text, row.page, 0 if item else levels.get(at, 0), item, False, False, apart, full))
    return lines


def _margins(rows: list[_Row]) -> set[int]:
    """Return where rows begin that are set in from the margin of the text, as lists are."""
    starts = Counter(round(row.x) for row in rows)
    usual = [start for start, times in starts.items() if times >= max(2, len(rows) // 8)]
    left = min(usual, default=0)
    return {start for start, times in starts.items() if times > 1 and SET_IN[0] <= start - left <= SET_IN[1]}


def _first_line(row: _Row, after: _Row, right: float) -> bool:
    """Tell whether a row is set in as the first line of a paragraph is, and no list."""
    return after.page == row.page and after.x < row.x - SET_IN[0] and _full(row, after, right)


def _apart(before: _Row, row: _Row, pitch: float) -> bool:
    if before is row:
        return True
    return (before.y - row.y) / row.size > pitch * WIDER or abs(before.size - row.size) > 0.12 * row.size


def _body_size(rows: list[_Row]) -> float:
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[round(row.size * 2) / 2] += len(row.text)
    return sizes.most_common(1)[0][0]


def _usual_pitch(rows: list[_Row]) -> float:
    """Return the usual distance of lines that go on, in sizes of their letters."""
    pitches = sorted(
        (before.y - row.y) / row.size
        for before, row in pairwise(rows)
        if before.page == row.page and row.text.strip()[:1].islower() and 0 < before.y - row.y < 4 * row.size
    )
    if len(pitches) < 3:
        pitches = sorted(
            (before.y - row.y) / row.size
            for before, row in pairwise(rows)
            if before.page == row.page and 0 < before.y - row.y < 4 * row.size
        )
        return pitches[len(pitches) // 10] if pitches else 1.2
    return pitches[len(pitches) // 2]


def _right_edge(rows: list[_Row], body: float) -> float:
    """Return how far lines reach, titles aside; the estimate of widths makes some seem longer than they are."""
    ends = sorted(row.end for row in rows if "\t" not in row.text and row.size < body * LARGER)
    if not ends:
        return 0.0
    return ends[int(len(ends) * 0.97)] if len(ends) > 40 else ends[-1]


def _full(row: _Row, after: _Row | None, right: float) -> bool:
    if after is None:
        return False
    word = tidy(after.text).split(" ", 1)[0]
    return row.end + _width(" " + word, row.bold) * row.size > right * 0.965


def _levels(rows: list[_Row], body: float) -> dict[int, int]:
    """Return which lines the page sets as headings, and how deep: larger letters first, then bold ones."""
    larger = {at: round(row.size) for at, row in enumerate(rows) if row.size > body * LARGER and len(row.text) < 200}
    first = [larger[at] for at in larger if (found := numbered(tidy(rows[at].text))) and "." not in found[0]]
    levels: dict[int, int] = {}
    sizes = sorted(set(larger.values()), reverse=True)
    top = Counter(first).most_common(1)[0][0] if first else None
    for at, size in larger.items():
        if top is not None:
            levels[at] = 1 if size >= top else 1 + len([one for one in sizes if size <= one < top])
        else:
            levels[at] = 1 + sizes.index(size)
    for at, row in enumerate(rows):
        if at not in levels and row.bold and row.size > body * 0.9:
            levels[at] = BOLD
    return levels
