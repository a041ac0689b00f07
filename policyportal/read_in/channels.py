"""The channels of the school and their three lists, as a policy that was read gives them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Membership, Role
from channels_mgmt.models import Channel, ChannelRule, Platform
from channels_mgmt.services import add_rule, edit_channel, list_platform, open_channel
from policies.models import Clause, Proposal, Reading
from policies.reading.facts import Kind
from policyportal.read_in.agreed import Agreed, cut
from policyportal.read_in.words import Value

LISTS = {"may": ChannelRule.List.ALLOWED, "never": ChannelRule.List.NEVER, "remove": ChannelRule.List.REMOVE}
# Where one of these manages a channel nearly everybody does, so that each also needs the authoriser's word [CRO-23].
MOST_STAFF = frozenset({Role.TEACHER, Role.SUPPORT_STAFF, Role.VOLUNTEER, Role.CONTRACTOR})


class ChannelsRead:
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
        name = cut(name.strip(), Platform, "name")
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
        name = cut(also or platform.name, Channel, "name")
        known = Channel.objects.filter(school=self.school, platform=platform, name__iexact=name).first()
        roles = {
            "managing_roles": self.agreed.roles(Kind.MANAGED_BY, self.school),
            "authorising_roles": self.agreed.roles(Kind.AUTHORISED_BY, self.school),
        }
        facts: dict[str, Any] = {}
        if mode := next((rule.get("mode") for rule in self._allowing(platform)), None):
            facts["posting_mode"] = mode
        if known is None or all(roles.values()):
            most_staff = bool(roles["authorising_roles"]) and not MOST_STAFF.isdisjoint(roles["managing_roles"])
            facts["managers_need_authorisation"] = most_staff
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
            # Of whom the text is silent, whoever had the duty keeps it.
            duties = known.roles.all()
            facts["managing_roles"] = roles["managing_roles"] or [one.role for one in duties if one.manages]
            facts["authorising_roles"] = roles["authorising_roles"] or [one.role for one in duties if one.authorises]
        self.channels.append(edit_channel(known, by=self.by, **facts))

    def _allowing(self, platform: Platform) -> list[Value]:
        rules = self.agreed.values(Kind.CHANNEL_RULE)
        return [rule for rule in rules if rule["list"] == "may" and _is_meant(platform, rule) and rule.get("mode")]

    def _rule(self, proposal: Proposal) -> None:
        """Write a line on the list of every channel that it is meant for; where it stands already it stays."""
        value = proposal.settled
        words, rule_list, title = value["text"].strip(), LISTS[value["list"]], _title(value)
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
                text=cut(words, ChannelRule, "text") if words != title else "",
                clause=self.clauses.get(proposal.block),
            )


def _is_called(platform: Platform, name: str) -> bool:
    return name.casefold() in {platform.name.casefold(), *(alias.casefold() for alias in platform.aliases)}


def _is_meant(platform: Platform, rule: Value) -> bool:
    named = rule.get("platforms") or ()
    return not named or any(_is_called(platform, name) for name in named)


@dataclass(frozen=True)
class Staying:
    """A channel with the lines of its lists that the text no longer names: taking over leaves them there."""

    channel: Channel
    lines: list[ChannelRule]


def lines_that_stay(reading: Reading) -> list[Staying]:
    """Return what stands on the school's lists and is not named by the new text of a policy, channel by channel.

    Lines that cite another policy are left aside: this text need not name them. One query for the lines, one for what
    was read.
    """
    if reading.policy_id is None:
        return []
    read = reading.proposals.filter(kind=Kind.CHANNEL_RULE).exclude(decision=Proposal.Decision.DROPPED)
    named = [one.settled for one in read if one.settled]
    lines = ChannelRule.objects.filter(
        Q(clause=None) | Q(clause__version__policy=reading.policy_id),
        channel__in=Channel.objects.filter(school=reading.school_id).in_use(),
    )
    staying: dict[Channel, list[ChannelRule]] = {}
    for line in (
        lines.in_force().select_related("channel__platform").order_by("channel__name", "rule_list", "position")
    ):
        if not any(_is_line(line, value) for value in named):
            staying.setdefault(line.channel, []).append(line)
    return [Staying(channel, left) for channel, left in staying.items()]


def _is_line(line: ChannelRule, value: Value) -> bool:
    """Tell whether a line of a list is what the text says there."""
    is_same = line.rule_list == LISTS[value["list"]] and line.title.casefold() == _title(value).casefold()
    return is_same and _is_meant(line.channel.platform, value)


def _title(value: Value) -> str:
    """Return how a line is called on its list."""
    return cut(value["text"].strip(), ChannelRule, "title")
