"""Pages of policies: the documents, their acknowledgement, and what a school shows to everybody."""

from policies.views.acknowledgements import acknowledge, acknowledgement_list, acknowledgement_remind
from policies.views.calendars import calendar, calendar_feed, calendar_revoke
from policies.views.clauses import (
    clause_detail,
    clause_edit,
    clause_guide_edit,
    guide_intro_edit,
    reference_edit,
)
from policies.views.documents import (
    finding_confirm,
    policy_detail,
    policy_list,
    review_record,
    version_comment,
    version_create,
    version_detail,
    version_step,
)
from policies.views.public import guide, school_page
from policies.views.questions import question_create, question_detail, question_list
from policies.views.reviewing import review_create, review_detail, review_list, review_step
from policies.views.suggestions import suggestion_create, suggestion_detail, suggestion_list, suggestion_step

__all__ = [
    "acknowledge",
    "acknowledgement_list",
    "acknowledgement_remind",
    "calendar",
    "calendar_feed",
    "calendar_revoke",
    "clause_detail",
    "clause_edit",
    "clause_guide_edit",
    "finding_confirm",
    "guide",
    "guide_intro_edit",
    "policy_detail",
    "policy_list",
    "question_create",
    "question_detail",
    "question_list",
    "reference_edit",
    "review_create",
    "review_detail",
    "review_list",
    "review_record",
    "review_step",
    "school_page",
    "suggestion_create",
    "suggestion_detail",
    "suggestion_list",
    "suggestion_step",
    "version_comment",
    "version_create",
    "version_detail",
    "version_step",
]
