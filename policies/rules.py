"""Who may do what with policies, and whom they concern."""

from uuid import UUID

from accounts.models import Membership, Role, School
from accounts.rules import CAPABILITIES, GOVERNORS, POLICY_AUDIENCE, holds
from policies.models import Briefing, Clause, InductionItem, Policy, PolicyVersion, Question, Reading, Reference, Route
from policies.wording import writers_of

# Posts that keep a policy: they are told of its reviews. Governors are told once it is overdue.
KEEPERS = CAPABILITIES["manage_policies"]
OVERSEERS = GOVERNORS
ACKNOWLEDGING = POLICY_AUDIENCE
# In which posts a version is signed, by the route that the policy takes. A governor signs for a committee, the chair
# for the full body.
SIGNING: dict[str, frozenset[str]] = {
    Route.HEAD_OR_GOVERNORS: CAPABILITIES["approve_policies"],
    Route.HEAD: frozenset({Role.HEADTEACHER}),
    Route.COMMITTEE: GOVERNORS,
    Route.FULL_BOARD: frozenset({Role.CHAIR}),
    Route.CO_CHAIRS: frozenset({Role.CHAIR}),
    Route.SIGNATURES: CAPABILITIES["approve_policies"],
}


def serves(policy: Policy, membership: Membership) -> bool:
    """Tell whether the policy serves the school worked in."""
    return policy.schools.filter(pk=membership.school_id).exists()


def can_manage(membership: Membership, policy: Policy) -> bool:
    """Drafting, references and reviews: whoever keeps the policies of a school that it serves."""
    return holds(membership, "manage_policies") and serves(policy, membership)


def signatures_needed(policy: Policy) -> int:
    """Return how many people must sign a version before it is approved."""
    if policy.route == Route.CO_CHAIRS:
        return 2
    return max(1, policy.signatures_needed) if policy.route == Route.SIGNATURES else 1


def signing_role(membership: Membership, policy: Policy) -> str | None:
    """Return the post in which this person signs by the policy's route, the most senior of theirs; None for others."""
    return next((post.role for post in membership.posts if post.role in SIGNING[policy.route]), None)


def wrote_alone(person: UUID, version: PolicyVersion, writers: set[UUID]) -> bool:
    """Tell whether nobody but this person wrote the version: who drafted it, or alone changed its clauses."""
    return version.drafted_by_id == person or writers == {person}


def can_sign_off(membership: Membership, version: PolicyVersion) -> bool:
    """Whoever the policy's route names; nobody signs off a text that they wrote alone."""
    return (
        holds(membership, "approve_policies")
        and signing_role(membership, version.policy) is not None
        and serves(version.policy, membership)
        and not wrote_alone(membership.user_id, version, writers_of([version])[version.pk])
    )


def can_sign(membership: Membership, version: PolicyVersion) -> bool:
    """Signing, where others still have to; one person gives one signature, in whatever post."""
    return can_sign_off(membership, version) and _is_signed_by_others(membership, version, last=False)


def can_approve(membership: Membership, version: PolicyVersion) -> bool:
    """Giving the last signature that is needed, which approves."""
    return can_sign_off(membership, version) and _is_signed_by_others(membership, version, last=True)


def _is_signed_by_others(membership: Membership, version: PolicyVersion, *, last: bool) -> bool:
    """Tell whether it is this person's turn; once the text is agreed nobody's, and the runner says so."""
    if version.status != PolicyVersion.Status.IN_REVIEW:
        return True
    signed = {signature.signed_by_id for signature in version.signatures.standing()}
    missing = signatures_needed(version.policy) - len(signed)
    return membership.user_id not in signed and (missing <= 1) is last


def can_submit(membership: Membership, version: PolicyVersion) -> bool:
    """Handing a draft over for approval, and taking it back: whoever may change drafts."""
    return holds(membership, "edit_policy_drafts") and serves(version.policy, membership)


def can_write(membership: Membership, version: PolicyVersion) -> bool:
    """Adding clauses to a draft and putting them in order: leaders, while it is a draft."""
    return version.status in PolicyVersion.WRITTEN and can_submit(membership, version)


def can_add_for_school(membership: Membership, version: PolicyVersion) -> bool:
    """Adding a school's own clauses to a policy that serves several: the head of that school."""
    return (
        can_write(membership, version) and holds(membership, "manage_policies") and version.policy.schools.count() > 1
    )


def can_record_consultation(membership: Membership, version: PolicyVersion) -> bool:
    """Recording who was asked about a change and what they said, until it is in force."""
    return version.status in PolicyVersion.PENDING and can_submit(membership, version)


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
    """Changing a clause: leaders, and only while it is a draft; a school's own addition, the head of that school."""
    if clause.only_for_id is None:
        return can_write(membership, clause.version)
    return clause.only_for_id == membership.school_id and can_add_for_school(membership, clause.version)


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
    return (
        version.status in PolicyVersion.PENDING
        and holds(membership, "approve_policies")
        and serves(version.policy, membership)
    )


def can_ask(membership: Membership, policy: Policy) -> bool:
    """Asking a question about a policy: whoever is asked to follow it."""
    return holds(membership, "acknowledge_policies") and serves(policy, membership)


def can_answer(membership: Membership, question: Question) -> bool:
    """Answering a question: the person it went to; once they have left the school, whoever keeps its policies."""
    if question.school_id != membership.school_id:
        return False
    if question.to_id == membership.user_id:
        return True
    here = Membership.objects.current().filter(school=question.school_id, user=question.to_id)
    return question.asked_by_id != membership.user_id and holds(membership, "manage_policies") and not here.exists()


def can_chase(membership: Membership, person: Membership) -> bool:
    """Reminding a person of an acknowledgement: the office and leaders everybody, a manager their own staff."""
    if person.school_id != membership.school_id:
        return False
    return holds(membership, "chase_acknowledgements") or manages(membership, person)


def can_campaign(membership: Membership, version: PolicyVersion) -> bool:
    """Asking an audience of the school to acknowledge a version, and ending that: the office and leaders."""
    return holds(membership, "chase_acknowledgements") and serves(version.policy, membership)


def can_edit_scenarios(membership: Membership, version: PolicyVersion) -> bool:
    """Changing the questions that are asked before acknowledging: the head, while the text is being written."""
    return version.status in PolicyVersion.WRITTEN and can_manage(membership, version.policy)


def can_brief(membership: Membership, policy: Policy) -> bool:
    """Planning a briefing on a policy and recording who was there: leaders."""
    return holds(membership, "lead_briefings") and serves(policy, membership)


def can_lead(membership: Membership, briefing: Briefing) -> bool:
    """Keeping one briefing: leaders of its school, whoever of them leads it."""
    return holds(membership, "lead_briefings") and briefing.school_id == membership.school_id


def can_keep_induction(membership: Membership, item: InductionItem) -> bool:
    """Choosing what joiners read and confirm: leaders and the office of the school."""
    return holds(membership, "manage_induction") and item.school_id == membership.school_id


def manages(membership: Membership, person: Membership) -> bool:
    """Tell whether the person reports to whoever holds this post."""
    return person.line_manager is not None and person.line_manager.user_id == membership.user_id


def can_read_in(membership: Membership) -> bool:
    """Handing in a document to be read: whoever keeps the policies of a school."""
    return holds(membership, "manage_policies")


def can_take_over(membership: Membership, reading: Reading) -> bool:
    """Deciding on what was read, taking it over and putting it away: whoever keeps the policies of that school."""
    return can_read_in(membership) and reading.school_id == membership.school_id
