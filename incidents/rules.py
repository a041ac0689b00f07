"""What may be done with an incident that may be seen."""

from accounts.models import Membership
from accounts.rules import holds
from incidents.access import led_to, may_see
from incidents.models import Incident


def filed_it(membership: Membership, incident: Incident) -> bool:
    """Whether this person reported it, in whatever post."""
    return incident.reports.filter(reporter_id=membership.user_id).exists()


def can_handle(membership: Membership, incident: Incident) -> bool:
    """Its handlers; for an ordinary one everybody whose role opens it. Never who filed it."""
    if not may_see(membership, incident) or filed_it(membership, incident):
        return False
    if led_to(membership).filter(pk=incident.pk).exists():
        return True
    return incident.confidentiality == Incident.Confidentiality.ORDINARY and holds(
        membership, "view_ordinary_incidents"
    )


def can_read_notes(membership: Membership, incident: Incident) -> bool:
    """Everybody who may see it but who filed it: a reporter is told its status, never the handlers' notes."""
    return may_see(membership, incident) and not filed_it(membership, incident)
