"""Taking over what was read in a policy and agreed to: the version with all that runs from it, or nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import Membership, Role, School
from accounts.services import change_routes, change_school
from channels_mgmt.models import Channel, ChannelRule, Platform
from channels_mgmt.services import add_rule, edit_channel, list_platform, open_channel
from policies.models import ASKED, Audience, Clause, Policy, PolicyVersion, Proposal, Reading, Reference
from policies.reading.facts import Kind
from policies.rules import can_take_over
from policies.services import add_clause, add_reference, change_policy, check_now, draft_version, record_policy
from policyportal.lib.dates import Precision
from policyportal.lib.templatetags.portal import counted
from policyportal.lib.workflow import NotAllowed, Refused, TooLate, take
from policyportal.read_in.roles import roles_meant
from policyportal.read_in.words import Value, audience_words

LISTS = {"may": ChannelRule.List.ALLOWED, "never": ChannelRule.List.NEVER, "remove": ChannelRule.List.REMOVE}
WORKS = {
    Kind.RELATED_POLICY: Reference.Kind.RELATED_POLICY,
    Kind.LEGISLATION: Reference.Kind.LEGISLATION,
    Kind.GUIDANCE: Reference.Kind.GUIDANCE,
}
# Where one of these manages a channel nearly everybody does, so that each also needs the authoriser's word [CRO-23].
MOST_STAFF = frozenset({Role.TEACHER, Role.SUPPORT_STAFF, Role.VOLUNTEER, Role.CONTRACTOR})
ABOUT = ("staff", "pupil", "parent", "community")


@dataclass(frozen=True)
class Agreed:
    """What counts of a reading: its proposals that were confirmed or changed, by kind and in the order of the text."""

    proposals: list[Proposal]

    @classmethod
    def of(cls, reading: Reading) -> "Agreed":
        """Return what was agreed to; one query."""
        counting = (Proposal.Decision.CONFIRMED, Proposal.Decision.CHANGED)
        return cls([one for one in reading.proposals.filter(decision__in=counting) if one.settled])

    def of_kind(self, kind: Kind) -> list[Proposal]:
        """Return the proposals of a kind."""
        return [one for one in self.proposals if one.kind == kind]

    def values(self, kind: Kind) -> list[Value]:
        """Return the values of a kind."""
        return [one.settled for one in self.of_kind(kind)]

    def one(self, kind: Kind) -> Value:
        """Return the value of what a policy says once: the surest where it says several; {} where it says none."""
        surest = max(
            self.of_kind(kind),
            key=lambda one: (one.decision == Proposal.Decision.CHANGED, one.confidence),
            default=None,
        )
        return surest.settled if surest else {}

    def roles(self, kind: Kind, school: School) -> list[str]:
        """Return every role that the values of a kind mean."""
        return list(dict.fromkeys(role for value in self.values(kind) for role in roles_meant(value, school)))


@dataclass(frozen=True)
class Made:
    """A line of what taking over makes, before it is made."""

    label: str
    value: str


def what_would_be_made(reading: Reading) -> list[Made]:
    """Return what taking over would make of what has been agreed to so far, a line for each sort of thing."""
    agreed, school = Agreed.of(reading), reading.school
    channels, rules = agreed.values(Kind.CHANNEL), agreed.values(Kind.CHANNEL_RULE)
    categories = {value["category"] for value in agreed.values(Kind.CLAUSE) if value.get("category")}
    # As a policy that says nothing of it does: only staff are asked.
    asked = agreed.one(Kind.ACKNOWLEDGED_BY) or {"audiences": [Audience.STAFF]}
    title = agreed.one(Kind.TITLE).get("text") or str(reading)
    lines = [
        ("Policy", f"A new version of “{reading.policy}”" if reading.policy else title),
        ("Clauses", counted(len(agreed.of_kind(Kind.CLAUSE)), "clause")),
        ("What a breach is called, on the report form", _counted(len(categories), "category", "categories")),
        ("Channels", ", ".join(value.get("name") or value.get("platform") or "" for value in channels)),
        ("Lines of the three lists", _lists(rules)),
        ("Channels are managed by", _labels(agreed.roles(Kind.MANAGED_BY, school), school)),
        ("Who may post is decided by", _labels(agreed.roles(Kind.AUTHORISED_BY, school), school)),
        ("Ideas for posts go to", _labels(agreed.roles(Kind.SUGGESTIONS_TO, school), school)),
        ("Procedures for reports", ", ".join(sorted({value["name"] for value in agreed.values(Kind.PROCEDURE)}))),
        ("Next review", _review(agreed)),
        ("Asked to acknowledge it", audience_words(asked, school)),
        ("Related policies, laws and guidance", _works(agreed)),
    ]
    return [Made(label, value or "None") for label, value in lines]


@transaction.atomic
def take_over(
    reading: Reading, *, by: Membership, schools: Iterable[School] = (), in_force: bool = False, reason: str = ""
) -> PolicyVersion:
    """Make everything that was agreed to, all of it or nothing, and return the version.

    The policy with its cycle, its audiences and what its reviews weigh up; a draft with its dates as they were
    worded, its clauses and the works that it leans on; the school's platforms and channels with the roles that run
    them and their three lists; to whom ideas go and by which procedures reports are handled. A channel or a line
    that is there already stays. `schools` are those of the federation that a new policy serves besides this one.
    `in_force` brings the version into force with `reason`, and whoever is asked is told to acknowledge it. What the
    check finds in it stands on the policy's page.

    Refuses whoever keeps no policies, a finding on which nobody has decided, a second draft, and a policy that
    another version of which was approved here to be in force already. Raises TooLate once it was taken over.
    """
    held = Reading.objects.select_for_update(of=("self",)).select_related("policy").get(pk=reading.pk)
    if not can_take_over(by, held):
        raise NotAllowed("Take over")
    if held.status != Reading.Status.READ:
        raise TooLate(held)
    agreed = Agreed.of(held)
    policy = _policy(held, agreed, by, schools)
    version = _version(policy, held, agreed, by)
    # First of all: a finding left undecided is refused before anything is made of the others.
    take("apply", held, by, policy=policy, version=version)
    clauses = _clauses(version, agreed, by)
    _works_of(policy, agreed, by)
    _Channels(by, agreed, clauses).make()
    _school(agreed, by)
    if in_force:
        version = take("adopt", version, by, reason)
    check_now(policy, by=by)
    return version


def names_school(proposals: Iterable[Proposal], school: School) -> bool:
    """Tell whether the document names the school among those that the policy serves."""
    names = [one.settled.get("name", "").casefold() for one in proposals if one.kind == Kind.SCHOOL and one.settled]
    return any(school.short_name.casefold() in name for name in names)


def _policy(reading: Reading, agreed: Agreed, by: Membership, schools: Iterable[School]) -> Policy:
    facts: dict[str, Any] = {}
    if months := agreed.one(Kind.CYCLE).get("months"):
        facts["cycle_months"] = months
    if groups := [value["group"] for value in agreed.values(Kind.CONSULTS)]:
        facts["consults"] = _cut(" and ".join(groups), Policy, "consults")
    if questions := [value["text"] for value in agreed.values(Kind.REVIEW_QUESTION)]:
        facts["review_questions"] = questions
    if asked := agreed.one(Kind.ACKNOWLEDGED_BY):
        facts |= {f"for_{audience}": audience in asked["audiences"] for audience in ASKED}
    if reading.policy is None:
        title = _cut(agreed.one(Kind.TITLE).get("text") or str(reading), Policy, "title")
        return record_policy(title=title, schools=list({by.school, *schools}), by=by, **facts)
    if reading.policy.versions.filter(status__in=PolicyVersion.PENDING).exists():
        raise Refused("There is a draft of this policy already. Finish that one first.")
    return change_policy(reading.policy, by=by, reason=f"Read in from {reading}", **facts) if facts else reading.policy


def _version(policy: Policy, reading: Reading, agreed: Agreed, by: Membership) -> PolicyVersion:
    approver = agreed.one(Kind.APPROVER)
    return draft_version(
        policy,
        by=by,
        reason=f"Read in from {reading}",
        issued_raw=_cut(agreed.one(Kind.ISSUED).get("raw") or "", PolicyVersion, "issued_raw"),
        signed_on_raw=_cut(agreed.one(Kind.SIGNED).get("raw") or "", PolicyVersion, "signed_on_raw"),
        approver_kind=approver.get("kind") or PolicyVersion.Approver.NOT_STATED,
        approver_name=_cut(approver.get("name") or "", PolicyVersion, "approver_name"),
        approver_role=_cut(approver.get("role") or "", PolicyVersion, "approver_role"),
        contents=[
            {name: str(value.get(name) or "") for name in ("number", "title", "page")}
            for value in agreed.values(Kind.CONTENTS_ENTRY)
        ],
        **_dated("approved_on", agreed.one(Kind.APPROVED_ON)),
        **_dated("last_reviewed_on", agreed.one(Kind.LAST_REVIEWED_ON)),
        **_dated("review_due_on", agreed.one(Kind.REVIEW_DUE_ON)),
    )


def _dated(name: str, value: Value) -> dict[str, Any]:
    """Return the three fields of a date as the policy states it; nothing where it states none."""
    if not value:
        return {}
    return {
        name: date.fromisoformat(value["day"]) if value.get("day") else None,
        f"{name}_precision": value.get("precision") or Precision.NONE,
        f"{name}_raw": _cut(value.get("raw") or "", PolicyVersion, f"{name}_raw"),
    }


def _clauses(version: PolicyVersion, agreed: Agreed, by: Membership) -> dict[int, Clause]:
    """Add the clauses to the draft in the order of the text; return the first of each block, by its number."""
    made: dict[int, Clause] = {}
    codes: set[str] = set()
    channels = {one.block for one in agreed.of_kind(Kind.CHANNEL)}
    ages = {one.block for one in agreed.of_kind(Kind.MINIMUM_AGE)}
    for position, proposal in enumerate(agreed.of_kind(Kind.CLAUSE), start=1):
        value = proposal.settled
        about = value.get("about") or ()
        clause = add_clause(
            version,
            by=by,
            position=position,
            code=_code(value, position, codes),
            section=_cut(value.get("section") or "", Clause, "section"),
            heading=_cut(value.get("heading") or "", Clause, "heading"),
            kind=value["kind"] if value.get("kind") in Clause.Kind.values else Clause.Kind.RULE,
            text=value["text"],
            category=_cut(value.get("category") or "", Clause, "category"),
            shows_channels=proposal.block in channels - set(made),
            shows_minimum_ages=proposal.block in ages - set(made),
            **{f"for_{audience}": audience in (value.get("audiences") or ()) for audience in Audience.values},
            **{f"about_{subject}": subject in about for subject in ABOUT},
        )
        if proposal.block is not None:
            made.setdefault(proposal.block, clause)
    return made


def _code(value: Value, position: int, taken: set[str]) -> str:
    """Return a mark that no other clause of the version has."""
    code = _cut(value.get("code") or "", Clause, "code")
    if not code or code in taken:
        code = f"C{position}"
    taken.add(code)
    return code


def _works_of(policy: Policy, agreed: Agreed, by: Membership) -> None:
    """Register what the policy leans on; what the register has already stays as it is."""
    known = {(kind, title.casefold()) for kind, title in policy.references.values_list("kind", "title")}
    for read, kind in WORKS.items():
        for value in agreed.values(read):
            title = _cut(value["title"], Reference, "title")
            if (kind, title.casefold()) in known:
                continue
            known.add((kind, title.casefold()))
            link = value.get("link") or ""
            add_reference(
                policy,
                by=by,
                kind=kind,
                title=title,
                year=value.get("year"),
                cited=value.get("cited") or Reference.Cited.LISTED,
                link=link if link.startswith(("http://", "https://")) else "",
            )


class _Channels:
    """The platforms, the channels and their lists, as the school already has them and as they are made."""

    def __init__(self, by: Membership, agreed: Agreed, clauses: dict[int, Clause]) -> None:
        self.by, self.agreed, self.clauses = by, agreed, clauses
        self.school = by.school
        self.platforms = list(Platform.objects.filter(school=self.school))
        self.channels: list[Channel] = []

    def make(self) -> None:
        """List the platforms, open the channels, then write their lists."""
        ages = {value.get("platform") or "": value["age"] for value in self.agreed.values(Kind.MINIMUM_AGE)}
        for value in self.agreed.values(Kind.CHANNEL):
            self._channel(value, ages)
        for name in [*ages, *(value["name"] for value in self.agreed.values(Kind.PLATFORM))]:
            if name:
                self._platform(name, age=ages.get(name))
        for proposal in self.agreed.of_kind(Kind.CHANNEL_RULE):
            self._rule(proposal)

    def _platform(self, name: str, *, also: str = "", age: int | None = None) -> Platform:
        name = _cut(name.strip(), Platform, "name")
        found = next((one for one in self.platforms if _is_called(one, name)), None)
        if found is None:
            # What the text calls the channel is another name of its platform: "Dojo" is ClassDojo.
            others = [also] if also and also.casefold() != name.casefold() else []
            found = list_platform(school=self.school, by=self.by, name=name, aliases=others, minimum_age=age)
            self.platforms.append(found)
        return found

    def _channel(self, value: Value, ages: dict[str, int]) -> None:
        called, also = value.get("platform") or value["name"], value.get("name") or ""
        platform = self._platform(called, also=also, age=ages.get(called, ages.get(also)))
        name = _cut(also or platform.name, Channel, "name")
        known = Channel.objects.filter(school=self.school, platform=platform, name__iexact=name).first()
        roles = {
            "managing_roles": self.agreed.roles(Kind.MANAGED_BY, self.school),
            "authorising_roles": self.agreed.roles(Kind.AUTHORISED_BY, self.school),
        }
        most_staff = bool(roles["authorising_roles"]) and not MOST_STAFF.isdisjoint(roles["managing_roles"])
        facts: dict[str, Any] = {"managers_need_authorisation": most_staff}
        if mode := next((rule.get("mode") for rule in self._allowing(platform)), None):
            facts["posting_mode"] = mode
        if known is None:
            self.channels.append(
                open_channel(
                    school=self.school,
                    by=self.by,
                    platform=platform,
                    name=name,
                    # Who can see it was not said: the head is asked, and until then it is treated as public.
                    audience=value.get("audience") or Channel.Audience.PUBLIC,
                    audience_confirmed=bool(value.get("audience")),
                    **facts,
                    **roles,
                )
            )
            return
        if value.get("audience"):
            facts["audience"] = value["audience"]
        if any(roles.values()):
            facts |= roles
        self.channels.append(edit_channel(known, by=self.by, **facts))

    def _allowing(self, platform: Platform) -> list[Value]:
        rules = self.agreed.values(Kind.CHANNEL_RULE)
        return [rule for rule in rules if rule["list"] == "may" and _is_meant(platform, rule) and rule.get("mode")]

    def _rule(self, proposal: Proposal) -> None:
        """Write a line on the list of every channel that it is meant for; where it stands already it stays."""
        value = proposal.settled
        words, rule_list = value["text"].strip(), LISTS[value["list"]]
        title = _cut(words, ChannelRule, "title")
        for channel in self.channels:
            if not _is_meant(channel.platform, value):
                continue
            lines = ChannelRule.objects.filter(channel=channel, rule_list=rule_list).in_force()
            if lines.filter(title__iexact=title).exists():
                continue
            add_rule(
                channel,
                by=self.by,
                rule_list=rule_list,
                title=title,
                text=_cut(words, ChannelRule, "text") if words != title else "",
                clause=self.clauses.get(proposal.block),
            )


def _is_called(platform: Platform, name: str) -> bool:
    return name.casefold() in {platform.name.casefold(), *(alias.casefold() for alias in platform.aliases)}


def _is_meant(platform: Platform, rule: Value) -> bool:
    named = rule.get("platforms") or ()
    return not named or any(_is_called(platform, name) for name in named)


def _school(agreed: Agreed, by: Membership) -> None:
    """Store to whom ideas go, the procedures, and a motto where the school had none."""
    school = by.school
    routes: dict[str, Any] = {}
    if roles := agreed.roles(Kind.SUGGESTIONS_TO, school):
        routes["suggestion_roles"] = roles
    named = {value["about"]: value["name"] for value in agreed.values(Kind.PROCEDURE) if value.get("about") in ABOUT}
    if named:
        routes["procedures"] = {**school.procedures, **named}
    if routes:
        change_routes(school, by=by, reason="Read in from the policy", **routes)
    motto = agreed.one(Kind.MOTTO).get("text") or ""
    if motto and not school.motto:
        change_school(school, by=by, reason="Read in from the policy", motto=_cut(motto, School, "motto"))


def _cut(words: str, model: Any, name: str) -> str:
    """Return words as long as the field may be; what is longer ends in an ellipsis."""
    longest = model._meta.get_field(name).max_length
    return words if len(words) <= longest else f"{words[: longest - 1].rsplit(' ', 1)[0]}…"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def _labels(roles: list[str], school: School) -> str:
    return ", ".join(map(school.label_of, roles))


def _lists(rules: list[Value]) -> str:
    told: list[tuple[str, Callable[[Value], bool]]] = [
        ("may post", lambda rule: rule["list"] == "may"),
        ("never post", lambda rule: rule["list"] == "never"),
        ("remove on sight", lambda rule: rule["list"] == "remove"),
    ]
    numbers = [(label, sum(map(matches, rules))) for label, matches in told]
    return ", ".join(f"{number} {label}" for label, number in numbers if number)


def _review(agreed: Agreed) -> str:
    due, months = agreed.one(Kind.REVIEW_DUE_ON), agreed.one(Kind.CYCLE).get("months")
    told = [due.get("raw") or due.get("day") or "", f"every {counted(months, 'month')}" if months else ""]
    return ", ".join(part for part in told if part)


def _works(agreed: Agreed) -> str:
    return _counted(sum(len(agreed.of_kind(kind)) for kind in WORKS), "work", "works")
