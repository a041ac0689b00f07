"""The verbs of acknowledging a version."""

import hashlib

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Membership
from policies.models import Acknowledgement, PolicyVersion
from policies.rules import can_acknowledge
from policies.selectors.acknowledgements import acknowledgement_text
from policyportal.lib.workflow import NotAllowed, Refused, save_as


def acknowledge(
    version: PolicyVersion, membership: Membership, *, has_read: bool, has_understood: bool, will_follow: bool
) -> Acknowledgement:
    """Store that the person read, understood and will follow this version, with the very words they were shown.

    The first one counts: a second time returns it unchanged. Tells nobody. Refuses whoever is not asked to, a
    version that is not in force, and anything less than all three.
    """
    if not can_acknowledge(membership, version):
        raise NotAllowed("Acknowledge the policy")
    if version.status != PolicyVersion.Status.PUBLISHED:
        raise Refused("This version is not in force. Acknowledge the one that is.")
    if not (has_read and has_understood and will_follow):
        raise Refused("Tick all three statements to acknowledge the policy.")
    former = Acknowledgement.objects.filter(version=version, user=membership.user).first()
    if former:
        return former
    text = acknowledgement_text(version)
    given = Acknowledgement(
        school=membership.school,
        version=version,
        user=membership.user,
        acknowledged_at=timezone.now(),
        has_read=True,
        has_understood=True,
        will_follow=True,
        text_shown=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    try:
        with transaction.atomic():
            save_as(given, membership, "Acknowledged")
    except IntegrityError:
        # Pressed twice at once: the other press was first.
        return Acknowledgement.objects.get(version=version, user=membership.user)
    return given
