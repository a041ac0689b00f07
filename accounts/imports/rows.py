"""One row of a list of staff as facts about one person, or what is wrong with it in words an office can act on."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.imports.columns import LEFT_OUT, NOT_USED, Field, plain, role_of
from accounts.imports.dates import DateUnread, Order, order_of, read_day
from accounts.models import Membership, User

DATES = (Field.STARTS, Field.ENDS)
LONGEST = {
    Field.NAME: User._meta.get_field("name").max_length,
    Field.EMAIL: User._meta.get_field("email").max_length,
    Field.ROLE: Membership._meta.get_field("job_title").max_length,
    Field.SYSTEM_ID: Membership._meta.get_field("system_id").max_length,
}
# How much of a cell that is too long is shown.
SHOWN = 40


@dataclass
class StaffRow:
    """What a row says of one person; `wrong` says why it cannot be imported."""

    number: int
    cells: list[str]
    name: str = ""
    email: str = ""
    system_id: str = ""
    # The file's own word for the post, and the role that it means: None where nobody has said.
    word: str = ""
    role: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    wrong: list[str] = field(default_factory=list)


class RowReader:
    """Reads the rows of one file: which column means what, which word means which role, how dates are written."""

    def __init__(
        self,
        columns: Sequence[str],
        *,
        labels: Mapping[str, str],
        roles: Mapping[str, str],
        counts_from_1904: bool = False,
    ):
        """Take the field of each column, the roles by their names, and those that the school's own words mean."""
        self.columns = columns
        self.place = {meaning: place for place, meaning in enumerate(columns) if meaning != NOT_USED}
        self.labels, self.roles, self.from_1904 = labels, roles, counts_from_1904

    def read(self, rows: Sequence[tuple[int, list[str]]]) -> list[StaffRow]:
        """Return every row, those that are wrong or that contradict each other with the reason."""
        orders = {name: order_of(self.cell(cells, name) for _, cells in rows) for name in DATES}
        found = [self._row(number, list(cells), orders) for number, cells in rows]
        first: dict[tuple[str, ...], StaffRow] = {}
        for row in found:
            before = first.setdefault(tuple(row.cells), row)
            if before is not row:
                row.wrong = [f"This row is the same as row {before.number}."]
        _refuse_twice(list(first.values()), lambda row: row.email, "The e-mail address {value}")
        _refuse_twice(list(first.values()), lambda row: row.system_id, "The number {value}")
        return found

    def words(self, rows: Sequence[tuple[int, list[str]]]) -> dict[str, int]:
        """Return the file's words for posts that are no role's own name, with how many rows have each.

        A row with too many or too few cells has nothing to say.
        """
        found: dict[str, tuple[str, int]] = {}
        for _, cells in rows:
            word = self.cell(cells, Field.ROLE)
            if len(cells) == len(self.columns) and role_of(word, self.labels, {}) is None:
                shown, times = found.get(plain(word), (word, 0))
                found[plain(word)] = shown, times + 1
        return dict(sorted(found.values()))

    def cell(self, cells: Sequence[str], name: str) -> str:
        """Return what a row has for a field, "" where there is no such column or cell."""
        place = self.place.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    def _row(self, number: int, cells: list[str], orders: Mapping[str, Order]) -> StaffRow:
        row = StaffRow(number, cells)
        if len(cells) != len(self.columns):
            many = len(cells) > len(self.columns)
            row.wrong.append(
                f"This row has {len(cells)} cells and the header has {len(self.columns)}. "
                + ("A separator inside a cell may lack its quotation marks." if many else "Some cells are missing.")
            )
            return row
        row.name, row.email = self._name(cells), self.cell(cells, Field.EMAIL).lower()
        row.system_id, row.word = self.cell(cells, Field.SYSTEM_ID), self.cell(cells, Field.ROLE)
        row.role = role_of(row.word, self.labels, self.roles)
        values = {Field.NAME: row.name, Field.EMAIL: row.email, Field.ROLE: row.word, Field.SYSTEM_ID: row.system_id}
        for name, value in values.items():
            if len(value) > LONGEST[name]:
                row.wrong.append(
                    f"{name.label}: “{value[:SHOWN]}…” has {len(value)} characters; the most is {LONGEST[name]}."
                )
        if not row.name:
            row.wrong.append("There is no name.")
        row.wrong += _wrong_with_email(row.email)
        if row.word and row.role is None:
            row.wrong.append(f"Nobody has said which role “{row.word[:SHOWN]}” means.")
        for name in DATES:
            self._read_date(row, name, orders[name])
        if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
            row.wrong.append(f"The last day, {_day(row.ends_on)}, is before the first day, {_day(row.starts_on)}.")
        return row

    def _read_date(self, row: StaffRow, name: Field, order: Order) -> None:
        words = self.cell(row.cells, name)
        try:
            setattr(row, name.value, read_day(words, order, from_1904=self.from_1904))
        except DateUnread as reason:
            row.wrong.append(f"{name.label}: “{words[:SHOWN]}” {reason}. Write it like 2026-09-01.")

    def _name(self, cells: Sequence[str]) -> str:
        forename = self.cell(cells, Field.PREFERRED_FORENAME) or self.cell(cells, Field.FORENAME)
        surname = self.cell(cells, Field.PREFERRED_SURNAME) or self.cell(cells, Field.SURNAME)
        if forename and surname:
            return f"{forename} {surname}"
        whole = self.cell(cells, Field.NAME)
        last, comma, first = whole.partition(",")
        if comma and "," not in first and first.strip():
            return f"{first.strip()} {last.strip()}"
        # Half a name names nobody.
        return whole


def _wrong_with_email(email: str) -> list[str]:
    if not email:
        return ["There is no e-mail address. People sign in with it."]
    try:
        validate_email(email)
    except ValidationError:
        return [f"“{email[:SHOWN]}” is no e-mail address."]
    return []


def _refuse_twice(rows: Sequence[StaffRow], value_of: Callable[[StaffRow], str], what: str) -> None:
    """Which of two rows is right nobody can tell, so neither is imported."""
    having: dict[str, list[StaffRow]] = defaultdict(list)
    for row in rows:
        if value_of(row):
            having[value_of(row)].append(row)
    for value, same in having.items():
        for row in same if len(same) > 1 else ():
            others = " and ".join(f"row {other.number}" for other in same if other is not row)
            row.wrong.append(f"{what.format(value=value[:SHOWN])} stands in {others} too. Keep the right row only.")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def is_left_out(row: StaffRow) -> bool:
    """Tell whether somebody of the school said that people with this word are not imported."""
    return row.role == LEFT_OUT
