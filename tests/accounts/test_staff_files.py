"""Reading lists of staff: encodings, separators, titles, workbooks, dates; and that nothing breaks the reading."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.imports import files
from accounts.imports.columns import Field, meanings, plain, role_of, suggested
from accounts.imports.dates import DateUnread, Order, order_of, read_day
from accounts.imports.files import MOST_BYTES, MOST_ROWS, MOST_UNPACKED, FileUnread, read_staff_file
from accounts.models import Role
from tests.accounts.staff_lists import HEADER, as_csv, as_workbook, person

ROWS = [person(1, Forename="Zoë"), person(2, Surname="O’Neill")]
NUMBERED = [(2, ROWS[0]), (3, ROWS[1])]
# Made once: each workbook carries the time at which it was saved.
WORKBOOK = as_workbook(ROWS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_text_is_read_in_every_encoding_and_with_every_separator_that_is_met(encoding, separator):
    read = read_staff_file(as_csv(ROWS, separator=separator, encoding=encoding))
    assert (read.header, read.rows) == (HEADER, NUMBERED)


def test_a_first_line_that_names_the_separator_is_obeyed_and_not_counted_as_spreadsheets_do_not_count_it():
    read = read_staff_file(as_csv(ROWS, separator=";", above="sep=;\r\n"))
    assert (read.header, read.rows) == (HEADER, NUMBERED)


def test_titles_above_the_header_and_empty_rows_are_left_out_and_rows_keep_their_number():
    above = "Staff list, printed by the office\r\nWork Email,of everybody\r\n\r\n"
    read = read_staff_file(as_csv([ROWS[0], [""] * 7, ROWS[1]], above=above))
    assert (read.header, read.rows) == (HEADER, [(5, ROWS[0]), (7, ROWS[1])])


def test_a_workbook_is_read_like_the_text_with_its_titles_and_its_days():
    above = [["Staff list"], [], ["Printed 1 September"]]
    read = read_staff_file(as_workbook(ROWS, above=above, days=True))
    assert (read.header, read.rows) == (HEADER, [(5, ROWS[0]), (6, ROWS[1])])


def test_a_workbook_that_counts_days_from_1904_says_so_and_gives_the_same_days():
    read = read_staff_file(as_workbook(ROWS, from_1904=True, days=True))
    assert read.counts_from_1904
    assert read.rows == NUMBERED
    assert read_day("41882", from_1904=True) == date(2018, 9, 1)


def test_the_sheet_that_looks_like_a_list_of_staff_is_taken():
    workbook = load_workbook(io.BytesIO(as_workbook(ROWS)))
    cover = workbook.create_sheet("Cover", 0)
    cover.append(["About this list", "and other things", "in many words", "in many cells", "of one row", "and", "on"])
    kept = io.BytesIO()
    workbook.save(kept)
    assert read_staff_file(kept.getvalue()).rows == NUMBERED


def test_cells_that_begin_like_formulas_are_text_and_our_own_apostrophe_goes_again():
    row = person(1, Forename="=1+1", Surname="'@home", **{"Job Title": "-teacher"})
    assert read_staff_file(as_csv([row])).rows[0][1][1:5] == ["=1+1", "@home", "nia1@oakfield.example", "-teacher"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old Excel"),
        (b"%PDF-1.7 things", "neither"),
        (b"\x00\x01\x02\x03", "neither"),
        (b"PK\x03\x04 broken", "neither"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (as_csv([]), "no rows below"),
        (as_csv([person(n) for n in range(MOST_ROWS + 1)]), "more than 2,000 rows"),
        (as_csv(ROWS, header=[f"Title {n}" for n in range(101)]), "more than 100 columns"),
        (b'Forename,Surname,Email\n"never closed' + b"x" * 140_000, "quotation mark"),
    ],
    ids=["nothing", "spaces", "xls", "pdf", "bytes", "zip", "large", "titles alone", "long", "wide", "unclosed"],
)
def test_what_is_no_list_of_staff_is_refused_in_words(content, words):
    with pytest.raises(FileUnread, match=words):
        read_staff_file(content)


def rezipped(content, **parts):
    """Return a workbook with parts put in or replaced."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, words in parts.items():
            new.writestr(name, words)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "part", "words"),
    [
        ("xl/vbaProject.bin", b"macro", "macros"),
        ("xl/media/large.bin", b"0" * (MOST_UNPACKED + 1), "unpacks to far more"),
        ("xl/workbook.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><workbook/>", "neither"),
        ("xl/workbook.xml", b"<not closed", "neither"),
    ],
    ids=["macros", "bomb", "entities", "broken"],
)
def test_a_workbook_that_could_do_harm_is_refused_before_it_is_opened(name, part, words):
    with pytest.raises(FileUnread, match=words):
        read_staff_file(rezipped(as_workbook(ROWS), **{name: part}))


@pytest.mark.parametrize("sign", [b",", b"a,", b"\n", b'"', b"a;\n", "é\u200b".encode()])
def test_of_a_file_as_large_as_allowed_no_more_is_looked_at_than_of_a_list(sign, monkeypatch):
    looked_at = []
    monkeypatch.setattr(files, "_tidy", lambda words: looked_at.append(words) or words)
    with pytest.raises(FileUnread):
        read_staff_file(sign * (MOST_BYTES // len(sign)))
    assert len(looked_at) <= len(files.SEPARATORS) * (MOST_ROWS + 100) * 2


def test_a_workbook_that_lies_about_its_size_costs_no_more_than_one_that_does_not():
    with zipfile.ZipFile(io.BytesIO(as_workbook(ROWS))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").replace(b"A1:G3", b"A1:XFD1048576")
    read = read_staff_file(rezipped(as_workbook(ROWS), **{"xl/worksheets/sheet1.xml": sheet}))
    assert read.rows == NUMBERED


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda words: words.encode("utf-16"))))
def test_no_bytes_break_the_reading(content):
    read_or_refused(content)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6))
