"""One timeline over all that was changed in a school: filtered, paged by key, and told with what changed.

Each kind of thing is filtered by its own rule first and cut to a page; the cuts are merged in one query. So a page
costs the same whether a school has ten rows or a million.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.urls import reverse

from accounts.models import Membership, User
from incidents.models import Incident
from incidents.services import record_view
from policyportal.audited import Kind, incident_behind, kinds_open_to
from policyportal.lib.dates import start_of_day
from policyportal.lib.timeline import (
    THE_SYSTEM,
    Change,
    changes_of,
    earlier_of,
    names_of,
    reason_of,
    title_of,
    with_earlier,
)

PAGE = 25
MOST_EXPORTED = 5000
CONCEALED = "Not shown"
# What the filter says for work that nobody asked for.
NOBODY = "portal"


@dataclass(frozen=True)
class Filter:
    """What somebody looks for: who did it ("" anybody, `NOBODY` the portal itself), to what, from when until when."""

    person: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Mark:
    """The place of one entry in the timeline: the n-th row of one thing. It can be read off an address."""

    slug: str
    thing: UUID
    number: int

    def __str__(self) -> str:
        return f"{self.slug}/{self.thing}/{self.number}"


@dataclass(frozen=True)
class Entry:
    """One thing that was done."""

    mark: Mark
    at: datetime
    by: str
    kind: str
    what: str
    url: str
    title: str
    reason: str
    changes: list[Change]
    incident: Incident | None = None

    def get_absolute_url(self) -> str:
        """Return the entry's own address."""
        return reverse("portal:audit_entry", args=[self.mark.slug, self.mark.thing, self.mark.number])


@dataclass(frozen=True)
class _Key:
    """Where a row stands in the merged order: newest first, then by kind, then the later row first."""

    at: datetime
    branch: int
    row: int


def entries(
    membership: Membership, wanted: Filter, *, mark: Mark | None = None, backwards: bool = False, size: int = PAGE
) -> tuple[list[Entry], bool]:
    """Return the entries after `mark` (before it when `backwards`), newest first, and whether there are more.

    A mark that this person may not read is no mark. Number of queries: by kinds shown, not by rows.
    """
    kinds = kinds_open_to(membership)
    key = _key_of(membership, kinds, mark)
    backwards = backwards and key is not None
    keys = _keys(membership, kinds, wanted, key, backwards, size + 1)
    shown = keys[:size]
    return _told(membership, kinds, sorted(shown, key=_order)), len(keys) > size


def entry(membership: Membership, mark: Mark) -> Entry | None:
    """Return the entry at `mark`, or None where there is none that this person may read."""
    kinds = kinds_open_to(membership)
    key = _key_of(membership, kinds, mark)
    return _told(membership, kinds, [key])[0] if key else None


def record_views(shown: Iterable[Entry], by: Membership, part: str) -> None:
    """Log, in the caller's transaction, that the history of what is confidential was shown: once for each incident."""
    for incident in {one.incident.pk: one.incident for one in shown if one.incident}.values():
        record_view(incident, by, part)


def people_to_filter(membership: Membership) -> list[tuple[str, str]]:
    """Return the people who hold or held a post in the school, for the filter."""
    # Whoever was only invited is called by another school's name for them, which is not told here.
    held = Membership.objects.visible_to(membership).exclude(accepted_at=None).values("user_id")
    people = User.objects.filter(pk__in=held).order_by("name").values_list("pk", "name")
    return [(NOBODY, THE_SYSTEM), *((str(pk), name) for pk, name in people)]


def kinds_to_filter(membership: Membership) -> list[tuple[str, str]]:
    """Return the kinds whose past this person may read, for the filter."""
    return [(kind.slug, kind.name) for kind in kinds_open_to(membership)]


def _order(key: _Key) -> tuple:
    return (-key.at.timestamp(), key.branch, -key.row)


def _wanted(rows: QuerySet, kind: Kind, wanted: Filter) -> QuerySet:
    """Narrow one kind's rows to what is looked for."""
    if wanted.person == NOBODY:
        rows = rows.filter(history_user_id=None)
    elif wanted.person:
        rows = rows.filter(history_user_id=wanted.person)
    if wanted.person and kind.conceals_author:
        # Whoever looks for a person's deeds must not learn that this person told the school.
        rows = rows.exclude(history_type="+")
    if wanted.since:
        rows = rows.filter(history_date__gte=start_of_day(wanted.since))
    if wanted.until:
        rows = rows.filter(history_date__lt=start_of_day(wanted.until + timedelta(days=1)))
    return rows


