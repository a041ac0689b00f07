"""Running the check over a version: what is new is kept, what is found again stays one, what is gone is mended."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import School
from policies.check import rules, steps
from policies.check.making import of_version
from policies.check.table import Found, Listed, check, rules_of
from policies.models import Confirmation, Finding, Policy, PolicyVersion
from policyportal.lib.dates import start_of_day, today
from policyportal.lib.models import Heartbeat
from policyportal.lib.workflow import save_as, take_along

__all__ = ["Outcome", "check_daily", "check_policy", "check_school", "rules", "run_check", "steps"]

Status = PolicyVersion.Status
NIGHTLY = "policy_check"
FACTS = ("version_id", "severity", "place", "message", "advice", "to_verify")


@dataclass
class Outcome:
    """How many findings a run found, and how many of them are new, or no longer there."""

    found: int = 0
    new: int = 0
    gone: int = 0


def run_check(version: PolicyVersion) -> Outcome:
    """Ask every rule about a version, store what they find, and return how much that was.

    The same thing found again stays the same finding, with what was said of it; what is no longer found is mended,
    and what had been mended and is found again is open. What a rule was not asked about stays as it is: a draft is
    not asked for its approval, nor the text in force for what its successor is about to change. Tells nobody.
    """
    context = of_version(version)
    in_work = PolicyVersion.objects.filter(policy=version.policy_id, number__gt=version.number)
    replaced = not context.is_draft and in_work.exists()
    asked = {listed.slug for listed in rules_of(context) if listed.approval or not replaced}
    outcome = Outcome()
    with transaction.atomic():
        # One run at a time for a policy: two at once would both find the same thing new.
        policy = Policy.objects.select_for_update().get(pk=version.policy_id)
        former = {(one.rule, one.key): one for one in policy.findings.filter(rule__in=asked)}
        confirmed = {one.finding: one for one in policy.confirmations.select_related("by")}
        for listed, one in check(context):
            if listed.slug in asked:
                known = former.pop((listed.slug, one.key), None)
                outcome.found += 1
                outcome.new += _store(version, listed, one, known, confirmed.get(one.message))
        for finding in former.values():
            if finding.status in (Finding.Status.FOUND, Finding.Status.ACCEPTED):
                take_along("vanish", finding, None, "The check no longer finds it")
                outcome.gone += 1
    return outcome


def _store(
    version: PolicyVersion, listed: Listed, one: Found, known: Finding | None, confirmed: Confirmation | None
) -> bool:
    """Store what a rule found, unless it is known just so; return whether it is open now and was not before.

    What the head had confirmed before findings were kept is stored as right as it is, with that reason.
    """
    finding = known or Finding(policy_id=version.policy_id, rule=listed.slug, key=one.key, found_at=timezone.now())
    facts = (version.pk, listed.severity, one.place, one.message, one.advice, listed.to_verify)
    if known is None or tuple(getattr(known, name) for name in FACTS) != facts:
        for name, value in zip(FACTS, facts, strict=True):
            setattr(finding, name, value)
        if known is None and confirmed is not None:
            finding.reason, finding.decided_by = confirmed.reason, confirmed.by
        save_as(finding, None, "Found by the check")
    if known is not None and known.status == Finding.Status.MENDED:
        take_along("return", finding, None, "The check finds it again")
        return True
    if known is None and confirmed is not None:
        take_along("carry", finding, None, confirmed.reason)
        return False
    return known is None


def check_policy(policy: Policy) -> Outcome:
    """Check the version in force, and whatever is being made of it, and return what was found in all."""
    whole = Outcome()
    versions = policy.versions.exclude(status=Status.SUPERSEDED).select_related("policy").order_by("number")
    for version in versions:
        outcome = run_check(version)
        whole.found += outcome.found
        whole.new += outcome.new
        whole.gone += outcome.gone
    return whole


def check_school(school: School) -> None:
    """Check what is in force in a school again, because something that it leans on has changed there."""
    for version in PolicyVersion.objects.published().filter(policy__schools=school).select_related("policy"):
        run_check(version)


def check_daily() -> int:
    """Once a day, check every policy; return how many. Run twice or late, it finds the same."""
    beat = Heartbeat.objects.filter(name=NIGHTLY).first()
    if beat and beat.beat_at >= start_of_day(today()):
        return 0
    policies = list(Policy.objects.filter(versions__status=Status.PUBLISHED).distinct())
    for policy in policies:
        check_policy(policy)
    Heartbeat.objects.update_or_create(name=NIGHTLY, defaults={"beat_at": timezone.now()})
    return len(policies)
