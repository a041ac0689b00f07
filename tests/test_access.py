"""The second sweep: every address for every principal gives exactly the answer that the table says."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import path, reverse

from accounts.models import Membership, Role
from policyportal.lib.dates import today
from tests.authz.table import ROWS, SOURCE, VARIANTS, addresses, unlisted
from tests.planted import plant

ALL = ROWS + VARIANTS
PARAMETERS = addresses()
OUT_OF_THE_AIR = "00000000-0000-4000-8000-000000000000"
# What somebody signed in who holds no post may still do: leave, or read that they hold none.
OPEN_WITHOUT_A_POST = {"account_logout", "accounts:school_choose"}


@pytest.fixture
def oakfield(cast, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return plant(cast, "oakfield")


def ask(client: Client, row, planted):
    return getattr(client, row.method)(row.url(planted, PARAMETERS[row.page]))


def test_every_address_has_its_row_and_every_row_its_address():
    assert unlisted(set(PARAMETERS), SOURCE["pages"]) == set()


def test_the_sweep_notices_an_address_without_a_row():
    class SiteMap:
        url_patterns = [path("x/", lambda request: None, name="x")]

    assert unlisted(set(PARAMETERS) | set(addresses(SiteMap())), SOURCE["pages"]) == {"x"}


@pytest.mark.parametrize("role", Role.values)
def test_each_role_gets_the_answers_of_the_table(cast, oakfield, role):
    wrong = {}
    for row in ALL:
        response = ask(cast.client(role), row, oakfield)
        if response.status_code not in row.answers_to(role):
            wrong[row.id] = response.status_code
        elif row.answers_to(role) in ((403,), (404,)) and oakfield.canary.encode() in response.content:
            wrong[row.id] = "says too much"
    assert wrong == {}


def test_a_stranger_is_asked_to_sign_in_unless_the_page_is_public(oakfield):
    wrong = {}
    for row in ALL:
        response = ask(Client(), row, oakfield)
        if row.public:
            if response.status_code not in row.answers_to("nobody"):
                wrong[row.id] = response.status_code
        elif (
            response.status_code != 302
            or not response.url.startswith(reverse("account_login"))
            or oakfield.canary.encode() in response.content
        ):
            wrong[row.id] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize("who", ["ended yesterday", "starts tomorrow", "switched off"])
@pytest.mark.parametrize("role", ["headteacher", "chair", "office", "teacher"])
def test_nobody_gets_in_whose_time_is_over(cast, oakfield, role, who):
    """The session was opened while the post was held: access ends on the next request."""
    client = cast.client(role)
    post = cast.post(role)
    if who == "switched off":
        post.user.is_active = False
        post.user.save()
    else:
        post.starts_on = today() + timedelta(days=1) if who == "starts tomorrow" else post.starts_on
        post.ends_on = today() - timedelta(days=1) if who == "ended yesterday" else None
        post.save()
    assert not Membership.objects.current().filter(user=post.user).exists()
    wrong = {}
    for row in ALL:
        if row.public or row.page in OPEN_WITHOUT_A_POST:
            continue
        response = ask(client, row, oakfield)
        if response.status_code != 302 or oakfield.canary.encode() in response.content:
            wrong[row.id] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize("role", Role.values)
def test_what_may_not_be_known_is_answered_like_an_id_out_of_the_air(cast, oakfield, role):
    client = cast.client(role)
    wrong = []
    for row in ALL:
        if row.thing and not row.public and row.answers_to(role) == (404,):
            url = row.url(oakfield, PARAMETERS[row.page])
            known = getattr(client, row.method)(url)
            unknown = getattr(client, row.method)(url.replace(str(oakfield.ids[row.thing]), OUT_OF_THE_AIR))
            if (known.status_code, known.content) != (unknown.status_code, unknown.content):
                wrong.append(row.id)
    assert wrong == []


def test_every_row_is_somebodys_and_not_everybodys_unless_it_says_so():
    """Each address has a principal who gets in and one who does not: a stranger where no role is turned away."""
    for row in ROWS:
        answers = {row.answers_to(role) for role in Role.values}
        if row.public:
            assert len(answers) == 1, row.id
        else:
            assert row.open_to, row.id
