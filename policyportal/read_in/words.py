"""What each kind of finding is called, in which group it stands, how its value reads and whether it is put to use."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from accounts.models import School
from channels_mgmt.models import Channel
from incidents.models import About
from policies.models import Audience, Clause, PolicyVersion
from policies.reading.facts import Kind
from policyportal.lib.dates import Precision, StatedDate
from policyportal.lib.templatetags.portal import counted
from policyportal.read_in.roles import roles_meant, words_of

Value = dict[str, Any]
NOT_STATED = "Not stated"
# From which confidence, in per cent, something is called so.
SURE, LIKELY = 85, 60
LISTS = {"may": "The school may post", "never": "The school never posts", "remove": "Removed on sight"}
CITED = {"listed": "listed", "body": "cited in the text"}
BASES = {"opt_in": "only with consent", "opt_out": "unless somebody objects"}


class Group(StrEnum):
    """The groups of the review page, in its order; the value stands in its address."""

    ABOUT = "about"
    DATES = "dates"
    CHANNELS = "channels"
    LISTS = "lists"
    TOLD = "told"
    RESTS = "rests"
    CLAUSES = "clauses"

    @property
    def label(self) -> str:
        """What the page calls it."""
        return GROUP_LABELS[self]


GROUP_LABELS = {
    Group.ABOUT: "About the policy",
    Group.DATES: "Dates and approval",
    Group.CHANNELS: "Channels",
    Group.LISTS: "Lists",
    Group.TOLD: "Who is told",
    Group.RESTS: "What it rests on",
    Group.CLAUSES: "Clauses",
}


@dataclass(frozen=True)
class Told:
    """How a kind is told: `is_used` says that taking over makes something of it, besides keeping it here."""

    label: str
    group: Group
    words: Callable[[Value, School], str]
    is_used: bool = True


def field(name: str) -> Callable[[Value, School], str]:
    """Return the words of a value that are one of its fields."""
    return lambda value, school: str(value.get(name) or "")


def date_words(value: Value, school: School) -> str:
    """A date as it was stated, and what it is taken to mean where that says more."""
    raw = value.get("raw") or ""
    meant = stated(value)
    if meant.precision == Precision.AMBIGUOUS or (raw and not meant):
        return f"{raw} (can be read in two ways)" if meant.precision == Precision.AMBIGUOUS else raw
    told = str(meant)
    if meant.precision == Precision.MONTH:
        told = f"{told}, taken as {meant.day.day} {meant.day:%B %Y}"
    return told if not raw or raw.casefold() in told.casefold() else f"{told} (“{raw}”)"


def stated(value: Value) -> StatedDate:
    """Return the date of a value."""
    day = date.fromisoformat(value["day"]) if value.get("day") else None
    return StatedDate(day, value.get("precision") or Precision.NONE, value.get("raw") or "")


def approver_words(value: Value, school: School) -> str:
    """Who approved it, in which role, and whether that is a person or a body."""
    name, role = value.get("name") or "", value.get("role") or ""
    kind = value.get("kind") or PolicyVersion.Approver.NOT_STATED
    told = ", ".join(part for part in (name, role) if part)
    label = str(PolicyVersion.Approver(kind).label)
    return f"{told} ({label.lower()})" if told else label


def cycle_words(value: Value, school: School) -> str:
    """How often it is reviewed, and in what words that was said."""
    months, raw = value.get("months"), value.get("raw") or ""
    told = f"Every {counted(months, 'month')}" if months else ""
    return f"{told} (“{raw}”)" if told and raw else told or raw


def audience_words(value: Value, school: School) -> str:
    """Whom the policy asks to acknowledge it."""
    return ", ".join(str(Audience(one).label) for one in value.get("audiences", ())) or "Nobody"


def channel_words(value: Value, school: School) -> str:
    """A channel and who can see it."""
    platform, name = value.get("platform") or "", value.get("name") or ""
    told = f"{platform}: {name}" if platform and name and name.casefold() != platform.casefold() else platform or name
    audience = value.get("audience")
    return f"{told} ({Channel.Audience(audience).label.lower() if audience else 'who can see it is not stated'})"


def who_words(value: Value, school: School) -> str:
    """Who does something, and which posts of the portal these are taken for."""
    who = words_of(value.get("who"))
    meant = ", ".join(school.label_of(role) for role in roles_meant(value, school))
    if not meant:
        return f"{who}: no post of the portal is meant. Change it to choose."
    return who if who.casefold() == meant.casefold() else f"{who} (in the portal: {meant})"


def rule_words(value: Value, school: School) -> str:
    """A line of one of the three lists, and for which platforms it is meant."""
    told = LISTS.get(value.get("list"), "")
    if value.get("list") == "may" and value.get("mode") == "will":
        told = "The school will post"
    platforms = ", ".join(value.get("platforms") or ()) or "every channel"
    return f"{told}, on {platforms}: {value.get('text')}"


def procedure_words(value: Value, school: School) -> str:
    """By which procedure a report about somebody is handled."""
    about = value.get("about")
    return f"{About(about).label if about in About.values else 'Anybody'}: {value.get('name')}"


def contact_words(value: Value, school: School) -> str:
    """To whom one turns with what."""
    return f"{value.get('for')}: {words_of(value.get('who'))}"


def reference_words(value: Value, school: School) -> str:
    """A work that the policy leans on."""
    year, cited = value.get("year"), CITED.get(value.get("cited"), "")
    title = value.get("title") or ""
    told = f"{title} ({year})" if year and str(year) not in title else title
    return f"{told}, {cited}" if cited else told


def age_words(value: Value, school: School) -> str:
    """A minimum age."""
    return f"{value.get('platform') or 'Most platforms'}: {value.get('age')} years"


def deadline_words(value: Value, school: School) -> str:
    """Within how many hours something is done."""
    hours, what = value.get("hours"), value.get("what") or ""
    return f"{what}: {counted(hours, 'hour')}" if hours else what


def consent_words(value: Value, school: School) -> str:
    """How consent is given."""
    return f"{value.get('of')}: {BASES.get(value.get('basis'), value.get('basis'))}"


def contents_words(value: Value, school: School) -> str:
    """A line of the contents page."""
    page = value.get("page")
    return f"{value.get('number') or ''} {value.get('title')}, {f'page {page}' if page else 'no page'}".strip()


def section_words(value: Value, school: School) -> str:
    """A numbered section."""
    return f"{value.get('number') or ''} {value.get('title')}".strip()


def signed_words(value: Value, school: School) -> str:
    """A signature as it is printed."""
    by = value.get("by")
    return f"{value.get('raw')}, by {by}" if by else str(value.get("raw"))


def trigger_words(value: Value, school: School) -> str:
    """What leads to a review besides its date."""
    trigger = value.get("trigger")
    return str(PolicyVersion.Trigger(trigger).label) if trigger in PolicyVersion.Trigger.values else str(trigger)


def clause_words(value: Value, school: School) -> str:
    """What a clause says; what it is and for whom stands beside it."""
    return value.get("text") or ""


def clause_facts(value: Value) -> str:
    """What kind of clause it is, for whom, and what a breach of it is called."""
    kind = value.get("kind")
    told = [str(Clause.Kind(kind).label) if kind in Clause.Kind.values else ""]
    told.append(", ".join(str(Audience(one).label) for one in value.get("audiences") or () if one in Audience.values))
    told.append(f"breach: {value['category']}" if value.get("category") else "")
    return " · ".join(part for part in told if part)


KINDS: dict[Kind, Told] = {
    Kind.TITLE: Told("Title", Group.ABOUT, field("text")),
    Kind.SCHOOL: Told("Serves", Group.ABOUT, field("name"), is_used=False),
    Kind.FEDERATION: Told("Federation", Group.ABOUT, field("name"), is_used=False),
    Kind.WEBSITE: Told("Website", Group.ABOUT, field("url"), is_used=False),
    Kind.MOTTO: Told("Motto", Group.ABOUT, field("text")),
    Kind.VERSION: Told("Version, as printed", Group.ABOUT, field("text"), is_used=False),
    Kind.ISSUED: Told("Date in the title", Group.DATES, date_words),
    Kind.APPROVER: Told("Approved by", Group.DATES, approver_words),
    Kind.APPROVED_ON: Told("Approved on", Group.DATES, date_words),
    Kind.SIGNED: Told("Signed", Group.DATES, signed_words),
    Kind.LAST_REVIEWED_ON: Told("Last reviewed", Group.DATES, date_words),
    Kind.REVIEW_DUE_ON: Told("Next review due", Group.DATES, date_words),
    Kind.CYCLE: Told("Reviewed", Group.DATES, cycle_words),
    Kind.REVIEW_TRIGGER: Told("Also reviewed after", Group.DATES, trigger_words, is_used=False),
    Kind.REVIEW_QUESTION: Told("Every review weighs up", Group.DATES, field("text")),
    Kind.CONSULTS: Told("Consulted before a change", Group.DATES, field("group")),
    Kind.CHANNEL: Told("Channel", Group.CHANNELS, channel_words),
    Kind.MANAGED_BY: Told("Channels are managed by", Group.CHANNELS, who_words),
    Kind.AUTHORISED_BY: Told("Who may post is decided by", Group.CHANNELS, who_words),
    Kind.SUGGESTIONS_TO: Told("Ideas for posts go to", Group.CHANNELS, who_words),
    Kind.PLATFORM: Told("Platform named", Group.CHANNELS, field("name")),
    Kind.MINIMUM_AGE: Told("Minimum age", Group.CHANNELS, age_words),
    Kind.CHANNEL_RULE: Told("Line of a list", Group.LISTS, rule_words),
    Kind.ACKNOWLEDGED_BY: Told("Asked to acknowledge it", Group.TOLD, audience_words),
    Kind.PROCEDURE: Told("Procedure for a report about", Group.TOLD, procedure_words),
    Kind.CONTACT: Told("Whom to turn to", Group.TOLD, contact_words, is_used=False),
    Kind.ROLE: Told("Role", Group.TOLD, field("name"), is_used=False),
    Kind.DEADLINE: Told("Deadline", Group.TOLD, deadline_words, is_used=False),
    Kind.TRAINING: Told("Training promised", Group.TOLD, field("what"), is_used=False),
    Kind.CONSENT: Told("Consent", Group.TOLD, consent_words, is_used=False),
    Kind.RELATED_POLICY: Told("Related policy", Group.RESTS, reference_words),
    Kind.LEGISLATION: Told("Law", Group.RESTS, reference_words),
    Kind.GUIDANCE: Told("Guidance", Group.RESTS, reference_words),
    Kind.CLAUSE: Told("Clause", Group.CLAUSES, clause_words),
    Kind.SECTION: Told("Section", Group.CLAUSES, section_words, is_used=False),
    Kind.CONTENTS_ENTRY: Told("Line of the contents page", Group.CLAUSES, contents_words),
}


# What a policy may say several times, so that the reader can miss one of them.
MANY = (
    Kind.REVIEW_QUESTION,
    Kind.CONSULTS,
    Kind.CHANNEL,
    Kind.MANAGED_BY,
    Kind.AUTHORISED_BY,
    Kind.SUGGESTIONS_TO,
    Kind.PLATFORM,
    Kind.MINIMUM_AGE,
    Kind.CHANNEL_RULE,
    Kind.PROCEDURE,
    Kind.RELATED_POLICY,
    Kind.LEGISLATION,
    Kind.GUIDANCE,
    Kind.CLAUSE,
)


def words_for(kind: str, value: Value, school: School) -> str:
    """Return a value in words."""
    return KINDS[Kind(kind)].words(value, school) if value else NOT_STATED


def confidence_words(confidence: int) -> str:
    """Return how surely something was read."""
    if confidence >= SURE:
        return "Sure"
    return "Likely" if confidence >= LIKELY else "Unsure"
