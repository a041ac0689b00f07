"""The portal's calendar: days in Europe/London, months without a day, school years."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone

LONDON = ZoneInfo("Europe/London")


class Precision(models.TextChoices):
    """How exactly a date was stated."""

    DAY = "day", "Day"
    MONTH = "month", "Month"
    YEAR = "year", "Year"
    AMBIGUOUS = "ambiguous", "Ambiguous"
    NONE = "none", "Not stated"


def today() -> date:
    """Return the date in Europe/London, where every school of the portal is."""
    return timezone.now().astimezone(LONDON).date()


def last_day_of_month(day: date) -> date:
    """Return the last day of the month that `day` lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, last_day_of_month(first).day))


def start_of_day(day: date) -> datetime:
    """Return the instant at which `day` begins in London."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)


@dataclass(frozen=True)
class StatedDate:
    """A date as a policy states it: the day it is reckoned as, how exactly it was said, and in what words."""

    day: date | None
    precision: str = Precision.DAY
    raw: str = ""

    def __bool__(self) -> bool:
        return self.day is not None

    def __str__(self) -> str:
        """Show no more than was stated: "April 2024", never "30 April 2024"."""
        if self.precision == Precision.AMBIGUOUS:
            return f"{self.raw} (ambiguous)"
        if self.day is None:
            return "Not stated"
        if self.precision == Precision.MONTH:
            return f"{self.day:%B %Y}"
        if self.precision == Precision.YEAR:
            return f"{self.day:%Y}"
        return f"{self.day.day} {self.day:%B %Y}"

    def plus_months(self, months: int) -> "StatedDate":
        """Return the date `months` later at the same precision; a month stays reckoned as its last day."""
        if self.day is None:
            return StatedDate(None, Precision.NONE)
        later = add_months(self.day, months)
        if self.precision == Precision.MONTH:
            later = last_day_of_month(later)
        return StatedDate(later, self.precision)


def read_stated(words: str) -> StatedDate:
    """Read a date as a policy prints it: "April 2024", "10th November 2021", "2023".

    Two figures after a month are its year, never a day: "September 25" is September 2025. A date in figures alone
    may be read day first or month first, so it is ambiguous; anything else states no day.
    """
    words = words.strip()
    if re.fullmatch(r"\d{1,2}\D\d{1,2}\D(\d{2}|\d{4})", words):
        return StatedDate(None, Precision.AMBIGUOUS, words)
    if re.fullmatch(r"\d{4}", words):
        return StatedDate(date(int(words), 12, 31), Precision.YEAR, words)
    found = re.fullmatch(r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?([A-Za-z]+)\s+(\d{2}|\d{4})", words)
    names = [name.casefold() for name in calendar.month_name]
    if not found or found[2].casefold() not in names[1:]:
        return StatedDate(None, Precision.NONE, words)
    year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
    last = last_day_of_month(date(year, names.index(found[2].casefold()), 1))
    if found[1] is None:
        return StatedDate(last, Precision.MONTH, words)
    if not 1 <= int(found[1]) <= last.day:
        return StatedDate(None, Precision.NONE, words)
    return StatedDate(last.replace(day=int(found[1])), Precision.DAY, words)


def school_year_of(day: date, starts_month: int = 9, starts_day: int = 1) -> tuple[date, date]:
    """Return the first and last day of the school year that `day` lies in."""
    start = date(day.year, starts_month, starts_day)
    if day < start:
        start = date(day.year - 1, starts_month, starts_day)
    return start, date(start.year + 1, starts_month, starts_day) - timedelta(days=1)
