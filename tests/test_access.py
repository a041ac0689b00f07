"""The second sweep: every address by every method for every principal gives exactly the answer of the table.

Principals are the roles of the school, the same roles of a sister school and of one outside, people whose post has
ended, has not begun or was not taken up, people switched off, people without their second step, and a stranger.
"""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import path, reverse

from accounts.models import Membership, Role
from accounts.rules import SECOND_STEP_ROLES
from policyportal.lib.dates import today
from tests.authz.asking import PARAMETERS, ask
from tests.authz.table import METHODS, ROWS, SOURCE, UNUSED, VARIANTS, addresses, roles_in, unlisted
from tests.planted import INCIDENTS

ALL = ROWS + VARIANTS
OUT_OF_THE_AIR = "00000000-0000-4000-8000-000000000000"


def told_of(marks, response, body) -> bool:
    """Say whether an answer shows any of the marks, in its body or its headers."""
    shown = body + repr(response.headers).encode()
    return any(mark in shown for mark in marks)


def sweep(client: Client, planted, methods, expected, hidden, rows=ALL) -> dict:
    """Ask for every address by each method and return what was not answered as `expected(row, method)` says.

    No answer may show one of the marks in `hidden(row)`.
    """
    wrong = {}
    for row in rows:
        for method in methods:
            response, body = ask(client, row, planted, method)
            if response.status_code not in expected(row, method):
                wrong[row.id, method] = response.status_code, expected(row, method)
            elif told_of(hidden(row), response, body):
                wrong[row.id, method] = "says too much"
    return wrong


def hidden_from(role, planted):
    """Return which marks no answer to this role may show, by its row.

    Nothing planted where the role is turned away; elsewhere nothing of incidents that it does not see, and never who
    reported, which is told on being asked with a reason.
    """
    everything = [planted.canary.encode()]
    marks = {name: f"{name.upper()}-{planted.canary}" for name in INCIDENTS}
    unseen = [mark.encode() for name, mark in marks.items() if role not in roles_in(SOURCE["incidents"][name]["see"])]
    unseen += [f"{word} {mark}".encode() for mark in marks.values() for word in ("Reporter", "Contact")]
    return lambda row: everything if not row.public and role not in row.open_to else unseen


def anything(stage, *, but_of_oneself=False):
    """Return that no page shows anything planted, but the public ones to all, and one's own account to its owner."""
    return lambda row: [] if row.public or (but_of_oneself and row.without_post) else [stage.oakfield.canary.encode()]


def test_every_address_has_its_row_and_every_row_its_address():
    assert unlisted(set(PARAMETERS), SOURCE["pages"]) == set()


def test_the_sweep_notices_an_address_without_a_row():
    class SiteMap:
        url_patterns = [path("x/", lambda request: None, name="x")]

    listed = {"x": {}} | SOURCE["pages"]
    assert unlisted({"x", *SOURCE["pages"]}, SOURCE["pages"]) == {"x"}
    assert set(addresses(SiteMap())) <= set(listed)


@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize("role", Role.values)
def test_each_role_gets_the_answers_of_the_table(stage, role, method):
    wrong = sweep(
        stage.cast.client(role),
        stage.oakfield,
        [method],
        lambda row, asked: row.answers_to(role, asked),
        hidden_from(role, stage.oakfield),
    )
    assert wrong == {}


@pytest.mark.parametrize("role", [*Role.values, "a stranger"])
def test_no_page_is_asked_with_any_other_method(stage, role):
    client = Client() if role == "a stranger" else stage.cast.client(role)
    assert sweep(client, stage.oakfield, UNUSED, lambda row, asked: (405,), anything(stage)) == {}


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_stranger_is_asked_to_sign_in_unless_the_page_is_public(stage, method):
    wrong = {}
    for row in ALL:
        response, body = ask(Client(), row, stage.oakfield, method)
        if row.public:
            right = response.status_code in row.answers_to("nobody", method)
        else:
            asked_to_sign_in = response.status_code == 302 and response.url.startswith(reverse("account_login"))
            none_of_its_methods = response.status_code == 405 and row.has_no(method)
            right = asked_to_sign_in or none_of_its_methods
            right = right and not told_of(anything(stage)(row), response, body)
        if not right:
            wrong[row.id] = response.status_code
    assert wrong == {}


OTHER_SCHOOLS = {"a sister school": "elmwood", "a school outside": "riverside"}


@pytest.mark.parametrize("school", OTHER_SCHOOLS.values(), ids=list(OTHER_SCHOOLS))
@pytest.mark.parametrize("role", Role.values)
def test_the_same_role_of_another_school_finds_no_thing_of_this_one(stage, role, school):
    """Whoever may at home finds nothing; whoever may not is told what they are told at home. No page shows a thing."""

    def expected(row, asked):
        if row.public or not row.thing:
            return row.answers_to(role, asked)
        if role in row.open_to and not row.has_no(asked):
            return (404,)
        return tuple({404, *row.answers_to(role, asked)})

    client = stage.cast.client(role, school)
    things = [row for row in ALL if row.thing and not row.public]
    assert sweep(client, stage.oakfield, ["get"], expected, anything(stage), rows=things) == {}


