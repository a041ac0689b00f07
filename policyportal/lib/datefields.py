"""Fields for a day and for an instant, typed in parts, with messages that name the part that is wrong."""

import calendar
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from policyportal.lib.dates import LONDON, today
from policyportal.lib.widgets import DateParts, DateTimeParts

MONTHS = {name.lower(): n for names in (calendar.month_name, calendar.month_abbr) for n, name in enumerate(names) if n}
EARLIEST_YEAR = 1900
# Room for every day that is reckoned from another one.
LATEST_YEAR = 2199
TIME = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?\s*([ap]\.?m\.?)?$", re.IGNORECASE)


class DateField(forms.Field):
    """A day typed as day, month and year. The value is a date, or None when nothing was typed.

    A month may be a name. With `no_future` or `no_past` the day is held to that side of today in London.
    An error's code names the wrong parts, so that the page can mark them and link to the first.
    """

    widget = DateParts
    parts: tuple[str, ...] = ("day", "month", "year")

    def __init__(self, *, no_future: bool = False, no_past: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.no_future = no_future
        self.no_past = no_past

    def to_python(self, value: Sequence[str | None] | date | None) -> date | None:
        """Return the day that the parts name. Raises ValidationError with the wrong parts as its code."""
        if value in self.empty_values or isinstance(value, date):
            return value or None
        typed = [(part or "").strip() for part in value]
        if not any(typed):
            return None
        self.refuse_missing(typed)
        day = self.day_of(*typed[:3])
        self.refuse_wrong_side(day)
        return day

    def has_changed(self, initial: date | None, data: Any) -> bool:
        """Compare days, not the way they were typed."""
        try:
            return self.to_python(data) != (initial or None)
        except ValidationError:
            return True

    def refuse_missing(self, typed: Sequence[str]) -> None:
        """Say which parts have nothing in them."""
        missing = [part for part, text in zip(self.parts, typed, strict=True) if not text]
        if missing:
            words = " and ".join([", ".join(missing[:-1]), missing[-1]] if len(missing) > 1 else missing)
            raise ValidationError(f"{self.subject} must include a {words}", code=" ".join(missing))

    def day_of(self, day: str, month: str, year: str) -> date:
        """Return the day, having checked each part in the order in which it can be judged."""
        number = MONTHS.get(month.lower()) or whole(month)
        if number is None or not 1 <= number <= 12:
            raise ValidationError("Month must be between 1 and 12", code="month")
        if not re.fullmatch(r"\d{4}", year, re.ASCII):
            raise ValidationError("Year must have 4 numbers, like 2026", code="year")
        if int(year) < EARLIEST_YEAR:
            raise ValidationError(f"Year must be {EARLIEST_YEAR} or later", code="year")
        if int(year) > LATEST_YEAR:
            raise ValidationError(f"Year must be {LATEST_YEAR} or earlier", code="year")
        last = calendar.monthrange(int(year), number)[1]
        wanted = whole(day)
        if wanted is None or not 1 <= wanted <= last:
            where = f" in {calendar.month_name[number]} {year}" if wanted and wanted <= 31 else ""
            raise ValidationError(f"Day must be between 1 and {last}{where}", code="day")
        return date(int(year), number, wanted)

    def refuse_wrong_side(self, day: date) -> None:
        """Hold the day to its side of today."""
        if self.no_future and day > today():
            raise ValidationError(f"{self.subject} must be today or in the past", code=" ".join(self.parts))
        if self.no_past and day < today():
            raise ValidationError(f"{self.subject} must be today or in the future", code=" ".join(self.parts))

    @property
    def subject(self) -> str:
        """What a sentence about this field begins with."""
        label = str(self.label or "")
        return label if label and not label.endswith("?") else "The date"


class DateTimeField(DateField):
    """A day and a time of day in London. The value is an aware datetime, or None when nothing was typed."""

    widget = DateTimeParts
    parts = ("day", "month", "year", "time")

    def to_python(self, value: Sequence[str | None] | datetime | None) -> datetime | None:
        """Return the instant that the parts name. Raises ValidationError with the wrong parts as its code."""
        day = super().to_python(value)
        if day is None or isinstance(value, datetime):
            return day
        moment = datetime.combine(day, time_of((value[3] or "").strip()), LONDON)
        if moment.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != moment.replace(tzinfo=None):
            raise ValidationError("There was no such time that night: the clocks went forward", code="time")
        if self.no_future and moment > timezone.now():
            raise ValidationError(f"{self.subject} must be in the past", code="time")
        if self.no_past and moment < timezone.now():
            raise ValidationError(f"{self.subject} must be in the future", code="time")
        return moment


def whole(text: str) -> int | None:
    """Return the number typed, or None when it is not one."""
    return int(text) if re.fullmatch(r"\d{1,4}", text, re.ASCII) else None


def time_of(text: str) -> time:
    """Return the time of day typed as 3:42pm, 3pm, 3.42 pm or 15:42."""
    wrong = ValidationError("Time must be like 3:42pm or 15:42", code="time")
    match = TIME.match(text)
    if not match or not (match[2] or match[3]):
        raise wrong
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()[:1]
    if minute > 59 or (half and not 1 <= hour <= 12) or hour > 23:
        raise wrong
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute)
