"""The portal's calendar: days in Europe/London, months without a day, school years."""

import calendar
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


def school_year_of(day: date, starts_month: int = 9, starts_day: int = 1) -> tuple[date, date]:
    """Return the first and last day of the school year that `day` lies in."""
    start = date(day.year, starts_month, starts_day)
    if day < start:
        start = date(day.year - 1, starts_month, starts_day)
    return start, date(start.year + 1, starts_month, starts_day) - timedelta(days=1)
