"""Marking a closed incident significant, which opens a review of a policy [MLC-83]."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership
from incidents.access import visible_incidents
from incidents.models import Incident
from incidents.rules import can_mark_significant
from policies.causes import register_cause
from policies.models import Policy, PolicyVersion, Review
from policies.services import open_review
from policyportal.lib.workflow import NotAllowed, Refused, save_as

# All that readers of the review are told of it; why the head marked it stays in the incident's own history.
REASON = "A significant incident was reported."


def mark_significant(
    incident: Incident, by: Membership, *, policy: Policy, reason: str, due_on: date | None = None
) -> Review:
    """Mark a closed incident significant and open a review of `policy` because of it; return the review.

    The review knows the incident by its reference alone, and says so only to whoever may see the incident. Tells
    whoever else keeps the policy. Refuses whoever may not mark it, a missing reason, and what `open_review` refuses.
    """
    if not reason.strip():
        raise Refused("Say why it is significant.")
    with transaction.atomic():
        held = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        if not can_mark_significant(by, held):
            raise NotAllowed("Mark as significant")
        held.significant_at = timezone.now()
        save_as(held, by, reason.strip())
        return open_review(
            policy,
            by=by,
            trigger=PolicyVersion.Trigger.INCIDENT,
            reason=REASON,
            due_on=due_on,
            cause=held.reference,
            cause_path=held.get_absolute_url(),
        )


def may_know_which(membership: Membership, review: Review) -> bool:
    """Tell whether somebody may know which incident led to a review: whoever may see that incident, nobody else."""
    return visible_incidents(membership).filter(reference=review.cause).exists()


register_cause(PolicyVersion.Trigger.INCIDENT, may_know_which)
