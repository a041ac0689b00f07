"""Questions about situations that a version asks before it is acknowledged: writing them on a draft."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from policies import services
from policies.forms import ScenarioForm
from policies.rules import can_edit_scenarios
from policies.views.found import found_version, trail
from policyportal.lib.workflow import Refused


@needs("manage_policies")
def scenario_list(request, pk):
    """The questions of a version, with their answers; on a draft they are changed here."""
    version = found_version(request, pk)
    may_edit = can_edit_scenarios(request.membership, version)
    context = {
        "version": version,
        "scenarios": [
            {
                "scenario": scenario,
                "right": scenario.options[scenario.right],
                "wrong": [option for place, option in enumerate(scenario.options) if place != scenario.right],
            }
            for scenario in version.scenarios.all()
        ],
        "may_edit": may_edit,
        "actions": ([("Add a question", reverse("policies:scenario_create", args=[version.pk]))] if may_edit else []),
        "trail": [*trail(version.policy), (f"Version {version.number}", version.get_absolute_url())],
    }
    return render(request, "policies/scenario_list.html", context)


@needs("manage_policies")
def scenario_create(request, pk):
    """Add a question to a draft."""
    return edited(request, found_draft(request, pk), None)


@needs("manage_policies")
def scenario_edit(request, pk, scenario_pk):
    """Change a question of a draft."""
    version = found_draft(request, pk)
    return edited(request, version, get_object_or_404(version.scenarios.all(), pk=scenario_pk))


@require_POST
@needs("manage_policies")
def scenario_remove(request, pk, scenario_pk):
    """Take a question out of a draft."""
    version = found_draft(request, pk)
    try:
        services.remove_scenario(get_object_or_404(version.scenarios.all(), pk=scenario_pk), by=request.membership)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        messages.success(request, "The question is removed.")
    return redirect("policies:scenario_list", pk=version.pk)


def edited(request, version, scenario):
    """Answer the form of a new question or of one that is there."""
    form = ScenarioForm(request.POST or None, instance=scenario)
    if form.is_valid():
        facts = form.cleaned_data
        try:
            if scenario:
                services.edit_scenario(scenario, by=request.membership, **facts)
            else:
                services.add_scenario(version, by=request.membership, **facts)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The question is kept.")
            return redirect("policies:scenario_list", pk=version.pk)
    context = {
        "title": "Change the question" if scenario else "Add a question",
        "text": "People answer it before they acknowledge. A wrong answer stops nobody: they read why, then go on.",
        "form": form,
        "label": "Save question",
        "back_url": reverse("policies:scenario_list", args=[version.pk]),
        "trail": trail(version.policy),
    }
    return render(request, "policies/form.html", context)


def found_draft(request, pk):
    """Find a version whose questions may still be changed."""
    version = found_version(request, pk)
    if not can_edit_scenarios(request.membership, version):
        raise Http404
    return version
