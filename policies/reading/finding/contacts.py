"""To whom people turn, and with what: concerns, complaints, questions, what they saw on the school's channels."""

import re

from policies.reading.document import BlockKind, Document
from policies.reading.facts import Fact, Kind
from policies.reading.finding.channels import SUGGESTS
from policies.reading.finding.cited import cited_in
from policies.reading.finding.naming import tidy_who, upper_first, who
from policies.reading.finding.passages import Passage, listings, once, or_absent, sentences, stated
from policies.reading.finding.tables import roles_in, table

TURN = re.compile(
    r"\b(?:report(?:ed|s|ing)?\b[^.;]{0,120}?\bto|rais(?:e|ed|ing)\b[^.;]{0,60}?\bwith|"
    r"speak(?:ing)? (?:to|with)|talk(?:ing)? to|tell|contact|"
    r"consult(?: with)?|notif(?:y|ied)(?: to)?|inform(?:ed)?|(?:directed|addressed|taken|brought|"
    r"passed|referred|sent|made|told) to|turn to|ask|"
    r"go(?:es)? (?:straight )?to|e-?mail)\s+",
    re.IGNORECASE,
)
# What a question or worry is about; the first that fits the sentence.
MATTERS: list[tuple[str, re.Pattern[str]]] = [
    (
        "absence of both",
        re.compile(r"\bboth\s+(?:absent|away|out|off)\b|\bneither\b[^.]{0,30}\bavailable\b", re.IGNORECASE),
    ),
    (
        "a particular pupil",
        re.compile(r"\b(?:specific|particular|individual)\s+(?:pupil|student|child)\w*", re.IGNORECASE),
    ),
    (
        "content on the school's channels",
        re.compile(r"\bcontent\b[^.]{0,60}\b(?:school|our)\b|\bseen\b[^.]{0,30}\bon our\b", re.IGNORECASE),
    ),
    (
        "abuse of staff online",
        re.compile(
            r"\b(?:relating to|about|of) you\b|\bimages of you\b|\bharass\w+ (?:or abuse )?you\b|"
            r"\bcyber-?bullying of staff",
            re.IGNORECASE,
        ),
    ),
    (
        "safeguarding",
        re.compile(
            r"\bsafeguard\w*|\bconcerns? (?:about|for) (?:a|any|the) (?:pupil|child|student)\b|"
            r"\bchild protection\b|\binappropriate communications?\b|"
            r"\bcommunication received from\b|\bcontacted by (?:a|any) (?:pupil|student|child)\b|"
            r"\bmessages? from (?:a |current )?(?:pupil|student|child)\w*|"
            r"\bat risk\b|\bharm\b|\bgroom\w+",
            re.IGNORECASE,
        ),
    ),
    (
        "accounts for teaching",
        re.compile(
            r"\b(?:web address|new account|identity of the site|account)\b[^.]{0,60}\bnotified\b", re.IGNORECASE
        ),
    ),
    ("breaches", re.compile(r"\bbreach\w*\b", re.IGNORECASE)),
    ("complaints", re.compile(r"\bcomplain\w*|\bunhappy\b", re.IGNORECASE)),
    ("questions", re.compile(r"\bquestions?\b|\bunsure\b|\badvice\b|\bqueries\b", re.IGNORECASE)),
    ("concerns", re.compile(r"\bconcern\w*|\bworr(?:y|ies|ied)\b|\binappropriate\b|\bupset\w*", re.IGNORECASE)),
]
HELPS = re.compile(r"\b(?:help|support|helpline)\b", re.IGNORECASE)
BY_WAY_OF = re.compile(
    r"\b(?:made|sent|raised|directed|addressed|brought)\b[^.;]{0,60}?\b(?:via|by|"
    r"through)\s+(?P<way>(?:tele)?phone\s+or\s+e-?mail|e-?mail\s+or\s+(?:tele)?phone|e-?mail|"
    r"(?:tele)?phone)\b",
    re.IGNORECASE,
)
OFFICIAL_WAY = re.compile(
    r"^(?P<way>E-?mail|Telephone|The \w+ app|\w+)\s+is\s+the\s+(?:official|usual|only|"
    r"main)\b[^.;]{0,60}?\bchannel\b",
    re.IGNORECASE,
)
COMPLAINS = re.compile(r"\bcomplain\w*|\bissues?\b|\bunhappy\b|\bdissatisf\w+", re.IGNORECASE)
ADDRESS = re.compile(r"\b[\w.+-]{1,64}@[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,30}){1,4}\b")
HELPLINE = re.compile(r"\b(?:helpline|advice line|support line)\b", re.IGNORECASE)
HAS = re.compile(
    r"\s+(?:helpline|advice line)\b|\s+(?:has|runs|offers|provides)\b[^.;]{0,60}\b(?:help|advice|support)\s?line",
    re.IGNORECASE,
)
RESPONSIBLE = re.compile(
    r"^(?P<who>[^.;:]{3,80}?)\s+(?:is|are)\s+(?:responsible for|there to|expected to)\b", re.IGNORECASE
)


