"""Quiet hours: the part of each night in which a school sends no mail, in London time, over changes of the clocks too.

A night is one stretch between two instants. Where the clocks change, a time may come twice or not at all: of the two
readings that it then has, a night begins at the earlier and ends at the later, so that it has no hole.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from policyportal.lib.dates import LONDON

NOON = time(12)
NOON_IS_FREE = "Quiet hours may not include noon: mail has to go out at some time of the day."
# From when until when a school is quiet; the same time twice is never.
Hours = tuple[time, time]


def end_of_quiet(hours: Iterable[Hours], at: datetime) -> datetime | None:
    """Return when the quiet that reigns at an instant ends in every one of several schools, or None where none does.

    No school is quiet at noon, so there is always such a time.
    """
    several = set(hours)
    until = at
    # One school's morning may lie in another's night; by noon none is left.
    for _ in several:
        ends = [end for each in several if (end := _end_of_night(each, until)) is not None]
        until = max(ends, default=until)
    return until if until > at else None


def next_end(hours: Hours, after: datetime) -> datetime:
    """Return the first end of a school's quiet hours after an instant."""
    today = after.astimezone(LONDON).date()
    days = (today + timedelta(days=number) for number in range(3))
    return next(end for day in days if (end := _last(day, hours[1])) > after)


def spares_noon(hours: Hours) -> bool:
    """Tell whether mail may go out at noon: otherwise somebody in two schools could wait for ever."""
    start, end = hours
    return not (start <= NOON < end or (end < start and (start <= NOON or end > NOON)))


def in_words(hours: Hours) -> str:
    """Return quiet hours for somebody to read: "7:00pm to 7:00am"."""
    return " to ".join(f"{at.hour % 12 or 12}:{at:%M%p}".lower() for at in hours)


def _end_of_night(hours: Hours, at: datetime) -> datetime | None:
    """Return the end of the night that an instant lies in, or None by day."""
    start, end = hours
    today = at.astimezone(LONDON).date()
    over_midnight = timedelta(days=end < start)
    nights = ((_first(day, start), _last(day + over_midnight, end)) for day in (today - timedelta(days=1), today))
    return next((until for since, until in nights if start != end and since <= at < until), None)


def _first(day: date, at: time) -> datetime:
    return min(_readings(day, at))


def _last(day: date, at: time) -> datetime:
    return max(_readings(day, at))


def _readings(day: date, at: time) -> list[datetime]:
    return [datetime.combine(day, at.replace(fold=fold), LONDON).astimezone(UTC) for fold in (0, 1)]
