"""Suggestions: making one, those that somebody may read, and answering one."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from policies import services
from policies.forms import SuggestionAnswerForm, SuggestionForm
from policies.models import Clause, Suggestion
from policies.selectors.reviewing import suggestion_rows, suggestions_of
from policies.views.found import found_policy, trail
from policyportal.lib.paging import page_of
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, steps_open_to

HEADERS = ["Suggestion", "Policy", "By", "Made", "What came of it"]


@needs("acknowledge_policies")
def suggestion_list(request):
    """One's own suggestions, or all of the school's for whoever works on policies, newest first."""
    page = page_of(suggestions_of(request.membership), request.GET, order="-created_at")
    context = {"headers": HEADERS, "rows": suggestion_rows(page), "page": page, "trail": trail()}
    return render(request, "policies/suggestion_list.html", context)


def chosen_clause(request, policy):
    """Return the clause that the address names, of a version that this reader may see; None where it names none."""
    try:
        chosen = UUID(request.GET.get("clause", ""))
    except ValueError:
        return None
    found = Clause.objects.visible_to(request.membership).filter(version__policy=policy, pk=chosen)
    return found.select_related("version").first()


@needs("acknowledge_policies")
def suggestion_create(request, pk):
    """Suggest a change of a policy or of one clause."""
    policy = found_policy(request, pk)
    clause = chosen_clause(request, policy)
    form = SuggestionForm(request.POST or None)
    if form.is_valid():
        try:
            services.suggest(policy, by=request.membership, text=form.cleaned_data["text"], clause=clause)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "Thank you. Your suggestion is kept for the next review.")
            return redirect("policies:suggestion_list")
    context = {
        "title": "Suggest a change",
        "quote": clause.text if clause else "",
        "text": "It is kept for the next review, and you are told what came of it. To tell of something that "
        "happened, report it instead.",
        "form": form,
        "label": "Suggest change",
        "back": clause or policy,
        "trail": trail(policy),
    }
    return render(request, "policies/form.html", context)


@needs("acknowledge_policies")
def suggestion_detail(request, pk):
    """One suggestion, and what came of it or the way to say so."""
    suggestion = get_object_or_404(suggestions_of(request.membership), pk=pk)
    context = {
        "suggestion": suggestion,
        "steps": steps_open_to(request.membership, suggestion),
        "step_url": reverse("policies:suggestion_step", args=[suggestion.pk]),
        "trail": [*trail(suggestion.policy), ("Suggestions", reverse("policies:suggestion_list"))],
    }
    return render(request, "policies/suggestion_detail.html", context)


@needs("manage_policies")
def suggestion_step(request, pk):
    """Take a suggestion up or decline it, with an answer to whoever made it."""
    suggestion = get_object_or_404(suggestions_of(request.membership), pk=pk)
    name = request.POST.get("step") or request.GET.get("step", "")
    step = next((step for step in steps_open_to(request.membership, suggestion) if step.name == name), None)
    if step is None and (request.method != "POST" or suggestion.status == Suggestion.Status.MADE):
        raise Http404
    form = SuggestionAnswerForm(request.POST or None, instance=suggestion)
    if form.is_valid():
        try:
            services.answer_suggestion(suggestion, name, by=request.membership, answer=form.cleaned_data["answer"])
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        except TooLate as late:
            messages.warning(request, str(late))
            return redirect(suggestion)
        except NotAllowed as refusal:
            raise PermissionDenied from refusal
        else:
            messages.success(request, f"Your answer has gone to {suggestion.suggested_by}.")
            return redirect(suggestion)
    context = {
        "title": step.label if step else "Answer",
        "quote": suggestion.text,
        "form": form,
        "label": "Send answer",
        "back": suggestion,
        "trail": trail(suggestion.policy, suggestion),
    }
    return render(request, "policies/form.html", context)
