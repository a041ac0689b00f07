"""The verbs of policies that are not one step, by noun; called as `services.<verb>`."""

from policies.services.acknowledging import acknowledge
from policies.services.calendars import make_calendar, revoke_calendar
from policies.services.campaigns import end_campaign, start_campaign
from policies.services.documents import (
    add_clause,
    change_policy,
    draft_next_version,
    draft_version,
    edit_clause,
    record_policy,
)
from policies.services.guides import edit_guide_text, write_guide_intro
from policies.services.reading import change_proposal, decide, record_reading
from policies.services.references import add_reference, check_reference
from policies.services.reminding import record_due_reminders, remind
from policies.services.reviewing import (
    close_as_kept,
    close_with_version,
    confirm_finding,
    open_due_reviews,
    open_review,
    record_review,
)
from policies.services.suggesting import answer_suggestion, suggest
from policies.services.talk import ask, comment_on

__all__ = [
    "acknowledge",
    "add_clause",
    "add_reference",
    "answer_suggestion",
    "ask",
    "change_policy",
    "change_proposal",
    "check_reference",
    "close_as_kept",
    "close_with_version",
    "comment_on",
    "confirm_finding",
    "decide",
    "draft_next_version",
    "draft_version",
    "edit_clause",
    "edit_guide_text",
    "end_campaign",
    "make_calendar",
    "open_due_reviews",
    "open_review",
    "record_due_reminders",
    "record_policy",
    "record_reading",
    "record_review",
    "remind",
    "revoke_calendar",
    "start_campaign",
    "suggest",
    "write_guide_intro",
]
