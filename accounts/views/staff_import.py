"""The pages of importing staff: choose a file, say what it means, look at what it would do, do it, invite."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from accounts.forms.staff_import import ImportForm, MeaningsForm, StaffFileForm
from accounts.imports.columns import TITLES, Field, missing_fields, plain
from accounts.imports.files import FileUnread
from accounts.imports.plan import Kind
from accounts.imports.workbench import plan_for, reader_of
from accounts.models import Role
from accounts.selectors import never_invited, staff_imports_open_to
from accounts.services import import_staff, invite_imported, open_staff_import, put_away, settle_meanings
from accounts.views.people import PEOPLE, labelled
from policyportal.lib.spreadsheet import csv_download
from policyportal.lib.workflow import Refused

# A page shows so many rows of one kind; a download holds all that are left out.
MOST_SHOWN = 200
MOST_FILES = 10
MISSING = "missing"
HEADERS = {
    Kind.WRONG: ["Row", "Name", "Why"],
    Kind.NEW: ["Name", "E-mail", "Post", "First day"],
    Kind.CHANGED: ["Name", "What changes"],
    Kind.SAME: ["Name", "E-mail"],
    Kind.LEFT_OUT: ["Row", "Name", "Post in the file"],
    MISSING: ["Name", "Post"],
}


@needs("manage_people")
def staff_import_create(request):
    """Choose the file; those that are open, and what came of the last ones."""
    form = StaffFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            staff_import = open_staff_import(file_name=file.name, content=file.read(), by=request.membership)
        except FileUnread as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("accounts:staff_import_columns", staff_import.pk)
    context = {
        "form": form,
        "trail": [PEOPLE],
        "headers": ["File", "Chosen", "By", "What came of it"],
        "files": [
            [{"text": one.file_name, "url": address(one)}, one.created_at, one.by.user.name, outcome_words(one)]
            for one in staff_imports_open_to(request.membership)[:MOST_FILES]
        ],
        "titles": [{"label": field.label, "value": ", ".join(TITLES[field])} for field in Field],
        "waiting": len(never_invited(request.membership)),
    }
    return render(request, "accounts/staff_import_create.html", context)


@needs("manage_people")
def staff_import_columns(request, pk):
    """What each column holds, and what the file's words for posts mean."""
    staff_import = found_open(request, pk)
    words = reader_of(staff_import).words(staff_import.rows)
    roles = labelled(staff_import.school, Role)
    form = MeaningsForm(request.POST or None, staff_import=staff_import, words=words, roles=roles)
    if form.is_valid():
        try:
            settled = settle_meanings(staff_import, by=request.membership, columns=form.columns(), roles=form.roles())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            unanswered = unanswered_words(settled)
            if unanswered:
                messages.warning(request, "This column has words for posts that nobody has explained yet.")
            return redirect(columns_of(settled) if unanswered else address(settled))
    trail = [PEOPLE, ("Import staff", reverse("accounts:staff_import_create"))]
    return render(
        request, "accounts/staff_import_columns.html", {"form": form, "staff_import": staff_import, "trail": trail}
    )


@needs("manage_people")
def staff_import_detail(request, pk):
    """What the file would do, row by row; once it is done, what it did."""
    staff_import = found(request, pk)
    trail = [PEOPLE, ("Import staff", reverse("accounts:staff_import_create"))]
    if staff_import.done_at is not None:
        context = {"staff_import": staff_import, "trail": trail, **what_was_done(request, staff_import)}
        return render(request, "accounts/staff_import_done.html", context)
    if missing_fields(staff_import.columns) or unanswered_words(staff_import):
        return redirect(columns_of(staff_import))
    form = ImportForm(request.POST or None)
    if form.is_valid():
        try:
            import_staff(staff_import, by=request.membership, digest=form.cleaned_data["digest"])
        except Refused as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, "The list is imported.")
        return redirect(address(staff_import))
    context = {"staff_import": staff_import, "trail": trail, **what_would_be_done(request, staff_import)}
    return render(request, "accounts/staff_import_detail.html", context)


@needs("manage_people")
def staff_import_left_out(request, pk):
    """The rows that are not imported, as a spreadsheet to be mended, each with the reason."""
    staff_import = found(request, pk)
    if staff_import.done_at is not None:
        rows = staff_import.rows
    else:
        plan = plan_for(staff_import, request.membership)
        rows = [[one.row.number, one.row.cells, " ".join(one.why)] for one in plan.of(Kind.WRONG)]
    header = ["Row in the file", "Why it was not imported", *staff_import.header]
    return csv_download("staff-left-out.csv", header, ([number, why, *cells] for number, cells, why in rows))


@require_POST
@needs("manage_people")
def staff_import_put_away(request, pk):
    """Forget a file that is not to be imported."""
    put_away(found_open(request, pk), by=request.membership)
    messages.success(request, "The file is put away. Nobody was added or changed.")
    return redirect("accounts:staff_import_create")


