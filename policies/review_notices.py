"""What reviews and suggestions tell whom: one function per event, each inside the caller's transaction."""

from accounts.models import Membership
from accounts.notifications import notify
from policies.models import Review, Suggestion
from policies.rules import KEEPERS


def review_opened(review: Review, by: Membership | None) -> None:
    """Tell whoever keeps the policy, in each school that it serves, that it is to be reviewed out of turn.

    Whoever opened it knows.
    """
    posts = Membership.objects.current().filter(school__policies=review.policy_id).holding(*KEEPERS)
    for post in posts.select_related("user", "school"):
        if by is None or post.user_id != by.user_id:
            notify(
                user=post.user,
                school=post.school,
                event="review_opened",
                subject=f"Review: {review.policy}"[:120],
                path=review.get_absolute_url(),
                key=f"review-opened:{review.pk}",
            )


def suggestion_made(suggestion: Suggestion) -> None:
    """Tell whoever keeps the policy in the school of whoever suggested something."""
    posts = Membership.objects.current().filter(school=suggestion.school_id).holding(*KEEPERS)
    for post in posts.exclude(user=suggestion.suggested_by_id).select_related("user", "school"):
        notify(
            user=post.user,
            school=post.school,
            event="suggestion_made",
            subject=f"A suggestion for {suggestion.policy}"[:120],
            path=suggestion.get_absolute_url(),
            key=f"suggestion-made:{suggestion.pk}",
        )


def suggestion_answered(suggestion: Suggestion) -> None:
    """Tell whoever suggested it what came of it."""
    notify(
        user=suggestion.suggested_by,
        school=suggestion.school,
        event="suggestion_answered",
        subject=f"Your suggestion for {suggestion.policy} is answered"[:120],
        path=suggestion.get_absolute_url(),
        key=f"suggestion-answered:{suggestion.pk}",
    )
