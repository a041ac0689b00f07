"""The life of a review (open, done) and of a suggestion (for the next review, taken up or not)."""

from accounts.models import Membership
from policies.models import Review, Suggestion
from policies.review_notices import suggestion_answered
from policies.review_rules import can_answer_suggestion, can_review
from policyportal.lib.workflow import Step, register

OUTCOME = ("result", "answers", "note", "reviewed_on", "closed_at")


def question_unanswered(review: Review) -> str:
    """Ask for what the policy says that every review weighs up [HEA-112]."""
    blank = [one for one in review.policy.review_questions if not str(review.answers.get(one, "")).strip()]
    return " ".join(f"Say what the review found on this: {question}." for question in blank)


def day_missing(review: Review) -> str:
    """Ask on which day it was."""
    return "" if review.reviewed_on else "Say when the policy was reviewed."


def version_missing(review: Review) -> str:
    """A review that ends in a new version names it."""
    return "" if review.led_to_id else "Say which version came of it."


def answer_missing(suggestion: Suggestion) -> str:
    """Whoever suggested it is told why."""
    return "" if suggestion.answer.strip() else "Write the answer. Whoever suggested it reads it."


def tell_suggester(suggestion: Suggestion, actor: Membership, reason: str) -> None:
    """Tell whoever suggested it."""
    suggestion_answered(suggestion)


register(
    Review,
    [
        Step(
            name="keep",
            label="Policy stays as it is",
            sources=(Review.Status.OPENED,),
            target=Review.Status.CLOSED,
            rule=can_review,
            sets=OUTCOME,
            needs=(day_missing, question_unanswered),
        ),
        Step(
            name="renew",
            label="Policy needs a new version",
            sources=(Review.Status.OPENED,),
            target=Review.Status.CLOSED,
            rule=can_review,
            sets=(*OUTCOME, "led_to"),
            needs=(day_missing, question_unanswered, version_missing),
        ),
    ],
)
register(
    Suggestion,
    [
        Step(
            name="take_up",
            label="Take up",
            sources=(Suggestion.Status.MADE,),
            target=Suggestion.Status.TAKEN_UP,
            rule=can_answer_suggestion,
            sets=("answer",),
            needs=(answer_missing,),
            follows=(tell_suggester,),
        ),
        Step(
            name="decline",
            label="Do not take up",
            sources=(Suggestion.Status.MADE,),
            target=Suggestion.Status.DECLINED,
            rule=can_answer_suggestion,
            sets=("answer",),
            needs=(answer_missing,),
            follows=(tell_suggester,),
        ),
    ],
)
