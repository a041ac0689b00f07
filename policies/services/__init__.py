"""The verbs of policies that are not one step, by noun; called as `services.<verb>`."""

from policies.services.acknowledging import acknowledge
from policies.services.documents import add_clause, draft_next_version, draft_version, edit_clause, record_policy
from policies.services.guides import edit_guide_text, write_guide_intro
from policies.services.references import add_reference, check_reference
from policies.services.reminding import record_due_reminders, remind
from policies.services.reviewing import confirm_finding, record_review
from policies.services.talk import ask, comment_on

__all__ = [
    "acknowledge",
    "add_clause",
    "add_reference",
    "ask",
    "check_reference",
    "comment_on",
    "confirm_finding",
    "draft_next_version",
    "draft_version",
    "edit_clause",
    "edit_guide_text",
    "record_due_reminders",
    "record_policy",
    "record_review",
    "remind",
    "write_guide_intro",
]
