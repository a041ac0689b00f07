"""The verbs of suggestions: what people would change in a policy, kept for its next review, and answered."""

from django.db import transaction

from accounts.models import Membership
from policies.models import Clause, Policy, Suggestion
from policies.review_notices import suggestion_made
from policies.review_rules import can_suggest
from policyportal.lib.workflow import NotAllowed, Refused, save_as, take


def suggest(policy: Policy, *, by: Membership, text: str, clause: Clause | None = None) -> Suggestion:
    """Store what somebody would change in a policy, or in one clause of it, and tell whoever keeps the policy.

    Refuses whoever the policy does not concern, an empty text, and a clause of another policy.
    """
    if not can_suggest(by, policy):
        raise NotAllowed("Suggest a change")
    if not text.strip():
        raise Refused("Write what you suggest.")
    if clause is not None and clause.version.policy_id != policy.pk:
        raise Refused("This clause is of another policy.")
    suggestion = Suggestion(school=by.school, policy=policy, clause=clause, text=text.strip(), suggested_by=by.user)
    with transaction.atomic():
        save_as(suggestion, by, "Suggested")
        suggestion_made(suggestion)
    return suggestion


def answer_suggestion(suggestion: Suggestion, step: str, *, by: Membership, answer: str) -> Suggestion:
    """Take a suggestion up or decline it (`take_up`, `decline`), and tell whoever suggested it what came of it.

    Refuses whoever may not manage the policy, an empty answer, and whoever comes too late.
    """
    return take(step, suggestion, by, answer=answer)
