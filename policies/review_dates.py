"""What a new version takes from the review that led to it, and which reviews it answers."""

from django.utils import timezone

from accounts.models import Membership
from policies.models import PolicyVersion, Review
from policies.review_rules import can_review
from policyportal.lib.dates import Precision, today
from policyportal.lib.workflow import take

Trigger = PolicyVersion.Trigger


def take_over_review(version: PolicyVersion, actor: Membership, reason: str) -> None:
    """Note on a version that is being published when it was reviewed and what that found, as its review says.

    The next review is then due on the day that this one named, else by the policy's cycle from here.
    """
    review = Review.objects.filter(led_to=version.pk).order_by("-closed_at").first()
    if review is None:
        return
    version.last_reviewed_on, version.last_reviewed_on_precision = review.reviewed_on, Precision.DAY
    version.last_reviewed_on_raw = ""
    version.last_reviewed_note = review.note[:100]
    version.review_answers = review.answers


def close_answered_reviews(version: PolicyVersion, actor: Membership, reason: str) -> None:
    """Close the reviews of former wordings that a version answers by being published: the yearly, and its own cause.

    One that has questions to answer stays open, and so does one opened for something else: a person closes it.
    """
    if version.policy.review_questions:
        return
    answered = {Trigger.YEARLY, version.trigger}
    for review in version.policy.reviews.open().filter(trigger__in=answered).exclude(version=version):
        if can_review(actor, review):
            take(
                "renew",
                review,
                actor,
                f"Version {version.number} was published",
                led_to=version,
                result=Review.Result.NEW_VERSION,
                reviewed_on=version.approved_on or today(),
                closed_at=timezone.now(),
            )
