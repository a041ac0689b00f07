"""What led to a review elsewhere in the portal, and who may know which it was.

An app above this one says so for what it owns, as it knows who may see it; what nobody speaks for nobody is told.
"""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import Membership
from policies.models import Review

MayKnow = Callable[[Membership, Review], bool]
_MAY_KNOW: dict[str, MayKnow] = {}


@dataclass(frozen=True)
class Cause:
    """What led to a review, by its reference, and its page."""

    reference: str
    path: str


def register_cause(trigger: str, may_know: MayKnow) -> None:
    """Let `may_know(membership, review)` say who is told what led to the reviews of this trigger."""
    _MAY_KNOW[trigger] = may_know


def cause_of(membership: Membership, review: Review) -> Cause | None:
    """Return what led to a review, for whoever may see that thing itself; None for everybody else."""
    may_know = _MAY_KNOW.get(review.trigger)
    if not review.cause or may_know is None or not may_know(membership, review):
        return None
    return Cause(review.cause, review.cause_path)
