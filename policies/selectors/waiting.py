"""What waits for one person in policies: to acknowledge, to confirm on joining, to approve, to publish, to review."""

from datetime import timedelta

from django.urls import reverse

from accounts.models import Membership
from accounts.rules import holds
from policies.models import Policy, PolicyVersion, Question, Reference
from policies.selectors.acknowledgements import posts_asked
from policies.selectors.approving import awaiting_signature
from policies.selectors.briefings import due_for, late_for
from policies.selectors.families import classes_to_record
from policies.selectors.induction import owed_by
from policies.selectors.policies import policies_with_version
from policies.selectors.reviewing import reviews_waiting
from policies.selectors.standing import standing_for
from policyportal.lib.waiting import Waiting

MOST = 20
Status = PolicyVersion.Status


def waiting_for(membership: Membership) -> list[Waiting]:
    """Return what this person must do about policies, at most 20 things, in a constant number of queries."""
    policies = list(policies_with_version(membership).order_by("title"))
    waiting = _acknowledgements(membership, policies) + _induction(membership) + _questions(membership)
    waiting += _briefings(membership) + _classes(membership, policies)
    if holds(membership, "approve_policies") or holds(membership, "manage_policies"):
        waiting += _versions(membership)
    if holds(membership, "manage_policies"):
        waiting += reviews_waiting(membership, policies) + _superseded(policies)
    return waiting[:MOST]


def _acknowledgements(membership: Membership, policies: list[Policy]) -> list[Waiting]:
    """The versions in force that the person has not acknowledged yet."""
    if not holds(membership, "acknowledge_policies"):
        return []
    posts = posts_asked(membership.school).filter(user_id=membership.user_id).select_related("school")
    post = posts.order_by("starts_on").first()
    versions = [policy.in_force[0] for policy in policies if policy.in_force and policy.for_staff]
    standing = standing_for(versions, membership.user_id)
    return [
        Waiting(
            title=f"Read and acknowledge: {version.policy}",
            url=reverse("policies:acknowledge", args=[version.pk]),
            due=standing.asked(version, post)[1],
        )
        for version in versions
        if post and not standing.has_answered(version, post)
    ]


def _induction(membership: Membership) -> list[Waiting]:
    """What joiners have not confirmed yet."""
    if not holds(membership, "acknowledge_policies"):
        return []
    return [
        Waiting(
            title=f"Read and confirm: {owing.item}",
            url=reverse("policies:induction_item", args=[owing.item.pk]),
            due=owing.due,
        )
        for owing in owed_by(membership)
        if owing.done is None
    ]


def _briefings(membership: Membership) -> list[Waiting]:
    """Briefings that the person leads and that are near or over, and those that they missed."""
    waiting = []
    if holds(membership, "lead_briefings"):
        for due in due_for(membership):
            verb = "Record who was there" if due.is_over else "Lead the briefing"
            url = due.briefing.get_absolute_url()
            waiting.append(Waiting(title=f"{verb}: {due.briefing}", url=url, due=due.briefing.held_on))
    if holds(membership, "acknowledge_policies"):
        waiting += [
            Waiting(
                title=f"Catch up on a briefing: {each.briefing}",
                url=reverse("policies:briefing_catch_up", args=[each.briefing_id]),
                due=each.briefing.held_on + timedelta(days=membership.school.acknowledgement_days),
            )
            for each in late_for(membership)[:MOST]
        ]
    return waiting


def _classes(membership: Membership, policies: list[Policy]) -> list[Waiting]:
    """What a class teacher's own class has not gone through yet."""
    if not holds(membership, "record_for_classes"):
        return []
    versions = [policy.in_force[0] for policy in policies if policy.in_force]
    return [
        Waiting(
            title=f"Go through it with class {school_class}: {version.policy}",
            url=reverse("policies:family_class", args=[version.pk, school_class.pk]),
        )
        for version, school_class in classes_to_record(membership, versions)
    ]


def _questions(membership: Membership) -> list[Waiting]:
    """Questions that came to the person, or fell to them, and have no answer yet."""
    asked = Question.objects.visible_to(membership).exclude(asked_by=membership.user_id).open()
    return [
        Waiting(title=f"Answer: {question}", url=question.get_absolute_url())
        for question in asked.select_related("policy").order_by("created_at")[:MOST]
    ]


def _versions(membership: Membership) -> list[Waiting]:
    """Versions to sign, those to change after an approver said so, and approved ones to publish."""
    publishes = holds(membership, "manage_policies")
    verbs = {Status.APPROVED: "Publish", Status.CHANGES_REQUESTED: "Change"} if publishes else {}
    pending = PolicyVersion.objects.visible_to(membership).filter(status__in=[Status.IN_REVIEW, *verbs])
    versions = list(pending.select_related("policy").prefetch_related("signatures").order_by("created_at"))
    to_sign = awaiting_signature(membership, versions)
    return [
        Waiting(
            title=f"{'Approve' if version.pk in to_sign else verbs[version.status]}: {version}",
            url=version.get_absolute_url(),
        )
        for version in versions
        if version.pk in to_sign or version.status in verbs
    ]


def _superseded(policies: list[Policy]) -> list[Waiting]:
    """Laws and guidance marked superseded since the policy was last reviewed."""
    found = Reference.objects.filter(policy__in=policies, standing=Reference.Standing.SUPERSEDED)
    reviewed = {policy.pk: policy.in_force[0].last_reviewed_on for policy in policies if policy.in_force}
    return [
        Waiting(
            title=f"Review: {reference.policy}",
            url=reference.policy.get_absolute_url(),
            detail=f"Legislative change: {reference.title} has been superseded",
        )
        for reference in found.select_related("policy")
        if not reviewed.get(reference.policy_id)
        or not reference.last_checked_on
        or reference.last_checked_on > reviewed[reference.policy_id]
    ]
