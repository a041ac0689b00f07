"""Asking for an address of the table, so that whoever asks next finds everything as it was."""

import copy

from django.http import HttpResponse
from django.test import Client

from tests.authz.table import Row, addresses
from tests.planted import Planted
from tests.stage import undone

PARAMETERS = addresses()


def ask(client: Client, row: Row, planted: Planted, method: str = "") -> tuple[HttpResponse, bytes]:
    """Return the answer and its body, and take back what asking wrote: in the tables and in the browser."""
    kept = copy.deepcopy(client.cookies)
    with undone():
        response = getattr(client, method or row.method)(row.url(planted, PARAMETERS[row.page]))
        body = b"".join(response.streaming_content) if response.streaming else response.content
    client.cookies = kept
    return response, body
