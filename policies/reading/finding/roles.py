"""The roles that a policy names, and the audiences that it asks to acknowledge it."""

import re

from policies.models import Audience
from policies.reading.document import BlockKind, Document
from policies.reading.facts import Fact, Kind
from policies.reading.finding.passages import Passage, once, or_absent, sentences, stated
from policies.reading.finding.tables import roles_in, table

DUTY = re.compile(
    r"\b(?:will|must|should|may|is|are|has|have|report|contact|speak|tell|by|to|with|of|from|"
    r"approv\w+|manag\w+)\b",
    re.IGNORECASE,
)
READS = re.compile(
    r"\b(?:(?:required|asked|expected|obliged|need(?:s|ed)?) to|must|should|shall|will|is to|"
    r"are to)\s+(?:(?:all|each|also|fully|carefully|have|first|both)\s+){0,2}(?:read|sign|"
    r"acknowledge|confirm)\b"
    r"|\bread(?:,)?\s+(?:and\s+)?understand|\b(?:signs?|acknowledges?|"
    r"confirms?)\b[^.;]{0,60}\b(?:this|the social media|our social media)\s+(?:\w+\s+)?policy\b"
    r"|\bread this policy\b|\bread it and (?:then )?(?:confirm|sign|say)\b",
    re.IGNORECASE,
)
THIS = re.compile(
    r"\b(?:this|the|our)\s+(?:social media\s+|new\s+)?(?:policy|document|agreement)\b|"
    r"\bsocial media policy\b|\bread it\b",
    re.IGNORECASE,
)
AUDIENCES = {
    Audience.STAFF: re.compile(
        r"\b(?:staff|employees?|colleagues?|teachers?|governors?|volunteers?|contractors?|adults who work)\b",
        re.IGNORECASE,
    ),
    Audience.PUPILS: re.compile(r"\b(?:pupils?|students?|children|learners?)\b(?!['’])", re.IGNORECASE),
    Audience.PARENTS: re.compile(r"\b(?:parents?|carers?|families)\b", re.IGNORECASE),
}
EVERYONE = re.compile(
    r"\b(?:all members of the school community|every member of the school community|everyone|"
    r"everybody)\b(?! who\b)",
    re.IGNORECASE,
)


def find(document: Document) -> list[Fact]:
    """Return every role with the place that first gives it a duty, and who must read and confirm the policy."""
    said = sentences(document)
    found = [fact for sentence in said for fact in _roles(sentence)]
    return [
        *or_absent(once(found, "name"), Kind.ROLE, "No post or body is named."),
        *_acknowledging(said),
    ]


def _roles(sentence: Passage) -> list[Fact]:
    text = sentence.text[:3000]
    if sentence.kind == BlockKind.HEADING and not text.endswith(":"):
        return []
    found = []
    duty = bool(DUTY.search(text))
    for mention in roles_in(text):
        kind = next(row["kind"] for row in table("roles")["role"] if row["name"] == mention.name)
        reason = {
            "outside": "The text names it; it is a body outside the school.",
            "people": "The text says what this group must or may do.",
            "governors": "The text names it; it is part of governance.",
        }.get(
            kind, f"The text gives a duty to “{mention.printed}”." if duty else f"The text names “{mention.printed}”."
        )
        found.append(
            stated(
                Kind.ROLE, {"name": mention.name}, sentence, 88 if duty else 75, reason, (mention.start, mention.end)
            )
        )
    return found


def _acknowledging(said: list[Passage]) -> list[Fact]:
    """Who must read the policy and say so: read from sentences about this policy, not from those about another."""
    found = []
    for sentence in said:
        text = sentence.text[:1000]
        if not (match := READS.search(text)) or not THIS.search(text):
            continue
        audiences = [str(audience) for audience, words in AUDIENCES.items() if words.search(text)]
        if EVERYONE.search(text):
            audiences = [str(audience) for audience in AUDIENCES]
        if audiences:
            reason = "The sentence asks them to read the policy and to say so."
            found.append(stated(Kind.ACKNOWLEDGED_BY, {"audiences": audiences}, sentence, 88, reason, match.span()))
    return or_absent(
        once(found, "audiences")[:3],
        Kind.ACKNOWLEDGED_BY,
        "No sentence asks anybody to read this policy and confirm it.",
    )
