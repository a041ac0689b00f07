"""The verbs of the register of related policies, laws and guidance."""

from typing import Any

from django.db import transaction

from accounts.models import Membership
from policies import notifications
from policies.check.running import check_policy
from policies.models import Policy, Reference
from policies.rules import can_edit_reference
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, save_as


def add_reference(policy: Policy, *, by: Membership | None, **facts: Any) -> Reference:
    """Add a related policy, a law or guidance to the register and return it; `facts` are fields of Reference."""
    reference = Reference(policy=policy, **facts)
    save_as(reference, by, "Registered")
    return reference


def check_reference(reference: Reference, *, by: Membership, reason: str = "", **facts: Any) -> Reference:
    """Store what a check of a reference found, with today as the day of the check [MLC-86, MLC-87].

    Tells whoever keeps the policy when it has been superseded, which calls for a review; the policy is checked again.
    Refuses whoever may not manage the policy.
    """
    if not can_edit_reference(by, reference):
        raise NotAllowed("Change reference")
    former = Reference.objects.get(pk=reference.pk).standing
    for name, value in facts.items():
        setattr(reference, name, value)
    reference.last_checked_on = today()
    with transaction.atomic():
        save_as(reference, by, reason.strip() or "Checked")
        if reference.standing == Reference.Standing.SUPERSEDED != former:
            notifications.reference_superseded(reference)
        check_policy(reference.policy)
    return reference
