"""Campaigns: asking everybody about a version, seeing how far it has come, and ending it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.decorators import needs
from policies import services
from policies.asking import audiences_of
from policies.forms import CampaignForm, ReasonForm, WhoForm
from policies.models import Audience, Campaign
from policies.rules import can_campaign
from policies.selectors.acknowledgements import counts_of, groups_of, people_asked
from policies.views.found import found_policy, found_version, trail
from policyportal.lib.dates import today
from policyportal.lib.timeline import timeline_of
from policyportal.lib.workflow import Refused

# How those who have not answered are reminded by themselves.
REMINDED = {
    Audience.STAFF: "people are reminded weekly after the last day",
    Audience.PARENTS: "parents are reminded once, shortly before the last day",
}


@needs("chase_acknowledgements")
def campaign_create(request, pk):
    """Ask an audience to acknowledge the version in force."""
    version = found_version(request, pk)
    if not can_campaign(request.membership, version):
        raise Http404
    form = CampaignForm(request.POST or None, audiences=audiences_of(version))
    if form.is_valid():
        try:
            campaign = services.start_campaign(version, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "Everybody who has not acknowledged it is being asked.")
            return redirect(campaign)
    context = {
        "title": "Ask everybody",
        "text": f"Each person is told once, and reminded until they have acknowledged version {version.number}.",
        "form": form,
        "label": "Ask everybody",
        "back": version,
        "trail": trail(version.policy),
    }
    return render(request, "policies/form.html", context)


@needs("chase_acknowledgements")
def campaign_detail(request, pk):
    """How far a campaign has come: how many of whom have acknowledged, and who has not."""
    campaign = found_campaign(request, pk)
    stats = []
    if campaign.audience == Audience.STAFF:
        people = people_asked(campaign.version, request.membership)
        counts = counts_of(people)
        listed = reverse("policies:acknowledgement_list", args=[campaign.version_id])
        stats = [
            {"number": counts["acknowledged"], "label": "Have acknowledged", "url": f"{listed}?state=acknowledged"},
            {"number": counts["outstanding"], "label": "Still to acknowledge", "url": listed},
        ]
        stats += [
            {"number": asked - done, "label": name, "trend": f"of {asked} still to acknowledge"}
            for _, name, asked, done in groups_of(people)
        ]
    over = campaign.due_on < today()
    context = {
        "campaign": campaign,
        "stats": stats,
        "facts": [
            {"label": "Asked", "value": campaign.get_audience_display()},
            {"label": "About", "value": campaign.version},
            {"label": "Since", "value": campaign.started_on},
            {"label": "Last day", "value": campaign.due_on},
            {"label": "Ended", "value": campaign.ended_on or f"No: {REMINDED[campaign.audience]}"},
        ],
        "status": "Ended" if campaign.ended_on else "Past its last day" if over else "Running",
        "tone": "" if campaign.ended_on else "bad" if over else "waiting",
        "actions": (
            [] if campaign.ended_on else [("End campaign", reverse("policies:campaign_end", args=[campaign.pk]))]
        ),
        "events": timeline_of(campaign),
        "trail": trail(campaign.version.policy),
    }
    return render(request, "policies/campaign_detail.html", context)


@needs("chase_acknowledgements")
def campaign_end(request, pk):
    """End a campaign, with the reason: nobody is reminded for it any more."""
    campaign = found_campaign(request, pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            services.end_campaign(campaign, by=request.membership, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            messages.warning(request, " ".join(refusal.messages))
        else:
            messages.success(request, "The campaign has ended. Nobody is reminded for it any more.")
        return redirect(campaign)
    context = {
        "title": "End the campaign",
        "text": "Nobody is reminded any more. Whoever has not acknowledged stays on the list.",
        "form": form,
        "label": "End campaign",
        "back": campaign,
        "trail": trail(campaign.version.policy),
    }
    return render(request, "policies/form.html", context)


@needs("manage_policies")
def who_acknowledges(request, pk):
    """Say whom a policy asks to acknowledge it, and how often."""
    policy = found_policy(request, pk)
    form = WhoForm(request.POST or None, instance=policy)
    if form.is_valid():
        services.choose_who_acknowledges(policy, by=request.membership, **form.cleaned_data)
        messages.success(request, "It is kept who acknowledges the policy.")
        return redirect(policy)
    context = {
        "title": "Who acknowledges",
        "text": "Whoever comes to be asked is told at once about the version in force.",
        "form": form,
        "label": "Save",
        "back": policy,
        "trail": trail(policy),
    }
    return render(request, "policies/form.html", context)


def found_campaign(request, pk):
    """Find a campaign of the school worked in."""
    return get_object_or_404(
        Campaign.objects.visible_to(request.membership).select_related("version__policy", "started_by"), pk=pk
    )