def _beyond(key: _Key, branch: int, backwards: bool) -> Q:
    """Return the rows of one kind that come after the key, or before it, in the merged order."""
    side = "gt" if backwards else "lt"
    beyond = Q(**{f"history_date__{side}": key.at})
    if branch == key.branch:
        beyond |= Q(**{"history_date": key.at, f"history_id__{side}": key.row})
    elif (branch > key.branch) != backwards:
        beyond |= Q(history_date=key.at)
    return beyond


def _keys(
    membership: Membership, kinds: list[Kind], wanted: Filter, key: _Key | None, backwards: bool, size: int
) -> list[_Key]:
    """Return the keys of the rows looked for, nearest to `key` first, in one query over every kind."""
    sign, opposite = ("", "-") if backwards else ("-", "")
    slices = []
    for branch, kind in enumerate(kinds):
        if wanted.kind in ("", kind.slug):
            rows = _wanted(kind.rows(membership), kind, wanted)
            rows = rows.filter(_beyond(key, branch, backwards)) if key else rows
            # A part of a union may not be cut on SQLite; what it is made of may.
            cut = rows.order_by(f"{sign}history_date", f"{sign}history_id").values("history_id")[:size]
            part = kind.model.history.model.objects.filter(history_id__in=cut).order_by()
            slices.append(part.annotate(branch=Value(branch)).values_list("history_date", "branch", "history_id"))
    if not slices:
        return []
    merged = slices[0].union(*slices[1:], all=True) if len(slices) > 1 else slices[0]
    merged = merged.order_by(f"{sign}history_date", f"{opposite}branch", f"{sign}history_id")
    return [_Key(*row) for row in merged[:size]]


def _key_of(membership: Membership, kinds: list[Kind], mark: Mark | None) -> _Key | None:
    """Return where `mark` stands, or None where this person may not read what it points at."""
    if mark is None:
        return None
    for branch, kind in enumerate(kinds):
        if kind.slug == mark.slug and mark.number > 0:
            rows = kind.model.history.filter(id=mark.thing).order_by("history_id").values("history_id")
            row_id = rows[mark.number - 1 : mark.number]
            row = kind.rows(membership).filter(id=mark.thing, history_id__in=row_id).first()
            return _Key(row.history_date, branch, row.history_id) if row else None
    return None


def _told(membership: Membership, kinds: list[Kind], keys: Iterable[_Key]) -> list[Entry]:
    """Return the entries of these keys, in their order."""
    keys = list(keys)
    rows_of: dict[int, list] = {}
    for branch in sorted({key.branch for key in keys}):
        ids = [key.row for key in keys if key.branch == branch]
        rows_of[branch] = list(_numbered(with_earlier(kinds[branch].model.history.filter(history_id__in=ids))))
    names = names_of(row.history_user_id for rows in rows_of.values() for row in rows)
    told = reduce(
        lambda known, branch: known | _of_kind(membership, kinds[branch], branch, rows_of[branch], names), rows_of, {}
    )
    return [told[key.branch, key.row] for key in keys]


def _numbered(rows: QuerySet) -> QuerySet:
    """Count each row among those of its thing, so that an address need not say how many rows there are in all."""
    same = rows.model.objects.filter(id=OuterRef("id"), history_id__lte=OuterRef("history_id")).order_by()
    return rows.annotate(nth=Subquery(same.values("id").annotate(rows=Count("history_id")).values("rows")))


def _of_kind(
    membership: Membership, kind: Kind, branch: int, rows: list, names: dict[UUID, str]
) -> dict[tuple[int, int], Entry]:
    earlier = earlier_of(rows)
    hidden = kind.hidden_from(membership)
    changes = changes_of(rows, earlier, hidden)
    things = kind.model._base_manager.select_related(*kind.beside).in_bulk({row.id for row in rows})
    return {
        (branch, row.history_id): Entry(
            mark=Mark(kind.slug, row.id, row.nth),
            at=row.history_date,
            by=CONCEALED
            if kind.conceals_author and row.history_type == "+"
            else names.get(row.history_user_id, THE_SYSTEM),
            kind=kind.name,
            what=str(things[row.id]),
            url=kind.url_of(things[row.id]),
            title=title_of(row, earlier.get(row.history_id)),
            # A reason would say in words what the fields keep back.
            reason="" if hidden else reason_of(row),
            changes=changes[row.history_id],
            incident=incident_behind(things[row.id]),
        )
        for row in rows
    }
