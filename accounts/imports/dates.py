"""Days as exports write them: day first unless a day above twelve proves otherwise, ISO, serial numbers, objects."""

import calendar
import json
import re
from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum

from policyportal.lib.dates import today

EARLIEST, LATEST = 1930, 2100
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
FIGURES = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?: .*)?")
NAMED = re.compile(r"(?:[A-Za-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[ \-]([A-Za-z]+)[ \-,]+(\d{4}|\d{2})")
SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
MONTHS = {
    name.casefold(): n for names in (calendar.month_name, calendar.month_abbr) for n, name in enumerate(names) if n
}
MONTHS["sept"] = 9
EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}


class Order(Enum):
    """Which of the two comes first in the dates of a column."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    BOTH = "both"


class DateUnread(ValueError):
    """The words are no day; the message says why, ready to stand after the words themselves."""


def order_of(column: Iterable[str]) -> Order:
    """Return how a column writes its days, from those that can be read in one way only."""
    figures = [found for words in column if (found := FIGURES.fullmatch(words))]
    day_first = any(int(found[1]) > 12 for found in figures)
    month_first = any(int(found[2]) > 12 for found in figures)
    if day_first and month_first:
        return Order.BOTH
    return Order.MONTH_FIRST if month_first else Order.DAY_FIRST


def read_day(words: str, order: Order = Order.DAY_FIRST, *, from_1904: bool = False) -> date | None:
    """Return the day that a cell names, None for an empty one. Raises DateUnread."""
    words = _of_object(words.strip())
    if not words:
        return None
    if found := ISO.fullmatch(words):
        return _day(found[1], found[2], found[3])
    if found := SERIAL.fullmatch(words):
        return _sane(EPOCHS[from_1904] + timedelta(days=int(found[1])))
    if found := NAMED.fullmatch(words):
        return _day(found[3], str(MONTHS.get(found[2].casefold(), 0)), found[1])
    if found := FIGURES.fullmatch(words):
        first, second, year = found.groups()
        turned = int(second) > 12 or (order is Order.MONTH_FIRST and int(first) <= 12)
        if order is Order.BOTH and int(first) <= 12 and int(second) <= 12 and first != second:
            raise DateUnread("may be read day first or month first, and the file has both")
        return _day(year, first, second) if turned else _day(year, second, first)
    raise DateUnread("is no date")


def _of_object(words: str) -> str:
    """Return the date in an object such as {"date": "2019-09-01 00:00:00.000000"}; other words as they are."""
    if not words.startswith("{"):
        return words
    try:
        return str(json.loads(words)["date"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DateUnread("is no date") from None


def _day(year: str, month: str, day: str) -> date:
    whole = int(year)
    if len(year) == 2:
        # Nobody is given a post more than ten years ahead.
        whole += 2000 if 2000 + whole <= today().year + 10 else 1900
    try:
        return _sane(date(whole, int(month), int(day)))
    except ValueError as error:
        raise error if isinstance(error, DateUnread) else DateUnread("is no day of any calendar") from None


def _sane(day: date) -> date:
    if not EARLIEST <= day.year <= LATEST:
        raise DateUnread("cannot be right")
    return day
