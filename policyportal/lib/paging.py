"""Pages of a long list by key, never by offset, so that page 1,000 costs what page 1 costs."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict

PAGE_SIZE = 25


@dataclass(frozen=True)
class Page:
    """One page: its rows, and where the pages before and after it are ("" where there is none)."""

    rows: list
    next_url: str
    previous_url: str

    def __iter__(self):
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(queryset: QuerySet, query: QueryDict, *, order: str, size: int = PAGE_SIZE) -> Page:
    """Return the page of `queryset` that the query string asks for, in one query.

    `order` is a field that is never null, with "-" for newest first; ties are broken by primary key.
    A page mark that was tampered with, or that another list made, shows the first page.
    """
    name = order.lstrip("-")
    newest_first = order.startswith("-")
    backwards = "before" in query
    mark = _read(query.get("before") or query.get("after") or "")
    if mark is not None:
        side = "lt" if newest_first != backwards else "gt"
        beyond = Q(**{f"{name}__{side}": mark[0]}) | Q(**{name: mark[0], f"pk__{side}": mark[1]})
        try:
            queryset = queryset.filter(beyond)
        except ValidationError:
            mark = None
    rows_descend = newest_first != (backwards and mark is not None)
    sign = "-" if rows_descend else ""
    rows = list(queryset.order_by(f"{sign}{name}", f"{sign}pk")[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards and mark is not None:
        rows.reverse()
        has_next, has_previous = True, more
    else:
        has_next, has_previous = more, mark is not None
    return Page(
        rows=rows,
        next_url=_url(query, "after", rows[-1], name) if rows and has_next else "",
        previous_url=_url(query, "before", rows[0], name) if rows and has_previous else "",
    )


def capped_count(queryset: QuerySet, cap: int = 1000) -> str:
    """Return how many rows there are, as text; "1,000+" when counting further would cost more than it tells."""
    count = queryset.order_by()[: cap + 1].count()
    return f"{cap:,}+" if count > cap else f"{count:,}"


def _url(query: QueryDict, key: str, row: Any, name: str) -> str:
    kept = [(k, v) for k, values in query.lists() if k not in ("before", "after") for v in values]
    value: Any = row
    for part in name.split("__"):
        value = getattr(value, part)
    mark = signing.dumps([value.isoformat() if hasattr(value, "isoformat") else value, str(row.pk)], salt=__name__)
    return "?" + urlencode([*kept, (key, mark)])


def _read(mark: str) -> list | None:
    if not mark:
        return None
    try:
        return signing.loads(mark, salt=__name__)
    except signing.BadSignature:
        return None
