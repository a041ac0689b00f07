"""The chain over every sealed row: a task adds a link for each row that has none, and nobody without the key can.

A row carries its own seal from the moment it is written; its link, added within a minute, says in addition that it
was there, with which number and members, and after which other row.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from policyportal.lib.models import Heartbeat, History, Seal, SealedRow, SealForm, SealMark
from policyportal.lib.models import Sealed as SealedModel
from policyportal.lib.sealing import Form, canonical, form_of, mac

logger = logging.getLogger(__name__)

# What one transaction links; on SQLite everybody who writes waits for it, a few hundredths of a second.
BATCH = 500
# What one run links at most: reminders wait for it.
MOST_IN_A_RUN = 20_000
# For this long a lower number may still be committed after a higher one: a transaction that takes its time.
SETTLING = timedelta(minutes=10)
LOCK = ""
BEAT = "seal"


class ChainLost(Exception):
    """The chain was begun and is not there any more."""


@dataclass(frozen=True)
class Source:
    """A table of sealed rows, and the tables of the members that belong to them."""

    model: type[SealedModel]
    members: tuple[type[models.Model], ...]

    @property
    def table(self) -> str:
        """The table's name, by which links name it."""
        return self.model._meta.db_table

    @property
    def grows(self) -> models.Field:
        """The column that grows from row to row."""
        return self.model._meta.get_field(self.model.GROWS)

    def rows(self) -> QuerySet:
        """Return every row, in the order of writing."""
        return self.model._base_manager.order_by(self.model.GROWS)

    def possible(self, keys: Iterable[str]) -> list:
        """Return the keys of rows that links name, without those that can be no key of this table."""
        found = []
        for key in keys:
            with suppress(ValidationError):
                found.append(self.model._meta.pk.to_python(key))
        return found

    def batches(self, rows: QuerySet) -> Iterator[list]:
        """Return the keys of rows, a batch at a time."""
        keys = rows.values_list("pk", flat=True).iterator(chunk_size=BATCH)
        while batch := list(islice(keys, BATCH)):
            yield batch

    def unlinked(self, rows: QuerySet) -> Iterator[list]:
        """Return the keys of those rows that have no link, a batch at a time.

        Each batch is looked up by itself: a database that has not yet counted its new rows plans a join of the two
        tables so badly that it takes the square of the time.
        """
        for batch in self.batches(rows):
            linked = Seal.objects.filter(table=self.table, row__in=[named(key) for key in batch])
            known = set(linked.values_list("row", flat=True))
            yield [key for key in batch if named(key) not in known]


@dataclass(frozen=True)
class Kept:
    """One sealed row as it stands in its table."""

    pk: Any
    seal: str | None
    thing: Any
    when: Any
    grown: Any
    values: dict[str, Any]
    members: list
    texts: dict[str, str] = field(default_factory=dict)
    # A value that the portal cannot have written, such as words in a column of dates.
    unreadable: bool = False

    @property
    def key(self) -> str:
        """The row's name in its link."""
        return named(self.pk)

    def text(self, form: Form) -> str:
        """Return the row's canonical text in a form, whose columns it must still have."""
        if form.fingerprint not in self.texts:
            self.texts[form.fingerprint] = form.text_of(self.values[name] for name in form.columns)
        return self.texts[form.fingerprint]

    def digest(self, form: Form) -> str:
        """Return the digest of everything that the link answers for."""
        whole = canonical([self.key, self.seal, self.members]) + ("" if self.unreadable else self.text(form))
        return f"{form.fingerprint}.{hashlib.sha256(whole.encode()).hexdigest()}"


def named(key: Any) -> str:
    """Return the name that a link gives a row by its key."""
    return str(key).replace("-", "")


@cache
def sources() -> tuple[Source, ...]:
    """Return every table of sealed rows, by name; a new tracked model is among them at once."""
    found = [model for model in apps.get_models() if issubclass(model, SealedModel) and model._meta.managed]
    return tuple(
        Source(model, tuple(sorted(_members_of(model), key=lambda member: member._meta.db_table)))
        for model in sorted(found, key=lambda model: model._meta.db_table)
    )


def _members_of(model: type[SealedModel]) -> list[type[models.Model]]:
    if not issubclass(model, SealedRow):
        return []
    return [History.m2m_models[field] for field in model._history_m2m_fields]


def read(source: Source, batches: Iterable[list]) -> Iterator[Kept]:
    """Read rows with their members by batches of keys; one query for each, and one for each kind of member.

    From a row that cannot be read come its key and nothing else.
    """
    model, columns = source.model, form_of(source.model).columns
    names = ["pk", model.SEAL, model.THING, model.WHEN, model.GROWS, *columns]
    for keys in batches:
        if not keys:
            continue
        try:
            rows = list(source.rows().filter(pk__in=keys).values_list(*names))
        except (ValueError, TypeError):
            rows = [_read_one(source, key, names) for key in keys]
        members = _read_members(source, keys)
        for pk, seal, thing, when, grown, *values in rows:
            found = dict(zip(columns, values, strict=False))
            yield Kept(pk, seal, thing, when, grown, found, members.get(pk, []), unreadable=not values)


def _read_one(source: Source, key: Any, names: list[str]) -> tuple:
    nothing = (key, None, "", None, None)
    try:
        return source.rows().filter(pk=key).values_list(*names).first() or nothing
    except (ValueError, TypeError):
        return nothing


def _read_members(source: Source, keys: Sequence) -> dict[Any, list]:
    found: dict[Any, list] = {}
    for model in source.members:
        columns = sorted(field.attname for field in model._meta.concrete_fields)
        rows = model.objects.filter(history_id__in=keys).order_by("pk").values_list("history_id", *columns)
        for key, *values in rows:
            found.setdefault(key, []).append([model._meta.db_table, columns, values])
    return found