def find(document: Document) -> list[Fact]:
    """Return who is turned to, with what."""
    found = []
    for sentence in sentences(document):
        if sentence.kind == BlockKind.HEADING or SUGGESTS.search(sentence.text[:800]):
            continue
        found += _persons(sentence) + _ways(sentence) + _complaints(sentence) + _helplines(sentence)
    for listing in listings(document):
        lead = RESPONSIBLE.match(listing.lead.text[:200])
        if not lead or not (named := who(lead["who"], 10)):
            continue
        for item in listing.items:
            if (
                re.search(r"\b(?:answer|address|respond|question)\w*", item.text[:300])
                and "question" in item.text[:300].casefold()
            ):
                reason = f"The list of what {lead['who'].strip()} do has it."
                found.append(_contact("questions", named[0], item, 80, reason))
    return or_absent(once(found, "for", "who"), Kind.CONTACT, "No sentence says to whom anybody turns.")


def _contact(
    about: str, whom: str, passage: Passage, sure: int, reason: str, at: tuple[int, int] | None = None
) -> Fact:
    value = {"for": about, "who": whom if "@" in whom else upper_first(whom)}
    return stated(Kind.CONTACT, value, passage, sure, reason, at)


def _matter(text: str, heading: str) -> str:
    """Return what a sentence is about, by its own words, then by its heading; "help" only where neither tells."""
    for words in (text, heading):
        for name, pattern in MATTERS:
            if pattern.search(words):
                return name
    return "help" if HELPS.search(text) else "anything else"


def _inside(role: str) -> bool:
    row = next(row for row in table("roles")["role"] if row["name"] == role)
    return row["kind"] not in ("outside", "people")


def _persons(sentence: Passage) -> list[Fact]:
    """Read "report it to the ...": posts of the school alone; what goes to the police or a platform is a referral."""
    text = sentence.text[:1500]
    found = []
    for match in TURN.finditer(text):
        rest = text[match.end() :]
        named = who(rest, 30)
        if not named or not any(_inside(mention.name) for mention in roles_in(named[0])):
            continue
        if roles_in(rest)[0].name == "Staff" or re.search(
            r"\b(?:ex-)?(?:friend|not|never)\b[^.]{0,20}$", text[: match.start()]
        ):
            continue
        about = _matter(text, sentence.heading)
        if about == "anything else" and not re.search(r"\b(?:report|rais|notif|concern)\w*", text, re.IGNORECASE):
            continue
        start, end = match.end() + named[1], match.end() + named[2]
        reason = f"The sentence says “{match[0].split()[0]}” and then who."
        found.append(_contact(about, named[0], sentence, 85, reason, (start, end)))
        # "to the DSL (if by a child) or to the Headteacher (if by a staff member)": the second has its own words.
        if second := re.match(r"\s*\([^)]{0,60}\)\s*,?\s*or\s+(?:to\s+)?", rest[named[2] :]):
            other = who(rest[named[2] + second.end() :], 10)
            if other:
                at = end + second.end()
                found.append(_contact(about, other[0], sentence, 80, reason, (at + other[1], at + other[2])))
        break
    return found


def _ways(sentence: Passage) -> list[Fact]:
    text = sentence.text[:1500]
    if match := BY_WAY_OF.search(text):
        reason = "The sentence says by which way it reaches the school."
        return [
            _contact(_matter(text, sentence.heading), tidy_who(match["way"]), sentence, 80, reason, match.span("way"))
        ]
    if match := OFFICIAL_WAY.match(text):
        reason = "The sentence calls it the channel between families and the school."
        return [_contact("messages to the school", match["way"], sentence, 85, reason, match.span("way"))]
    return []


def _complaints(sentence: Passage) -> list[Fact]:
    text = sentence.text[:1500]
    found = []
    for name in cited_in(text):
        before = text[: name.start]
        if re.match(r"complaints?\b", name.title, re.IGNORECASE) and COMPLAINS.search(before):
            reason = "The sentence says how complaints are made."
            found.append(_contact("complaints", name.title, sentence, 85, reason, (name.start, name.end)))
    return found[:1]


def _helplines(sentence: Passage) -> list[Fact]:
    """Read helplines with the body that runs them, and their addresses."""
    text = sentence.text[:1500]
    helpline = HELPLINE.search(text)
    if not helpline:
        return []
    reason = "The sentence names a helpline."
    found = [
        _contact("help", match[0], sentence, 80, "The address stands beside a helpline.", match.span())
        for match in ADDRESS.finditer(text)
        if abs(match.start() - helpline.start()) < 80
    ]
    for mention in roles_in(text):
        its_own = "Helpline" in mention.name or HAS.match(text[mention.end :])
        if its_own and _kind(mention.name) == "outside":
            found.append(_contact("help", mention.name, sentence, 75, reason, (mention.start, mention.end)))
    return found


def _kind(role: str) -> str:
    return next(row["kind"] for row in table("roles")["role"] if row["name"] == role)
