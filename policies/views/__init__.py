"""Pages of policies: the documents, their acknowledgement, and what a school shows to everybody."""

from policies.views.acknowledgements import (
    acknowledge,
    acknowledgement_export,
    acknowledgement_list,
    acknowledgement_remind,
)
from policies.views.briefings import (
    briefing_attendance,
    briefing_cancel,
    briefing_catch_up,
    briefing_caught_up,
    briefing_create,
    briefing_detail,
    briefing_list,
    briefing_reminders,
)
from policies.views.by_link import acknowledge_by_link, slip
from policies.views.calendars import calendar, calendar_feed, calendar_revoke
from policies.views.campaigns import campaign_create, campaign_detail, campaign_end, who_acknowledges
from policies.views.clauses import (
    clause_detail,
    clause_edit,
    clause_guide_edit,
    guide_intro_edit,
    reference_edit,
)
from policies.views.documents import (
    policy_detail,
    policy_list,
    review_record,
    version_comment,
    version_create,
)
from policies.views.drafting import clause_create, clause_move, clause_remove
from policies.views.families import family_class, family_list, family_remind, family_slips
from policies.views.findings import check_run, finding_detail, finding_list, finding_step
from policies.views.inductions import induction_item, induction_item_create, induction_item_edit, induction_pack
from policies.views.lessons import lesson_create, lesson_list, topic_edit, topic_list
from policies.views.public import guide, school_page
from policies.views.questions import question_create, question_detail, question_list
from policies.views.reviewing import review_create, review_detail, review_list, review_step
from policies.views.scenarios import scenario_create, scenario_edit, scenario_list, scenario_remove
from policies.views.suggestions import suggestion_create, suggestion_detail, suggestion_list, suggestion_step
from policies.views.versions import (
    consultation_record,
    route_edit,
    version_compare,
    version_detail,
    version_step,
)

__all__ = [
    "acknowledge",
    "acknowledge_by_link",
    "acknowledgement_export",
    "acknowledgement_list",
    "acknowledgement_remind",
    "briefing_attendance",
    "briefing_cancel",
    "briefing_catch_up",
    "briefing_caught_up",
    "briefing_create",
    "briefing_detail",
    "briefing_list",
    "briefing_reminders",
    "calendar",
    "calendar_feed",
    "calendar_revoke",
    "campaign_create",
    "campaign_detail",
    "campaign_end",
    "check_run",
    "clause_create",
    "clause_detail",
    "clause_edit",
    "clause_guide_edit",
    "clause_move",
    "clause_remove",
    "consultation_record",
    "family_class",
    "family_list",
    "family_remind",
    "family_slips",
    "finding_detail",
    "finding_list",
    "finding_step",
    "guide",
    "guide_intro_edit",
    "induction_item",
    "induction_item_create",
    "induction_item_edit",
    "induction_pack",
    "lesson_create",
    "lesson_list",
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
    "route_edit",
    "scenario_create",
    "scenario_edit",
    "scenario_list",
    "scenario_remove",
    "school_page",
    "slip",
    "suggestion_create",
    "suggestion_detail",
    "suggestion_list",
    "suggestion_step",
    "topic_edit",
    "topic_list",
    "version_comment",
    "version_compare",
    "version_create",
    "version_detail",
    "version_step",
    "who_acknowledges",
]
