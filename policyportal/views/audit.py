"""The history: everything that was changed in the school, one entry of it, and the spreadsheet."""

from django.db import transaction
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from accounts.decorators import needs
from policyportal.audit import (
    MOST_EXPORTED,
    Filter,
    Mark,
    entries,
    entry,
    kinds_to_filter,
    people_to_filter,
    record_views,
)
from policyportal.forms import HistoryFilter, MarkForm
from policyportal.lib.paging import Page
from policyportal.lib.spreadsheet import csv_download

COLUMNS = ["When", "Who", "Kind", "What", "What happened", "Why", "What changed"]


@needs("view_audit")
def audit(request):
    """Everything that was changed in the school, newest first, by person, kind and date."""
    form, wanted = asked_for(request)
    mark = mark_of(request.GET.get("before") or request.GET.get("after") or "")
    with transaction.atomic():
        shown, more = entries(request.membership, wanted, mark=mark, backwards="before" in request.GET)
        record_views(shown, request.membership, "history")
    context = {
        "form": form,
        "chips": chips(request, form),
        "page": page_of_entries(request.GET, shown, more, started=mark is not None),
        "export_url": f"{reverse('portal:audit_export')}?{without(request.GET).urlencode()}",
        "most_exported": MOST_EXPORTED,
    }
    return render(request, "policyportal/audit.html", context)


@needs("view_audit")
def audit_entry(request, slug, thing, number):
    """One entry of the history, at its own address."""
    with transaction.atomic():
        found = entry(request.membership, Mark(slug, thing, number))
        if found is None:
            raise Http404
        record_views([found], request.membership, "history")
    trail = [("History", reverse("portal:audit"))]
    return render(request, "policyportal/audit_entry.html", {"entry": found, "trail": trail})


@needs("view_audit")
def audit_export(request):
    """The newest entries of the filtered history as a spreadsheet."""
    _, wanted = asked_for(request)
    with transaction.atomic():
        shown, _ = entries(request.membership, wanted, size=MOST_EXPORTED)
        record_views(shown, request.membership, "download")
    return csv_download("history.csv", COLUMNS, (row_of(one) for one in shown))


def asked_for(request):
    """Return the filter's form and what it asks for; a filter with a mistake narrows nothing."""
    people, kinds = people_to_filter(request.membership), kinds_to_filter(request.membership)
    form = HistoryFilter(request.GET, people=people, kinds=kinds)
    return form, Filter(**form.cleaned_data) if form.is_valid() else Filter()


def mark_of(text):
    """Read the place in the history that an address names; nonsense is the beginning."""
    form = MarkForm(dict(zip(("slug", "thing", "number"), text.split("/"), strict=False)))
    return Mark(**form.cleaned_data) if form.is_valid() else None


def page_of_entries(query, shown, more, *, started):
    """Return the entries as a page with the addresses before and after it."""
    has_next, has_previous = (True, more) if "before" in query and started else (more, started)
    return Page(
        rows=shown,
        next_url=marked(query, "after", shown[-1]) if shown and has_next else "",
        previous_url=marked(query, "before", shown[0]) if shown and has_previous else "",
    )


def marked(query, side, one):
    """Return the list's address from one entry on."""
    kept = without(query)
    kept[side] = str(one.mark)
    return f"?{kept.urlencode()}"


def without(query, *names):
    """Return the query without the place it stands at, and without these filters."""
    kept = query.copy()
    for name in ("after", "before", *names):
        kept.pop(name, None)
    return kept


def chips(request, form):
    """Return the filters in use, each with the list as it is without it."""
    found = []
    for name in form.changed_data:
        keys = [key for key in request.GET if key == name or key.startswith(f"{name}_")]
        url = f"{request.path}?{without(request.GET, *keys).urlencode()}"
        found.append({"label": form.words_of(name), "url": url})
    return found


def row_of(one):
    """Shape one entry of the history for a spreadsheet."""
    changes = (f"{change['field']}: {change['old']} → {change['new']}" for change in one.changes)
    return [one.at, one.by, one.kind, one.what, one.title, one.reason, "; ".join(changes)]