@needs("manage_people")
def staff_import_invite(request):
    """Invite everybody who was imported and never invited."""
    if request.method == "POST":
        number = invite_imported(by=request.membership)
        messages.success(request, f"{number} {'person is' if number == 1 else 'people are'} invited.")
        return redirect("accounts:person_list")
    posts = list(never_invited(request.membership))
    context = {
        "trail": [PEOPLE, ("Import staff", reverse("accounts:staff_import_create"))],
        "number": len(posts),
        "headers": ["Name", "E-mail", "Post"],
        "rows": [[post.person_name, post.user.email, post.title] for post in posts],
    }
    return render(request, "accounts/staff_import_invite.html", context)


def found(request, pk):
    """Return a file of the school worked in; another school's is as good as none."""
    return get_object_or_404(staff_imports_open_to(request.membership), pk=pk)


def found_open(request, pk):
    """Return a file that is still to be imported."""
    staff_import = found(request, pk)
    if staff_import.done_at is not None:
        raise Http404
    return staff_import


def unanswered_words(staff_import):
    """Return the words for posts of which nobody has said what they mean."""
    answered = {plain(word) for word in staff_import.school.import_roles}
    return [word for word in reader_of(staff_import).words(staff_import.rows) if plain(word) not in answered]


def what_would_be_done(request, staff_import):
    """Return the page of a file not yet imported: counts, and the rows of the kind looked at."""
    plan = plan_for(staff_import, request.membership)
    numbers = {**plan.counts(), MISSING: len(plan.missing)}
    labels = {**dict(Kind.choices), MISSING: "Not in the file"}
    kinds = [kind for kind, number in numbers.items() if number]
    asked = request.GET.get("show")
    shown = asked if asked in kinds else next(iter(kinds), MISSING)
    rows = [missing_row(post) for post in plan.missing] if shown == MISSING else list(map(row_of, plan.of(shown)))
    good = numbers[Kind.NEW] + numbers[Kind.CHANGED]
    return {
        "tabs": [
            {"label": f"{labels[kind]} ({numbers[kind]})", "url": f"?show={kind}", "current": kind == shown}
            for kind in kinds
        ],
        "shown": shown,
        "caption": labels[shown],
        "headers": HEADERS[shown],
        "rows": rows[:MOST_SHOWN],
        "more": max(len(rows) - MOST_SHOWN, 0),
        "missing": shown == MISSING,
        "wrong": numbers[Kind.WRONG],
        "good": good,
        "digest": plan.digest,
        "label": f"Import {good} {'person' if good == 1 else 'people'}",
    }


def what_was_done(request, staff_import):
    """Return the page of a file that was imported: counts, the rows left out, and who waits to be invited."""
    return {
        "facts": [
            {"label": kind.label, "value": str(staff_import.outcome[kind])}
            for kind in (*(kind for kind in Kind if kind is not Kind.WRONG), Kind.WRONG)
            if staff_import.outcome.get(kind)
        ],
        "headers": HEADERS[Kind.WRONG],
        "rows": [
            [f"Row {number}", name_in(staff_import, cells), why]
            for number, cells, why in staff_import.rows[:MOST_SHOWN]
        ],
        "waiting": len(never_invited(request.membership)),
    }


def row_of(one):
    """Shape one row of the file for its table."""
    row = one.row
    name = row.name or "No name"
    return {
        Kind.WRONG: [f"Row {row.number}", name, " ".join(one.why)],
        Kind.NEW: [name, row.email, row.word or "No post in the file", row.starts_on or "Today"],
        Kind.CHANGED: [name, "; ".join(f"{what}: from {before} to {after}" for what, before, after in one.shown)],
        Kind.SAME: [name, row.email],
        Kind.LEFT_OUT: [f"Row {row.number}", name, row.word or "None"],
    }[one.kind]


def missing_row(post):
    """Shape somebody whom the file does not name."""
    return [{"text": post.person_name, "url": post.get_absolute_url()}, post.title]


def name_in(staff_import, cells):
    """Return what a row that was left out calls its person."""
    return reader_of(staff_import).read([(0, cells)])[0].name or "No name"


def address(staff_import):
    """Return the page of a file."""
    return reverse("accounts:staff_import_detail", args=[staff_import.pk])


def columns_of(staff_import):
    """Return the page on which a file's columns and words are explained."""
    return reverse("accounts:staff_import_columns", args=[staff_import.pk])


def outcome_words(staff_import):
    """Say in words what came of a file."""
    if staff_import.done_at is None:
        return "Not imported yet"
    if not staff_import.outcome:
        return "Put away"
    counts = staff_import.outcome
    return f"{counts[Kind.NEW]} new, {counts[Kind.CHANGED]} changed, {counts[Kind.WRONG]} left out"
