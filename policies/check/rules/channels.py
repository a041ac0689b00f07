"""The school's channels as the policy tells of them: which, who runs them, who sees them, and their lists."""

import re
from collections.abc import Iterator

from policies.check.context import Context, Passage
from policies.check.rules.platforms import NAMES, named_in
from policies.check.table import Found, Severity, found, in_words, key_of, quoted, rule
from policies.reading.facts import Kind

LISTS = r"(will|may|can|must|should)( not| never)? (only )?post\b|post the following"


def is_registered(context: Context) -> bool:
    """Tell whether the school keeps a register of channels: then that is asked, not the text."""
    return bool(context.register and context.register.channels)


def unnamed(context: Context, kind: Kind) -> bool:
    """Tell whether the document was read and nothing of this kind was found in it."""
    read = context.facts is not None and context.is_about_channels
    return read and not context.stated(kind) and not is_registered(context)


@rule("channel-none-named", Severity.GAP)
def channel_none_named(context: Context) -> Iterator[Found]:
    """No channel of the school is named [MLC-39]."""
    if unnamed(context, Kind.CHANNEL):
        yield found(
            "channels",
            "",
            "No official channel is named.",
            "Name the school's own accounts, and enter them in the register.",
        )


@rule("manager-none-named", Severity.GAP)
def manager_none_named(context: Context) -> Iterator[Found]:
    """Who runs the channels is not said [MLC-39]."""
    if unnamed(context, Kind.MANAGED_BY):
        yield found(
            "managers",
            "",
            "Nobody is named who manages the channels.",
            "Say which posts manage the school's accounts.",
        )


@rule("authoriser-none-named", Severity.GAP)
def authoriser_none_named(context: Context) -> Iterator[Found]:
    """Who lets people post is not said [MLC-39]."""
    if unnamed(context, Kind.AUTHORISED_BY):
        yield found(
            "authorisers", "", "Nobody is named who decides who may post.", "Say which post authorises people to post."
        )


@rule("suggestions-contact-missing", Severity.GAP)
def suggestions_contact_missing(context: Context) -> Iterator[Found]:
    """To whom an idea for a post goes is not said [MLC-39, HEA-113, GRA-27]."""
    if context.facts is not None and context.is_about_channels and not context.stated(Kind.SUGGESTIONS_TO):
        yield found(
            "suggestions",
            "",
            "Nobody is named to whom suggestions for posts go.",
            "Name one; until then they go to the headteacher.",
        )


@rule("plural-accounts", Severity.HINT)
def plural_accounts(context: Context) -> Iterator[Found]:
    """Several accounts in one place, one in another [PWP-57, GRA-11, GRA-40]."""
    advice = "Say how many accounts there are, and name each."
    for name, pattern in NAMES.items():
        many = context.first(rf"\b(our|the school[’']s|these|official) ({pattern}) (accounts|pages|channels)\b")
        one = context.first(rf"\b(an?|one|single) (official )?({pattern}) (account|page|channel)\b")
        if many and one:
            words = f"{quoted(many.match[0])} in one place, {quoted(one.match[0])} in another."
            yield found(key_of(name), many.passage, words, advice)
    if context.channels is not None and len(context.channels) == 1:
        hit = context.first(
            r"\b(official )?((social media )?channels are|these accounts|our (\w+ ){0,3}channels?\(s\))"
        )
        if hit:
            words = f"{quoted(hit.match[0])} speaks of several, but one channel is listed."
            yield found("listed", hit.passage, words, advice)


@rule("channels-open-ended", Severity.PROBLEM)
def channels_open_ended(context: Context) -> Iterator[Found]:
    """A list of channels that does not end [HEA-91]."""
    hit = next(
        (
            hit
            for hit in context.hits(
                r"\b(and|or) (potentially|possibly|any|maybe)? ?other (social|sites|platforms|channels|accounts)[^.]*|"
                r"\betc\b|\bamong others\b"
            )
            if len(named_in(hit.sentence)) > 1 and re.search(r"\b(official|currently has|our)\b", hit.sentence, re.I)
        ),
        None,
    )
    if hit:
        yield found(
            "list",
            hit.passage,
            f"The list of channels is open-ended: {quoted(hit.match[0])}.",
            "Name every channel: nobody can tell a false one from an unnamed one.",
        )


@rule("channel-visibility-missing", Severity.GAP)
def channel_visibility_missing(context: Context) -> Iterator[Found]:
    """A channel of which the policy does not say who can see it [CRO-21, CRO-22]."""
    for channel in context.channels or ():
        if not channel.audience and not re.search(r"web ?site", channel.platform, re.I):
            name = channel.name or channel.platform
            yield found(
                key_of(channel.platform),
                "",
                f"Who can see {name} is not stated.",
                "Say whether it is public, a closed group or private to parents.",
            )


@rule("heading-without-list", Severity.PROBLEM)
def heading_without_list(context: Context) -> Iterator[Found]:
    """A heading for two channels over lists for one [CRO-27]."""
    under: dict[tuple[str, str], list[Passage]] = {}
    for passage in context.passages:
        if len(named_in(passage.heading)) > 1:
            under.setdefault((passage.section, passage.heading), []).append(passage)
    for (section, heading), passages in under.items():
        leads = [one.text for one in passages if one.text != heading and re.search(LISTS, one.text, re.I)]
        ruled = named_in(" ".join(leads))
        for name in sorted(named_in(heading) - ruled) if ruled else ():
            words = f"The heading names {name}, but its lists are for {in_words(sorted(ruled))} alone."
            yield found(key_of(name), f"{section} {heading}".strip(), words, f"Give {name} lists of its own.")


@rule("managers-everybody", Severity.PROBLEM)
def managers_everybody(context: Context) -> Iterator[Found]:
    """Nearly everybody manages the accounts, and whoever is not authorised may not touch them [CRO-23, CRO-24]."""
    hit = context.first(
        r"accounts? (is|are) (managed|run) by\b[^.]*\b"
        r"(teaching and support staff|all (members of )?staff|teaching staff)"
    )
    barred = context.first(r"\bnot (been )?authorised\b[^.]*\b(must|may) not (access|post|use)")
    if hit and barred:
        yield found(
            "managers",
            hit.passage,
            "Nearly every member of staff manages the accounts, yet whoever is not authorised may not use them.",
            "Say whether the post alone is enough, or each person is authorised by name.",
        )
