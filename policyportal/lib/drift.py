"""Compares what the portal shows with its history: the latest history row of each thing must equal the thing.

The database compares, one statement for each kind of thing, so that the nightly check reads no row into memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from policyportal.lib.models import History

DIFFERS = "The record is not what its history says: it was changed past the portal."
UNRECORDED = "The record has no history: it was written past the portal."
VANISHED = "The record is gone, and its history does not say so: it was removed past the portal."
MEMBERS = "What belongs to the record is not what its history says: it was changed past the portal."


@dataclass(frozen=True)
class Drift:
    """One record that is not what its history says, by table and id."""

    table: str
    thing: str
    words: str

    def __str__(self) -> str:
        return f"{self.words} (table {self.table}, thing {self.thing})"


def tracked_models() -> list[type[models.Model]]:
    """Return every model with a history, by table."""
    found = [model for model in apps.get_models() if hasattr(model._meta, "simple_history_manager_attribute")]
    return sorted(found, key=lambda model: model._meta.db_table)


def drifts(using: str = DEFAULT_DB_ALIAS) -> Iterator[Drift]:
    """Yield every record that is not what its history says."""
    connection = connections[using]
    for model in tracked_models():
        names = _Names(model, connection)
        yield from _ask(names, DIFFERS, names.differing())
        yield from _ask(names, UNRECORDED, names.unrecorded())
        yield from _ask(names, VANISHED, names.vanished())
        for field in model.history.model._history_m2m_fields:
            yield from _ask(names, MEMBERS, names.members(field))


def _ask(names: "_Names", words: str, statement: str) -> Iterator[Drift]:
    key = names.model._meta.pk
    with names.connection.cursor() as cursor:
        cursor.execute(statement)
        for (thing,) in cursor.fetchall():
            yield Drift(names.model._meta.db_table, str(key.to_python(thing)), words)


class _Names:
    """The statements about one model; every name in them is the model's own, none comes from outside."""

    def __init__(self, model: type[models.Model], connection: BaseDatabaseWrapper) -> None:
        self.model, self.connection = model, connection
        self.past_model = model.history.model
        self.live, self.past = self._table(model), self._table(self.past_model)
        self.key = self._quote(model._meta.pk.column)
        self.unlike = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        latest = f"(SELECT max(l.history_id) FROM {self.past} l WHERE l.{self.key} = {{}}.{self.key})"
        self.latest_of_live, self.latest_of_past = latest.format("t"), latest.format("h")

    def _quote(self, name: str) -> str:
        return self.connection.ops.quote_name(name)

    def _table(self, model: Any) -> str:
        return self._quote(model._meta.db_table)

    def differing(self) -> str:
        """Ask for things whose latest history row has another value in a column that both have."""
        told = {field.column for field in self.past_model._meta.concrete_fields}
        columns = [self._quote(f.column) for f in self.model._meta.concrete_fields if f.column in told]
        unlike = " OR ".join(f"t.{name} {self.unlike} h.{name}" for name in columns)
        return (
            f"SELECT t.{self.key} FROM {self.live} t JOIN {self.past} h ON h.history_id = {self.latest_of_live}"
            f" WHERE h.history_type = '-' OR {unlike}"
        )

    def unrecorded(self) -> str:
        """Ask for things without any history row."""
        return (
            f"SELECT t.{self.key} FROM {self.live} t"
            f" WHERE NOT EXISTS (SELECT 1 FROM {self.past} h WHERE h.{self.key} = t.{self.key})"
        )

    def vanished(self) -> str:
        """Ask for things that are gone though their latest history row does not say so."""
        return (
            f"SELECT h.{self.key} FROM {self.past} h WHERE h.history_type <> '-'"
            f" AND NOT EXISTS (SELECT 1 FROM {self.live} t WHERE t.{self.key} = h.{self.key})"
            f" AND h.history_id = {self.latest_of_past}"
        )

    def members(self, field: models.ManyToManyField) -> str:
        """Ask for things whose members are not those of their latest history row."""
        joined, kept = self._table(field.remote_field.through), self._table(History.m2m_models[field])
        own, other = self._quote(field.m2m_column_name()), self._quote(field.m2m_reverse_name())
        now = f"SELECT m.{other} FROM {joined} m WHERE m.{own} = t.{self.key}"
        then = f"SELECT k.{other} FROM {kept} k WHERE k.history_id = {self.latest_of_live}"
        return (
            f"SELECT t.{self.key} FROM {self.live} t"
            f" WHERE EXISTS ({now} EXCEPT {then}) OR EXISTS ({then} EXCEPT {now})"
        )
