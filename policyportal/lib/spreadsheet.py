"""Tables as spreadsheets, in which nothing that somebody typed can act as a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from policyportal.lib.templatetags.portal import shown

# What a spreadsheet would reckon with instead of showing it.
ACTIVE = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands each line straight back."""

    def write(self, line: str) -> str:
        return line


def neutral(value: Any) -> str:
    """Return a cell's words; those that a spreadsheet would run get an apostrophe before them."""
    words = str(shown(value))
    return f"'{words}" if words.startswith(ACTIVE) else words


def csv_download(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Return the table as a download that no cache keeps; the caller has asked whether the person may have it."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        # The mark tells spreadsheets that the words are UTF-8.
        yield "\ufeff" + writer.writerow(header)
        for row in rows:
            yield writer.writerow([neutral(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
