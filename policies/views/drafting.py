"""Writing a draft: clauses added, put in their place, and taken out."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from accounts.decorators import needs
from policies import services
from policies.forms import ClausePlaceForm, NewClauseForm, ReasonForm
from policies.rules import can_add_for_school, can_edit_draft, can_write
from policies.views.found import found_clause, found_version, trail
from policyportal.lib.workflow import Refused


@needs("edit_policy_drafts")
def clause_create(request, pk):
    """Add a clause to a draft; the head of a school may add one for that school alone."""
    version = found_version(request, pk)
    if not can_write(request.membership, version):
        raise Http404
    own_school = request.membership.school if can_add_for_school(request.membership, version) else None
    form = NewClauseForm(
        request.POST or None,
        clauses=list(version.clauses.of_school(request.membership.school_id)),
        school=str(own_school or ""),
    )
    if form.is_valid():
        try:
            clause = services.write_clause(version, by=request.membership, **form.facts())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The draft has a new clause.")
            return redirect(clause)
    context = {
        "title": "Add clause",
        "form": form,
        "label": "Add clause",
        "back": version,
        "trail": trail(version.policy, version),
    }
    return render(request, "policies/form.html", context)


@needs("edit_policy_drafts")
def clause_move(request, pk):
    """Put a clause of a draft behind another one."""
    clause = found_draft_clause(request, pk)
    others = clause.version.clauses.of_school(request.membership.school_id).exclude(pk=clause.pk)
    # An empty answer is the beginning, so the method tells an answer from a look.
    form = ClausePlaceForm(request.POST if request.method == "POST" else None, clauses=list(others))
    if form.is_valid():
        try:
            services.move_clause(clause, by=request.membership, after=form.place())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The clause stands in its new place.")
            return redirect(clause.version)
    context = {
        "title": "Move clause",
        "quote": clause.text,
        "form": form,
        "label": "Move clause",
        "back": clause,
        "trail": trail(clause.version.policy, clause.version),
    }
    return render(request, "policies/form.html", context)


@needs("edit_policy_drafts")
def clause_remove(request, pk):
    """Take a clause out of a draft, with the reason."""
    clause = found_draft_clause(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.remove_clause(clause, by=request.membership, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The clause is no longer in the draft. The version in force keeps it.")
            return redirect(clause.version)
    context = {
        "title": "Remove clause",
        "quote": clause.text,
        "text": "It goes from the draft alone. Versions before this one keep it.",
        "form": form,
        "label": "Remove clause",
        "back": clause,
        "trail": trail(clause.version.policy, clause.version),
    }
    return render(request, "policies/form.html", context)


def found_draft_clause(request, pk):
    """Find a clause that this reader may change, or answer 404."""
    clause = found_clause(request, pk)
    if not can_edit_draft(request.membership, clause):
        raise Http404
    return clause
