"""The third sweep: the other school gets 404, sees nothing and changes nothing."""

import re

import pytest

from accounts.models import Role
from tests.authz.asking import PARAMETERS, ask
from tests.authz.pairs import everything
from tests.authz.table import ROWS, VARIANTS

THINGS = [row for row in ROWS + VARIANTS if row.thing and not row.public]
PAGES = [row for row in ROWS if not row.thing]
OTHERS = ["elmwood", "riverside"]
ACT = {"step": "close", "reason": "x", "confirm": "on"}


@pytest.mark.parametrize("school", OTHERS)
def test_the_other_school_gets_404_and_writes_nothing(stage, school):
    """Whoever may use such a page in their own school finds nothing under the other's id, by look or by act."""
    before = everything()
    wrong = {}
    for role in Role.values:
        client = stage.cast.client(role, school)
        for row in THINGS:
            # Whoever may at home, and two who may not: the rest are turned away by the same line.
            if role not in row.open_to and role not in ("governor", "teacher"):
                continue
            url = row.url(stage.oakfield, PARAMETERS[row.page])
            for method, data in (("get", None), ("post", ACT)):
                response = getattr(client, method)(url, data)
                expected = (403, 404, 405)
                if role in row.open_to:
                    # A page that is only looked at, or only posted to, may say so before it looks for anything.
                    expected = (404,) if method == row.method else (404, 405)
                if response.status_code not in expected or stage.oakfield.canary.encode() in response.content:
                    wrong[role, row.id, method] = response.status_code
    assert wrong == {}
    assert everything() == before


@pytest.mark.parametrize("school", OTHERS)
def test_no_page_of_another_school_shows_anything_of_this_one(stage, school):
    theirs = stage.planted[school]
    clients = {role: stage.cast.client(role, school) for role in Role.values}
    wrong = [
        (role, row.id)
        for role, client in clients.items()
        for row in PAGES
        if stage.oakfield.canary.encode() in ask(client, row, theirs)[1]
    ]
    assert wrong == []


def test_lists_do_show_what_is_ones_own(stage):
    """The check above would pass on empty pages: here the same words are found by those who may see them."""
    clients = [stage.cast.client(role) for role in ("headteacher", "teacher", "office")]
    shown = {
        row.page
        for row in PAGES
        for client in clients
        if stage.oakfield.canary.encode() in ask(client, row, stage.oakfield)[1]
    }
    assert {
        "portal:home",
        "portal:audit",
        "incidents:incident_list",
        "moderation:item_list",
        "channels:channel_list",
        "channels:platform_list",
        "policies:policy_list",
        "policies:guide",
        "policies:school_page",
        "accounts:notification_list",
    } <= shown


def test_choices_in_forms_name_nobody_and_nothing_of_another_school(stage):
    """Every option of every select that the other school's head can open carries ids of that school alone."""
    theirs = stage.planted["riverside"]
    ours = {str(value) for value in stage.oakfield.ids.values()}
    client = stage.cast.client("headteacher", "riverside")
    for row in ROWS:
        if row.method == "get" and not row.public and "headteacher" in row.open_to:
            body = ask(client, row, theirs)[1].decode(errors="replace")
            assert not set(re.findall(r'value="([0-9a-f-]{36})"', body)) & ours, row.id


def test_the_sweep_notices_a_scope_that_was_forgotten(stage, monkeypatch):
    """With the school's scope taken away the sweep fails: it can."""
    monkeypatch.setattr("channels_mgmt.models.ChannelQuerySet.visible_to", lambda queryset, membership: queryset.all())
    row = next(row for row in THINGS if row.page == "channels:channel_detail")
    response = stage.cast.client("headteacher", "riverside").get(row.url(stage.oakfield, PARAMETERS[row.page]))
    assert response.status_code == 200
    assert stage.oakfield.canary.encode() in response.content
