"""The matrix against the running portal: every cell that has a page, every act that has none yet, and the docs."""

import re

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from accounts.rules import SECOND_STEP_ROLES
from tests.authz import matrix
from tests.authz.table import ROWS, VARIANTS, addresses
from tests.incidents.filing import public_page, receipt_on

PARAMETERS = addresses()
BY_NAME = {(row.page, row.thing): row for row in ROWS + VARIANTS}
PROBES = list(matrix.probes())
ANSWERED_YES = (200, 302)
WORDS = (models.CharField, models.TextField, models.BinaryField, models.JSONField)


def test_the_matrix_has_every_object_for_every_principal():
    assert (len(matrix.OBJECTS), len(matrix.PRINCIPALS)) == (22, 13)
    assert all(list(one["cells"]) == list(matrix.PRINCIPALS) for one in matrix.OBJECTS)
    named = [role for principal in matrix.PRINCIPALS.values() for role in matrix.members(principal["roles"])]
    assert sorted(named) == sorted(Role.values)


def test_every_act_of_the_matrix_has_a_page_or_a_reason_why_not():
    for one in matrix.OBJECTS:
        acts = {act for cell in one["cells"].values() for act in cell}
        spoken_of = {*one.get("asked", {}), *one.get("not_built", {})}
        assert acts == spoken_of, one["title"]
        assert acts or one.get("no_such_object"), one["title"]


@pytest.mark.parametrize("role", Role.values)
def test_every_cell_with_a_page_is_as_the_matrix_says(stage, role):
    client, wrong, asked = stage.cast.client(role), {}, 0
    for probe in PROBES:
        if role not in probe.roles:
            continue
        row = BY_NAME[probe.page, probe.thing]
        answer = client.get(row.url(stage.oakfield, PARAMETERS[row.page]))
        offered = not probe.offers or f'name="{probe.offers}"'.encode() in answer.content
        asked += 1
        if (answer.status_code in ANSWERED_YES and offered) != probe.is_open_to(role):
            wrong[probe.thing_of_matrix, probe.act, probe.page, probe.thing] = answer.status_code
        elif not probe.is_open_to(role) and not probe.offers:
            exact = row.answers_to(role)
            if (answer.status_code,) != exact:
                wrong[probe.thing_of_matrix, probe.act, probe.page, probe.thing] = answer.status_code, exact
    assert wrong == {}
    assert asked >= 50


def test_whoever_has_no_account_gets_what_the_matrix_gives_the_public(stage):
    for probe in PROBES:
        if not probe.roles and probe.principal == "public":
            row = BY_NAME[probe.page, probe.thing]
            answer = Client().get(row.url(stage.oakfield, PARAMETERS[row.page]))
            assert (answer.status_code == 200) == probe.allowed, probe


def test_whoever_holds_a_receipt_reads_where_their_report_stands_and_nobody_elses(stage):
    client = Client()
    client.post(public_page(client), {"about": "pupil", "words": "Words of mine.", "where": "unknown"})
    receipt = receipt_on(client)
    address = reverse("incidents:receipt_check", args=["oakfield"])
    known = Client().post(address, {"receipt": receipt}).content.decode()
    unknown = Client().post(address, {"receipt": receipt[::-1]}).content.decode()
    assert "We have it" in known and "We have it" not in unknown
    assert "Words of mine" not in known
    elsewhere = reverse("incidents:receipt_check", args=["riverside"])
    assert "We have it" not in Client().post(elsewhere, {"receipt": receipt}).content.decode()


def test_each_difference_from_the_matrix_is_one():
    """A difference that the portal no longer makes is taken off the list."""
    for one in matrix.OBJECTS:
        for differs in one.get("otherwise", []):
            assert differs["why"].strip()
            for name in differs["by"]:
                principals = [
                    key
                    for key, principal in matrix.PRINCIPALS.items()
                    if name == key or name in matrix.members(principal["roles"])
                ]
                given = any(differs["act"] in one["cells"][key] for key in principals)
                assert given == (differs["is"] == "denied"), (one["title"], differs["act"], name)


def test_what_is_not_built_has_not_appeared_without_its_cells():
    """Whoever builds such a page, or such a table, gives its cells their pages first."""
    names = set(PARAMETERS) | {model._meta.model_name for model in apps.get_models()}
    appeared = {
        (one["title"], act): [name for name in names if re.search(absent["appears"], name)]
        for one in matrix.OBJECTS
        for act, absent in one.get("not_built", {}).items()
    }
    assert {cell: found for cell, found in appeared.items() if found} == {}


def test_no_table_holds_what_opens_an_account_elsewhere():
    """Account credentials: no such object. Of a person's own password there is a hash, and no other field like it."""
    like_it = re.compile("password|passphrase|credential|secret|api_?key|access_token")
    ours = ("accounts", "channels_mgmt", "policies", "moderation", "incidents", "lib")
    fields = {
        f"{model._meta.model_name}.{name.name}"
        for model in apps.get_models()
        if model._meta.app_label in ours
        for name in model._meta.concrete_fields
        if like_it.search(name.name) and isinstance(name, WORDS) and not model.__name__.startswith("Historical")
    }
    assert fields == {"user.password"}


def test_the_second_step_is_asked_of_the_posts_of_the_matrix():
    asked = {
        role for name in matrix.SOURCE["second_step"] for role in matrix.members(matrix.PRINCIPALS[name]["roles"])
    }
    assert asked == SECOND_STEP_ROLES


def test_the_docs_show_the_matrix_as_it_is():
    assert matrix.PAGE.read_text() == matrix.render(), "python -m tests.authz.matrix"
