"""Somebody of one school and something of another: nothing is found, nothing is named, nothing is written."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Role, StaffImport
from tests.authz import pairs
from tests.authz.pairs import Pair, everything
from tests.stage import Stage

# How many pairs of each kind there are at least; together at least five hundred.
LEAST = {
    "path": 250,
    "header": 150,
    "file": 40,
    "history": 40,
    "query": 80,
    "field": 30,
    "bulk": 30,
    "csv": 40,
    "invitation": 72,
    "reset": 72,
}
WAYS: dict[str, Callable] = {
    "path": pairs.by_path,
    "header": pairs.by_header,
    "file": pairs.by_file,
    "history": pairs.by_history,
    "query": pairs.by_query,
    "field": pairs.by_field,
    "bulk": pairs.by_bulk,
    "csv": pairs.by_csv,
    "invitation": pairs.by_invitation,
    "reset": pairs.by_reset,
}
# Lists of one's own school stay lists, and a form is shown again; a thing of the other school is not there.
ANSWERS = {
    "query": (200, 204, 302, 404),
    "field": (200, 404, 409),
    "bulk": (200, 404, 409),
    "csv": (200,),
    # The link leads whoever is signed in to a page that says that it is somebody else's, and to nothing more.
    "invitation": (200, 302),
    "reset": (200, 302, 404),
}


def test_there_are_five_hundred_pairs_at_least():
    assert sum(LEAST.values()) >= 500


def told(stage: Stage, pair: Pair, clients: dict) -> tuple[int, bytes]:
    client = clients.setdefault((pair.role, pair.school), stage.cast.client(pair.role, pair.school))
    answer = getattr(client, pair.method)(pair.address, pair.data or None, headers=pair.headers)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, body + repr(answer.headers).encode()


def test_a_file_of_staff_names_nobody_of_another_school_who_stands_in_it(stage):
    """The address is theirs; what the portal knows of whose it is stays there."""
    people = [stage.cast.user(role).email for role in Role.values]
    rows = [f"Somebody Else{number},{email},Teacher" for number, email in enumerate(people)]
    file = SimpleUploadedFile("staff.csv", "\n".join(["Name,Email,Role", *rows]).encode())
    client = stage.cast.client("headteacher", "riverside")
    before = everything()
    answer = client.post(reverse("accounts:staff_import_create"), {"file": file}, follow=True)
    assert answer.status_code == 200 and answer.redirect_chain
    detail = reverse("accounts:staff_import_detail", args=[StaffImport.objects.latest("created_at").pk])
    page = client.get(detail, follow=True).content.decode()
    assert "Somebody Else" in page
    assert "Oakfield" not in page and stage.oakfield.canary not in page
    changed = {table for table, rows in everything().items() if rows != before[table]}
    assert changed <= {StaffImport._meta.db_table}


@pytest.mark.parametrize("kind", LEAST)
def test_somebody_of_another_school_finds_nothing_and_writes_nothing(stage, kind):
    asked = list(WAYS[kind](stage))
    before, clients, wrong = everything(), {}, {}
    for pair in asked:
        status, body = told(stage, pair, clients)
        if status not in ANSWERS.get(kind, (404,)):
            wrong[pair.role, pair.what, pair.method] = status
        elif stage.oakfield.canary.encode() in body or b"Oakfield" in body:
            wrong[pair.role, pair.what, pair.method] = "names something"
    assert wrong == {}
    assert {table for table, rows in everything().items() if rows != before[table]} == set()
    assert len(asked) >= LEAST[kind], len(asked)
