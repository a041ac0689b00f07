"""When governors' figures move: at half-terms, never live, so that no single report can be told from a change.

A school year is parted into three terms of four months and six halves of two, from the day on which the school says
its year begins. With fewer than 100 on roll only whole years are told.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from accounts.models import School
from policyportal.lib.dates import add_months, school_year_of

SMALL_SCHOOL = 100
TERM_MONTHS = 4
HALF_TERM_MONTHS = 2
YEARS_TOLD = 3


@dataclass(frozen=True)
class Period:
    """Some days of a school year under the words that head their column; `ends` is the day after the last."""

    label: str
    starts: date
    ends: date


@dataclass(frozen=True)
class Release:
    """What governors are told on a day: one school year, its periods as far as they are told, and until when."""

    year: Period
    periods: list[Period]
    until: date
    next_on: date
    years: list[Period]


def is_small(school: School) -> bool:
    """Tell whether only yearly figures are told; a school that has not said how many are on roll counts as small."""
    return school.roll is None or school.roll < SMALL_SCHOOL


def year_of(school: School, day: date) -> Period:
    """Return the school year that `day` lies in."""
    starts, last = school_year_of(day, school.year_starts_month, school.year_starts_day)
    return Period(f"{starts.year} to {last.year}", starts, last + timedelta(days=1))


def release_for(school: School, day: date, asked: int | None = None) -> Release:
    """Return what governors of `school` are told on `day`, of the school year that began in `asked` or the latest.

    A year that is not told yet, or no longer, is the latest.
    """
    this_year = year_of(school, day)
    step = 12 if is_small(school) else HALF_TERM_MONTHS
    moments = [add_months(this_year.starts, months) for months in range(0, 13, step)]
    until = max(moment for moment in moments if moment <= day)
    latest = year_of(school, until - timedelta(days=1))
    years = [year_of(school, add_months(latest.starts, -12 * back)) for back in range(YEARS_TOLD)]
    year = next((year for year in years if year.starts.year == asked), latest)
    return Release(
        year=year,
        periods=[year] if is_small(school) else _terms(year, until),
        until=min(until, year.ends),
        next_on=min(moment for moment in moments if moment > day),
        years=years,
    )


def _terms(year: Period, until: date) -> list[Period]:
    """Return the terms of a year that have begun before `until`."""
    starts = [add_months(year.starts, months) for months in range(0, 12, TERM_MONTHS)]
    terms = [Period("", start, add_months(start, TERM_MONTHS)) for start in starts if start < until]
    return [replace(term, label=f"{term.starts:%b} to {term.ends - timedelta(days=1):%b}") for term in terms]
