"""The verbs of approval that are not one step: the route, who was consulted, and approvals that lapsed."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import Membership
from policies.approval_notices import route_changed
from policies.models import Consultation, Policy, PolicyVersion, Route
from policies.rules import can_manage, can_record_consultation
from policies.signing import TEXT_CHANGED, approval_void, signed_text_changed
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused, fill, save_as, take_along

ROUTE_FACTS = ("route", "route_body", "signatures_needed", "consults")
Status = PolicyVersion.Status


def change_route(policy: Policy, *, by: Membership, reason: str, **facts: Any) -> Policy:
    """Change by which way versions of a policy are approved, and who is consulted before; `facts` are ROUTE_FACTS.

    Tells the governors of every school that it serves. Refuses whoever may not manage the policy, a committee without
    a name, and a change while a version is being approved or waits to be published.
    """
    if not can_manage(by, policy):
        raise NotAllowed("Change who approves")
    with transaction.atomic():
        # Handing a version over waits for this row too, so that none slips in between.
        policy = Policy.objects.select_for_update().get(pk=policy.pk)
        fill(policy, facts, ROUTE_FACTS)
        if policy.route == Route.COMMITTEE and not policy.route_body.strip():
            raise Refused("Give the name of the committee.")
        if policy.versions.filter(status__in=[Status.IN_REVIEW, Status.APPROVED]).exists():
            raise Refused("A version is being approved by the way that holds now. Publish or withdraw it first.")
        save_as(policy, by, reason)
        route_changed(policy, by)
    return policy


def record_consultation(
    version: PolicyVersion,
    *,
    by: Membership,
    group: str,
    asked_on: date,
    answered_on: date | None = None,
    words: str = "",
) -> Consultation:
    """Store that a group was asked about a version, and what it said once it has, and return it [MLC-85].

    Tells nobody. Refuses whoever may not change drafts, a version in force, an answer without words or the reverse,
    one given before it was asked for, and days to come.
    """
    if not can_record_consultation(by, version):
        raise NotAllowed("Record a consultation")
    if answered_on and answered_on < asked_on:
        raise Refused("The answer cannot come before the question.")
    if bool(answered_on) != bool(words.strip()):
        raise Refused("Give both the date of the answer and what they said.")
    if max(asked_on, answered_on or asked_on) > today():
        raise Refused("Record it once it has happened: that day is still to come.")
    # However it was typed, a group is the one that the policy names.
    typed = group.strip()
    group = next((one for one in version.policy.groups_consulted if one.casefold() == typed.casefold()), typed)
    row = version.consultations.filter(group__iexact=group).first()
    row = row or Consultation(version=version, group=group, recorded_by=by.user)
    row.asked_on, row.answered_on, row.words = asked_on, answered_on, words.strip()
    save_as(row, by, "Answer recorded" if answered_on else "Asked")
    return row


def lapse_if_changed(version: PolicyVersion) -> bool:
    """Void the signatures of a version whose text was changed since they were given, and return whether it was so.

    It is a draft again, and stays so when the change is taken back. Tells whoever signed. The portal does this by
    itself, for changes that came past its own pages.
    """
    with transaction.atomic():
        version = PolicyVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
        # An approval from before hashes were kept has no signature; publishing refuses it and it stays to be seen.
        changed = {Status.IN_REVIEW: signed_text_changed, Status.APPROVED: approval_void}.get(version.status)
        if changed is None or not version.signatures.standing().exists() or not changed(version):
            return False
        take_along("lapse", version, None, TEXT_CHANGED)
    return True


def lapse_changed_approvals() -> int:
    """Let every approval lapse whose text was changed past the portal's pages; return how many. Safe to run twice."""
    signed = PolicyVersion.objects.filter(
        status__in=[Status.IN_REVIEW, Status.APPROVED], signatures__voided_at=None, signatures__isnull=False
    )
    return sum(lapse_if_changed(version) for version in signed.distinct().select_related("policy"))
