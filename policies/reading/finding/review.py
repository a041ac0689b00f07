"""When the policy was and will be reviewed, how often, what sets a review off, what it weighs up and who is asked."""

import re

from policies.models import PolicyVersion
from policies.reading.document import Document
from policies.reading.facts import Fact, Kind
from policies.reading.finding.fields import labelled
from policies.reading.finding.naming import upper_first
from policies.reading.finding.passages import Passage, absent, listings, once, or_absent, sentences, stated
from policies.reading.finding.printed_dates import DATE, as_date, certainty, why

POLICY = re.compile(r"\b(?:polic(?:y|ies)|document|guidelines|it)\b", re.IGNORECASE)
REVIEW = re.compile(
    r"\breview(?:s|ed|ing)?\b|\blook(?:s|ed)? at (?:it|this policy|this document) again\b|"
    r"\brevisit(?:s|ed)?\b|\bgone over\b",
    re.IGNORECASE,
)
OTHER_REVIEWS = re.compile(
    r"\b(?:intercept|google|consents?|permissions?|accounts? (?:is|are)|comments?)\b", re.IGNORECASE
)
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "twelve": 12, "eighteen": 18, "other": 2}
COUNT = r"(?P<count>\d{1,2}|" + "|".join(NUMBERS) + r")"
CYCLES: list[tuple[re.Pattern[str], int]] = [
    (
        re.compile(
            rf"\b(?:every|each)\s+{COUNT}\s+years?\b|"
            rf"\b{COUNT.replace('count', 'count2')}[- ]year(?:ly)?\s+(?:cycle|basis)\b",
            re.IGNORECASE,
        ),
        12,
    ),
    (re.compile(rf"\b(?:every|each)\s+{COUNT}\s+months?\b", re.IGNORECASE), 1),
    (re.compile(rf"\b(?:every|each)\s+{COUNT}\s+terms?\b", re.IGNORECASE), 4),
]
FIXED_CYCLES: list[tuple[re.Pattern[str], int]] = [
    (
        re.compile(
            r"\b(?:biennial(?:ly)?|two-yearly|bi-annual(?:ly)? \(every two years\)|alternate years?)\b", re.IGNORECASE
        ),
        24,
    ),
    (re.compile(r"\b(?:triennial(?:ly)?|three-yearly)\b", re.IGNORECASE), 36),
    (
        re.compile(
            r"\b(?:half[- ]yearly|six[- ]monthly|twice (?:a|each|every) year|two times a year)\b", re.IGNORECASE
        ),
        6,
    ),
    (re.compile(r"\b(?:termly|every term|each term|once a term)\b", re.IGNORECASE), 4),
    (re.compile(r"\b(?:quarterly|every quarter)\b", re.IGNORECASE), 3),
    (
        re.compile(
            r"\b(?:annual(?:ly)?|yearly|every (?:school |academic )?year|each (?:school |academic )?year|"
            r"once a(?:n academic)? year)\b",
            re.IGNORECASE,
        ),
        12,
    ),
]
WEIGHS = re.compile(
    r"\b(?:taking into account|taking account of|takes? into account|with regard to|having regard to|considering|"
    r"weigh(?:s|ing)? up|in (?:the )?light of|looking at|will consider|asks? about|"
    r"we ask about)\s*:?\s+(?P<what>[^.;]{5,300})",
    re.IGNORECASE,
)
TRIGGERS: list[tuple[str, re.Pattern[str], str]] = [
    (
        PolicyVersion.Trigger.LEGISLATION,
        re.compile(
            r"\blegislati\w+|\b(?:change|changes|changed) (?:in|to) (?:the )?law\b|\bthe law changes\b|"
            r"\bnew laws?\b|\bstatut\w+ change",
            re.IGNORECASE,
        ),
        "a change of law",
    ),
    (
        PolicyVersion.Trigger.GUIDANCE,
        re.compile(r"\bguidance\b|\bgood practice\b|\bbest practice\b", re.IGNORECASE),
        "new guidance",
    ),
    (
        PolicyVersion.Trigger.CASE_LAW,
        re.compile(
            r"\bcase law\b|\bcourt (?:rulings?|decisions?|judgments?)\b|\brulings? of (?:a|the) courts?\b",
            re.IGNORECASE,
        ),
        "case law",
    ),
    (PolicyVersion.Trigger.INCIDENT, re.compile(r"\bincidents?\b", re.IGNORECASE), "an incident"),
    (
        PolicyVersion.Trigger.NEEDS,
        re.compile(
            r"\bneeds\b[^.]{0,30}\b(?:of the|our) school\b|\bneeds and circumstances\b|\bchanging needs\b",
            re.IGNORECASE,
        ),
        "the needs of the school",
    ),
]
SETS_OFF = re.compile(
    r"\b(?:following|when(?:ever)?|where there|if|after|in response to|sooner|earlier|as[- ]and[- ]when|triggered|"
    r"as (?:needed|required|necessary)|in accordance with the following|prompted|to reflect|"
    r"any change|changes? (?:in|to))\b",
    re.IGNORECASE,
)
CONSULT = re.compile(r"\b(?:consult(?:ed|ing|s|ation)?|discussed)\b(?:\s+(?:with|of))?", re.IGNORECASE)
GROUPS = re.compile(
    r"\b(?P<group>(?:recognised\s+)?(?:trade\s+)?unions|staff|employees|parents?(?:\s*(?:/|"
    r"and)\s*carers)?|carers|families|pupils|students|"
    r"governors|governing (?:body|board)|school council|local authority|parent forum|PTA)\b",
    re.IGNORECASE,
)
AGAIN = re.compile(
    r"\b(?:next\s+review(?:ed)?|review(?:ed)?\s+again|"
    r"(?:next\s+)?due\s+for\s+(?:its\s+next\s+)?review|(?:will|to|shall|"
    r"should) (?:next )?be reviewed|look(?:ed)? at (?:it )?again|"
    r"comes? (?:up )?(?:back )?for review)\b(?P<gap>[^.;]{0,60}?)(?:by|in|on|before|during|"
    r"at the end of|until)\s+(?:the\s+)?(?:end of\s+)?$",
    re.IGNORECASE,
)
BEFORE_NOW = re.compile(
    r"\b(?:last\s+(?:reviewed|updated|revised)|was\s+(?:last\s+)?(?:reviewed|updated|revised)|"
    r"(?:reviewed|updated|revised)(?:\s+\w+){0,3})\b[^.;]{0,60}?(?:in|on|during)\s+(?:the\s+)?$",
    re.IGNORECASE,
)


