"""Who may do what with policies, and whom they concern."""

from accounts.models import Membership, School
from accounts.rules import CAPABILITIES, GOVERNORS, POLICY_AUDIENCE, holds
from policies.models import Clause, Policy, PolicyVersion, Question, Reading, Reference

# Posts that keep a policy: they are told of its reviews. Governors are told once it is overdue.
KEEPERS = CAPABILITIES["manage_policies"]
OVERSEERS = GOVERNORS
ACKNOWLEDGING = POLICY_AUDIENCE


def serves(policy: Policy, membership: Membership) -> bool:
    """Tell whether the policy serves the school worked in."""
    return policy.schools.filter(pk=membership.school_id).exists()


def can_manage(membership: Membership, policy: Policy) -> bool:
    """Drafting, references and reviews: whoever keeps the policies of a school that it serves."""
    return holds(membership, "manage_policies") and serves(policy, membership)


def can_approve(membership: Membership, version: PolicyVersion) -> bool:
    """Governors and the head; nobody approves a text that they drafted."""
    return (
        holds(membership, "approve_policies")
        and version.drafted_by_id != membership.user_id
        and serves(version.policy, membership)
    )


def can_publish(membership: Membership, version: PolicyVersion) -> bool:
    """Bringing a version into force."""
    return can_manage(membership, version.policy)


def can_edit_guide(membership: Membership | None, policy: Policy) -> bool:
    """Changing the words of guide pages."""
    return holds(membership, "edit_guides") and serves(policy, membership)


def can_edit_guides_of(membership: Membership | None, school: School) -> bool:
    """Changing the guide pages of a school, which its own head does."""
    return holds(membership, "edit_guides") and membership.school_id == school.pk


def can_edit_draft(membership: Membership, clause: Clause) -> bool:
    """Changing the text of a clause: leaders, and only while it is a draft."""
    return (
        clause.version.status == PolicyVersion.Status.DRAFTED
        and holds(membership, "edit_policy_drafts")
        and serves(clause.version.policy, membership)
    )


def can_edit_reference(membership: Membership, reference: Reference) -> bool:
    """Keeping the register of related policies, laws and guidance."""
    return can_manage(membership, reference.policy)


def can_acknowledge(membership: Membership, version: PolicyVersion) -> bool:
    """Whoever the policy asks to: anybody of the audience in a school that it serves."""
    return (
        version.policy.for_staff and holds(membership, "acknowledge_policies") and serves(version.policy, membership)
    )


def can_comment(membership: Membership, version: PolicyVersion) -> bool:
    """Commenting on a version under review, and supporting it: governors and the head."""
    under_review = version.status in (PolicyVersion.Status.DRAFTED, PolicyVersion.Status.APPROVED)
    return under_review and holds(membership, "approve_policies") and serves(version.policy, membership)


def can_ask(membership: Membership, policy: Policy) -> bool:
    """Asking a question about a policy: whoever is asked to follow it."""
    return holds(membership, "acknowledge_policies") and serves(policy, membership)


def can_answer(membership: Membership, question: Question) -> bool:
    """Answering a question: the person it went to."""
    return question.school_id == membership.school_id and question.to_id == membership.user_id


def can_chase(membership: Membership, person: Membership) -> bool:
    """Reminding a person of an acknowledgement: the office and leaders everybody, a manager their own staff."""
    if person.school_id != membership.school_id:
        return False
    return holds(membership, "chase_acknowledgements") or manages(membership, person)


def can_campaign(membership: Membership, version: PolicyVersion) -> bool:
    """Asking an audience of the school to acknowledge a version, and ending that: the office and leaders."""
    return holds(membership, "chase_acknowledgements") and serves(version.policy, membership)


def manages(membership: Membership, person: Membership) -> bool:
    """Tell whether the person reports to whoever holds this post."""
    return person.line_manager is not None and person.line_manager.user_id == membership.user_id


def can_read_in(membership: Membership) -> bool:
    """Handing in a document to be read: whoever keeps the policies of a school."""
    return holds(membership, "manage_policies")


def can_take_over(membership: Membership, reading: Reading) -> bool:
    """Deciding on what was read, taking it over and putting it away: whoever keeps the policies of that school."""
    return can_read_in(membership) and reading.school_id == membership.school_id
