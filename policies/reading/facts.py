"""One thing that a policy says, as the reader understood it: what, where, how surely and why."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policies.reading.document import Place


class Kind(StrEnum):
    """What a fact is about, and the shape of its value (`?` may be missing or None).

    Dates: {"raw", "day": "2024-04-30"?, "precision": of `policyportal.lib.dates.Precision`}. A month without a day is
    reckoned as its last.
    """

    TITLE = "title"  # {"text"}
    SCHOOL = "school"  # {"name"}, one for each school that the policy serves
    FEDERATION = "federation"  # {"name"}
    WEBSITE = "website"  # {"url"}
    MOTTO = "motto"  # {"text"}
    ISSUED = "issued"  # a date, as the title prints it
    VERSION = "version"  # {"text"}
    APPROVER = "approver"  # {"kind": of PolicyVersion.Approver, "name", "role"}
    APPROVED_ON = "approved_on"  # a date
    SIGNED = "signed"  # {"raw": the date as printed, "by"}
    LAST_REVIEWED_ON = "last_reviewed_on"  # a date
    REVIEW_DUE_ON = "review_due_on"  # a date
    CYCLE = "cycle"  # {"months", "raw"}
    REVIEW_TRIGGER = "review_trigger"  # {"trigger": of PolicyVersion.Trigger}
    REVIEW_QUESTION = "review_question"  # {"text"}: what every review weighs up
    CONSULTS = "consults"  # {"group"}: who is consulted before a change
    ACKNOWLEDGED_BY = "acknowledged_by"  # {"audiences": of policies.models.Audience}
    CONTENTS_ENTRY = "contents_entry"  # {"number", "title", "page"}
    SECTION = "section"  # {"number", "title", "level"}
    CLAUSE = (
        "clause"  # {"code", "section", "heading", "kind": of Clause.Kind, "text", "audiences", "about", "category"}
    )
    CHANNEL = "channel"  # {"platform", "name", "audience": of Channel.Audience or ""}
    MANAGED_BY = "managed_by"  # {"who": the roles as named}
    AUTHORISED_BY = "authorised_by"  # {"who"}
    SUGGESTIONS_TO = "suggestions_to"  # {"who"}
    CHANNEL_RULE = "channel_rule"  # {"list": may, never or remove, "mode": will or may, "platforms", "text"}
    PROCEDURE = "procedure"  # {"about": staff, pupil, parent or community, "name"}
    CONTACT = "contact"  # {"for": what one turns to them with, "who"}
    ROLE = "role"  # {"name"}: a role that the text gives a duty to
    RELATED_POLICY = "related_policy"  # {"title", "cited": listed or body}
    LEGISLATION = "legislation"  # {"title", "year"?}
    GUIDANCE = "guidance"  # {"title", "year"?, "link"}
    PLATFORM = "platform"  # {"name"}: named anywhere in the text
    MINIMUM_AGE = "minimum_age"  # {"platform": "" for most platforms, "age"}
    DEADLINE = "deadline"  # {"hours", "what"}
    TRAINING = "training"  # {"what"}
    CONSENT = "consent"  # {"basis": opt_in or opt_out, "of"}


@dataclass(frozen=True)
class Fact:
    """A fact of a kind; `value` None says that the document does not state one.

    `confidence` is in per cent. `reason` says in a sentence why it was read so, for the person who confirms it.
    `place` is None only for what is not stated.
    """

    kind: Kind
    value: dict[str, Any] | None
    place: Place | None
    confidence: int
    reason: str
