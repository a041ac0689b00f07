"""What a policy promises and sets: training, deadlines, minimum ages, on what consent pictures are used, platforms."""

import re

from policies.reading.document import BlockKind, Document
from policies.reading.facts import Fact, Kind
from policies.reading.finding.naming import upper_first
from policies.reading.finding.passages import Passage, once, or_absent, sentences, stated
from policies.reading.finding.tables import Mention, platforms_in

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "twelve": 12,
    "twenty-four": 24, "forty-eight": 48, "seventy-two": 72,
}  # fmt: skip
COUNT = r"(?P<count>\d{1,3}|" + "|".join(NUMBERS) + r")"
WITHIN = re.compile(
    rf"\b(?P<within>within|in under|no later than|at most|inside)\s+(?:the next\s+|"
    rf"a maximum of\s+)?{COUNT}\s*(?P<unit>hours?|hrs?|working days?|school days?|days?)\b",
    re.IGNORECASE,
)
TRAINS = re.compile(
    r"\b(?P<what>(?:(?:online safety|e-safety|computing|PSHE|RSHE|digital|media literacy|"
    r"social media|safeguarding|annual|yearly|refresher|regular|staff|induction|new staff|INSET|"
    r"parents?['’]?)\s+){0,3}"
    r"(?:training|briefings?|induction|inset(?: days?)?|workshops?|assembl(?:y|ies)|lessons|"
    r"information evenings?|refreshers?))\b",
    re.IGNORECASE,
)
PROMISES = re.compile(
    r"\b(?:will|is|are|receives?|takes? part|get|gets|given|covers?|includes?|attends?|learn[s]?|"
    r"has|have|hold|holds|runs?)\b",
    re.IGNORECASE,
)
NOT_PROMISED = re.compile(
    r"\b(?:lesson time|during lessons|in lessons|between lessons|teaching time|not been trained)\b", re.IGNORECASE
)
AGES: list[re.Pattern[str]] = [
    re.compile(r"\bminimum age\b[^.;]{0,40}?\b(?P<age>\d{1,2})\b", re.IGNORECASE),
    re.compile(r"\bage(?:\s+limit)?\s+(?:of|is)\s+(?P<age>\d{1,2})\b", re.IGNORECASE),
    re.compile(r"\b(?:only\s+)?over[- ](?P<age>\d{1,2})['’]?s?\b", re.IGNORECASE),
    re.compile(
        r"\b(?:at least|aged?|must be|until (?:they are|you are))\s+(?P<age>\d{1,2})\b(?:\s+(?:years|"
        r"or over|and over|or older))?",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<age>\d{1,2})\s+(?:or over\s+)?to (?:use|join)\b", re.IGNORECASE),
    re.compile(r"\bunder(?:[- ]|\s+the age of\s+)(?P<age>\d{1,2})['’]?s?\b", re.IGNORECASE),
    re.compile(r"\b(?P<age>\d{1,2})\s*(?:\+|years? old|or over|and over)", re.IGNORECASE),
    re.compile(
        r"\b(?:is|are)\s+for\s+(?:people|those|anyone|children)\s+(?:of\s+|aged\s+)?(?P<age>\d{1,2})\b", re.IGNORECASE
    ),
]
USES = re.compile(
    r"\b(?:platforms?|apps?|sites?|account|use|using|join|sign up|have|social media|networks?)\b", re.IGNORECASE
)
NOT_AN_AGE = re.compile(
    r"\b(?:former|ex-?pupils?|ex-?students?|past pupils?|left (?:the )?school|friend requests?|"
    r"contact from|prohibition)\b",
    re.IGNORECASE,
)
FOR_USE = re.compile(
    r"['’]?s?\s+(?:or (?:over|older)\s+)?(?:to (?:use|join|have)|for|on|should be using|may use)\b", re.IGNORECASE
)
PICTURES = re.compile(r"\b(?:photo\w*|images?|pictures?|videos?|names?|film\w*|recordings?)\b", re.IGNORECASE)
OPT_OUT = re.compile(
    r"\bif you do not wish\b|\bif you would (?:rather|prefer) (?:we did )?not\b|\bunless (?:you|"
    r"a parent|parents|they|we hear|a family|families|the family)[^.;]{0,40}?\b(?:tell|object|say|"
    r"write|ask|inform|opt|otherwise|let us know)\w*"
    r"|\bopt(?:s|ed|ing)?[- ]out\b|\b(?:must|should|please) (?:advise|tell|let|inform|"
    r"write)[^.;]{0,80}\b(?:not|object|do not)\b|\bobject(?:s|ion)?\b[^.;]{0,60}\b(?:photo|"
    r"picture|image)",
    re.IGNORECASE,
)
OPT_IN = re.compile(
    r"\bunless (?:they|you|we|the \w+|parents?)[^.;]{0,30}?\b(?:given|have|has|"
    r"hold)[^.;]{0,20}?\b(?:consent|permission)\b"
    r"|\b(?:permission|consent)\s+(?:is|must be|has to be|should be|will be)\s+(?:sought|obtained|"
    r"asked for|gained|given|held)\b(?!\s+(?:to|from) the police)"
    r"|\b(?:holds?|have|has|obtain|seek|get|with)\s+(?:the |written |signed |prior |parental |"
    r"explicit )*(?:permission|consent)\b[^.;]{0,60}?\b(?:to use|for|before|from|of|to share|"
    r"to post)\b"
    r"|\bonly\s+(?:\w+\s+){0,3}?(?:with|where|when|if)[^.;]{0,40}\b(?:consent|permission)\b|"
    r"\bopt(?:s|ed|ing)?[- ]in\b"
    r"|\bask\b[^.;]{0,60}\bfor (?:their |your )?(?:consent|permission)\b"
    r"|\bwhere\b[^.;]{0,40}\b(?:has|have) (?:given|agreed|consented)\b",
    re.IGNORECASE,
)


