"""Campaigns: everybody of an audience is asked to acknowledge a version, and reminded until the campaign ends."""

from datetime import date

from django.db import transaction

from accounts.models import Membership, School
from policies.asking import audiences_of, close_campaign, open_campaign, tell
from policies.models import Audience, Campaign, PolicyVersion
from policies.rules import can_campaign
from policies.selectors.standing import year_began
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


def ask_families_anew() -> int:
    """Ask parents again where a new school year has begun and they confirm each year; return how many were told.

    The campaign of the year before ends, and its links lead to the new one. Staff need no new one: what they owe is
    reckoned from the first day of the year. Reckoned from dates: safe to run twice, late, and in two places at once.
    """
    yearly = PolicyVersion.objects.published().filter(policy__confirmed_yearly=True, policy__for_parents=True)
    told = 0
    for version in yearly.select_related("policy").prefetch_related("policy__schools"):
        for school in version.policy.schools.all():
            if not _is_of_this_year(version, school):
                with transaction.atomic():
                    # Locked, so that of two sweeps the second finds what the first has opened.
                    PolicyVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
                    if not _is_of_this_year(version, school):
                        told += _ask_anew(version, school)
    return told


def _is_of_this_year(version: PolicyVersion, school: School) -> bool:
    """Tell whether parents were last asked in this school year, or never were."""
    asked = version.campaigns.filter(school=school, audience=Audience.PARENTS)
    last = asked.order_by("-started_on").values_list("started_on", flat=True).first()
    return last is None or last >= year_began(version.policy, school)


def _ask_anew(version: PolicyVersion, school: School) -> int:
    for former in version.campaigns.filter(school=school, audience=Audience.PARENTS, ended_on=None):
        close_campaign(former, None, "A new school year has begun")
    return tell([open_campaign(version, school, Audience.PARENTS, None)])
