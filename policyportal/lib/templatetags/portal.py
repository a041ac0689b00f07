"""Tags that reckon something before they show it: deadlines, instants, tags of a status, charts."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone

from policyportal.lib.dates import LONDON, today

register = template.Library()

SOON = timedelta(hours=24)

# How a status reads, by its word. A model may say otherwise with `status_tone`.
TONES = {
    "info": "draft suggested scheduled reported opened open received triaged in_progress",
    "waiting": "submitted awaiting pending requested changes_requested referred escalated due invited",
    "good": "approved published completed acknowledged granted removed resolved current live",
    "bad": "refused rejected overdue breached revoked failed expired urgent immediate",
    "quiet": "closed archived withdrawn superseded taken_down cancelled left dismissed",
}
TONE_OF = {word: tone for tone, words in TONES.items() for word in words.split()}


@register.filter
def day(value: date | datetime | None) -> str:
    """Return a day as 21 November 2026."""
    if not value:
        return ""
    local = timezone.localtime(value, LONDON) if isinstance(value, datetime) else value
    return f"{local.day} {local:%B %Y}"


@register.filter
def clock(value: datetime | None) -> str:
    """Return a time of day as 3:42pm."""
    if not value:
        return ""
    local = timezone.localtime(value, LONDON)
    return f"{local.hour % 12 or 12}:{local:%M%p}".lower()


@register.inclusion_tag("components/instant.html")
def instant(value: date | datetime | None) -> dict[str, Any]:
    """Show a day, or a day and time, in a `time` element."""
    words = day(value)
    if isinstance(value, datetime):
        words = f"{words}, {clock(value)}"
    return {"value": value, "iso": value.isoformat() if value else "", "words": words}


@register.inclusion_tag("components/deadline.html")
def deadline(due: date | datetime | None, done: bool = False) -> dict[str, Any]:
    """Show when something is due, counted from now, with the instant itself in a `time` element.

    A date counts as the whole of that day. With `done` the time is shown without urgency.
    """
    shown = instant(due)
    if not due:
        return {**shown, "tone": "", "phrase": "No deadline"}
    if done:
        return {**shown, "tone": "", "phrase": f"Was due {shown['words']}"}
    late, soon, phrase = in_days(due) if not isinstance(due, datetime) else in_time(due)
    return {**shown, "tone": "late" if late else "soon" if soon else "", "phrase": phrase}


def in_days(due: date) -> tuple[bool, bool, str]:
    """Return whether a day has passed, whether it is near, and how far off it is in words."""
    days = (due - today()).days
    if days < 0:
        return True, False, f"Overdue by {counted(-days, 'day')}"
    if days == 0:
        return False, True, "Due today"
    if days == 1:
        return False, True, "Due tomorrow"
    return False, False, f"Due in {counted(days, 'day')}"


def in_time(due: datetime) -> tuple[bool, bool, str]:
    """Return whether an instant has passed, whether it is near, and how far off it is in words."""
    left = due - timezone.now()
    late = left < timedelta(0)
    return late, left <= SOON, f"Overdue by {span(-left)}" if late else f"Due in {span(left)}"


def span(length: timedelta) -> str:
    """Return a length of time in its largest whole unit, rounded down."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return counted(minutes, "minute")
    if minutes < 48 * 60:
        return counted(minutes // 60, "hour")
    return counted(minutes // (24 * 60), "day")


def counted(number: int, noun: str) -> str:
    """Return "1 day" or "2 days"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@register.inclusion_tag("components/tag.html")
def tag_for(thing: Any, field: str = "status") -> dict[str, str]:
    """Show the tag of a thing's status (or of another choice field), toned by what it means."""
    value = getattr(thing, field)
    words = getattr(thing, f"get_{field}_display")()
    return {"text": words, "tone": getattr(thing, f"{field}_tone", "") or TONE_OF.get(str(value), "")}


# The length of the longest bar, in the units of its own picture.
WHOLE_BAR = 1000


@register.inclusion_tag("components/chart.html")
def chart(
    title: str, rows: Iterable[tuple], label: str = "What", number: str = "Number", note: str = ""
) -> dict[str, Any]:
    """Draw bars in a table. `rows` are (label, number) or (label, number, words shown for the number).

    Small numbers that are suppressed come as (label, 0, "fewer than 5"): the words are shown, the bar is not.
    """
    rows = [(row[0], row[1] or 0, row[2] if len(row) > 2 else f"{row[1]:,}") for row in rows]
    most = max((amount for _, amount, _ in rows), default=0) or 1
    bars = [{"label": name, "words": words, "width": round(WHOLE_BAR * n / most)} for name, n, words in rows]
    return {"title": title, "label": label, "number": number, "note": note, "bars": bars}


@register.filter
def shown(value: Any) -> Any:
    """Show a day or an instant the portal's way, yes and no as words, a list with commas, and all else as it is."""
    if isinstance(value, datetime):
        return f"{day(value)}, {clock(value)}"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else value


# What any cell has. A template that asks for what is not there pays for it, hundreds of times on a page of rows.
PLAIN_CELL = {"text": "", "url": "", "tone": None, "due": None, "done": False, "day": None, "hint": ""}


@register.filter
def beside(headers: Sequence[Any], row: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the cells of a row, each with the label of its header and with everything that a cell may have."""
    return [
        {**PLAIN_CELL, **shaped(cell), "label": header["label"] if isinstance(header, dict) else header}
        for header, cell in zip(headers, row, strict=True)
    ]


def shaped(cell: Any) -> dict[str, Any]:
    """Return what a cell shows: its own parts, a day or an instant, or words."""
    if isinstance(cell, dict):
        return cell | {"text": shown(cell.get("text"))}
    return {"day": cell} if isinstance(cell, date) else {"text": shown(cell)}