def test_no_damage_to_a_workbook_breaks_the_reading(damage):
    content = bytearray(WORKBOOK)
    for place, byte in damage:
        content[place % len(content)] = byte
    read_or_refused(bytes(content))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([b"<row>", b"<c r='ZZ9' t='s'>", b"<v>99</v>", b"</c>", b"</row>", b"<f>1</f>", b"x"]))
)
def test_no_sheet_breaks_the_reading(parts):
    sheet = b"<worksheet><sheetData>" + b"".join(parts) + b"</sheetData></worksheet>"
    read_or_refused(rezipped(WORKBOOK, **{"xl/worksheets/sheet1.xml": sheet}))


def read_or_refused(content):
    try:
        read = read_staff_file(content)
    except FileUnread:
        return
    assert all(isinstance(cell, str) for _, cells in read.rows for cell in cells)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=40), st.sampled_from(Order), st.booleans())
def test_no_words_break_the_reading_of_a_day(words, order, from_1904):
    try:
        assert read_day(words, order, from_1904=from_1904) is None or words.strip()
    except DateUnread:
        pass


@pytest.mark.parametrize(
    ("titles", "fields"),
    [
        # SIMS, Arbor, Bromcom, ScholarPack, RM Integris, Wonde
        (
            ["Title", "Forename", "Surname", "Initials", "Person ID", "Work Email"],
            " forename surname  system_id email",
        ),
        (["PayrollNumber", "LegalForename", "LegalSurname", "Gender"], "system_id forename surname "),
        (["Staff Name", "Business Role", "Default Email"], "name role email"),
        (["Title", "Firstname", "Lastname", "Email", "Staff ID"], " forename surname email system_id"),
        (
            ["First Name", "Last Name", "Primary Email", "Mobile Phone", "Role Identifier"],
            "forename surname email  role",
        ),
        (["Work E-Mail", "Email", "PREFERRED FORENAME", "known_as"], "email  preferred_forename "),
        (["mis_id", "upi", "role_text", "employment_start_date"], "system_id  role starts_on"),
        (["\ufeffEmail address", "Date of Arrival", "Date of Leaving"], "email starts_on ends_on"),
    ],
)
def test_columns_are_known_by_the_titles_of_the_systems(titles, fields):
    assert meanings(titles, {}) == fields.split(" ")


def test_what_the_school_said_of_a_column_comes_before_what_titles_usually_mean():
    said = {"Contact": "email", "Work Email": "", "Known As": "name"}
    assert meanings(["Contact", "work email", "Known as"], said) == [Field.EMAIL, "", Field.NAME]


def test_a_word_is_a_role_only_by_its_own_name_or_because_somebody_said_so():
    labels = {role.label: role.value for role in Role} | {"Head of School": "deputy_head"}
    assert role_of("HEAD TEACHER", labels, {}) == "headteacher"
    assert role_of("head of school", labels, {}) == "deputy_head"
    assert role_of("Executive Head", labels, {}) is None
    assert role_of("Class-Teacher", labels, {"Class Teacher": "teacher"}) == "teacher"


@pytest.mark.parametrize(
    "word",
    [
        "Assistant Headteacher",
        "Head of Year teacher",
        "Lead teacher",
        "Safeguarding assistant",
        "Office assistant",
        "Site manager",
        "Governor",
        "IT administrator",
    ],
)
def test_no_word_that_could_mean_a_post_with_more_is_guessed(word):
    assert suggested(word) == ""
    assert suggested("Class Teacher") == "teacher"
    assert plain("Class-Teacher ") == "classteacher"


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("", None),
        ("01/09/2026", date(2026, 9, 1)),
        ("1.9.26", date(2026, 9, 1)),
        ("09/13/2026", date(2026, 9, 13)),
        ("2026-09-01", date(2026, 9, 1)),
        ("2026-09-01T00:00:00", date(2026, 9, 1)),
        ("01-Sep-1998", date(1998, 9, 1)),
        ("Tuesday, 1st September 2026", date(2026, 9, 1)),
        ("46266", date(2026, 9, 1)),
        ("46266.5", date(2026, 9, 1)),
        ('{"date":"2019-09-01 00:00:00.000000","timezone_type":3,"timezone":"Europe/London"}', date(2019, 9, 1)),
    ],
)
def test_a_day_is_read_in_every_way_that_it_is_written(words, day):
    assert read_day(words) == day


@pytest.mark.parametrize(
    "words", ["soon", "31/02/2026", "13/13/2026", "{}", "1/1/0001", "99999", "00/00/2026", "½/1/2026"]
)
def test_what_is_no_day_is_refused(words):
    with pytest.raises(DateUnread):
        read_day(words)


def test_a_day_above_twelve_proves_how_its_column_is_written():
    assert order_of(["01/02/2026", "03/04/2026"]) is Order.DAY_FIRST
    assert read_day("01/02/2026", order_of(["01/02/2026", "01/13/2026"])) == date(2026, 1, 2)
    both = order_of(["13/01/2026", "01/13/2026"])
    assert read_day("13/01/2026", both) == read_day("01/13/2026", both) == date(2026, 1, 13)
    assert read_day("05/05/2026", both) == date(2026, 5, 5)
    with pytest.raises(DateUnread, match="day first or month first"):
        read_day("05/06/2026", both)
