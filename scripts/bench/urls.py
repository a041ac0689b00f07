"""The portal's site map, and the bare page: a table of fifty rows from memory, by the same server and engine."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from policyportal.urls import urlpatterns as portal

ROWS = [
    {
        "number": number,
        "name": f"Row {number}",
        "kind": "Comment",
        "words": "some words of a row " * 3,
        "day": "21 November 2026",
        "status": "Waiting",
    }
    for number in range(50)
]
PAGE = engines["django"].from_string(
    "<!doctype html><title>Bare</title><table>{% for row in rows %}"
    "<tr><th>{{ row.number }}</th><td>{{ row.name }}</td><td>{{ row.kind }}</td><td>{{ row.words }}</td>"
    "<td>{{ row.day }}</td><td>{{ row.status }}</td></tr>{% endfor %}</table>"
)


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """Answer with fifty rows of six cells, as many as the queue has, and nothing else."""
    return HttpResponse(PAGE.render({"rows": ROWS}))


urlpatterns = [path("bare/", bare, name="bare"), *portal]
