"""Dates as policies state them: months without a day, cycles, school years, the edges of British days."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from policyportal.lib.dates import (
    Precision,
    StatedDate,
    add_months,
    last_day_of_month,
    read_stated,
    school_year_of,
    start_of_day,
    today,
)


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (StatedDate(date(2024, 4, 30), Precision.MONTH, "April 2024"), "April 2024"),
        (StatedDate(date(2021, 11, 10), Precision.DAY), "10 November 2021"),
        (StatedDate(date(2025, 12, 31), Precision.YEAR), "2025"),
        (StatedDate(None, Precision.AMBIGUOUS, "12-10-21"), "12-10-21 (ambiguous)"),
        (StatedDate(None, Precision.NONE), "Not stated"),
    ],
)
def test_a_date_shows_no_more_than_was_stated(stated, words):
    assert str(stated) == words


def test_a_month_plus_a_cycle_is_the_last_day_of_that_month():
    february = StatedDate(date(2024, 2, 29), Precision.MONTH)
    assert february.plus_months(12) == StatedDate(date(2025, 2, 28), Precision.MONTH)
    assert february.plus_months(48) == StatedDate(date(2028, 2, 29), Precision.MONTH)
    assert StatedDate(date(2025, 2, 28), Precision.MONTH).plus_months(36).day == date(2028, 2, 29)


def test_no_date_plus_a_cycle_is_still_no_date():
    assert not StatedDate(None).plus_months(12)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_are_added_by_the_calendar(day, months, later):
    assert add_months(day, months) == later


def test_the_last_day_of_a_month():
    assert last_day_of_month(date(2025, 4, 3)) == date(2025, 4, 30)


def test_today_is_the_date_in_london():
    with time_machine.travel(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), tick=False):
        assert today() == date(2026, 7, 1)
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        assert today() == date(2026, 12, 31)


def test_a_summer_day_starts_an_hour_earlier_in_utc():
    assert start_of_day(date(2026, 7, 1)).astimezone(UTC) == datetime(2026, 6, 30, 23, tzinfo=UTC)


def test_a_school_year_starts_where_the_school_says():
    assert school_year_of(date(2026, 8, 31)) == (date(2025, 9, 1), date(2026, 8, 31))
    assert school_year_of(date(2026, 9, 1)) == (date(2026, 9, 1), date(2027, 8, 31))
    assert school_year_of(date(2026, 8, 20), 8, 15)[0] == date(2026, 8, 15)


@pytest.mark.parametrize(
    ("printed", "day", "precision"),
    [
        ("Autumn term 2025", date(2025, 12, 31), "season"),
        ("Spring 2026", date(2026, 4, 30), "season"),
        ("summer term 2, 2026", date(2026, 8, 31), "season"),
        ("2025-2026", date(2026, 8, 31), "school_year"),
        ("2025/26", date(2026, 8, 31), "school_year"),
        ("2025-2028", None, "none"),
        ("Sept 25", date(2025, 9, 30), "month"),
        ("10th of November 2021", date(2021, 11, 10), "day"),
        ("Wednesday 10 Nov 2021", date(2021, 11, 10), "day"),
        ("November 10th, 2021", date(2021, 11, 10), "day"),
        ("2024-05-01", date(2024, 5, 1), "day"),
        ("2024-13-01", None, "none"),
        ("31/04/2024", None, "ambiguous"),
        ("0000", None, "none"),
        ("Autumn", None, "none"),
    ],
)
def test_terms_school_years_and_short_months_are_read_too(printed, day, precision):
    read = read_stated(printed)
    assert (read.day, read.precision, read.raw) == (day, precision, printed)


def test_a_term_shows_as_it_was_stated_and_comes_round_as_a_month():
    term = read_stated("Spring 2026")
    assert str(term) == "Spring 2026"
    assert term.plus_months(12) == StatedDate(date(2027, 4, 30), Precision.MONTH)
