"""Requests that another site makes a browser send: refused, without a trace; and a look never changes anything."""

import pytest
from django.test import Client

from incidents.models import Access
from tests.authz.pairs import everything
from tests.authz.table import ROWS, VARIANTS, addresses

PARAMETERS = addresses()
ALL = ROWS + VARIANTS
# That somebody to whom an incident was led has opened it [HEA-43] is written when they open it, as in the access log.
OPENED = {Access._meta.db_table, Access.history.model._meta.db_table}
# What the table of heartbeats, the workbench of an import, and the state of the second step hold is no domain row.
WRITTEN_BY_LOOKING = OPENED | {"lib_heartbeat"}
FORGED = {
    "without a token": ({}, {}),
    "with a token made up": ({"csrfmiddlewaretoken": "x" * 64}, {}),
    "with the token of another browser": ({"csrfmiddlewaretoken": "another"}, {}),
    "from another site": ({"csrfmiddlewaretoken": "own"}, {"Origin": "https://elsewhere.example"}),
}


def role_for(row):
    return min(row.open_to) if row.open_to else None


def browser_of(stage, role):
    """Return a browser that enforces what Django's test client waives, signed in where a role is given."""
    client = Client(enforce_csrf_checks=True)
    if role:
        client.cookies = stage.cast.client(role).cookies
    return client


def token_in(client):
    """Return the token that the portal gave this browser."""
    client.get("/s/oakfield/receipt/")
    return client.cookies["portal-csrf"].value


@pytest.mark.parametrize("how", FORGED)
def test_every_act_that_another_site_asks_for_is_refused_and_writes_nothing(stage, how):
    data, headers = FORGED[how]
    another = token_in(Client())
    before, wrong, asked, browsers = everything(), {}, 0, {}
    for row in ALL:
        if row.has_no("post"):
            continue
        client = browsers.setdefault(role_for(row), browser_of(stage, role_for(row)))
        named = {"another": another, "own": token_in(client)}
        sent = {name: named.get(value, value) for name, value in data.items()}
        answer = client.post(row.url(stage.oakfield, PARAMETERS[row.page]), {**sent, "step": "close"}, headers=headers)
        asked += 1
        if answer.status_code != 403:
            wrong[row.id] = answer.status_code
    assert wrong == {}
    assert {table for table, rows in everything().items() if rows != before[table]} == set()
    assert asked >= 100


def test_the_same_act_with_the_right_token_from_the_right_place_gets_through(stage):
    """Without this the check above would pass where every act is refused."""
    client = browser_of(stage, "headteacher")
    row = next(row for row in ROWS if row.page == "accounts:notification_read_all")
    sent = {"csrfmiddlewaretoken": token_in(client)}
    url = row.url(stage.oakfield, PARAMETERS[row.page])
    assert client.post(url, sent, headers={"Origin": "http://testserver"}).status_code == 302


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_look_changes_no_row(stage, method):
    before = everything()
    seen = dict(Access.objects.values_list("pk", "standing"))
    for row in ALL:
        if row.has_no(method):
            continue
        for role in {role_for(row), *sorted(row.open_to)[-1:]}:
            client = stage.cast.client(role) if role else Client()
            getattr(client, method)(row.url(stage.oakfield, PARAMETERS[row.page]))
    changed = {table for table, rows in everything().items() if rows != before[table]}
    assert changed <= WRITTEN_BY_LOOKING
    assert dict(Access.objects.values_list("pk", "standing")) == seen