def find(document: Document) -> list[Fact]:
    """Return training, deadlines, minimum ages, the basis of consent, and the platforms named anywhere."""
    said = sentences(document)
    body = [sentence for sentence in said if sentence.kind != BlockKind.HEADING]
    return [
        *or_absent(_training(body), Kind.TRAINING, _no_training(document)),
        *or_absent(_deadlines(body), Kind.DEADLINE, "No deadline in hours or days is set."),
        *or_absent(_ages(body), Kind.MINIMUM_AGE, "No minimum age is named."),
        *or_absent(_consent(body), Kind.CONSENT, "No sentence says on what consent names or pictures are used."),
        *or_absent(_platforms(said), Kind.PLATFORM, "No platform is named."),
    ]


def _no_training(document: Document) -> str:
    """Return why no training was found; a contents page may promise what no section holds."""
    reason = "No sentence promises training, a briefing or lessons."
    for block in document.blocks[:200]:
        if block.kind == BlockKind.CONTENTS and re.search(r"\btraining\b", block.text[:300], re.IGNORECASE):
            return f"{reason} The contents page has an entry for it all the same."
    return reason


def _training(said: list[Passage]) -> list[Fact]:
    found = []
    for sentence in said:
        text = sentence.text[:1500]
        if not PROMISES.search(text):
            continue
        for match in TRAINS.finditer(text):
            if NOT_PROMISED.search(text[max(0, match.start() - 15) : match.end() + 10]):
                continue
            if match["what"].casefold() == "lessons":
                continue
            reason = "The sentence promises it."
            value = {"what": upper_first(" ".join(match["what"].split()))}
            found.append(stated(Kind.TRAINING, value, sentence, 82, reason, match.span("what")))
    return once(found, "what")


def _deadlines(said: list[Passage]) -> list[Fact]:
    found = []
    for sentence in said:
        text = sentence.text[:2000]
        for match in WITHIN.finditer(text):
            count = NUMBERS.get(match["count"].casefold()) or int(match["count"])
            in_hours = match["unit"].casefold().startswith("h")
            hours = count if in_hours else count * 24
            reason = "The sentence sets it in hours."
            if not in_hours:
                reason = f"The sentence says {match['count']} {match['unit']}, reckoned as {hours} hours."
            value = {"hours": hours, "what": _what(text, match.start())}
            found.append(stated(Kind.DEADLINE, value, sentence, 90 if in_hours else 65, reason, match.span()))
    return once(found, "hours", "what")


