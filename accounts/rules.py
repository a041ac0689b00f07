"""What each post may do: the capability matrix, and the predicates on people.

One table, reviewed like code. A capability says what may be done in the school worked in; who may see one particular
thing is for the rules of the app that owns it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Appointment, Membership, Role, School
from policyportal.lib.dates import LONDON, today

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


@dataclass(frozen=True)
class TwoPeople:
    """Who may propose that a post is given or ended, and who may confirm it: by their posts, and never one person."""

    propose: frozenset[str]
    confirm: frozenset[str]


# Posts that no one person gives or ends: whoever holds them sees what is told in confidence.
APPOINTED_BY: dict[str, TwoPeople] = {
    Role.HEADTEACHER: TwoPeople(
        propose=frozenset({Role.CHAIR, Role.TRUST_OFFICER, Role.TECHNICAL_ADMINISTRATOR}),
        confirm=frozenset({Role.CHAIR, Role.TRUST_OFFICER}),
    ),
    Role.DSL: TwoPeople(
        propose=frozenset({Role.HEADTEACHER, Role.CHAIR, Role.TECHNICAL_ADMINISTRATOR}),
        confirm=frozenset({Role.HEADTEACHER, Role.CHAIR, Role.TRUST_OFFICER}),
    ),
    Role.CHAIR: TwoPeople(
        propose=frozenset({Role.TRUST_OFFICER, Role.CHAIR, Role.GOVERNOR, Role.TECHNICAL_ADMINISTRATOR}),
        confirm=frozenset({Role.TRUST_OFFICER, Role.CHAIR, Role.GOVERNOR}),
    ),
    Role.TRUST_OFFICER: TwoPeople(
        propose=frozenset({Role.TRUST_OFFICER, Role.TECHNICAL_ADMINISTRATOR}),
        confirm=frozenset({Role.CHAIR, Role.TRUST_OFFICER}),
    ),
}
TWO_PERSON_ROLES = frozenset(APPOINTED_BY)
PROPOSERS = frozenset().union(*(two.propose for two in APPOINTED_BY.values()))
CONFIRMERS = frozenset().union(*(two.confirm for two in APPOINTED_BY.values()))
# Posts for which a password alone is not enough: they lead to what is confidential or personal, or change who may.
SECOND_STEP_ROLES = (
    LEADERSHIP | SAFEGUARDING | OFFICE | {Role.CHAIR, Role.TRUST_OFFICER, Role.DPO, Role.TECHNICAL_ADMINISTRATOR}
)
# Governors and volunteers are staff for the purposes of a policy [PWP-58, CRO-56].
POLICY_AUDIENCE = STAFF | GOVERNORS

CAPABILITIES: dict[str, frozenset[str]] = {
    # one's own
    "read_notifications": frozenset(Role),
    # people
    "view_people": STAFF | GOVERNORS | {Role.TECHNICAL_ADMINISTRATOR},
    "manage_people": frozenset({Role.HEADTEACHER, Role.TECHNICAL_ADMINISTRATOR}),
    # Of the posts that take two people; which of them, and to do what, says APPOINTED_BY.
    "view_appointments": PROPOSERS | CONFIRMERS,
    "view_school": STAFF | GOVERNORS | {Role.TRUST_OFFICER, Role.TECHNICAL_ADMINISTRATOR, Role.DPO},
    "manage_school": frozenset({Role.HEADTEACHER}),
    # The second of the two people who open a school's portal.
    "open_school": frozenset({Role.HEADTEACHER, Role.CHAIR}),
    # Configuring is the technical administrator's; it opens nothing by itself, and the head is told.
    "manage_sign_in": frozenset({Role.TECHNICAL_ADMINISTRATOR}),
    # policies
    "view_policies": STAFF | GOVERNORS | {Role.TRUST_OFFICER, Role.DPO},
    "acknowledge_policies": POLICY_AUDIENCE,
    "chase_acknowledgements": LEADERSHIP | OFFICE,
    # The whole list as a file, to be taken out of the portal.
    "export_acknowledgements": LEADERSHIP,
    "edit_guides": frozenset({Role.HEADTEACHER}),
    "manage_policies": frozenset({Role.HEADTEACHER}),
    "approve_policies": GOVERNORS | {Role.HEADTEACHER},
    "view_policy_drafts": LEADERSHIP | GOVERNORS,
    "edit_policy_drafts": LEADERSHIP,
    # families: a pupil's class and a carer's address
    "view_families": LEADERSHIP | OFFICE,
    "manage_families": OFFICE | {Role.HEADTEACHER},
    # That a class went through something together: a teacher for their own class alone.
    "record_for_classes": LEADERSHIP | OFFICE | {Role.TEACHER, Role.HEAD_OF_HOUSE},
    # briefings, induction and lessons
    "lead_briefings": LEADERSHIP,
    "manage_induction": LEADERSHIP | OFFICE,
    "view_lessons": LEADERSHIP | {Role.COMPUTING_LEAD, Role.TEACHER, Role.HEAD_OF_HOUSE},
    "manage_lessons": frozenset({Role.HEADTEACHER, Role.COMPUTING_LEAD}),
    # channels
    "view_channels": STAFF | GOVERNORS | {Role.TRUST_OFFICER},
    "open_channels": LEADERSHIP,
    "manage_channels": LEADERSHIP | OFFICE,
    "confirm_channels": frozenset({Role.HEADTEACHER}),
    "declare_links": POLICY_AUDIENCE,
    # Approving, refusing or ending an exception is the headteacher's alone [GRA-50]; the head's own are the chair's.
    "decide_links": frozenset({Role.HEADTEACHER}),
    "decide_links_of_head": frozenset({Role.CHAIR}),
    "hand_out_links_form": LEADERSHIP | OFFICE,
    # moderation
    "flag_items": STAFF,
    "view_items": OFFICE | LEADERSHIP | SAFEGUARDING,
    # incidents
    "report_incidents": STAFF | GOVERNORS,
    "view_incidents": LEADERSHIP | SAFEGUARDING | {Role.CHAIR, Role.TRUST_OFFICER},
    "view_ordinary_incidents": LEADERSHIP | SAFEGUARDING,
    # Giving an incident that they handle to somebody else.
    "assign_incidents": SAFEGUARDING | {Role.HEADTEACHER, Role.CHAIR, Role.TRUST_OFFICER},
    "assign_confidential_incidents": frozenset({Role.HEADTEACHER, Role.DSL, Role.CHAIR, Role.TRUST_OFFICER}),
    # Only of incidents that they handle, and with a reason that is kept.
    "reveal_reporters": SAFEGUARDING | {Role.HEADTEACHER, Role.CHAIR, Role.TRUST_OFFICER},
    # Ending an incident about a member of staff with their dismissal [MLC-76].
    "dismiss_staff": frozenset({Role.HEADTEACHER}),
    # The log of monitoring is the headteacher's alone [PWP-97, CRO-93, MLC-78, HEA-62].
    "log_monitoring": frozenset({Role.HEADTEACHER}),
    # Who looked at what is confidential: at one incident that they see; at those of others, by the head and the
    # designated lead; as numbers.
    "view_looks": frozenset({Role.HEADTEACHER, Role.DSL, Role.CHAIR, Role.TRUST_OFFICER}),
    "oversee_looks": frozenset({Role.CHAIR}),
    "count_looks": frozenset({Role.DPO}),
    # overview
    "view_dashboard": GOVERNORS | {Role.HEADTEACHER, Role.TRUST_OFFICER},
    "view_audit": LEADERSHIP | SAFEGUARDING | {Role.CHAIR, Role.TRUST_OFFICER},
    # Whether the history is sealed and whole, and nothing of what it says.
    "view_seal": frozenset({Role.TECHNICAL_ADMINISTRATOR}),
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
        and (OVERSEERS.isdisjoint({person.role, *person.roles}) or _is_offered(person))
    )


def _is_offered(post: Membership) -> bool:
    """Tell whether a school is being set up and nobody has taken this post up: a slip can still be mended."""
    return post.school.opened_at is None and post.accepted_at is None


def can_remove_second_steps(membership: Membership, person: Membership) -> bool:
    """Letting somebody set up a new second step, when they lost theirs: as managing them.

    The second step is one for all schools, so never of somebody who holds a post elsewhere that takes two people.
    """
    if not can_manage_person(membership, person):
        return False
    elsewhere = Membership.objects.current().filter(user_id=person.user_id).exclude(school_id=person.school_id)
    return not elsewhere.filter(role__in=TWO_PERSON_ROLES).exists()


def second_step_needed_from(membership: Membership) -> date | None:
    """Return the day from which this person may not work in the school without a second step; None where they may.

    The school gives some days from when the post was taken up. The people of a demo school are invented, and so is
    what they could read.
    """
    if membership.school.is_demo:
        return None
    grace = timedelta(days=membership.school.second_factor_grace_days)
    taken_up = [
        max(post.accepted_at.astimezone(LONDON).date(), post.starts_on)
        for post in membership.posts
        if post.role in SECOND_STEP_ROLES and post.accepted_at
    ]
    return min(taken_up) + grace if taken_up else None


def can_give_role(membership: Membership, role: str) -> bool:
    """Giving a post alone: every one but those that take two people.

    While a school is being set up there may be no second person yet: whoever opens it confirms these posts.
    """
    may = holds(membership, "manage_people")
    return may and (role not in TWO_PERSON_ROLES or membership.school.opened_at is None)


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
    alone = person.role not in TWO_PERSON_ROLES or _is_offered(person)
    return can_manage_person(membership, person) and alone and not has_ended(person)


def can_propose(membership: Membership | None, role: str) -> bool:
    """Proposing that a post which takes two people is given or ended."""
    return _is_one_of(membership, role in APPOINTED_BY and APPOINTED_BY[role].propose)


def can_confirm_role(membership: Membership | None, role: str) -> bool:
    """Deciding on a post which takes two people, when another person proposed it."""
    return _is_one_of(membership, role in APPOINTED_BY and APPOINTED_BY[role].confirm)


def roles_proposed_by(membership: Membership) -> list[Role]:
    """Return the roles that this person may propose to give or to end."""
    return [role for role in Role if can_propose(membership, role)]


def roles_appointed_by(membership: Membership) -> list[Role]:
    """Return the roles that this person may propose or decide on."""
    return [role for role in Role if can_propose(membership, role) or can_confirm_role(membership, role)]


def can_decide_appointment(membership: Membership | None, appointment: Appointment) -> bool:
    """Confirming or refusing: neither by the person who proposed it, in whatever post, nor by the one it is about."""
    return (
        can_confirm_role(membership, appointment.role)
        and appointment.school_id == membership.school_id
        and membership.user_id not in (appointment.proposed_by.user_id, appointment.user_id)
    )


def can_withdraw_appointment(membership: Membership | None, appointment: Appointment) -> bool:
    """Taking a proposal back: the person who made it, while they hold a post that may make it."""
    return (
        can_propose(membership, appointment.role)
        and appointment.school_id == membership.school_id
        and proposed(membership, appointment)
    )


def proposed(membership: Membership, appointment: Appointment) -> bool:
    """The person, in whatever post, proposed this appointment."""
    return appointment.proposed_by.user_id == membership.user_id


def can_invite(membership: Membership | None, post: Membership) -> bool:
    """Sending or withdrawing an invitation to a post that was not taken up: whoever may give such a post."""
    if membership is None or post.accepted_at is not None or post.school_id != membership.school_id:
        return False
    if membership.user_id == post.user_id:
        return False
    return can_propose(membership, post.role) or can_manage_person(membership, post)


def has_ended(post: Membership) -> bool:
    """The last day of the post has passed."""
    return post.ends_on is not None and post.ends_on < today()


def can_mark_as_leaver(membership: Membership, person: Membership) -> bool:
    """Switching off somebody who leaves: never oneself, nor whoever oversees the manager."""
    return can_manage_person(membership, person)


def can_name_cover(membership: Membership, post: Membership) -> bool:
    """Naming who covers somebody's absence, for a post that one person gives."""
    return can_manage_person(membership, post) and can_give_role(membership, post.role)


def _is_one_of(membership: Membership | None, roles: frozenset[str] | bool) -> bool:
    return membership is not None and bool(roles) and not roles.isdisjoint(membership.roles)


def can_change_school(membership: Membership, school: School) -> bool:
    """Changing the settings of the school worked in."""
    return holds(membership, "manage_school") and school.pk == membership.school_id