def find(document: Document) -> list[Fact]:
    """Return dates, cycle, triggers and questions of the review, and who is consulted before a change."""
    return [
        *_dates(document),
        *_cycle(document),
        *_triggers(document),
        *_questions(document),
        *_consulted(document),
    ]


def _dates(document: Document) -> list[Fact]:
    found: dict[Kind, Fact] = {}
    weights: dict[Kind, int] = {}

    def keep(kind: Kind, date: re.Match[str], passage: Passage, sure: int, reason: str) -> None:
        # By the words beside it: a date that can be read in two ways is still the one that is asked for.
        if weights.get(kind, 0) < sure:
            weights[kind] = sure
            read = as_date(date[0])
            found[kind] = stated(kind, read, passage, certainty(date[0], sure), reason + why(date[0]), date.span())

    for field in labelled(document):
        date = DATE.search(field.value.text)
        if not date or date.start() > 30:
            continue
        beside = f"It stands beside “{field.label}”."
        if field.about == "review_due":
            keep(Kind.REVIEW_DUE_ON, date, field.value, 95, beside)
        elif field.about == "last_reviewed":
            last = max(DATE.finditer(field.value.text), key=lambda one: as_date(one[0])["day"] or "", default=date)
            keep(Kind.LAST_REVIEWED_ON, last, field.value, 93 if "last" in field.label.casefold() else 88, beside)
        elif field.about == "review_date":
            keep(Kind.REVIEW_DUE_ON, date, field.value, 60, f"{beside} It may also mean the last review.")
    for sentence in sentences(document):
        text = sentence.text[:1500]
        if not re.search(r"\b(?:review|revis|updat|look(?:ed)? at)", text, re.IGNORECASE):
            continue
        for date in DATE.finditer(text):
            before = text[max(0, date.start() - 140) : date.start()]
            if AGAIN.search(before):
                keep(Kind.REVIEW_DUE_ON, date, sentence, 85, "The sentence says when the next review is due.")
            elif BEFORE_NOW.search(before) and not re.search(
                r"\b(?:will|next|to) be\b|\bnext\b", before, re.IGNORECASE
            ):
                keep(Kind.LAST_REVIEWED_ON, date, sentence, 80, "The sentence says when it was last gone over.")
    reasons = {
        Kind.LAST_REVIEWED_ON: "No words say when it was last reviewed.",
        Kind.REVIEW_DUE_ON: "No date is given for the next review.",
    }
    return [found.get(kind) or absent(kind, reason) for kind, reason in reasons.items()]


def _months(text: str) -> tuple[int, tuple[int, int]] | None:
    """Return after how many months something comes round, and where the text says so."""
    for pattern, unit in CYCLES:
        if match := pattern.search(text):
            count = next(words for words in match.groups() if words)
            return unit * (NUMBERS.get(count.casefold()) or int(count)), match.span()
    for pattern, months in FIXED_CYCLES:
        if match := pattern.search(text):
            return months, match.span()
    return None


def _is_of_policy(sentence: Passage) -> bool:
    text = sentence.text[:1500]
    return bool(REVIEW.search(text) and POLICY.search(text) and not OTHER_REVIEWS.search(text))


