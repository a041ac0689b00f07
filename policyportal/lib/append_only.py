"""Tables whose rows are written once: triggers in the database refuse to change, delete or replace one.

The triggers are put back after every migration, because SQLite drops them when it rebuilds a table, and stand on every
model that is `AppendOnly`, so that a new one cannot be forgotten. They hold against mistakes and against somebody who
reaches the tables through the portal; whoever owns the database can drop them, which the chain of seals then tells.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import ref

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from policyportal.lib.models import AppendOnly, Sealed

REFUSAL = "rows of this table are never changed"
# PostgreSQL: a setting of the transaction. SQLite: a function that only the portal's own connections know.
SETTING = "portal.rewriting"
FUNCTION = "portal_rewriting"
TRIGGER = "append_only"

POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('{SETTING}', true), '') <> 'on' THEN
        RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$
"""
POSTGRESQL_TRIGGER = (
    "CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION " + TRIGGER + "()"
)
SQLITE_TRIGGER = (
    "CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when}" + f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
)
SHUT = f"{FUNCTION}() = 0"


def append_only_models() -> list[type[models.Model]]:
    """Return every model whose rows are written once, by table."""
    found = [model for model in apps.get_models() if issubclass(model, AppendOnly) and model._meta.managed]
    return sorted(found, key=lambda model: model._meta.db_table)


def triggers_of(model: type[models.Model], connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the triggers that a model's table must have, by name, each with the statement that makes it."""
    table, quote = model._meta.db_table, connection.ops.quote_name
    if connection.vendor == "postgresql":
        return {TRIGGER: POSTGRESQL_TRIGGER.format(name=TRIGGER, table=quote(table))}
    # INSERT OR REPLACE removes a row without a word, so it must meet nothing that it could replace.
    unique = [model._meta.pk.column, *([model.SEAL] if issubclass(model, Sealed) else [])]
    meets = " OR ".join(f"{quote(name)} = NEW.{quote(name)}" for name in unique)
    replaced = f"{SHUT} AND EXISTS (SELECT 1 FROM {quote(table)} WHERE {meets})"
    conditions = {"UPDATE": SHUT, "DELETE": SHUT, "INSERT": replaced}
    return {
        name: SQLITE_TRIGGER.format(name=quote(name), act=act, table=quote(table), when=when)
        for act, when in conditions.items()
        for name in [f"{TRIGGER}_{act.lower()}_{table}"]
    }


def missing_triggers(using: str = DEFAULT_DB_ALIAS) -> dict[str, list[str]]:
    """Return, by table, the statements for the triggers that ought to stand and do not."""
    connection = connections[using]
    standing = _standing(connection)
    return {
        model._meta.db_table: lacking
        for model in append_only_models()
        if (
            lacking := [
                statement
                for name, statement in triggers_of(model, connection).items()
                if (name, model._meta.db_table) not in standing
            ]
        )
    }


def _standing(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    if connection.vendor == "postgresql":
        asked = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace"
        )
    else:
        asked = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return set(cursor.fetchall())


def install_triggers(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put every trigger that is missing in its place; safe to run at any time."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        for table, statements in missing_triggers(using).items():
            for statement in statements if table in there else ():
                cursor.execute(statement)


@contextmanager
def rewriting(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Let this connection rewrite rows that are otherwise written once, in a transaction of its own.

    It is for what the law asks to be removed and for emptying a database of tests. Their seals then break, unless
    whoever removes them also says so in the chain.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        before = _allow(connection, True)
        try:
            yield
        finally:
            # After a failure PostgreSQL forgets what it was told with the rest of the transaction.
            setattr(connection, FUNCTION, before)
        _allow(connection, before)


def _allow(connection: BaseDatabaseWrapper, allowed: bool, *, for_session: bool = False) -> bool:
    """Open or shut the tables for a connection and return how it was before."""
    before = getattr(connection, FUNCTION, False)
    setattr(connection, FUNCTION, allowed)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, %s)", [SETTING, "on" if allowed else "off", not for_session])
    return before


def teach(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Tell a new connection to SQLite the function that the triggers ask; a plain shell does not know it."""
    if connection.vendor == "sqlite":
        # Held weakly: a database whose connection is never let go keeps what was written in a file beside it.
        asked = ref(connection)
        connection.connection.create_function(FUNCTION, 0, lambda: int(getattr(asked(), FUNCTION, False)))


def open_for_migration(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Let a migration fill a new column of old rows; the session is shut again when it ends."""
    _allow(connections[using], True, for_session=True)


def shut_after_migration(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Put back the triggers that a migration dropped."""
    _allow(connections[using], False, for_session=True)
    install_triggers(using)
