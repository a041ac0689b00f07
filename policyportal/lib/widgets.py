"""Dates and times as people type them: one small box for each part."""

from collections.abc import Sequence
from datetime import date, datetime

from django import forms
from django.utils import timezone

NUMBER = {"inputmode": "numeric", "autocomplete": "off"}


class DateParts(forms.MultiWidget):
    """Day, month and year; what was typed is shown again as it was typed."""

    labels: tuple[str, ...] = ("Day", "Month", "Year")

    def __init__(self, attrs: dict | None = None):
        super().__init__(self.boxes(), attrs)

    def boxes(self) -> dict[str, forms.Widget]:
        """Return a box for each part, by the word that ends its name."""
        return {
            "day": forms.TextInput({**NUMBER, "class": "govuk-input--width-2"}),
            "month": forms.TextInput({**NUMBER, "class": "govuk-input--width-2"}),
            "year": forms.TextInput({**NUMBER, "class": "govuk-input--width-4"}),
        }

    def decompress(self, value: date | None) -> Sequence[str]:
        """Split a stored date into what the boxes show."""
        if not value:
            return [""] * len(self.widgets)
        return [str(value.day), str(value.month), str(value.year)]


class DateTimeParts(DateParts):
    """Day, month, year and the time of day, such as 3:42pm."""

    labels = ("Day", "Month", "Year", "Time")

    def boxes(self) -> dict[str, forms.Widget]:
        """Return the boxes of a date, and one for the time."""
        time = forms.TextInput({"autocomplete": "off", "class": "govuk-input--width-5"})
        return {**super().boxes(), "time": time}

    def decompress(self, value: datetime | None) -> Sequence[str]:
        """Split a stored instant into its London day and time."""
        if not value:
            return [""] * len(self.widgets)
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return [*super().decompress(local), f"{local.hour % 12 or 12}:{local:%M%p}".lower()]
