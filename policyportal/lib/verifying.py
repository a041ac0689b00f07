"""Proves the history: every row's own seal, every link of the chain, what is missing, and what stands without a link.

It reads in batches and keeps nothing but the batch, so a million rows take as much memory as a thousand.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.timezone import localtime

from policyportal.lib.append_only import missing_triggers
from policyportal.lib.chain import (
    BATCH,
    Kept,
    Source,
    digest_of_note,
    form_sealed_with,
    hash_of,
    last_link,
    read,
    sources,
)
from policyportal.lib.models import Seal, SealHead

CHANGED = "The row was changed after it was written."
UNSEALED = "The row was not written by the portal: it has no seal."
FORGED = "The row was not written by the portal: its seal is not the portal’s."
GONE = "The row was removed, or its number was changed."
RENUMBERED = "The row, its number or its members were changed after it was linked into the chain."
COPIED = "The row is a copy of another row of this table."
UNKNOWN = "The row was sealed with columns that the table no longer has."
LINK_CHANGED = "A link of the chain was changed or forged."
LINKS_GONE = "Links of the chain are missing."
OUT_OF_ORDER = "A link of the chain does not follow the one before it."
NO_CHAIN = "There are rows, and no chain over them: recurring work has not run, or the chain was removed."
HEAD_DIFFERS = "The chain is not the one whose head was kept outside the database."
TAIL_GONE = "The end of the chain is missing: a head of a later link was kept outside the database."
UNGUARDED = "The database lacks the triggers that refuse to change this table."


@dataclass(frozen=True)
class Head:
    """The end of the chain as it was kept outside the database on a day; `number` is 0 where it was not noted."""

    day: date
    number: int
    hash: str


@dataclass(frozen=True)
class Finding:
    """Something that is not as the portal left it, named by table, thing, row and time, never by its words."""

    words: str
    table: str = ""
    thing: str = ""
    row: str = ""
    when: datetime | None = None
    link: int = 0

    def __str__(self) -> str:
        named = {"table": self.table, "thing": self.thing, "row": self.row, "link": self.link or ""}
        said = ", ".join(f"{name} {value}" for name, value in named.items() if value)
        when = f"{localtime(self.when):%-d %B %Y %H:%M:%S}" if self.when else ""
        return f"{self.words} ({', '.join(part for part in (said, when) if part)})"


@dataclass
class Proof:
    """One verification: iterate over `findings()`; the counts are right when it has ended."""

    heads: Iterable[Head] = ()
    since: int = 0
    links: int = 0
    rows: int = 0
    waiting: int = 0
    _before: dict[str, list] = field(default_factory=dict)
    _accepted: dict[str, int] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong: along the chain first, then its end, then what stands beside it."""
        kept = {head.number: head for head in self._heads()}
        yield from self._chain(kept)
        yield from self._end(kept)
        for source in sources():
            yield from self._unlinked(source)
            yield from self._copies(source)
        for table in missing_triggers():
            yield Finding(UNGUARDED, table=table)

    def _heads(self) -> Iterator[Head]:
        yield from (Head(head.day, head.number, head.hash) for head in SealHead.objects.order_by("day"))
        # Those from outside count more than those in the database.
        yield from (head for head in self.heads if head.number)

    def _chain(self, kept: dict[int, Head]) -> Iterator[Finding]:
        first = Seal.objects.filter(number=1).first()
        if first:
            self._before = json.loads(first.note or "{}")
        before = Seal.objects.filter(number=self.since).first() if self.since else None
        expected, previous = (before.number + 1, before.hash) if before else (1, "")
        for batch in self._links(expected - 1):
            rows = self._rows_of(batch)
            for link in batch:
                if link.number != expected:
                    yield Finding(LINKS_GONE, link=expected)
                elif link.previous != previous:
                    yield Finding(OUT_OF_ORDER, link=link.number)
                head = kept.get(link.number)
                if link.hash != hash_of(link):
                    yield Finding(LINK_CHANGED, link.table, link.thing, link.row, link.sealed_at, link.number)
                elif head and head.hash != link.hash:
                    yield Finding(HEAD_DIFFERS, when=link.sealed_at, link=link.number)
                yield from self._linked(link, rows.get((link.table, link.row)))
                expected, previous = link.number + 1, link.hash
                self.links += 1

    def _links(self, after: int) -> Iterator[list[Seal]]:
        while batch := list(Seal.objects.filter(number__gt=after).order_by("number")[:BATCH]):
            yield batch
            after = batch[-1].number

    def _rows_of(self, links: list[Seal]) -> dict[tuple[str, str], tuple[Source, Kept]]:
        keys: dict[str, list[str]] = {}
        for link in links:
            keys.setdefault(link.table, []).append(link.row)
        found = {}
        for source in sources():
            if source.table in keys:
                rows = read(source, [source.possible(keys[source.table])])
                found |= {(source.table, row.key): (source, row) for row in rows}
        return found

    def _linked(self, link: Seal, found: tuple[Source, Kept] | None) -> Iterator[Finding]:
        if not link.table:
            if link.digest != digest_of_note(link.note):
                yield Finding(LINK_CHANGED, link=link.number)
            return
        if found is None:
            yield Finding(GONE, link.table, link.thing, link.row, link.sealed_at, link.number)
            return
        source, row = found
        self.rows += 1
        fault = self._own_seal(source, row)
        form = form_sealed_with(source, link.digest)
        if not fault and form is None:
            fault = UNKNOWN
        if not fault and row.digest(form) != link.digest:
            fault = RENUMBERED
        if fault:
            yield _finding(fault, source, row, link.number)

    def _own_seal(self, source: Source, row: Kept) -> str:
        """Say what is wrong with a row by itself, or ""."""
        if row.unreadable:
            return CHANGED
        if row.seal is None:
            return "" if self._from_before(source, row) else UNSEALED
        form = form_sealed_with(source, row.seal)
        if form is None:
            return FORGED
        return "" if form.is_seal_of(row.seal, row.text(form)) else CHANGED

    def _from_before(self, source: Source, row: Kept) -> bool:
        """Tell whether a row without a seal was there before the chain: one of so many, up to a place in its table."""
        count, last = self._before.get(source.table, [0, None])
        self._accepted[source.table] = self._accepted.get(source.table, 0) + 1
        return bool(count) and row.grown <= source.grows.to_python(last) and self._accepted[source.table] <= count

    def _end(self, kept: dict[int, Head]) -> Iterator[Finding]:
        last = last_link()
        if last is None and any(source.rows().exists() for source in sources()):
            yield Finding(NO_CHAIN)
        for head in kept.values():
            if head.number > (last.number if last else 0):
                yield Finding(TAIL_GONE, link=head.number)
                return
        # A head that came by mail has no number: its hash alone must be found.
        for head in self.heads:
            if not head.number and not Seal.objects.filter(hash=head.hash).exists():
                yield Finding(f"{HEAD_DIFFERS[:-1]} on {head.day}.")

    def _unlinked(self, source: Source) -> Iterator[Finding]:
        """Judge the rows that wait for their link by their own seals."""
        for row in read(source, source.unlinked(source.rows())):
            self.rows += 1
            self.waiting += 1
            fault = self._own_seal(source, row)
            if fault:
                yield _finding(fault, source, row)

    def _copies(self, source: Source) -> Iterator[Finding]:
        seal = source.model.SEAL
        twice: QuerySet[Any] = source.model._base_manager.exclude(**{seal: None}).order_by().values(seal)
        twice = twice.annotate(times=Count("pk")).filter(times__gt=1).values_list(seal, flat=True)
        for copied in twice.iterator(chunk_size=BATCH):
            for row in read(source, source.batches(source.rows().filter(**{seal: copied}))):
                yield _finding(COPIED, source, row)


def _finding(words: str, source: Source, row: Kept, link: int = 0) -> Finding:
    return Finding(words, source.table, str(row.thing), str(row.pk), row.when, link)