def hash_of(link: Seal) -> str:
    """Return what the key says of a link and of the one before it."""
    whole = [link.number, link.table, link.row, link.thing, link.digest, link.note, link.previous, link.sealed_at]
    return mac("chain", canonical(whole)).hex()


def digest_of_note(note: str) -> str:
    """Return the digest of the first link, which names no row."""
    return hashlib.sha256(note.encode()).hexdigest()


def last_link() -> Seal | None:
    """Return the end of the chain."""
    return Seal.objects.order_by("-number").first()


def seal_new_rows(*, everywhere: bool = False) -> int:
    """Add a link for every row that has none, up to `MOST_IN_A_RUN`, and return how many were added.

    Two at once do not fork the chain: one adds, the other leaves it to the first. `everywhere` searches whole tables
    instead of what was written lately. A chain that is damaged stops here, with a line in the log and no sign of
    life, and holds nothing else up.
    """
    added, reached = 0, {}
    try:
        while added < MOST_IN_A_RUN:
            linked = _link_batch(everywhere, reached)
            added += linked
            if linked < BATCH:
                break
    except (DatabaseError, ChainLost):
        logger.exception("the history cannot be sealed")
        return added
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"beat_at": timezone.now()})
    return added


def _link_batch(everywhere: bool, reached: dict[str, Any]) -> int:
    """Link a batch; `reached` says up to where this run has searched each table already."""
    with transaction.atomic():
        _, first_time = SealMark.objects.get_or_create(table=LOCK)
        if SealMark.objects.select_for_update(skip_locked=True).filter(table=LOCK).first() is None:
            return 0
        last = last_link()
        if last is None:
            if not first_time:
                raise ChainLost("The chain was begun and is gone.")
            last = _begin()
        links: list[Seal] = []
        marks = SealMark.objects.in_bulk()
        for source in sources():
            mark = marks.get(source.table) or SealMark(table=source.table)
            since = reached.get(source.table) or (None if everywhere else floor_of(mark, source))
            last = _link(source, mark, links, last, since)
            if links and links[-1].table == source.table:
                reached[source.table] = links[-1].grown
            if len(links) >= BATCH:
                break
        Seal.objects.bulk_create(links)
    return len(links)


def _begin() -> Seal:
    """Add the first link: how many rows each table already held without a seal, and up to where."""
    before = {}
    for source in sources():
        rows = source.rows().filter(**{f"{source.model.SEAL}__isnull": True})
        count, last = rows.aggregate(count=Count("pk"), last=Max(source.model.GROWS)).values()
        if count:
            before[source.table] = [count, last]
    note = canonical(before)
    first = Seal(number=1, digest=digest_of_note(note), note=note, sealed_at=timezone.now())
    first.hash = hash_of(first)
    first.save(force_insert=True)
    return first


def floor_of(mark: SealMark, source: Source) -> Any:
    """Return from where on a table is searched; a mark that makes no sense only makes the search longer."""
    with suppress(ValidationError):
        return source.grows.to_python(mark.floor) if mark.floor else None
    return None


def _link(source: Source, mark: SealMark, links: list[Seal], last: Seal, since: Any) -> Seal:
    """Append links for the source's new rows to `links` and return the last link."""
    rows = source.rows()
    if since is not None:
        rows = rows.filter(**{f"{source.model.GROWS}__gte": since})
    wanted = BATCH - len(links)
    found = list(islice(read(source, source.unlinked(rows)), wanted))
    for row in found:
        last = _next(last, source, row)
        links.append(last)
    if len(found) < wanted:
        _move(mark, source)
    return last


def _next(last: Seal, source: Source, row: Kept) -> Seal:
    form = form_sealed_with(source, row.seal) or form_of(source.model)
    link = Seal(
        number=last.number + 1,
        table=source.table,
        row=row.key,
        thing=str(row.thing),
        digest=row.digest(form),
        previous=last.hash,
        sealed_at=timezone.now(),
    )
    link.hash, link.grown = hash_of(link), row.grown
    return link


def _move(mark: SealMark, source: Source) -> None:
    """Raise the floor of the search to what was the top ten minutes ago or longer: what is below has settled."""
    now = timezone.now()
    if not mark._state.adding and abs(now - mark.moved_at) < SETTLING:
        return
    high = source.rows().aggregate(high=Max(source.model.GROWS))["high"]
    mark.floor, mark.high, mark.moved_at = mark.high, "" if high is None else str(high), now
    mark.save()


def form_sealed_with(source: Source, seal: str | None) -> Form | None:
    """Return the form that a seal or a digest names, or None for one that is not known or no longer possible."""
    return _forms(source).get(seal.partition(".")[0]) if seal else None


def _forms(source: Source) -> dict[str, Form]:
    current = form_of(source.model)
    return _older_forms(source) | {current.fingerprint: current}


@cache
def _older_forms(source: Source) -> dict[str, Form]:
    """Return the forms recorded by earlier migrations whose columns are all still there."""
    columns = set(form_of(source.model).columns)
    kept = SealForm.objects.filter(table=source.table)
    return {
        form.fingerprint: form_of(source.model, tuple(form.columns)) for form in kept if columns >= {*form.columns}
    }


def record_forms(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Keep the columns that each table is sealed with from now on; called after every migration."""
    _older_forms.cache_clear()
    if SealForm._meta.db_table not in connections[using].introspection.table_names():
        return
    known = set(SealForm.objects.using(using).values_list("table", "fingerprint"))
    for source in sources():
        form = form_of(source.model)
        if (form.table, form.fingerprint) not in known:
            SealForm.objects.using(using).create(
                table=form.table, fingerprint=form.fingerprint, columns=list(form.columns)
            )
