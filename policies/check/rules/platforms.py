"""Platforms that the text names: those that are no longer called so, and those that the school has not listed."""

import re
from collections.abc import Iterator

from policies.check.context import Context, Passage
from policies.check.dated import DATED
from policies.check.table import Found, Severity, found, key_of, rule

# How a text names each platform; a lone X only where something beside it says that the platform is meant.
NAMES = {
    "Facebook": r"\bFacebook\b",
    "X": r"\bTwitter\b|\bon X\b|\bX (account|page|feed|\(formerly)|\bX users\b",
    "Instagram": r"\bInstagram\b",
    "YouTube": r"\bYou ?Tube\b",
    "TikTok": r"\bTik ?Tok\b",
    "Snapchat": r"\bSnapchat\b",
    "LinkedIn": r"\bLinked ?In\b",
    "WhatsApp": r"\bWhatsApp\b",
    "Threads": r"\b(on|our) Threads\b",
    "Bluesky": r"\bBluesky\b",
    "Dojo": r"\b(Class ?)?Dojo\b",
    "Seesaw": r"\bSeesaw\b",
    "Tapestry": r"\bTapestry\b",
    "Flickr": r"\bFlickr\b",
    "Pinterest": r"\bPinterest\b",
    "Vimeo": r"\bVimeo\b",
}
OFFICIAL = re.compile(r"\bofficial\b|school.{0,20} (accounts|channels|social media)\b", re.I)
# Other people's accounts, groups of parents, examples: what the text says of them makes no channel of the school.
OTHERS = re.compile(r"\b(such as|e\.g\.|including|personal|private|group messaging|informal|class groups?)\b", re.I)


def named_in(words: str) -> set[str]:
    """Return the platforms that these words name."""
    return {name for name, pattern in NAMES.items() if re.search(pattern, words)}


def used_by_school(context: Context) -> Iterator[tuple[str, Passage]]:
    """Yield each platform that a rule for the school's own accounts names, with the place."""
    for passage in context.passages:
        for sentence in passage.sentences:
            for name in sorted(named_in(f"{sentence}")):
                pattern = NAMES[name]
                ours = rf"\b(us|our|school[’']s|the school) (\w+ ){{0,3}}({pattern})"
                follows = rf"({pattern}).{{0,60}}\b(the school|we) (may|will|can) (follow|post|like)"
                meant = re.search(ours, sentence, re.I) or re.search(follows, sentence, re.I)
                official = OFFICIAL.search(passage.under) and re.search(r"\bpost|follow|like\b", sentence, re.I)
                if (meant or official) and not OTHERS.search(sentence):
                    yield name, passage


@rule("platform-unlisted", Severity.PROBLEM)
def platform_unlisted(context: Context) -> Iterator[Found]:
    """A rule for a platform on which the policy lists no channel [PWP-57]."""
    # Where the register of channels is known, it is what counts.
    if not context.channels or (context.register and context.register.channels):
        return
    listed = set()
    for channel in context.channels:
        listed |= named_in(f"our {channel.platform} account {channel.name}") | {channel.platform}
    for name, passage in used_by_school(context):
        if name not in listed:
            yield found(
                key_of(name),
                passage,
                f"{name} is named in a rule for the school's accounts, but not among its channels.",
                "List the channel, or take the rule out.",
            )


@rule("platform-dated", Severity.HINT, to_verify=True)
def platform_dated(context: Context) -> Iterator[Found]:
    """A platform that was renamed or has closed, by general knowledge [MLC-22, HEA-88, GRA-11]."""
    for entry in DATED.platforms:
        hit = next(
            (hit for hit in context.hits(entry.pattern) if not re.search(r"formerly|now X|once called", hit.sentence)),
            None,
        )
        if hit:
            yield found(
                entry.slug, hit.passage, f"{entry.title}: {entry.words}", f"{entry.advice} See: {entry.source}."
            )