def _cycle(document: Document) -> list[Fact]:
    for field in labelled(document):
        if field.about == "cycle" and (read := _months(field.value.text)):
            return [_cycle_fact(read, field.value, f"It stands beside “{field.label}”.", 95)]
    for sentence in sentences(document):
        if not _is_of_policy(sentence):
            continue
        text = sentence.text[:1500]
        review = REVIEW.search(text)
        read = _months(text)
        if read and review and abs(read[1][0] - review.start()) < 160:
            return [_cycle_fact(read, sentence, "The sentence says how often the policy is reviewed.", 92)]
    return [absent(Kind.CYCLE, "No sentence says how often the policy is reviewed.")]


def _cycle_fact(read: tuple[int, tuple[int, int]], passage: Passage, reason: str, sure: int) -> Fact:
    months, (start, end) = read
    raw = passage.text[start:end]
    return stated(Kind.CYCLE, {"months": months, "raw": raw}, passage, sure, reason, (start, end))


def _triggers(document: Document) -> list[Fact]:
    """What sets off a review besides the calendar: in the sentence about reviews, or in the list that it opens."""
    found = []
    for listing in listings(document):
        lead = listing.lead.text[-600:]
        if (
            REVIEW.search(lead)
            and SETS_OFF.search(lead)
            and (POLICY.search(lead) or POLICY.search(listing.lead.heading))
        ):
            for item in listing.items:
                found += _triggers_in(item, 0, "It is in the list of what calls for a review.", 92)
    for sentence in sentences(document):
        text = sentence.text[:1500]
        kept_right = re.search(r"\b(?:updated|amended|revised|kept under review)\b", text, re.IGNORECASE)
        if not (POLICY.search(text) and (REVIEW.search(text) or kept_right)) or OTHER_REVIEWS.search(text):
            continue
        sets_off = SETS_OFF.search(text)
        if sets_off:
            weighs = WEIGHS.search(text)
            part = sentence.cut(
                sets_off.start(), weighs.start() if weighs and weighs.start() > sets_off.start() else None
            )
            found += _triggers_in(part, 0, "The sentence says that this calls for a change or a review.", 80)
    return or_absent(
        once(found, "trigger"), Kind.REVIEW_TRIGGER, "No event is named that would call for a review out of turn."
    )


def _triggers_in(passage: Passage, start: int, reason: str, sure: int) -> list[Fact]:
    found = []
    for trigger, pattern, words in TRIGGERS:
        if match := pattern.search(passage.text[:1500], start):
            told = f"{reason} It is read as {words}."
            found.append(stated(Kind.REVIEW_TRIGGER, {"trigger": str(trigger)}, passage, sure, told, match.span()))
    return found


def _questions(document: Document) -> list[Fact]:
    """What every review weighs up, part by part."""
    found = []
    for sentence in sentences(document):
        if not _is_of_policy(sentence):
            continue
        match = WEIGHS.search(sentence.text[:1500])
        if not match:
            continue
        start = match.start("what")
        parts = re.split(r"(,\s+and\s+|,\s+|\s+and\s+)", match["what"])
        for at in range(0, len(parts), 2):
            words = parts[at].strip()
            if len(words) > 2:
                reason = "The sentence about the review says that this is taken into account."
                value = {"text": upper_first(words)}
                found.append(
                    stated(Kind.REVIEW_QUESTION, value, sentence, 85, reason, (start, start + len(parts[at])))
                )
            start += len(parts[at]) + (len(parts[at + 1]) if at + 1 < len(parts) else 0)
    return or_absent(once(found, "text"), Kind.REVIEW_QUESTION, "Nothing is named that every review must weigh up.")


def _consulted(document: Document) -> list[Fact]:
    """Who is asked before the policy changes."""
    found = []
    for sentence in sentences(document):
        text = sentence.text[:1500]
        if not re.search(r"\b(?:policy|guidelines|document|amend|change|review)\w*", text, re.IGNORECASE):
            continue
        for cue in CONSULT.finditer(text):
            if cue[0].casefold().startswith("discuss") and "policy" not in text[: cue.start()].casefold():
                continue
            # "after consultation with the unions" as well as "the unions are consulted before".
            passive = re.search(r"\b(?:is|are|be|been|were)\s+$", text[: cue.start()])
            part = (max(0, cue.start() - 80), cue.start()) if passive else (cue.end(), cue.end() + 100)
            if not passive and not re.match(
                r"\s*(?:with|of|the|our|all|both|staff|parents|trade)?\b", text[cue.end() :]
            ):
                continue
            for group in GROUPS.finditer(text, *part):
                reason = "The sentence says that they are consulted before the policy changes."
                value = {"group": group["group"]}
                found.append(stated(Kind.CONSULTS, value, sentence, 85, reason, group.span("group")))
    return or_absent(once(found, "group"), Kind.CONSULTS, "Nobody is named who is consulted before a change.")
