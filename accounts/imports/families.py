"""A file of class lists: what its columns mean, and each of its children with their class and carers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models

from accounts.imports.columns import NOT_USED, plain
from accounts.imports.files import Expected
from accounts.models import Carer, Pupil, School, SchoolClass

SHOWN = 40


class Column(models.TextChoices):
    """What a column of a class list may mean, apart from the carers'."""

    NAME = "name", "Child’s full name"
    FORENAME = "forename", "Child’s forename"
    SURNAME = "surname", "Child’s surname"
    PREFERRED_FORENAME = "preferred_forename", "Child’s preferred forename"
    PREFERRED_SURNAME = "preferred_surname", "Child’s preferred surname"
    CLASS = "class", "Class"
    YEAR = "year", "Year group"
    NUMBER = "number", "Number in the school’s system"


# The better title first: where a file has several of one meaning, only that one is used.
TITLES: dict[str, tuple[str, ...]] = {
    Column.NAME: (
        "Full Name",
        "Pupil Name",
        "Student Name",
        "Child Name",
        "Pupil Full Name",
        "Student Full Name",
        "Legal Full Name",
        "Name",
        "Pupil",
        "Student",
        "Child",
    ),
    Column.FORENAME: ("Forename", "First Name", "Pupil Forename", "Student Forename", "Legal Forename", "Given Name"),
    Column.SURNAME: ("Surname", "Last Name", "Pupil Surname", "Student Surname", "Legal Surname", "Family Name"),
    Column.PREFERRED_FORENAME: ("Preferred Forename", "Preferred First Name", "Preferred Firstname", "Known Name"),
    Column.PREFERRED_SURNAME: ("Preferred Surname", "Preferred Last Name", "Preferred Lastname"),
    Column.CLASS: (
        "Class",
        "Class Name",
        "Current Class",
        "Registration Group",
        "Registration Form",
        "Reg Group",
        "Reg",
        "Tutor Group",
        "Form",
    ),
    Column.YEAR: ("Year Group", "Current Year Group", "Year", "NC Year"),
    Column.NUMBER: (
        "Admission Number",
        "Adno",
        "Pupil ID",
        "Student ID",
        "Person ID",
        "mis_id",
        "Pupil Number",
        "UPN",
        "upi",
        "id",
    ),
}
MEANINGS = {plain(title): (column, rank) for column, titles in TITLES.items() for rank, title in enumerate(titles)}
# "Parent 1 Email", "Contact 2 - Surname", "Mother Email Address", "Priority 1 Contact Name".
CARER = re.compile(
    r"(?P<slot>(?:priority|primary)?\d?(?:parental|parentcarer|parent|carer|contact|guardian|(?:mother|father|mum|dad)s?)(?:contact)?\d?)"
    r"(?P<part>fullname|name|forename|firstname|surname|lastname|"
    r"(?:default|primary|home|personal|main)?email(?:address)?)"
)
# As many carers of a child as a file may have; a choice for each is offered where a title is not known.
CARERS = tuple("12345678")
MEANINGS_IN_WORDS = dict(Column.choices) | {
    f"carer:{slot}:{part}": f"Parent or carer {slot}: {words}"
    for slot in CARERS
    for part, words in (
        ("name", "full name"),
        ("forename", "forename"),
        ("surname", "surname"),
        ("email", "e-mail address"),
    )
}
# Stands before the titles of class lists in what a school says of columns: a list of staff may have the same title.
OF_CLASSES = "class list: "
PARTS = {"fullname": "name", "firstname": "forename", "lastname": "surname"}


def column_of(title: str) -> tuple[str, int] | None:
    """Return what a column means by its title, with how good the title is; a carer's as "carer:parent1:email"."""
    known = plain(title)
    if known in MEANINGS:
        column, rank = MEANINGS[known]
        return str(column), rank
    found = CARER.fullmatch(known)
    if not found:
        return None
    part = "email" if "email" in found["part"] else PARTS.get(found["part"], found["part"])
    return f"carer:{found['slot']}:{part}", 0


def recognised(header: Sequence[str], remembered: Mapping[str, str] = {}) -> dict[int, str]:
    """Return what each known column means, by its place; what the school said before comes first.

    Where two mean one thing the better title has it. Carers are numbered in the order of the file, beside those that
    the school numbered.
    """
    said = {plain(title): meaning for title, meaning in remembered.items()}
    best: dict[str, tuple[int, int]] = {}
    for place, title in enumerate(header):
        known = (said[plain(title)], -1) if plain(title) in said else column_of(title)
        if known and known[0] != NOT_USED:
            meaning, rank = known
            if meaning not in best or rank < best[meaning][0]:
                best[meaning] = rank, place
    return _numbered({place: meaning for meaning, (_, place) in best.items()})


def _numbered(columns: dict[int, str]) -> dict[int, str]:
    """Give the carers of titles such as "Mother Email" their numbers; one beyond the last number is not read."""
    slots = dict.fromkeys(meaning.split(":")[1] for _, meaning in sorted(columns.items()) if ":" in meaning)
    free = (slot for slot in CARERS if slot not in slots)
    number_of = {slot: slot if slot in CARERS else next(free, "") for slot in slots}
    found = {}
    for place, meaning in columns.items():
        kind, _, rest = meaning.partition(":")
        slot, _, part = rest.partition(":")
        if not rest:
            found[place] = meaning
        elif number_of[slot]:
            found[place] = f"{kind}:{number_of[slot]}:{part}"
    return found


# A row for each carer of each child of a large school.
CLASS_LISTS = Expected("list of classes", recognised, most_rows=6_000)


