"""Policies, their versions and clauses, the works they refer to, acknowledgements and reminders."""

from policies.models.clauses import Clause, GuideIntro
from policies.models.documents import ASKED, Audience, Confirmation, Policy, PolicyVersion, ReviewState
from policies.models.following import Acknowledgement, Reminder
from policies.models.references import Reference
from policies.models.talk import Comment, Question

__all__ = [
    "ASKED",
    "Acknowledgement",
    "Audience",
    "Clause",
    "Comment",
    "Confirmation",
    "GuideIntro",
    "Policy",
    "PolicyVersion",
    "Question",
    "Reference",
    "Reminder",
    "ReviewState",
]
