"""Questions about policies: to whom one goes, and which somebody may read."""

from django.db.models import QuerySet

from accounts.models import Membership, User
from policies.models import Policy, Question
from policies.rules import KEEPERS


def answerer_of(policy: Policy, asker: Membership) -> User | None:
    """Return who answers a question of `asker`, never the asker; None where nobody could.

    Whoever holds the role that the policy names, else the line manager of the asker, else the headteacher; somebody
    present before somebody away.
    """
    posts = Membership.objects.present().filter(school=asker.school).exclude(user=asker.user).select_related("user")
    named = posts.holding(policy.questions_to) if policy.questions_to else posts.filter(reports_to_me__user=asker.user)
    post = named.first() or posts.holding(*KEEPERS).first()
    return post and post.user


def questions_of(membership: Membership) -> QuerySet[Question]:
    """Return the questions that this person may read: those they asked or are asked, and those that fell to them."""
    return Question.objects.visible_to(membership).select_related("policy", "asked_by", "to")
