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
    SEASON = "season", "Season or term"
    SCHOOL_YEAR = "school_year", "School year"
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
        if self.precision in (Precision.SEASON, Precision.SCHOOL_YEAR):
            return self.raw
        return f"{self.day.day} {self.day:%B %Y}"

    def plus_months(self, months: int) -> "StatedDate":
        """Return the date `months` later at the same precision; a month stays reckoned as its last day."""
        if self.day is None:
            return StatedDate(None, Precision.NONE)
        later = add_months(self.day, months)
        if self.precision in (Precision.SEASON, Precision.SCHOOL_YEAR):
            return StatedDate(last_day_of_month(later), Precision.MONTH)
        if self.precision == Precision.MONTH:
            later = last_day_of_month(later)
        return StatedDate(later, self.precision)


_MONTHS = [name.casefold() for name in calendar.month_name]
# The last day on which a season or the term of its name still runs in any school: Easter is never after 25 April.
_SEASONS = {"autumn": (12, 31), "spring": (4, 30), "summer": (8, 31)}


def _month_named(name: str) -> int:
    """Return the number of the month that a name or its short form ("Sept", "Jan.") means, or 0."""
    short = name.casefold().rstrip(".")
    return next((at for at, full in enumerate(_MONTHS) if len(short) > 2 and full.startswith(short)), 0)


def _year_of(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _day_stated(year: int, month: int, day: int, words: str) -> StatedDate:
    """Return the day, or that none was stated where the calendar has no such day."""
    if not (year and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return StatedDate(None, Precision.NONE, words)
    return StatedDate(date(year, month, day), Precision.DAY, words)


def _read_figures(words: str) -> StatedDate | None:
    """Read a date in figures alone, or return None where the words are none."""
    if found := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", words):
        return _day_stated(int(found[1]), int(found[2]), int(found[3]), words)
    if re.fullmatch(r"\d{1,2}\D\d{1,2}\D(\d{2}|\d{4})", words):
        return StatedDate(None, Precision.AMBIGUOUS, words)
    if found := re.fullmatch(r"(20\d{2})\s?[-–/]\s?(\d{2}|20\d{2})", words):
        ends = _year_of(found[2])
        if ends != int(found[1]) + 1:
            return StatedDate(None, Precision.NONE, words)
        return StatedDate(date(ends, 8, 31), Precision.SCHOOL_YEAR, words)
    if re.fullmatch(r"[1-9]\d{3}", words):
        return StatedDate(date(int(words), 12, 31), Precision.YEAR, words)
    return None


def read_stated(words: str) -> StatedDate:
    """Read a date as a policy prints it: "April 2024", "10th November 2021", "Autumn term 2025", "2025-2026", "2023".

    Two figures after a month are its year, never a day: "September 25" is September 2025. A date in figures alone
    may be read day first or month first, so it is ambiguous, unless the year stands first. A season or a term is
    reckoned as its last possible day, a school year as 31 August. Anything else states no day.
    """
    words = words.strip()
    in_figures = _read_figures(words)
    if in_figures is not None:
        return in_figures
    found = re.fullmatch(
        r"(?:the )?(autumn|spring|summer)(?: term)?(?: [12])?,? (?:of )?(\d{4})", words, re.IGNORECASE
    )
    if found:
        month, day = _SEASONS[found[1].casefold()]
        return StatedDate(date(int(found[2]), month, day), Precision.SEASON, words)
    weekday = r"(?:[A-Za-z]{3,6}day,?\s+)?"
    day_first = weekday + r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?)?([A-Za-z]+\.?),?\s+(\d{2}|\d{4})"
    month_first = weekday + r"([A-Za-z]+\.?)\s+(\d{1,2})(?:st|nd|rd|th)?,\s+(\d{4})"
    if found := re.fullmatch(day_first, words):
        day, name, year = found.groups()
    elif found := re.fullmatch(month_first, words):
        name, day, year = found.groups()
    else:
        return StatedDate(None, Precision.NONE, words)
    month = _month_named(name)
    if not month or not _year_of(year):
        return StatedDate(None, Precision.NONE, words)
    if day is None:
        return StatedDate(last_day_of_month(date(_year_of(year), month, 1)), Precision.MONTH, words)
    return _day_stated(_year_of(year), month, int(day), words)


def school_year_of(day: date, starts_month: int = 9, starts_day: int = 1) -> tuple[date, date]:
    """Return the first and last day of the school year that `day` lies in."""
    start = date(day.year, starts_month, starts_day)
    if day < start:
        start = date(day.year - 1, starts_month, starts_day)
    return start, date(start.year + 1, starts_month, starts_day) - timedelta(days=1)
