"""Acknowledging a policy, and seeing to it that everybody does."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import needs
from accounts.rules import holds
from policies import services
from policies.forms import AcknowledgementForm, ChaseFilter
from policies.models import PolicyVersion
from policies.rules import can_acknowledge
from policies.selectors.acknowledgements import (
    acknowledgement_of,
    chased,
    counts_of,
    manages_somebody,
    people_asked,
    shown_to_staff,
)
from policyportal.lib.paging import page_of
from policyportal.lib.workflow import NotAllowed, Refused

VIEWS = (("outstanding", "Outstanding"), ("acknowledged", "Acknowledged"), ("all", "Everybody"))


@needs("acknowledge_policies")
def acknowledge(request, pk):
    """Read what is asked, tick three statements, acknowledge; afterwards, when that was."""
    version = get_object_or_404(PolicyVersion.objects.visible_to(request.membership).select_related("policy"), pk=pk)
    if not can_acknowledge(request.membership, version):
        raise Http404
    form = AcknowledgementForm(request.POST or None)
    if form.is_valid():
        try:
            services.acknowledge(version, request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "Thank you. You have acknowledged the policy.")
            return redirect("policies:acknowledge", pk=version.pk)
    context = {
        "version": version,
        "form": form,
        "given": acknowledgement_of(version, request.user),
        "shown": shown_to_staff(version),
        "in_force": version.status == PolicyVersion.Status.PUBLISHED,
    }
    return render(request, "policies/acknowledge.html", context)


@needs("acknowledge_policies")
def acknowledgement_list(request, pk):
    """Who has acknowledged a version and who has not: everybody for the office, their own staff for a manager."""
    version = found_for_chasing(request, pk)
    form = ChaseFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    people = people_asked(version, request.membership)
    state = chosen.get("state") if chosen.get("state") in dict(VIEWS) else "outstanding"
    wanted = chased(people, state, chosen.get("employment", ""), chosen.get("name", ""))
    counts = counts_of(people)
    page = page_of(wanted, request.GET, order="name")
    context = {
        "version": version,
        "form": form,
        "page": page,
        "state": state,
        "counts": counts,
        "tabs": [
            {"label": f"{label} ({counts[value]})", "url": f"?state={value}", "current": value == state}
            for value, label in VIEWS
        ],
        "sees_everybody": holds(request.membership, "chase_acknowledgements"),
        "trail": [
            ("Policies", reverse("policies:policy_list")),
            (version.policy.title, version.policy.get_absolute_url()),
        ],
    }
    return render(request, "policies/acknowledgement_list.html", context)


@require_POST
@needs("acknowledge_policies")
def acknowledgement_remind(request, pk, person_pk):
    """Remind one person, once a day at most."""
    version = found_for_chasing(request, pk)
    person = get_object_or_404(people_asked(version, request.membership), pk=person_pk)
    try:
        reminder = services.remind(version, person, by=request.membership)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
    except NotAllowed as refusal:
        raise Http404 from refusal
    else:
        again = reminder.by_id != request.user.pk
        words = f"{reminder.by} has reminded {person} today already." if again else f"{person} has been reminded."
        messages.success(request, words)
    return redirect("policies:acknowledgement_list", pk=version.pk)


def found_for_chasing(request, pk):
    """Find a version in force for somebody who chases its acknowledgements; 403 for whoever chases nobody."""
    if not holds(request.membership, "chase_acknowledgements") and not manages_somebody(request.membership):
        raise PermissionDenied
    versions = PolicyVersion.objects.visible_to(request.membership).select_related("policy")
    return get_object_or_404(versions.filter(policy__for_staff=True).exclude(published_at=None), pk=pk)
