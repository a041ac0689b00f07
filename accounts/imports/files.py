"""A list of people as rows of words: CSV in the encodings and separators that are met, or an Excel workbook."""

import codecs
import csv
import io
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from accounts.imports.columns import recognised

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 2_000
MOST_COLUMNS = 100
MOST_SHEETS = 10
MOST_PARTS = 1_000
MOST_UNPACKED = 60 * 1024 * 1024
# The header stands within so many rows: exports put titles above it.
HEADER_WITHIN = 20
# In a sheet no more than so many times the rows allowed are looked at: people leave rows empty between classes.
GAPS = 3
SEPARATORS = (",", ";", "\t", "|")
# Before one of these an apostrophe only keeps a spreadsheet from reckoning with the cell.
ACTIVE = ("=", "+", "-", "@")
EXCEL_OF_OLD = b"\xd0\xcf\x11\xe0"
# What the workbook library raises on a broken workbook; it promises nothing narrower.
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
NEITHER = "This file is neither CSV nor an Excel workbook (.xlsx). Save the list as one of these and choose it again."

Numbered = list[tuple[int, list[str]]]


class FileUnread(Exception):
    """The file cannot be read as the list that it should be; the message says why and what to do."""


@dataclass(frozen=True)
class Expected:
    """Which list a file is to be: its name in messages, and what recognises the titles of its columns."""

    words: str
    recognise: Callable[[Sequence[str]], dict[int, str]]
    most_rows: int = MOST_ROWS


STAFF = Expected("list of staff", recognised)


@dataclass(frozen=True)
class StaffFile:
    """The titles of a file's columns, and its rows below them, each with its number in the file."""

    header: list[str]
    rows: Numbered
    counts_from_1904: bool = False


def read_staff_file(content: bytes) -> StaffFile:
    """Return what a list of staff holds. Raises FileUnread, and nothing else, for whatever bytes come."""
    return read_list(content, STAFF)


def read_list(content: bytes, expected: Expected) -> StaffFile:
    """Return what the file holds. Raises FileUnread, and nothing else, for whatever bytes come.

    Titles above the header are left out, and so are empty rows; a cell that begins like a formula is text.
    """
    if len(content) > MOST_BYTES:
        raise FileUnread(
            f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. A {expected.words} is far smaller."
        )
    if not content.strip():
        raise FileUnread("The file is empty.")
    if content.startswith(EXCEL_OF_OLD):
        raise FileUnread(
            "This is a workbook of an old Excel (.xls). Open it, save it as .xlsx or CSV, and choose that."
        )
    if content.startswith(b"PK"):
        return _workbook(content, expected)
    return _text(content, expected)


def _text(content: bytes, expected: Expected) -> StaffFile:
    words = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    separators: Iterable[str] = SEPARATORS
    first, _, rest = words.partition("\n")
    if first.lower().startswith("sep=") and len(first) == 5:
        separators, words = first[4], rest
    ways = (enumerate(_records(words, separator), start=1) for separator in separators)
    return _read_in(ways, expected)[0]


def _read_in(ways: Iterable[Iterable[tuple[int, list[str]]]], expected: Expected) -> list[StaffFile]:
    """Return what each way of reading a file gives, the one most like the list expected first.

    Raises FileUnread where none gives anything.
    """
    found, refusals = [], []
    for rows in ways:
        try:
            found.append(_below_header(rows, expected))
        except FileUnread as refusal:
            refusals.append(refusal)
    # By titles known, then by how wide it comes out.
    found.sort(key=lambda file: (len(expected.recognise(file.header)), len(file.header)), reverse=True)
    # A file is not narrow because it was split at the wrong sign.
    if not found or (refusals and not expected.recognise(found[0].header)):
        raise refusals[0] if refusals else FileUnread("The file has no rows.")
    return found


