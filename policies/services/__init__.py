"""The verbs of policies that are not one step, by noun; called as `services.<verb>`."""

from policies.services.acknowledging import acknowledge, choose_who_acknowledges
from policies.services.approving import (
    change_route,
    lapse_changed_approvals,
    lapse_if_changed,
    record_consultation,
)
from policies.services.briefings import (
    catch_up,
    plan_briefing,
    record_attendance,
    remind_of_briefings,
    switch_briefing_reminders,
)
from policies.services.calendars import make_calendar, revoke_calendar
from policies.services.campaigns import ask_families_anew, end_campaign, start_campaign
from policies.services.check import check_now, decide_finding
from policies.services.clauses import add_clause, edit_clause, move_clause, remove_clause, write_clause
from policies.services.documents import change_policy, draft_next_version, draft_version, record_policy
from policies.services.families import (
    acknowledge_by_link,
    ask_families_who_joined,
    print_slips,
    record_class,
    remind_parents,
    remind_parents_due,
)
from policies.services.guides import edit_guide_text, write_guide_intro
from policies.services.induction import add_induction_item, confirm_induction, edit_induction_item
from policies.services.reading import add_proposal, change_proposal, decide, record_reading
from policies.services.references import add_reference, check_reference
from policies.services.reminding import record_due_reminders, remind
from policies.services.reviewing import (
    close_as_kept,
    close_with_version,
    open_due_reviews,
    open_review,
    record_review,
)
from policies.services.scenarios import add_scenario, edit_scenario, remove_scenario
from policies.services.suggesting import answer_suggestion, suggest
from policies.services.talk import ask, comment_on

__all__ = [
    "acknowledge",
    "acknowledge_by_link",
    "add_clause",
    "add_induction_item",
    "add_proposal",
    "add_reference",
    "add_scenario",
    "answer_suggestion",
    "ask",
    "ask_families_anew",
    "ask_families_who_joined",
    "catch_up",
    "change_policy",
    "change_proposal",
    "change_route",
    "check_now",
    "check_reference",
    "choose_who_acknowledges",
    "close_as_kept",
    "close_with_version",
    "comment_on",
    "confirm_induction",
    "decide",
    "decide_finding",
    "draft_next_version",
    "draft_version",
    "edit_clause",
    "edit_guide_text",
    "edit_induction_item",
    "edit_scenario",
    "end_campaign",
    "lapse_changed_approvals",
    "lapse_if_changed",
    "make_calendar",
    "move_clause",
    "open_due_reviews",
    "open_review",
    "plan_briefing",
    "print_slips",
    "record_attendance",
    "record_class",
    "record_consultation",
    "record_due_reminders",
    "record_policy",
    "record_reading",
    "record_review",
    "remind",
    "remind_of_briefings",
    "remind_parents",
    "remind_parents_due",
    "remove_clause",
    "remove_scenario",
    "revoke_calendar",
    "start_campaign",
    "suggest",
    "switch_briefing_reminders",
    "write_clause",
    "write_guide_intro",
]
