"""Campaigns: everybody of an audience is asked to acknowledge a version, and reminded until the campaign ends."""

from datetime import date

from django.db import transaction

from accounts.models import Membership
from policies.asking import audiences_of, close_campaign, open_campaign, tell
from policies.models import Campaign, PolicyVersion
from policies.rules import can_campaign
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused


def start_campaign(version: PolicyVersion, audience: str, *, by: Membership, due_on: date) -> Campaign:
    """Ask everybody of an audience of the school worked in to acknowledge the version in force, until `due_on`.

    Tells those who have not done so, each once. Refuses whoever may not chase, a version that is not in force, an
    audience that the policy does not ask, a last day that has passed, and a second campaign beside one that runs.
    """
    if not can_campaign(by, version):
        raise NotAllowed("Ask everybody")
    if version.status != PolicyVersion.Status.PUBLISHED:
        raise Refused("This version is not in force. Ask about the one that is.")
    if audience not in audiences_of(version):
        raise Refused("The policy does not ask them to acknowledge it.")
    if due_on < today():
        raise Refused("The last day must not have passed.")
    with transaction.atomic():
        # Locked, so that of two people who start one at the same moment the second is told.
        PolicyVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        if version.campaigns.filter(school=by.school, audience=audience, ended_on=None).exists():
            raise Refused("They are being asked already.")
        campaign = open_campaign(version, by.school, audience, by, due_on=due_on)
        tell([campaign])
    return campaign


def end_campaign(campaign: Campaign, *, by: Membership, reason: str) -> Campaign:
    """End a campaign: nobody is reminded for it any more, and who has not answered stays on its list.

    Tells nobody. Refuses whoever may not chase, and one that has ended.
    """
    if campaign.school_id != by.school_id or not can_campaign(by, campaign.version):
        raise NotAllowed("End campaign")
    if campaign.ended_on:
        raise Refused("This campaign has ended already.")
    if not reason.strip():
        raise Refused("Give a reason.")
    close_campaign(campaign, by, reason)
    return campaign
