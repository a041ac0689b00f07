"""What the check of a policy needs from the register of channels, and the rules that compare the two."""

import re
from collections.abc import Iterator

from channels_mgmt.models import Channel, ChannelRule, Platform
from policies.check.context import Context, Register, RegisteredChannel, fills_register
from policies.check.rules.platforms import NAMES, named_in, used_by_school
from policies.check.table import Found, Severity, found, in_words, key_of, quoted, rule
from policies.models import PolicyVersion

REGISTER = "Register of channels"
# Year 6 ends with the school year in which its pupils turn eleven.
OLDEST_IN_PRIMARY = 11


@fills_register
def register_of_channels(version: PolicyVersion) -> Register:
    """Return the channels in use, and the minimum ages, of the schools that a version serves."""
    schools = version.policy.schools.all()
    channels = Channel.objects.filter(school__in=schools).ours().in_use().select_related("platform", "school")
    return Register(
        tuple(
            RegisteredChannel(
                platform=channel.platform.name,
                name=channel.name,
                school=channel.school.name,
                aliases=tuple(channel.platform.aliases),
                minimum_age=channel.platform.minimum_age,
                is_public=channel.audience == Channel.Audience.PUBLIC,
                managers=tuple(role.role for role in channel.roles.all() if role.manages),
                authorisers=tuple(role.role for role in channel.roles.all() if role.authorises),
                has_rules=any(
                    line.dropped_at is None and line.rule_list != ChannelRule.List.REMOVE
                    for line in channel.rules.all()
                ),
            )
            for channel in channels.prefetch_related("roles", "rules").order_by("created_at")
        ),
        tuple(
            Platform.objects.filter(school__in=schools)
            .on_offer()
            .exclude(minimum_age=None)
            .values_list("name", "minimum_age")
            .distinct()
        ),
    )


def platforms_of(channel: RegisteredChannel) -> set[str]:
    """Return the platform of a channel under the name that the rules use, and under its own."""
    words = " ".join(f"our {name} account" for name in (channel.platform, *channel.aliases, channel.name))
    return named_in(words) | {channel.platform}


def asks_for_channels(context: Context) -> bool:
    """Tell whether the register is expected to hold channels.

    Where the document was read, what it names or leaves out is told by the rules of its own words.
    """
    return context.register is not None and context.facts is None and context.is_about_channels


@rule("platform-not-registered", Severity.PROBLEM)
def platform_not_registered(context: Context) -> Iterator[Found]:
    """A rule of the policy for a platform on which the school has no channel [PWP-57]."""
    if context.register is None or not (context.register.channels and context.is_about_channels):
        return
    registered = set().union(*(platforms_of(channel) for channel in context.register.channels))
    named = [*used_by_school(context)]
    named += [(channel.platform, context.passages[0]) for channel in context.channels or () if context.passages]
    for name, passage in named:
        if name not in registered and not named_in(f"our {name} account") & registered:
            where = f" in {passage.section or passage.heading}" if passage.place else ""
            yield found(
                key_of(name),
                passage,
                f"{name} is mentioned{where} but not registered.",
                "Enter the channel in the register, or take the rule out of the policy.",
            )


@rule("channel-not-in-policy", Severity.GAP)
def channel_not_in_policy(context: Context) -> Iterator[Found]:
    """A channel of the register that the policy does not name [PWP-57]."""
    for channel in context.register.channels if context.register and context.is_about_channels else ():
        patterns = [NAMES[name] for name in platforms_of(channel) if name in NAMES]
        # "School website" is named by either word.
        patterns += [r"\bweb ?site"] if "website" in channel.platform.casefold() else []
        words = [re.escape(word) for word in (channel.platform, *channel.aliases)]
        named = re.search("|".join([*patterns, *(rf"\b{word}\b" for word in words)]), context.text, re.IGNORECASE)
        if not named:
            yield found(
                key_of(f"{channel.platform} {channel.name}"),
                REGISTER,
                f"{channel.name} ({channel.platform}) is registered, but the policy does not name it.",
                "Name it in the next version, or close the channel.",
            )


@rule("channel-none-registered", Severity.GAP)
def channel_none_registered(context: Context) -> Iterator[Found]:
    """No channel stands in the register [MLC-39]."""
    if asks_for_channels(context) and not context.register.channels:
        yield found(
            "channels",
            REGISTER,
            "No official channel is named.",
            "Enter the school's channels, with who manages each, in the register.",
        )


@rule("authoriser-none-registered", Severity.GAP)
def authoriser_none_registered(context: Context) -> Iterator[Found]:
    """Nobody manages or authorises on any channel of the register [MLC-39]."""
    channels = context.register.channels if asks_for_channels(context) else None
    if channels is not None and not any(channel.managers or channel.authorisers for channel in channels):
        yield found(
            "authorisers",
            REGISTER,
            "No authoriser is named.",
            "Say in the register which posts manage each channel and decide who may post.",
        )


@rule("channel-without-rules", Severity.GAP)
def channel_without_rules(context: Context) -> Iterator[Found]:
    """A channel without lists beside one that has them [CRO-27]."""
    channels = context.register.channels if context.register and context.is_about_channels else ()
    if any(channel.has_rules for channel in channels):
        for channel in channels:
            if not channel.has_rules:
                yield found(
                    key_of(f"{channel.platform} {channel.name}"),
                    REGISTER,
                    f"{channel.name} ({channel.platform}) has no posting rules.",
                    "Give it lists of its own, or take over those of another channel.",
                )


@rule("pupils-invited-too-young", Severity.PROBLEM)
def pupils_invited_too_young(context: Context) -> Iterator[Found]:
    """Pupils are invited to channels of platforms that their school's oldest are too young for [HEA-105]."""
    if context.register is None or not context.is_primary:
        return
    invited = context.first(
        r"\b(students|pupils|children)\b[^.]*\b(encouraged|invited|welcome) to (interact|follow|join|like|comment)\b"
    )
    ages = dict(context.register.minimum_ages)
    old = sorted(
        {
            channel.platform
            for channel in context.register.channels
            if (channel.minimum_age or ages.get(channel.platform) or 0) > OLDEST_IN_PRIMARY
        }
    )
    if invited and old:
        yield found(
            "age",
            invited.passage,
            f"Pupil interaction versus minimum age: pupils are invited to interact, and {in_words(old)} "
            f"{'is' if len(old) == 1 else 'are'} for older people: {quoted(invited.sentence)}",
            "Invite pupils only where no such age holds, or ask their parents instead.",
        )
