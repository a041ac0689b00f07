"""What each post may do: the capability matrix, and the predicates on people.

One table, reviewed like code. A capability says what may be done in the school worked in; who may see one particular
thing is for the rules of the app that owns it.
"""

from accounts.models import Membership, Role, School
from policyportal.lib.dates import today

STAFF = frozenset(
    {
        Role.HEADTEACHER,
        Role.DEPUTY_HEAD,
        Role.SENIOR_LEADER,
        Role.DSL,
        Role.DEPUTY_DSL,
        Role.OFFICE,
        Role.BUSINESS_MANAGER,
        Role.COMPUTING_LEAD,
        Role.HEAD_OF_HOUSE,
        Role.TEACHER,
        Role.SUPPORT_STAFF,
        Role.VOLUNTEER,
        Role.CONTRACTOR,
    }
)
LEADERSHIP = frozenset({Role.HEADTEACHER, Role.DEPUTY_HEAD, Role.SENIOR_LEADER})
SAFEGUARDING = frozenset({Role.DSL, Role.DEPUTY_DSL})
OFFICE = frozenset({Role.OFFICE, Role.BUSINESS_MANAGER, Role.COMPUTING_LEAD})
GOVERNORS = frozenset({Role.GOVERNOR, Role.CHAIR})
# Nobody appoints who oversees them.
OVERSEERS = frozenset({Role.HEADTEACHER, Role.CHAIR, Role.TRUST_OFFICER})
# Posts that no one person gives or ends: whoever holds them sees what is told in confidence.
TWO_PERSON_ROLES = OVERSEERS | {Role.DSL}
# Governors and volunteers are staff for the purposes of a policy [PWP-58, CRO-56].
POLICY_AUDIENCE = STAFF | GOVERNORS

CAPABILITIES: dict[str, frozenset[str]] = {
    # one's own
    "read_notifications": frozenset(Role),
    # people
    "view_people": STAFF | GOVERNORS | {Role.TECHNICAL_ADMINISTRATOR},
    "manage_people": frozenset({Role.HEADTEACHER, Role.TECHNICAL_ADMINISTRATOR}),
    "view_school": STAFF | GOVERNORS | {Role.TRUST_OFFICER, Role.TECHNICAL_ADMINISTRATOR, Role.DPO},
    "manage_school": frozenset({Role.HEADTEACHER}),
    # policies
    "view_policies": STAFF | GOVERNORS | {Role.TRUST_OFFICER, Role.DPO},
    "acknowledge_policies": POLICY_AUDIENCE,
    "chase_acknowledgements": LEADERSHIP | OFFICE,
    "edit_guides": frozenset({Role.HEADTEACHER}),
    "manage_policies": frozenset({Role.HEADTEACHER}),
    "approve_policies": GOVERNORS | {Role.HEADTEACHER},
    "view_policy_drafts": LEADERSHIP | GOVERNORS,
    # channels
    "view_channels": STAFF | GOVERNORS | {Role.TRUST_OFFICER},
    "open_channels": LEADERSHIP,
    "manage_channels": LEADERSHIP | OFFICE,
    "confirm_channels": frozenset({Role.HEADTEACHER}),
    # Approving, refusing or ending an exception is the headteacher's alone [GRA-50].
    "decide_links": frozenset({Role.HEADTEACHER}),
    # moderation
    "flag_items": STAFF,
    "view_items": OFFICE | LEADERSHIP | SAFEGUARDING,
    # incidents
    "report_incidents": STAFF | GOVERNORS,
    "view_incidents": LEADERSHIP | SAFEGUARDING | {Role.CHAIR, Role.TRUST_OFFICER},
    "view_ordinary_incidents": LEADERSHIP | SAFEGUARDING,
    # Only of incidents that they handle, and with a reason that is kept.
    "reveal_reporters": SAFEGUARDING | {Role.HEADTEACHER, Role.CHAIR, Role.TRUST_OFFICER},
    # overview
    "view_dashboard": GOVERNORS | {Role.HEADTEACHER, Role.TRUST_OFFICER},
    "view_audit": LEADERSHIP | SAFEGUARDING | {Role.CHAIR, Role.TRUST_OFFICER},
}


def holds(membership: Membership | None, capability: str) -> bool:
    """Tell whether any post that the person holds today in this school grants `capability`.

    Raises KeyError for a capability that is not in the table.
    """
    granted = CAPABILITIES[capability]
    return membership is not None and not granted.isdisjoint(membership.roles)


def can_manage_person(membership: Membership, person: Membership) -> bool:
    """Managing people, but never oneself, nor anybody who oversees the manager in any post that they hold."""
    return (
        holds(membership, "manage_people")
        and person.school_id == membership.school_id
        and person.user_id != membership.user_id
        and OVERSEERS.isdisjoint({person.role, *person.roles})
    )


def can_give_role(membership: Membership, role: str) -> bool:
    """Giving a post alone: every one but those that take two people."""
    return holds(membership, "manage_people") and role not in TWO_PERSON_ROLES


def roles_given_by(membership: Membership) -> list[Role]:
    """Return the roles that this person may give alone."""
    return [role for role in Role if can_give_role(membership, role)]


def can_read_details(membership: Membership, person: Membership) -> bool:
    """Absence, dates and what changed: for whoever manages people, the line manager, and the person."""
    return (
        holds(membership, "manage_people")
        or person.user_id == membership.user_id
        or (person.line_manager is not None and person.line_manager.user_id == membership.user_id)
    )


def can_end_post(membership: Membership, person: Membership) -> bool:
    """Ending a post alone, before its last day has passed."""
    return (
        can_manage_person(membership, person)
        and person.role not in TWO_PERSON_ROLES
        and (person.ends_on is None or person.ends_on >= today())
    )


def can_change_school(membership: Membership, school: School) -> bool:
    """Changing the settings of the school worked in."""
    return holds(membership, "manage_school") and school.pk == membership.school_id
