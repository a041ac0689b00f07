"""One size: seeded, then every page measured."""

import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from moderation.models import Item
from policyportal.audit import NOBODY
from scripts.bench.measure import Asker, Page, measure, peak_megabytes, throughput
from scripts.bench.report import Size, say
from scripts.bench.seed import Seeded, seed

BARE = Page("Bare page", "/bare/")
CLIENTS = 4


def run(rows: int, port: int, server: int, *, times: int, seconds: float) -> Size:
    """Seed `rows` items and measure every page of a head with them; `server` is the process of gunicorn."""
    say(f"Seeding {rows:,} items")
    seeded = seed(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(seeded.head)
    name = settings.SESSION_COOKIE_NAME
    asker = Asker(port, f"{name}={client.cookies[name].value}")
    measured = []
    for page in pages(seeded):
        one = measure(asker, page, BARE, client, server, times=times, seconds=seconds)
        measured.append(one)
        times_shown = f"{one.p50:.1f} to {one.p95:.1f} units of {one.unit * 1000:.1f} ms, work {one.cpu:.1f}"
        say(f"  {page.name}: {times_shown}, SQL {one.sql}")
    queue = next(one.page for one in measured if one.page.name == "Queue")
    share = throughput(asker, queue, CLIENTS, seconds / 2) / throughput(asker, BARE, CLIENTS, seconds / 2)
    return Size(rows, measured, share, peak_megabytes(server), connection.vendor)


def pages(seeded: Seeded) -> list[Page]:
    """Return what is measured, with the ratios and statements that are to be reached."""
    queue = reverse("moderation:item_list")
    narrowed = urlencode({"kind": Item.Kind.COMMENT, "channel": seeded.channel.pk})
    history = reverse("portal:audit")
    return [
        BARE,
        Page("Queue", queue, 3.0, 6),
        Page("Filtered queue", f"{queue}?{narrowed}", 3.5, 6),
        Page("Decided items", f"{queue}?show=decided", 3.5, 6),
        Page("Detail with 20 events", seeded.item.get_absolute_url(), 3.0, 8),
        Page("Incidents", reverse("incidents:incident_list"), 3.0, 6),
        Page("Incident", seeded.incident.get_absolute_url(), 3.0, 8),
        Page("Acknowledgements", reverse("policies:acknowledgement_list", args=[seeded.version.pk]), 3.5, 8),
        Page("Home", reverse("portal:home")),
        Page("Dashboard", reverse("portal:dashboard"), 3.0, 8),
        Page("History", history),
        Page("Filtered history", f"{history}?{urlencode({'kind': 'item', 'person': NOBODY})}"),
        Page("Record an item", reverse("moderation:item_create", args=["no"]), 2.0, 12, lambda: new_item(seeded)),
    ]


def new_item(seeded: Seeded) -> dict[str, str]:
    """Return the form of an item that nobody has sent before."""
    return {
        "channel": str(seeded.channel.pk),
        "kind": Item.Kind.COMMENT,
        "seen_at_day": "1",
        "seen_at_month": "9",
        "seen_at_year": "2025",
        "seen_at_time": "10:00",
        "words": "What it says",
        "author_handle": "author 1",
        "link": "",
        "form_token": str(uuid.uuid4()),
    }
