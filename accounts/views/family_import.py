"""The pages of reading in class lists: choose a file, look at what it would do, do it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from accounts.families import family_imports_open_to
from accounts.forms.families import ClassListForm, ColumnsForm
from accounts.forms.staff_import import ImportForm
from accounts.imports.families import TITLES, Column, missing_columns, recognised, remembered_of
from accounts.imports.family_plan import plan_for
from accounts.imports.files import FileUnread
from accounts.imports.plan import Kind
from accounts.services.families import (
    import_families,
    open_family_import,
    put_families_away,
    rows_of,
    settle_columns,
)
from accounts.views.families import CLASSES
from accounts.views.staff_import import MISSING, MOST_FILES, MOST_SHOWN, outcome_words
from policyportal.lib.spreadsheet import csv_download
from policyportal.lib.workflow import Refused

READ_IN = ("Read in class lists", reverse_lazy("accounts:family_import_create"))
HEADERS = {
    Kind.WRONG: ["Row", "Name", "Why"],
    Kind.NEW: ["Name", "Class", "Parents and carers"],
    Kind.CHANGED: ["Name", "What changes"],
    Kind.SAME: ["Name", "Class"],
    MISSING: ["Name", "Class"],
}
LABELS = {
    Kind.WRONG: "Cannot be read in",
    Kind.NEW: "New",
    Kind.CHANGED: "Changed",
    Kind.SAME: "The same",
    MISSING: "Not in the file",
}


@needs("manage_families")
def family_import_create(request):
    """Choose the file; what came of the last ones."""
    form = ClassListForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            opened = open_family_import(file_name=file.name, content=file.read(), by=request.membership)
        except FileUnread as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect(opened)
    context = {
        "form": form,
        "trail": [CLASSES],
        "headers": ["File", "Chosen", "By", "What came of it"],
        "files": [
            [{"text": one.file_name, "url": one.get_absolute_url()}, one.created_at, one.by.user.name, came_of(one)]
            for one in family_imports_open_to(request.membership)[:MOST_FILES]
        ],
        "titles": [
            *({"label": column.label, "value": ", ".join(TITLES[column])} for column in Column),
            {"label": "Parents and carers", "value": "Parent 1 Name, Parent 1 Email, Contact 2 Name, Mother Email, …"},
        ],
    }
    return render(request, "accounts/family_import_create.html", context)


@needs("manage_families")
def family_import_columns(request, pk):
    """What each column holds."""
    family_import = found_open(request, pk)
    form = ColumnsForm(request.POST or None, family_import=family_import)
    if form.is_valid():
        try:
            settle_columns(family_import, by=request.membership, columns=form.columns())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            return redirect(family_import)
    context = {
        "form": form,
        "family_import": family_import,
        "trail": [CLASSES, READ_IN],
        "missing": [] if form.is_bound else missing_columns(columns_of(family_import).values()),
    }
    return render(request, "accounts/family_import_columns.html", context)


@needs("manage_families")
def family_import_detail(request, pk):
    """What the file would do, child by child; once it is done, what it did."""
    family_import = found(request, pk)
    trail = [CLASSES, READ_IN]
    if family_import.done_at is not None:
        context = {"family_import": family_import, "trail": trail, **what_was_done(family_import)}
        return render(request, "accounts/family_import_done.html", context)
    if missing_columns(columns_of(family_import).values()):
        return redirect("accounts:family_import_columns", family_import.pk)
    form = ImportForm(request.POST or None)
    if form.is_valid():
        try:
            import_families(family_import, by=request.membership, digest=form.cleaned_data["digest"])
        except Refused as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, "The class lists are read in.")
        return redirect(family_import)
    context = {"family_import": family_import, "trail": trail, **what_would_be_done(request, family_import)}
    return render(request, "accounts/family_import_detail.html", context)


@needs("manage_families")
def family_import_left_out(request, pk):
    """The rows that are not read in, as a spreadsheet to be mended, each with the reason."""
    family_import = found(request, pk)
    rows = family_import.rows
    if family_import.done_at is None:
        wrong = plan_for(family_import).of(Kind.WRONG)
        rows = [[number, cells, " ".join(one.why)] for one in wrong for number, cells in rows_of(one)]
    header = ["Row in the file", "Why it was not read in", *family_import.header]
    return csv_download("classes-left-out.csv", header, ([number, why, *cells] for number, cells, why in rows))


@require_POST
@needs("manage_families")
def family_import_put_away(request, pk):
    """Forget a file that is not to be read in."""
    family_import = found_open(request, pk)
    put_families_away(family_import, by=request.membership)
    messages.success(request, "The file is put away. Nobody was added or changed.")
    return redirect("accounts:family_import_create")


def found(request, pk):
    """Return a file of the school worked in; another school's is as good as none."""
    return get_object_or_404(family_imports_open_to(request.membership), pk=pk)