def _decoded(content: bytes) -> str:
    """Read by the mark at the start, else as UTF-8, else as Windows wrote before."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            words = content.decode("utf-16")
        else:
            words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        words = content.decode("cp1252", errors="replace")
    if "\0" in words or words.startswith("%PDF"):
        raise FileUnread(NEITHER)
    return words


def _records(words: str, separator: str) -> Iterator[list[str]]:
    try:
        for cells in csv.reader(io.StringIO(words, newline=""), delimiter=separator):
            # One more than allowed, to notice that there are more.
            yield [_tidy(cell) for cell in cells[: MOST_COLUMNS + 1]]
    except csv.Error:
        raise FileUnread("A row of the file cannot be read: a quotation mark in it is never closed.") from None


def _workbook(content: bytes, expected: Expected) -> StaffFile:
    try:
        _refuse_bombs(content, expected)
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        return _sheets(workbook, expected)
    except BROKEN:
        raise FileUnread(NEITHER) from None


def _refuse_bombs(content: bytes, expected: Expected) -> None:
    """Look at what the archive says of itself before any of it is unpacked; reading holds it to its word."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "xl/workbook.xml" not in names:
            raise FileUnread(NEITHER)
        if any(name.endswith("vbaProject.bin") for name in names):
            raise FileUnread("This workbook holds macros. Save it as .xlsx, which has none, and choose that.")
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise FileUnread(f"This workbook unpacks to far more than a {expected.words}. Save the one list as CSV.")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
                raise FileUnread(NEITHER)


def _sheets(workbook: Workbook, expected: Expected) -> StaffFile:
    """Return the one sheet that looks like the list expected. Raises FileUnread where several look alike."""
    sheets = [sheet for sheet in workbook.worksheets[:MOST_SHEETS] if isinstance(sheet, ReadOnlyWorksheet)]
    read, *others = _read_in((_cells(sheet, expected) for sheet in sheets), expected)
    titles = set(expected.recognise(read.header).values())
    if titles and any(set(expected.recognise(other.header).values()) == titles for other in others):
        raise FileUnread(
            f"Several sheets of this workbook look like a {expected.words}. Put all rows on one sheet, "
            "or save the one that is meant as CSV."
        )
    # A sheet has no separators to count: a row is as wide as the header unless more of it is filled.
    wide = len(read.header)
    rows = [(number, (cells + [""] * wide)[: max(wide, _used(cells))]) for number, cells in read.rows]
    return StaffFile(read.header, rows, workbook.epoch.year == 1904)


def _cells(sheet: ReadOnlyWorksheet, expected: Expected) -> Iterator[tuple[int, list[str]]]:
    # What a sheet says of its own size need not be so.
    sheet.reset_dimensions()
    # More rows than allowed, since many may be empty; one column more, to notice that there are more.
    most = GAPS * (HEADER_WITHIN + expected.most_rows)
    rows = sheet.iter_rows(max_row=most, max_col=MOST_COLUMNS + 1, values_only=True)
    for number, row in enumerate(rows, start=1):
        yield number, [_tidy(_worded(value)) for value in row]


def _below_header(rows: Iterable[tuple[int, list[str]]], expected: Expected) -> StaffFile:
    """Find the header: the first row with most titles that are known, else the first with most cells filled."""
    filled = list(
        islice(((number, cells) for number, cells in rows if any(cells)), HEADER_WITHIN + expected.most_rows + 1)
    )
    if not filled:
        raise FileUnread("The file has no rows.")
    known = [len(expected.recognise(cells)) for _, cells in filled[:HEADER_WITHIN]]
    ranked = known if max(known) > 1 else [sum(map(bool, cells)) for _, cells in filled[:HEADER_WITHIN]]
    at = ranked.index(max(ranked))
    titles = filled[at][1]
    header = titles[: _used(titles)]
    if len(header) > MOST_COLUMNS:
        raise FileUnread(f"The file has more than {MOST_COLUMNS} columns. Leave out those that are not needed.")
    below = filled[at + 1 :]
    if not below:
        raise FileUnread("The file has no rows below its titles.")
    if len(below) > expected.most_rows:
        raise FileUnread(f"The file has more than {expected.most_rows:,} rows. Import it in parts.")
    # A separator after the last title ends every row alike.
    extra = len(titles) - len(header)
    return StaffFile(header, [(number, _without_tail(cells, extra)) for number, cells in below])


def _without_tail(cells: list[str], extra: int) -> list[str]:
    return cells[:-extra] if extra and not any(cells[-extra:]) else cells


def _used(cells: list[str]) -> int:
    """Return how many cells there are up to the last with anything in it."""
    return max((place for place, cell in enumerate(cells, start=1) if cell), default=0)


def _worded(value: Any) -> str:
    """Return a workbook's value as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _tidy(words: str) -> str:
    """Return a cell on one line without what cannot be seen, and without the apostrophe that disarmed a formula."""
    shown = words if words.isprintable() else "".join(sign if sign.isprintable() else " " for sign in words)
    # One sign for an accented letter: some systems write the letter and its accent.
    tidy = unicodedata.normalize("NFC", " ".join(shown.split()))
    return tidy[1:] if tidy.startswith("'") and tidy[1:].startswith(ACTIVE) else tidy