def missing_columns(columns: Iterable[str]) -> list[str]:
    """Say which columns nothing can be imported without."""
    given = set(columns)
    missing = []
    if Column.NAME not in given and not {Column.FORENAME, Column.SURNAME} <= given:
        missing.append("Say which column holds the child’s name: the full name, or forename and surname.")
    if Column.CLASS not in given:
        missing.append("Say which column holds the class.")
    return missing


def remembered_of(school: School) -> dict[str, str]:
    """Return what the school said of the columns of its class lists, by their titles."""
    return {
        title.removeprefix(OF_CLASSES): meaning
        for title, meaning in school.import_columns.items()
        if title.startswith(OF_CLASSES)
    }


@dataclass
class ChildRow:
    """What one or more rows say of one child; `wrong` says why it cannot be imported."""

    number: int
    cells: list[str]
    name: str = ""
    class_name: str = ""
    year_group: str = ""
    school_number: str = ""
    # Each carer's name and address, "" where there is none.
    carers: list[tuple[str, str]] = field(default_factory=list)
    # Other rows of the file about the same child: exports write one for each carer.
    also: list[tuple[int, list[str]]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def read_children(
    header: Sequence[str], rows: Sequence[tuple[int, list[str]]], remembered: Mapping[str, str] = {}
) -> list[ChildRow]:
    """Return every child of the file once, those of whom it contradicts itself with the reason."""
    places = {meaning: place for place, meaning in recognised(header, remembered).items()}
    children: dict[tuple[str, ...], ChildRow] = {}
    for number, cells in rows:
        row = _row(number, list(cells), len(header), places)
        key = (row.school_number,) if row.school_number else (row.name.casefold(), plain(row.class_name))
        if row.wrong:
            key = ("row", str(number))
        first = children.setdefault(key, row)
        if first is not row:
            _merge(first, row)
    numbered = {(child.name.casefold(), plain(child.class_name)) for child in children.values() if child.school_number}
    for key, child in children.items():
        if not child.wrong and key in numbered:
            child.wrong.append(f"Another row gives {child.name} of this class a number. Give this one theirs too.")
    return list(children.values())


def _row(number: int, cells: list[str], width: int, places: dict[str, int]) -> ChildRow:
    row = ChildRow(number, cells)
    if len(cells) != width:
        row.wrong.append(f"This row has {len(cells)} cells and the header has {width}. Mend it in the file.")
        return row

    def cell(meaning: str) -> str:
        return cells[places[meaning]] if meaning in places else ""

    row.name = full_name(
        cell(Column.PREFERRED_FORENAME) or cell(Column.FORENAME),
        cell(Column.PREFERRED_SURNAME) or cell(Column.SURNAME),
        cell(Column.NAME),
    )
    row.class_name, row.year_group = cell(Column.CLASS), cell(Column.YEAR)
    row.school_number = cell(Column.NUMBER)
    if not row.name:
        row.wrong.append("There is no name.")
    if not row.class_name:
        row.wrong.append("There is no class.")
    limits = (
        (Pupil, "name", row.name),
        (SchoolClass, "name", row.class_name),
        (SchoolClass, "year_group", row.year_group),
        (Pupil, "school_number", row.school_number),
    )
    row.wrong += [said for model, name, words in limits if (said := _too_long(model, name, words))]
    for slot in sorted({meaning.split(":")[1] for meaning in places if meaning.startswith("carer:")}):
        whole = cell(f"carer:{slot}:name")
        name = full_name(cell(f"carer:{slot}:forename"), cell(f"carer:{slot}:surname"), whole)
        _add_carer(row, name, cell(f"carer:{slot}:email").lower())
    return row


def _add_carer(row: ChildRow, name: str, email: str) -> None:
    if not name and not email:
        return
    if not name:
        row.wrong.append(f"The address “{email[:SHOWN]}” has no name beside it.")
        return
    if said := _too_long(Carer, "name", name):
        row.wrong.append(said)
    if email:
        try:
            validate_email(email)
        except ValidationError:
            row.wrong.append(f"“{email[:SHOWN]}” is no e-mail address.")
        if said := _too_long(Carer, "email", email):
            row.wrong.append(said)
    if (name, email) not in row.carers:
        row.carers.append((name, email))


def _merge(first: ChildRow, row: ChildRow) -> None:
    """Take another row about the same child into the first; what contradicts it spoils both."""
    first.also.append((row.number, row.cells))
    if row.name.casefold() != first.name.casefold():
        first.wrong.append(
            f"Row {row.number} gives the number {row.school_number[:SHOWN]} to {row.name[:SHOWN]}. "
            "Keep the right row only."
        )
    elif not row.school_number and all(carer in first.carers for carer in row.carers):
        # Not a row for a further carer: the same row twice, or two children of one name.
        first.wrong.append(
            f"Row {row.number} names {row.name[:SHOWN]} of this class again. If they are two children, give each "
            "their number in the file; if not, keep one row only."
        )
    elif plain(row.class_name) != plain(first.class_name):
        first.wrong.append(f"Row {row.number} has the child in {row.class_name[:SHOWN]}. Keep the right row only.")
    first.carers += [carer for carer in row.carers if carer not in first.carers]


def full_name(forename: str, surname: str, whole: str) -> str:
    """Return a name as it is said: from its parts, or a whole one turned round at its comma."""
    if forename and surname:
        return f"{forename} {surname}"
    last, comma, first = whole.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and "," not in first and first.strip() else whole


def _too_long(model: type[models.Model], name: str, words: str) -> str:
    most = model._meta.get_field(name).max_length
    return "" if len(words) <= most else f"“{words[:SHOWN]}…” has {len(words)} characters; the most is {most}."
