"""What may be done with an incident that may be seen."""

from django.db.models import Exists, OuterRef

from accounts.models import Membership
from accounts.rules import holds
from incidents.access import led_to, may_see
from incidents.models import Access, Incident


def filed_it(membership: Membership, incident: Incident) -> bool:
    """Whether this person reported it, in whatever post."""
    return incident.reports.filter(reporter_id=membership.user_id).exists()


def is_left_alone(incident: Incident) -> bool:
    """Whether nobody to whom it was led still holds the post in which it was."""
    holders = Membership.objects.current().filter(
        school_id=incident.school_id, user_id=OuterRef("user_id"), role=OuterRef("as_role")
    )
    return not incident.access.filter(Exists(holders), standing=Access.Standing.HANDLER).exists()


def can_handle(membership: Membership, incident: Incident) -> bool:
    """Its handlers; for an ordinary one everybody whose role opens it; never who filed it.

    Where every handler has left their post, whoever may read it steps in, so that nothing lies unseen.
    """
    if not may_see(membership, incident) or filed_it(membership, incident):
        return False
    if led_to(membership).filter(pk=incident.pk).exists():
        return True
    if incident.confidentiality == Incident.Confidentiality.ORDINARY and holds(membership, "view_ordinary_incidents"):
        return True
    return is_left_alone(incident)


def can_read_notes(membership: Membership, incident: Incident) -> bool:
    """Everybody who may see it but who filed it: a reporter is told its status, never the handlers' notes."""
    return may_see(membership, incident) and not filed_it(membership, incident)
