"""Who may open and close reviews, suggest changes and answer suggestions."""

from accounts.models import Membership
from accounts.rules import holds
from policies.models import Policy, Review, Suggestion
from policies.rules import can_manage, serves


def can_review(membership: Membership, review: Review) -> bool:
    """Closing a review: whoever keeps the policy."""
    return can_manage(membership, review.policy)


def can_suggest(membership: Membership, policy: Policy) -> bool:
    """Suggesting a change: whoever is asked to follow the policy."""
    return holds(membership, "acknowledge_policies") and serves(policy, membership)


def can_answer_suggestion(membership: Membership, suggestion: Suggestion) -> bool:
    """Taking a suggestion up or declining it: whoever keeps the policy, in the school of whoever suggested it."""
    return suggestion.school_id == membership.school_id and can_manage(membership, suggestion.policy)
