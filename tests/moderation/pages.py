"""What the tests of the pages share: addresses, what a form sends, how many queries a page costs."""

import uuid
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from policyportal.lib.dates import LONDON, today


def page(name, *args):
    return reverse(f"moderation:{name}", args=args)


def seen(channel, **others):
    moment = (timezone.now() - timedelta(minutes=5)).astimezone(LONDON)
    return {
        "channel": str(channel.pk),
        "kind": "comment",
        "words": "You are all useless",
        "author_handle": "Angry Fox",
        "link": "https://facebook.example/1",
        "seen_at_day": str(moment.day),
        "seen_at_month": str(moment.month),
        "seen_at_year": str(moment.year),
        "seen_at_time": f"{moment:%H:%M}",
        "form_token": str(uuid.uuid4()),
    } | others


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def block_facts(**others):
    day = today() + timedelta(days=30)
    return {
        "reason": "Threats after a warning",
        "review_on_day": str(day.day),
        "review_on_month": str(day.month),
        "review_on_year": str(day.year),
        "other_way": "By e-mail",
    } | others
