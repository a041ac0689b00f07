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
    groups_of,
    listed,
    manages_somebody,
    people_asked,
    shown_to_staff,
)
from policies.selectors.campaigns import campaign_of
from policyportal.lib.paging import page_of
from policyportal.lib.spreadsheet import csv_download
from policyportal.lib.workflow import NotAllowed, Refused

VIEWS = (("outstanding", "Outstanding"), ("acknowledged", "Acknowledged"), ("all", "Everybody"))


@needs("acknowledge_policies")
def acknowledge(request, pk):
    """Read what is asked and what has changed, acknowledge with one press; afterwards, when that was.

    Where the version asks questions, what was answered otherwise than the school would is explained first, and then
    acknowledged with a second press.
    """
    version = get_object_or_404(PolicyVersion.objects.visible_to(request.membership).select_related("policy"), pk=pk)
    if not can_acknowledge(request.membership, version):
        raise Http404
    shown = shown_to_staff(version, request.membership)
    form = AcknowledgementForm(request.POST or None, scenarios=shown.scenarios)
    explained = []
    if form.is_valid():
        explained = form.mistaken() if "looked_again" not in request.POST else []
    if form.is_valid() and not explained:
        statements = {name: form.cleaned_data[name] for name in ("has_read", "has_understood", "will_follow")}
        try:
            services.acknowledge(version, request.membership, **statements, answers=form.answers())
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "Thank you. You have acknowledged the policy.")
            return redirect("policies:acknowledge", pk=version.pk)
    given = acknowledgement_of(version, request.membership)
    context = {
        "version": version,
        "form": form,
        "given": given,
        "answers": given.answers.select_related("scenario") if given else [],
        "shown": shown,
        "explained": explained,
        "in_force": version.status == PolicyVersion.Status.PUBLISHED,
    }
    return render(request, "policies/acknowledge.html", context)


@needs("acknowledge_policies")
def acknowledgement_list(request, pk):
    """Who has acknowledged a version and who has not: everybody for the office, their own staff for a manager."""
    version = found_for_chasing(request, pk)
    people = people_asked(version, request.membership)
    form, state, wanted = narrowed(request, people)
    counts, groups = counts_of(people), groups_of(people)
    sees_everybody = holds(request.membership, "chase_acknowledgements")
    context = {
        "version": version,
        "form": form,
        "page": page_of(wanted, request.GET, order="name"),
        "state": state,
        "counts": counts,
        "groups": [
            {
                "number": asked - done,
                "label": name,
                "trend": f"of {asked} still to acknowledge",
                "url": f"?group={key}",
            }
            for key, name, asked, done in groups
        ],
        "tabs": [
            {"label": f"{label} ({counts[value]})", "url": f"?state={value}", "current": value == state}
            for value, label in VIEWS
        ],
        "sees_everybody": sees_everybody,
        "in_force": version.status == PolicyVersion.Status.PUBLISHED,
        "actions": actions_of(request, version) if sees_everybody else [],
        "trail": [
            ("Policies", reverse("policies:policy_list")),
            (version.policy.title, version.policy.get_absolute_url()),
        ],
    }
    return render(request, "policies/acknowledgement_list.html", context)


@needs("export_acknowledgements")
def acknowledgement_export(request, pk):
    """Hand out the list, as it is narrowed, as a file for a spreadsheet."""
    version = found_for_chasing(request, pk)
    _, state, wanted = narrowed(request, people_asked(version, request.membership))
    header = ["Name", "Who", "Post", "Employment", "Acknowledged", "Last reminded"]
    return csv_download(f"acknowledgements-{state}.csv", header, listed(wanted))


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


def narrowed(request, people):
    """Return the filter as it was filled in, the view chosen, and the people it leaves."""
    form = ChaseFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    state = chosen.pop("state", "")
    state = state if state in dict(VIEWS) else "outstanding"
    return form, state, chased(people, request.membership.school, state, **chosen)


def actions_of(request, version):
    """Return the ways on from the list: the campaign that runs or a new one, and the file."""
    campaign = campaign_of(version, request.membership)
    actions = []
    if campaign:
        actions.append(("Campaign", campaign.get_absolute_url()))
    elif version.status == PolicyVersion.Status.PUBLISHED:
        actions.append(("Ask everybody", reverse("policies:campaign_create", args=[version.pk])))
    if holds(request.membership, "export_acknowledgements"):
        actions.append(("Download", reverse("policies:acknowledgement_export", args=[version.pk])))
    return actions


def found_for_chasing(request, pk):
    """Find a version that is or was in force, for whoever chases its acknowledgements; 403 for all others."""
    if not holds(request.membership, "chase_acknowledgements") and not manages_somebody(request.membership):
        raise PermissionDenied
    versions = PolicyVersion.objects.visible_to(request.membership).select_related("policy")
    return get_object_or_404(versions.filter(policy__for_staff=True).exclude(published_at=None), pk=pk)