def lookout(row, role, asked) -> tuple[int, ...]:
    """Return what somebody is answered who is signed in and may work nowhere: one's own account, and nothing else."""
    if row.public or row.without_post:
        return row.answers_to(role, asked)
    return (302, 405) if row.has_no(asked) else (302,)


def ended(post):
    post.ends_on = today() - timedelta(days=1)
    post.save()


def not_begun(post):
    post.starts_on = today() + timedelta(days=1)
    post.save()


def not_taken_up(post):
    post.accepted_at = None
    post.save()


def switched_off(post):
    post.user.is_active = False
    post.user.save()


SIXTHS = 6


def once_open_to(role):
    """Return what a role could open while it was held, and one in six of the rest: all roles together ask for each."""
    place = Role.values.index(role)
    return [row for number, row in enumerate(ALL) if role in row.open_to or (number + place) % SIXTHS == 0]


def test_every_address_is_asked_by_everybody_who_could_open_it_and_by_three_at_least():
    asked = defaultdict(set)
    for role in Role.values:
        for row in once_open_to(role):
            asked[row.id].add(role)
    assert [row.id for row in ALL if not set(row.open_to) <= asked[row.id] | {"public", "anybody"}] == []
    assert [row.id for row in ALL if len(asked[row.id]) < 3] == []


WITHOUT_A_POST = {"ended yesterday": ended, "begins tomorrow": not_begun, "not taken up": not_taken_up}


@pytest.mark.parametrize("how", WITHOUT_A_POST)
@pytest.mark.parametrize("role", Role.values)
def test_nobody_gets_in_whose_post_is_not_held_today(stage, role, how):
    """The session was opened while the post was held: access ends on the next request."""
    client, post = stage.cast.client(role), stage.cast.post(role)
    WITHOUT_A_POST[how](post)
    assert not Membership.objects.open().filter(user=post.user).exists()

    def expected(row, asked):
        return lookout(row, role, asked)

    nothing = anything(stage, but_of_oneself=True)
    assert sweep(client, stage.oakfield, ["get"], expected, nothing, rows=once_open_to(role)) == {}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", Role.values)
def test_nobody_gets_in_who_is_switched_off(stage, role, method):
    client, post = stage.cast.client(role), stage.cast.post(role)
    switched_off(post)

    def expected(row, asked):
        if row.public:
            return row.answers_to("nobody", asked)
        return (302, 405) if row.has_no(asked) else (302,)

    assert sweep(client, stage.oakfield, [method], expected, anything(stage), rows=once_open_to(role)) == {}


@pytest.mark.parametrize("role", sorted(SECOND_STEP_ROLES))
def test_nobody_gets_in_whose_post_asks_a_second_step_that_they_have_not_set_up(stage, role):
    client, post = stage.cast.client(role, second_step=False), stage.cast.post(role)
    # The days that the school gives for setting one up are over.
    post.accepted_at -= timedelta(days=400)
    post.save()

    def expected(row, asked):
        # Of one's own account what a second step guards leads to setting one up, too.
        return (*lookout(row, role, asked), 302) if row.without_post else lookout(row, role, asked)

    nothing = anything(stage, but_of_oneself=True)
    assert sweep(client, stage.oakfield, ["get"], expected, nothing, rows=once_open_to(role)) == {}


@pytest.mark.parametrize("role", Role.values)
def test_what_may_not_be_known_is_answered_like_an_id_out_of_the_air(stage, role):
    client = stage.cast.client(role)
    wrong = []
    for row in ALL:
        if row.thing and not row.public and row.answers_to(role) == (404,):
            url = row.url(stage.oakfield, PARAMETERS[row.page])
            known = getattr(client, row.method)(url)
            unknown = getattr(client, row.method)(url.replace(str(stage.oakfield.ids[row.thing]), OUT_OF_THE_AIR))
            if (known.status_code, known.content) != (unknown.status_code, unknown.content):
                wrong.append(row.id)
    assert wrong == []


def test_every_address_has_somebody_who_gets_in_and_somebody_who_does_not():
    """What the sweep asks, counted from the table: a public page's denied case is a method that it has none of."""
    allowed, denied = defaultdict(set), defaultdict(set)
    for row in ALL:
        for method in METHODS:
            for role in Role.values:
                answers = row.answers_to(role, method)
                turned_away = all(status >= 400 for status in answers)
                (denied if turned_away else allowed)[row.page].add((role, method))
        if not row.public:
            denied[row.page].add(("a stranger", "get"))
    closed = {row.page for row in ROWS if row.is_closed}
    assert set(PARAMETERS) - set(allowed) == closed
    assert set(PARAMETERS) - set(denied) == set()
    for row in ROWS:
        assert row.public or row.open_to, row.id
