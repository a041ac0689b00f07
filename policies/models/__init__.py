"""Policies, their versions and clauses, the works they refer to, acknowledgements and reminders."""

from policies.models.approving import Consultation, Signature
from policies.models.clauses import Clause, GuideIntro
from policies.models.documents import ASKED, Audience, Confirmation, Policy, PolicyVersion, ReviewState, Route
from policies.models.findings import Finding
from policies.models.following import Acknowledgement, AcknowledgementRequest, Campaign, Reminder
from policies.models.reading import Proposal, Reading
from policies.models.references import Reference
from policies.models.reviewing import CalendarFeed, Review, Suggestion
from policies.models.talk import Comment, Question
from policies.models.teaching import (
    Attendance,
    Briefing,
    InductionDone,
    InductionItem,
    Lesson,
    LessonTopic,
    Scenario,
    ScenarioAnswer,
)

__all__ = [
    "ASKED",
    "Acknowledgement",
    "AcknowledgementRequest",
    "Attendance",
    "Audience",
    "Briefing",
    "CalendarFeed",
    "Campaign",
    "Clause",
    "Comment",
    "Confirmation",
    "Consultation",
    "Finding",
    "GuideIntro",
    "InductionDone",
    "InductionItem",
    "Lesson",
    "LessonTopic",
    "Policy",
    "PolicyVersion",
    "Proposal",
    "Question",
    "Reading",
    "Reference",
    "Reminder",
    "Review",
    "ReviewState",
    "Route",
    "Scenario",
    "ScenarioAnswer",
    "Signature",
    "Suggestion",
]
