"""The verbs of talk about a policy: comments on a version under review, and questions."""

from django.db import transaction

from accounts.models import Membership
from policies import notifications
from policies.models import Comment, Policy, PolicyVersion, Question
from policies.rules import can_ask, can_comment
from policies.selectors.questions import answerer_of
from policyportal.lib.workflow import NotAllowed, Refused, save_as


def comment_on(version: PolicyVersion, *, by: Membership, text: str, supports: bool) -> Comment:
    """Store what a governor or the head says of a version under review, and whether they support it [CRO-98].

    Tells nobody. Refuses others, versions no longer under review, and an empty comment without support.
    """
    if not can_comment(by, version):
        raise NotAllowed("Comment")
    if not text.strip() and not supports:
        raise Refused("Write a comment, or say that you support this version.")
    comment = Comment(version=version, by=by.user, text=text.strip(), supports=supports)
    save_as(comment, by, "Commented")
    return comment


def ask(policy: Policy, *, by: Membership, text: str) -> Question:
    """Store a question about a policy and tell the one person to whom it goes [MLC-19, GRA-79].

    That is who holds the role that the policy names, else the line manager of whoever asks, else the headteacher.
    Refuses whoever the policy does not concern, and a school in which nobody could answer.
    """
    if not can_ask(by, policy):
        raise NotAllowed("Ask a question")
    to = answerer_of(policy, by)
    if to is None:
        raise Refused("There is nobody who could answer. Ask the school office.")
    question = Question(school=by.school, policy=policy, asked_by=by.user, to=to, text=text)
    with transaction.atomic():
        save_as(question, by, "Asked")
        notifications.question_asked(question)
    return question
