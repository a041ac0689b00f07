"""How a new version comes to the dates of the review that led to it."""

from accounts.models import Membership
from policies.models import PolicyVersion, Review
from policyportal.lib.dates import Precision


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
