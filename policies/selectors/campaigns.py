"""Campaigns of a school: which one runs, and how far it has come."""

from accounts.models import Membership
from policies.models import Audience, Campaign, PolicyVersion


def campaign_of(version: PolicyVersion, membership: Membership, audience: str = Audience.STAFF) -> Campaign | None:
    """Return the campaign that asks an audience of the school worked in about a version now, or None."""
    running = Campaign.objects.visible_to(membership).filter(version=version, audience=audience, ended_on=None)
    return running.select_related("version__policy").first()
