"""Pages of policies: the documents, their acknowledgement, and what a school shows to everybody."""

from policies.views.acknowledgements import acknowledge, acknowledgement_list, acknowledgement_remind
from policies.views.documents import (
    clause_detail,
    clause_edit,
    clause_guide_edit,
    finding_confirm,
    guide_intro_edit,
    policy_detail,
    policy_list,
    reference_edit,
    review_record,
    version_create,
    version_detail,
    version_step,
)
from policies.views.public import guide, school_page

__all__ = [
    "acknowledge",
    "acknowledgement_list",
    "acknowledgement_remind",
    "clause_detail",
    "clause_edit",
    "clause_guide_edit",
    "finding_confirm",
    "guide",
    "guide_intro_edit",
    "policy_detail",
    "policy_list",
    "reference_edit",
    "review_record",
    "school_page",
    "version_create",
    "version_detail",
    "version_step",
]
