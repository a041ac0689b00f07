"""Clauses, the words of guides, and the register of what a policy leans on."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from policies import services
from policies.forms import DraftClauseForm, GuideIntroForm, GuideTextForm, ReferenceForm
from policies.models import Audience, Reference
from policies.review_rules import can_suggest
from policies.rules import can_edit_draft, can_edit_guide
from policies.selectors.guides import intro_of
from policies.views.found import found_clause, trail
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import Refused


@needs("view_policies")
def clause_detail(request, pk):
    """One clause: what it says, to whom, where it is carried out, and how its words have changed."""
    clause = found_clause(request, pk)
    actions = []
    policy = clause.version.policy
    if can_suggest(request.membership, policy):
        address = reverse("policies:suggestion_create", args=[policy.pk], query={"clause": clause.pk})
        actions.append(("Suggest a change", address))
    if clause.audiences and can_edit_guide(request.membership, clause.version.policy):
        actions.append(("Change guide words", reverse("policies:clause_guide_edit", args=[clause.pk])))
    if can_edit_draft(request.membership, clause):
        actions.append(("Change clause", reverse("policies:clause_edit", args=[clause.pk])))
        actions.append(("Move clause", reverse("policies:clause_move", args=[clause.pk])))
        actions.append(("Remove clause", reverse("policies:clause_remove", args=[clause.pk])))
    facts = [
        {"label": "Kind", "value": clause.get_kind_display()},
        {"label": "Holds", "value": f"Only for {clause.only_for}" if clause.only_for else ""},
        {"label": "Written for", "value": ", ".join(clause.audiences) or "Nobody in particular"},
        {"label": "A breach is called", "value": clause.category},
        {"label": "Carried out at", "value": clause.carried_out_at},
        {"label": "Note", "value": clause.note},
    ]
    context = {
        "clause": clause,
        "facts": [fact for fact in facts if fact["value"]],
        "actions": actions,
        "events": timeline_of(clause),
        "trail": trail(clause.version.policy, clause.version),
    }
    return render(request, "policies/clause_detail.html", context)


@needs("edit_guides")
def clause_guide_edit(request, pk):
    """Make the guide page's words for a clause plainer; the former ones remain in its history."""
    clause = found_clause(request, pk)
    form = GuideTextForm(request.POST or None, instance=clause, initial={"guide_text": clause.on_guide})
    if form.is_valid():
        services.edit_guide_text(
            clause, by=request.membership, text=form.cleaned_data["guide_text"], reason=form.cleaned_data["reason"]
        )
        messages.success(request, "The guide page has the new words. The former ones remain in the history.")
        return redirect(clause)
    context = {
        "title": "Change guide words",
        "quote": clause.text,
        "text": "The policy's own text stays as it was approved. Leave the box blank to show that text on the guide.",
        "form": form,
        "label": "Save guide words",
        "back": clause,
        "trail": trail(clause.version.policy, clause.version),
    }
    return render(request, "policies/form.html", context)


@needs("edit_policy_drafts")
def clause_edit(request, pk):
    """Change a clause while it is a draft."""
    clause = found_clause(request, pk)
    if not can_edit_draft(request.membership, clause):
        raise Http404
    form = DraftClauseForm(request.POST or None, instance=clause)
    if form.is_valid():
        try:
            services.edit_clause(clause, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The draft has the new text.")
            return redirect(clause.version)
    context = {
        "title": "Change clause",
        "form": form,
        "label": "Save clause",
        "back": clause,
        "trail": trail(clause.version.policy, clause.version),
    }
    return render(request, "policies/form.html", context)


@needs("manage_policies")
def reference_edit(request, pk):
    """Record what a check of a law, guidance or related policy found."""
    reference = get_object_or_404(Reference.objects.visible_to(request.membership).select_related("policy"), pk=pk)
    form = ReferenceForm(request.POST or None, instance=reference)
    if form.is_valid():
        facts = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
        services.check_reference(reference, by=request.membership, reason=form.cleaned_data["reason"], **facts)
        messages.success(request, "The check is recorded with today's date.")
        return redirect(reference.policy)
    context = {
        "title": f"Check {reference.title}",
        "form": form,
        "label": "Record check",
        "back": reference.policy,
        "trail": trail(reference.policy),
    }
    return render(request, "policies/form.html", context)


@needs("edit_guides")
def guide_intro_edit(request, audience):
    """Change the opening words of a guide page of the school worked in."""
    if audience not in Audience.values:
        raise Http404
    school = request.membership.school
    guide_url = reverse("policies:guide", args=[school.slug, audience])
    form = GuideIntroForm(request.POST or None, instance=intro_of(school, audience))
    if form.is_valid():
        services.write_guide_intro(
            school=school, audience=audience, text=form.cleaned_data["text"], by=request.membership
        )
        messages.success(request, "The guide page has the new opening words.")
        return redirect(guide_url)
    context = {
        "title": f"Opening words for {Audience(audience).label.lower()}",
        "form": form,
        "label": "Save opening words",
        "back_url": guide_url,
        "trail": trail(),
    }
    return render(request, "policies/form.html", context)
