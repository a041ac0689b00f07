"""What may be done with an incident that may be seen."""

from accounts.models import Membership
from accounts.rules import holds
from incidents.access import standing_in
from incidents.models import About, Incident


def can_handle(membership: Membership, incident: Incident) -> bool:
    """Taking steps, adding notes and evidence."""
    standing = standing_in(membership, incident)
    return standing is not None and standing.may_handle


def can_assign(membership: Membership, incident: Incident) -> bool:
    """Giving it to somebody: a handler in a post that may; of what is confidential fewer posts than of the rest."""
    ordinary = incident.confidentiality == Incident.Confidentiality.ORDINARY
    capability = "assign_incidents" if ordinary else "assign_confidential_incidents"
    return holds(membership, capability) and can_handle(membership, incident)


def can_reveal_reporter(membership: Membership, incident: Incident) -> bool:
    """Asking who reported: a handler in a post that may, never a leader who only helps."""
    return holds(membership, "reveal_reporters") and can_handle(membership, incident)


def can_read_notes(membership: Membership, incident: Incident) -> bool:
    """Reading the handlers' notes and the history."""
    standing = standing_in(membership, incident)
    return standing is not None and standing.may_read_notes


def can_mark_significant(membership: Membership, incident: Incident) -> bool:
    """Having the policy reviewed because of a closed incident: who keeps the policy and handled it, once [MLC-83]."""
    is_ripe = incident.status == Incident.Status.CLOSED and incident.significant_at is None
    return is_ripe and holds(membership, "manage_policies") and can_handle(membership, incident)


def can_read_looks(membership: Membership, incident: Incident) -> bool:
    """Reading who looked at it: a post that may, of an incident that they see and did not file."""
    return holds(membership, "view_looks") and can_read_notes(membership, incident)


def can_dismiss(membership: Membership, incident: Incident) -> bool:
    """Ending it with a dismissal: the headteacher, of what is about a member of staff [MLC-76]."""
    return incident.about == About.STAFF and holds(membership, "dismiss_staff") and can_handle(membership, incident)


def can_log_monitoring(membership: Membership) -> bool:
    """Logging that use of the school's systems is monitored, and reading that log."""
    return holds(membership, "log_monitoring")
