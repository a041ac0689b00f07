"""One thing written in several ways: names, posts, words for the same people, the motto."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from policies.check.context import Context
from policies.check.table import Found, Severity, found, in_words, key_of, quoted, rule
from policies.reading.document import BlockKind

TERMS = {
    "pupils and students": (r"\bpupils?\b", r"\bstudents?\b"),
    "parents and guardians": (r"\bcarers?\b", r"\bguardians?\b"),
}
HEAD = re.compile(r"\b[Hh]ead ?[Tt]eacher\b")
NAME = re.compile(r"\b[A-Z][\w]+[’']?(?:[ -](?:(?:of|and|for|the) )?[A-Z][\w]+[’']?){1,5}")
# How alike two lines are that were meant to be one.
ALIKE = 0.93


@rule("terms-mixed", Severity.HINT, wording=True)
def terms_mixed(context: Context) -> Iterator[Found]:
    """Two words for the same people [PWP-73, HEA-01]."""
    for names, (one, other) in TERMS.items():
        first, second = context.hits(one), context.hits(other)
        if first and second:
            seldom = min(first, second, key=len)[0]
            yield found(
                key_of(names),
                seldom.passage,
                f"{names.capitalize()} are both spoken of ({len(first)} and {len(second)} times).",
                "Use one word throughout.",
            )
    ways = sorted({way for passage in context.body for way in HEAD.findall(passage.text)})
    # A capital letter alone is a matter of taste; a gap is another spelling.
    if len({way.casefold() for way in ways}) > 1:
        place = next(one for one in context.body if ways[-1] in one.text)
        words = f"The headteacher is written in {len(ways)} ways: {in_words(quoted(way) for way in ways)}."
        yield found("headteacher", place, words, "Use one spelling throughout.")


@rule("name-several-ways", Severity.HINT, wording=True)
def name_several_ways(context: Context) -> Iterator[Found]:
    """A name with and without its apostrophe or hyphen [GRA-08, GRA-72]."""
    ways: dict[str, dict[str, object]] = {}
    for passage in context.body:
        for name in (met.removeprefix("The ") for met in NAME.findall(passage.text)):
            plain = re.sub(r"[^a-z ]", "", name.replace("-", " ").casefold())
            if len(plain.split()) > 2 and not HEAD.search(name):
                ways.setdefault(plain, {}).setdefault(name, passage)
    for plain, spelled in ways.items():
        if len(spelled) > 1 and len({way.casefold().replace("’", "'") for way in spelled}) > 1:
            words = f"One name in {len(spelled)} spellings: {in_words(quoted(way) for way in spelled)}."
            yield found(key_of(plain), next(iter(spelled.values())), words, "Use the name as its owner writes it.")


@rule("motto-misprinted", Severity.PROBLEM, wording=True)
def motto_misprinted(context: Context) -> Iterator[Found]:
    """A line that pages repeat, and that is not the same on all of them [CRO-03]."""
    lines = [
        *context.headers,
        *(one.text for one in context.passages if one.kind != BlockKind.HEADING and len(one.text) < 200),
    ]
    lines = list(dict.fromkeys(line.strip() for line in lines if len(line.split()) > 4))
    headers = {line.strip() for line in context.headers}
    for number, line in enumerate(lines):
        for other in lines[number + 1 :]:
            if not headers & {line, other} or _plain(line) == _plain(other):
                continue
            if SequenceMatcher(None, line, other).ratio() > ALIKE:
                yield found(
                    key_of(_plain(min(line, other)))[:60],
                    "Top of the pages",
                    f"A line of every page is printed in two ways: {quoted(line, 60)} and {quoted(other, 60)}.",
                    "Put the wrong ones right.",
                )


def _plain(words: str) -> str:
    return re.sub(r"\W+", " ", words).strip().casefold()
