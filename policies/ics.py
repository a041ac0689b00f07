"""Days written as a calendar file that calendar programs subscribe to."""

from collections.abc import Iterable
from datetime import UTC, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event

from policies.selectors.calendar import Entry

PRODID = "-//policyportal//policy dates//EN"
# How often a program may ask; it need not obey.
REFRESH = timedelta(hours=12)


def written(name: str, entries: Iterable[Entry]) -> bytes:
    """Return a calendar of this name with these days, each a whole day; the same days give the same bytes.

    No alarms: the portal reminds people itself.
    """
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODID)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{urlsplit(settings.PORTAL_URL).hostname}")
    event.add("dtstamp", entry.changed.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", entry.moved)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.summary)
    event.add("transp", "TRANSPARENT")
    if entry.cancelled:
        event.add("status", "CANCELLED")
    if entry.path:
        event.add("url", f"{settings.PORTAL_URL.rstrip('/')}{entry.path}")
    return event
