"""Contact between staff and pupils: bans that are taken back elsewhere, exceptions that end too soon."""

import re
from collections.abc import Iterator

from policies.check.context import Context, Hit
from policies.check.table import Found, Severity, found, quoted, rule

CONTACT = r"(friend requests?|be [‘'“]?friends|communicate with|contact (with|via)|follow\w*|contact from)"
PUPILS = r"\b(pupils?|students?)\b"


def banned(context: Context, pattern: str) -> Hit | None:
    """Return where the pattern is forbidden, in a sentence of its own or as an item of a list of what must not be."""
    no = r"\b(must|should|may|will|shall|do|can) not\b|\bnot (allowed|permitted)\b|\bnever\b"
    for hit in context.hits(pattern):
        if says(no, hit.sentence) or says(no, hit.passage.lead):
            return hit
    return None


def says(pattern: str, words: str) -> bool:
    """Tell whether a pattern is met in these words."""
    return bool(re.search(pattern, words, re.I))


@rule("contact-ban-exceptions", Severity.PROBLEM)
def contact_ban_exceptions(context: Context) -> Iterator[Found]:
    """Contact is banned outright, and allowed elsewhere [PWP-63, PWP-72, PWP-74, CRO-61, CRO-70]."""
    ban = banned(context, rf"{CONTACT}[^.]*{PUPILS} (past or present|present or past)|{CONTACT}[^.]*past {PUPILS}")
    family = context.first(rf"\bfrom\b[^.]*{PUPILS}[^.]*\bunless they are (family|relat)")
    official = context.first(rf"\bpast {PUPILS}[^.]*\b(official|school)\b[^.]*\bchannels\b")
    exception = family or official
    if ban and exception and exception.sentence != ban.sentence:
        others = " and ".join(
            words
            for words, hit in (("family members", family), ("contact through official channels", official))
            if hit
        )
        yield found(
            "pupils",
            ban.passage,
            f"Contact with pupils past and present is banned outright; elsewhere {others} is excepted.",
            "Name the exceptions where the ban stands.",
        )


@rule("follow-ban-educational-accounts", Severity.PROBLEM)
def follow_ban_educational_accounts(context: Context) -> Iterator[Found]:
    """Pupils may follow no member of staff, yet staff may run accounts for pupils [HEA-54, HEA-95]."""
    ban = banned(context, r"\b[‘'“]?follow[’'”]?\b[^.]*\b(any|no) (member of )?staff\b")
    run = context.first(
        r"\bstaff may (set up|create|run|open)\b[^.]*\b(account|site|page)\b[^.]*\b(education|learning|class)\w*"
    )
    if ban and run:
        yield found(
            "follow",
            ban.passage,
            "Pupils may follow no member of staff, yet staff may run accounts for teaching.",
            "Except accounts that the school has approved.",
        )


@rule("never-discuss-own-channels", Severity.PROBLEM)
def never_discuss_own_channels(context: Context) -> Iterator[Found]:
    """Staff may never speak of the school online, yet some of them run its accounts [GRA-10, GRA-57]."""
    ban = context.first(
        r"\b(never|not) (discuss|mention|refer to|talk about|post about) (the|their|our) school\b[^.]*"
    )
    run = context.first(
        r"\b(responsible for (managing|running)|managed by|respond to)\b[^.]*\b(accounts?|channels?|enquir\w+)"
    )
    personal = ban and says(r"\bpersonal (accounts?|use|capacity|social media)\b", ban.sentence)
    if ban and run and not personal:
        yield found(
            "discuss",
            ban.passage,
            f"Staff may never speak of the school online, yet some answer for it: {quoted(run.sentence)}",
            "Say that the ban is on personal accounts.",
        )


@rule("ban-and-discouragement", Severity.HINT)
def ban_and_discouragement(context: Context) -> Iterator[Found]:
    """One kind of contact is forbidden to pupils, the next of kin merely discouraged [GRA-45, GRA-47]."""
    ban = context.first(rf"{PUPILS}[^.]*\bnot (allowed|permitted)\b[^.]*\bfriend")
    soft = context.first(rf"{PUPILS}[^.]*\bdiscouraged from\b[^.]*\bfollow")
    if ban and soft:
        yield found(
            "friends",
            soft.passage,
            "Pupils are forbidden to befriend staff, and merely discouraged from following them.",
            "Say whether following is forbidden, and what happens when a pupil does.",
        )


@rule("exceptions-only-at-entry", Severity.GAP)
def exceptions_only_at_entry(context: Context) -> Iterator[Found]:
    """Links are declared on joining, and nothing is said of those that arise later [GRA-50, GRA-51]."""
    entry = context.first(
        r"\b(exceptions?|links?|relationships?)\b[^.]*\bdeclared\b[^.]*"
        r"\b(upon entry|on entry|on joining|on admission|at induction)"
    )
    later = context.first(
        r"\b(links?|relationships?|exceptions?|circumstances)\b[^.]*"
        r"\b(arises?|changes?|later|as soon as|whenever|at any time)\b"
    )
    if entry and not later:
        yield found(
            "entry",
            entry.passage,
            "Links are declared on joining; of those that arise later nothing is said.",
            "Ask for them to be declared as soon as they arise, and once a year.",
        )