def _what(text: str, until: int) -> str:
    """Return what must be done: the words before the deadline, back to the beginning of their part of the sentence."""
    before = text[:until].rstrip(" ,(")
    before = re.sub(
        r",?\s*(?:as a matter of urgency,?\s*)?(?:ie|i\.e\.|that is)?[\s,]*$", "", before, flags=re.IGNORECASE
    )
    return upper_first(before[-240:].lstrip(" ,;"))


def _ages(said: list[Passage]) -> list[Fact]:
    found = []
    for sentence in said:
        text = sentence.text[:1500]
        platforms = platforms_in(text)
        if NOT_AN_AGE.search(text) or not (platforms or USES.search(text)):
            continue
        for pattern in AGES:
            for match in pattern.finditer(text):
                age = int(match["age"])
                if not 10 <= age <= 18:
                    continue
                named = _platforms_of_age(text, match)
                for platform in named or [""]:
                    reason = (
                        "The sentence names an age for it."
                        if platform
                        else "The sentence names an age for platforms in general."
                    )
                    value = {"platform": platform, "age": age}
                    found.append(stated(Kind.MINIMUM_AGE, value, sentence, 88, reason, match.span()))
    return once(found, "platform", "age")


def _platforms_of_age(text: str, age: re.Match[str]) -> list[str]:
    """Return the platforms of an age: the run of them that stands nearest before it, or after it."""
    runs: list[list[Mention]] = []
    for mention in platforms_in(text):
        between = text[runs[-1][-1].end : mention.start] if runs else "none"
        if re.fullmatch(r"[\s,/&]*(?:(?:and|or)\s*)?", between):
            runs[-1].append(mention)
        else:
            runs.append([mention])
    before = [run for run in runs if run[-1].end <= age.start() and age.start() - run[-1].end < 90]
    after = [run for run in runs if run[0].start >= age.end("age") and run[0].start - age.end("age") < 60]
    forward = FOR_USE.match(text[age.end("age") :]) or not before
    near = (after[:1] if forward else []) or before[-1:]
    return [mention.name for mention in near[0]] if near else []


def _consent(said: list[Passage]) -> list[Fact]:
    found = []
    for sentence in said:
        text = sentence.text[:1500]
        if not (PICTURES.search(text) or re.search(r"\binformation about other people\b", text)):
            continue
        for basis, pattern, reason in (
            ("opt_out", OPT_OUT, "The school may use them unless somebody objects."),
            ("opt_in", OPT_IN, "They are used only where consent was given."),
        ):
            if match := pattern.search(text):
                value = {"basis": basis, "of": _of(text)}
                found.append(stated(Kind.CONSENT, value, sentence, 85, reason, match.span()))
                break
    return once(found, "basis")


def _of(text: str) -> str:
    """Return what the consent is of: names, photos, videos, other information."""
    kinds = [
        ("names", r"\bnames?\b"),
        ("photos", r"\b(?:photo\w*|images?|pictures?)\b"),
        ("videos", r"\b(?:videos?|film\w*|recordings?)\b"),
        ("other information", r"\bother information\b"),
    ]
    return ", ".join(kind for kind, words in kinds if re.search(words, text, re.IGNORECASE))


def _platforms(said: list[Passage]) -> list[Fact]:
    found = []
    for sentence in said:
        text = sentence.text[:3000]
        for mention in platforms_in(text):
            # "X (formerly Twitter)" names X: the old name is an explanation.
            if re.search(
                r"\b(?:formerly|previously|once|was|used to be)(?: called| known as)?\s$", text[: mention.start]
            ):
                continue
            reason = "The text names it."
            if mention.printed.casefold() != mention.name.casefold():
                reason = f"The text names it; it is listed as {mention.name}."
            found.append(
                stated(Kind.PLATFORM, {"name": mention.printed}, sentence, 92, reason, (mention.start, mention.end))
            )
    return once(found, "name")
