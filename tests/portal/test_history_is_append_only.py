"""No row of the history, of the view log or of the chain is ever changed or removed, by whatever statement."""

import sqlite3
from datetime import date
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from accounts.models import AccessLog, School
from moderation.models import Block
from policies.models import Policy
from policyportal.lib import append_only
from policyportal.lib.append_only import append_only_models, install_triggers, missing_triggers, rewriting
from policyportal.lib.chain import seal_new_rows
from policyportal.lib.drift import tracked_models
from policyportal.lib.models import AuditCheck, History, Seal, SealedRow, SealForm, SealHead
from policyportal.lib.workflow import save_as
from tests.planted import plant

TABLES = append_only_models()


@pytest.fixture
def filled(cast):
    """A row in every table that is written once."""
    plant(cast, "oakfield")
    seal_new_rows()
    SealHead.objects.create(day=date(2026, 11, 21), number=1, hash="0" * 64)
    AuditCheck.objects.create(kind=AuditCheck.Kind.DRIFT)
    AccessLog.objects.create(
        school=cast.school(), user=cast.user("dsl"), model="incident", object_id=uuid4(), shown="evidence"
    )
    for model in TABLES:
        if not model.objects.exists():
            sparse(model)
    # PostgreSQL refuses to empty a table whose keys wait to be checked, whatever the triggers say.
    connection.check_constraints()


def sparse(model: type[models.Model]) -> None:
    """Put in a row that is nothing but a row, for a kind of thing that was not planted."""
    facts = {}
    for field in model._meta.concrete_fields:
        if not (field.null or field.primary_key or field.has_default()):
            facts[field.attname] = blank(field)
    model.objects.bulk_create([model(**facts)])


def blank(field: models.Field):
    """Return some value for a column that must have one."""
    if isinstance(field, models.DateTimeField):
        return "2026-11-21T12:00:00Z"
    if isinstance(field, models.DateField):
        return date(2026, 11, 21)
    if isinstance(field, models.UUIDField):
        return uuid4()
    if field.is_relation:
        first = field.related_model.objects.first()
        return first.pk if first else uuid4()
    if isinstance(field, models.IntegerField | models.BooleanField | models.AutoField):
        return 1
    return "x"[: field.max_length]


def refused(statement: str) -> bool:
    """Tell whether the database refuses a statement with the sentence of the triggers."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return append_only.REFUSAL in str(error)
    return False


def statements(model: type[models.Model]) -> dict[str, str]:
    """Return the ways of changing or removing rows of a table."""
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    ways = {
        "update": f"UPDATE {table} SET {key} = {key}",
        "update of one": f"UPDATE {table} SET {key} = {key} WHERE {key} IN (SELECT {key} FROM {table} LIMIT 1)",
        "delete": f"DELETE FROM {table}",
        "delete of one": f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} LIMIT 1)",
    }
    if connection.vendor == "postgresql":
        return ways | {"truncate": f"TRUNCATE {table}", "truncate with others": f"TRUNCATE {table} CASCADE"}
    return ways | {"replace": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"}


def test_the_tables_are_all_there_are():
    found = {model for model in TABLES if issubclass(model, SealedRow)}
    assert {model.instance_type for model in found} == set(tracked_models())
    assert {*TABLES} - found == {*History.m2m_models.values(), AccessLog, Seal, SealForm, SealHead, AuditCheck}
    assert {Policy.schools.field, Block.items.field} <= {*History.m2m_models}


def test_every_change_and_every_removal_is_refused_in_every_table(filled):
    let_through = {
        f"{model._meta.db_table}: {way}"
        for model in TABLES
        for way, statement in statements(model).items()
        if not refused(statement)
    }
    assert let_through == set()


def test_the_same_statements_are_carried_out_on_a_table_that_is_not_guarded(filled):
    ways = statements(School.history.model)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in triggers_dropped(School.history.model):
            cursor.execute(statement)
        assert [way for way, statement in ways.items() if refused(statement)] == []
        transaction.set_rollback(True)
    assert missing_triggers() == {}


def triggers_dropped(model):
    table = connection.ops.quote_name(model._meta.db_table)
    for name in append_only.triggers_of(model, connection):
        yield f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else "")


def test_a_row_that_is_new_is_let_in(cast):
    before = School.history.count()
    save_as(cast.school(), None, "Looked at again")
    assert School.history.count() == before + 1


def test_rows_may_be_rewritten_inside_the_one_way_there_is_and_not_after_it(cast):
    rows = School.history.all()
    with rewriting():
        rows.update(history_change_reason="Removed by law")
    assert set(rows.values_list("history_change_reason", flat=True)) == {"Removed by law"}
    assert refused(statements(rows.model)["update"])


def test_the_way_is_shut_again_after_a_failure_in_it(cast):
    with pytest.raises(ZeroDivisionError), rewriting():
        School.history.all().update(history_change_reason="Half done")
        raise ZeroDivisionError
    assert not School.history.filter(history_change_reason="Half done").exists()
    assert refused(statements(School.history.model)["update"])


def test_the_way_inside_the_way_does_not_shut_the_outer_one(cast):
    with rewriting():
        with rewriting():
            pass
        School.history.all().update(history_change_reason="Removed by law")
    assert refused(statements(School.history.model)["delete"])


def test_triggers_that_were_dropped_are_told_and_come_back_with_the_next_migration(db):
    model = School.history.model
    with connection.cursor() as cursor:
        for statement in triggers_dropped(model):
            cursor.execute(statement)
    assert set(missing_triggers()) == {model._meta.db_table}
    call_command("migrate", verbosity=0)
    assert missing_triggers() == {}


def test_putting_the_triggers_in_place_twice_changes_nothing(db):
    install_triggers()
    assert missing_triggers() == {}


@pytest.mark.django_db(transaction=True)
def test_a_database_can_still_be_emptied_for_the_next_test(cast):
    assert School.history.exists()


@pytest.mark.django_db(transaction=True)
def test_somebody_with_the_file_and_a_plain_shell_is_refused_too(cast):
    if connection.vendor != "sqlite":
        # There the setting is of the session, and a shell's session has none.
        assert refused(statements(School.history.model)["update"])
        return
    shell = sqlite3.connect(connection.settings_dict["NAME"])
    for statement in ("UPDATE accounts_historicalschool SET name = 'x'", "DELETE FROM accounts_historicalschool"):
        with pytest.raises(sqlite3.OperationalError, match="no such function: portal_rewriting"):
            shell.execute(statement)
    shell.close()