def found_open(request, pk):
    """Return a file that is still to be read in."""
    family_import = found(request, pk)
    if family_import.done_at is not None:
        raise Http404
    return family_import


def columns_of(family_import):
    """Return what the columns of a file mean, by their places."""
    return recognised(family_import.header, remembered_of(family_import.school))


def came_of(family_import):
    """Say in words what came of a file."""
    return outcome_words(family_import).replace("imported", "read in")


def what_would_be_done(request, family_import):
    """Return the page of a file not yet read in: counts, and the children of the kind looked at."""
    plan = plan_for(family_import)
    numbers = {**plan.counts(), MISSING: len(plan.missing)}
    kinds = [kind for kind, number in numbers.items() if number]
    asked = request.GET.get("show")
    shown = asked if asked in kinds else next(iter(kinds), Kind.SAME)
    if shown == MISSING:
        rows = [[pupil.name, str(pupil.school_class or "None")] for pupil in plan.missing]
    else:
        rows = [row_of(one) for one in plan.of(shown)]
    known = columns_of(family_import)
    good = numbers[Kind.NEW] + numbers[Kind.CHANGED]
    return {
        "tabs": [
            {"label": f"{LABELS[kind]} ({numbers[kind]})", "url": f"?show={kind}", "current": kind == shown}
            for kind in kinds
        ],
        "caption": LABELS[shown],
        "headers": HEADERS[shown],
        "rows": rows[:MOST_SHOWN],
        "more": max(len(rows) - MOST_SHOWN, 0),
        "missing": shown == MISSING,
        "wrong": numbers[Kind.WRONG],
        "good": good,
        "new_classes": plan.new_classes,
        "digest": plan.digest,
        "label": f"Read in {good} {'child' if good == 1 else 'children'}",
        "unused": [title for place, title in enumerate(family_import.header) if title and place not in known],
    }


def what_was_done(family_import):
    """Return the page of a file that was read in: counts, and the rows left out."""
    counts = family_import.outcome
    return {
        "facts": [{"label": label, "value": str(counts[kind])} for kind, label in LABELS.items() if counts.get(kind)],
        "headers": ["Row", "Row of the file", "Why"],
        "rows": [
            [f"Row {number}", ", ".join(cell for cell in cells if cell), why]
            for number, cells, why in family_import.rows[:MOST_SHOWN]
        ],
    }


def row_of(one):
    """Shape one child of the file for its table."""
    row = one.row
    name = row.name or "No name"
    if row.also:
        name += f" (rows {', '.join(str(number) for number, _ in rows_of(one))})"
    carers = ", ".join(f"{name} ({email or 'no address'})" for name, email in row.carers)
    return {
        Kind.WRONG: [f"Row {row.number}", name, " ".join(one.why)],
        Kind.NEW: [name, row.class_name, carers or "None in the file"],
        Kind.CHANGED: [name, "; ".join(f"{what}: from {before} to {after}" for what, before, after in one.shown)],
        Kind.SAME: [name, row.class_name],
    }[one.kind]
