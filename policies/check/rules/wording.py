"""Sentences that went wrong: garbled, unfinished, run into each other, brackets left open."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from policies.check.context import Context, Passage
from policies.check.table import Found, Severity, found, key_of, quoted, rule
from policies.reading.document import BlockKind

MODAL = r"(should|must|shall|will|would|may|might|can|could)"
GARBLED = (
    rf"\b{MODAL}( not)?( also)? (do not|don[’']t|does|did|{MODAL})\b",
    r"\b(using via|by via|of of|to to)\b",
    r"\b(is|are|was|were|be) (is|are|was|were|be)\b",
)
TWICE = r"\b(?!had|that|do|is)(?P<word>[a-z]{2,}) (?P=word)\b"
# An adjective that wants its noun.
INCOMPLETE = r"\b(and|or) (the )?(wider|entire|relevant)( (is|are|to|and|or|must|should|will|may)\b|[.,;])"
RUN_ON = re.compile(
    r"\b(Duty|Act|Policy|School|Team|Lead|Governors|Strategy) (?="
    r"(Staff|Pupils|Students|Parents|We|The|This|These|All|If|Any|It|In|Teachers|Governors|Employees) "
    r"(will|must|should|may|are|is|have|has|do|can|cannot|expect|of|members|pupils)\b)"
)
PAIRS = {"(": ")", "[": "]"}


@rule("sentence-garbled", Severity.PROBLEM, wording=True)
def sentence_garbled(context: Context) -> Iterator[Found]:
    """A sentence in which words stand twice or against each other [PWP-73]."""
    for pattern in GARBLED:
        for hit in context.hits(pattern):
            yield _garbled(hit.passage, hit.sentence)
    for hit in context.hits(TWICE):
        yield _garbled(hit.passage, hit.sentence)


def _garbled(passage: Passage, sentence: str) -> Found:
    words = f"This sentence is garbled: {quoted(sentence)}"
    return found(key_of(sentence)[:60], passage, words, "Write it anew.")


@rule("phrase-incomplete", Severity.PROBLEM, wording=True)
def phrase_incomplete(context: Context) -> Iterator[Found]:
    """A phrase that lacks its last word [HEA-41]."""
    for hit in context.hits(INCOMPLETE):
        words = f"A word is missing after {quoted(hit.match[0].rsplit(maxsplit=1)[0])}: {quoted(hit.sentence)}"
        yield found(key_of(hit.sentence)[:60], hit.passage, words, "Add the word that is missing.")


@rule("bracket-unmatched", Severity.HINT, wording=True)
def bracket_unmatched(context: Context) -> Iterator[Found]:
    """A bracket without its other half [HEA-70, GRA-50]."""
    for passage in context.body:
        # "a)" and "1)" number the items of a list.
        text = re.sub(r"(?<![\w(])(\w|\d{1,2}|[ivx]+)\)", "", passage.text)
        counted = Counter(text)
        if any(counted[left] != counted[right] for left, right in PAIRS.items()):
            words = f"A bracket lacks its other half: {quoted(around_bracket(text))}"
            yield found(key_of(passage.text)[:60], passage, words, "Add the bracket, or take the other out.")


def around_bracket(text: str) -> str:
    """Return the sentence in which a bracket is left open."""
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        counted = Counter(sentence)
        if any(counted[left] != counted[right] for left, right in PAIRS.items()):
            return sentence
    return text


@rule("full-stop-missing", Severity.HINT, wording=True)
def full_stop_missing(context: Context) -> Iterator[Found]:
    """Two sentences run into one [GRA-72]."""
    for passage in context.body:
        met = RUN_ON.search(passage.text)
        if met:
            words = passage.text[max(0, met.start() - 40) : met.end() + 30]
            yield found(
                key_of(words)[:60],
                passage,
                f"A full stop is missing: {quoted(words)}",
                "Add the full stop.",
            )


@rule("bullet-empty", Severity.HINT, wording=True)
def bullet_empty(context: Context) -> Iterator[Found]:
    """A bullet without words [CRO-08]."""
    for before, passage in pairwise(context.passages):
        if passage.kind in (BlockKind.ITEM, BlockKind.CONTENTS) and not re.search(r"\w", passage.text):
            yield found(f"after-{before.number}", before.place or "Contents", "A bullet has no words.", "Take it out.")
