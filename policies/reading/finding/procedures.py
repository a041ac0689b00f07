"""What is done when the policy is broken, for whom by which procedure, and to whom people turn."""

import re

from policies.reading.document import BlockKind, Document
from policies.reading.facts import Fact, Kind
from policies.reading.finding.cited import Cited, cited_in
from policies.reading.finding.passages import Passage, once, or_absent, sentences, stated

UNDER = re.compile(
    r"\b(?:dealt with|handled|investigated|disciplined|managed|addressed|address|treated|"
    r"followed up|resolved|considered|looked into)\b[^.;]{0,60}?"
    r"\b(?:in line with|in accordance with|under|following|through|using|according to|as set out in|as)\b",
    re.IGNORECASE,
)
FOLLOWED = re.compile(
    r"\b(?:procedure|policy)\s+(?:should|must|will|is to)\s+be\s+(?:followed|used)\b|"
    r"\bfall[s]? under\b",
    re.IGNORECASE,
)
CONSEQUENCE = re.compile(
    r"\b(?:may|can|could|will)\s+(?:result in|lead to|be followed by|face|be subject to)\s+(?P<what>[^.;]{5,120})"
    r"|\b(?P<imposed>sanctions)\s+(?:will|may|can)\s+be\s+(?:imposed|applied)",
    re.IGNORECASE,
)
ABOUT = {
    "staff": re.compile(r"\b(?:staff|employees?|colleagues?|teachers?|volunteers?)\b", re.IGNORECASE),
    "pupil": re.compile(r"\b(?:pupils?|students?|child(?:ren)?|learners?)\b", re.IGNORECASE),
    "parent": re.compile(r"\b(?:parents?|carers?|famil(?:y|ies))\b", re.IGNORECASE),
    "community": re.compile(
        r"\b(?:users?|visitors?|third part(?:y|ies)|members of the public|anyone|followers?|others|commenters?)\b",
        re.IGNORECASE,
    ),
}
IN_BRACKETS = re.compile(r"^\s*\(\s*(?:for|of|if (?:by )?)?\s*(?:a |an |the )?(?P<who>[\w /]{3,30})\)")

GRAVE = re.compile(r"\b(?:sanction|disciplin|legal action|dismiss|ban)\w*", re.IGNORECASE)


def find(document: Document) -> list[Fact]:
    """Return the procedure for each audience."""
    named, followed = [], []
    for sentence in sentences(document):
        if sentence.kind == BlockKind.HEADING:
            continue
        named += _named(sentence)
        followed += _consequences(sentence)
    told = {(fact.value or {})["about"] for fact in named}
    found = [*named, *(fact for fact in followed if (fact.value or {})["about"] not in told)]
    return or_absent(
        once(found, "about", "name"), Kind.PROCEDURE, "No sentence says by which procedure breaches are dealt with."
    )


def _named(sentence: Passage) -> list[Fact]:
    """Read "concerns about staff will be dealt with in line with the ... policy"."""
    text = sentence.text[:1500]
    found = []
    for cue in UNDER.finditer(text):
        cited = [name for name in cited_in(text) if cue.end() - 1 <= name.end and name.start < cue.end() + 160]
        for name in cited:
            about = _about(text, cue.start(), name, sentence.heading)
            if about is None:
                continue
            reason = "The sentence says by which policy or procedure it is dealt with."
            value = {"about": about, "name": name.title}
            found.append(stated(Kind.PROCEDURE, value, sentence, 88, reason, (name.start, name.end)))
    return found


def _about(text: str, until: int, name: Cited, heading: str) -> str | None:
    """Return whom a procedure is for: in brackets after it, in its own name, or whom the sentence speaks of first."""
    if brackets := IN_BRACKETS.match(text[name.end :]):
        for about, words in ABOUT.items():
            if words.search(brackets["who"]):
                return about
    if re.match(r"(?:disciplinary|grievance|capability|low-level concerns)\b", name.title, re.IGNORECASE):
        return "staff"
    for about in ("staff", "pupil", "parent"):
        if ABOUT[about].match(name.title):
            return about
    if (
        re.search(r"\bcomplaints? or concerns?\b|\bcomplaints?\b", text[:until], re.IGNORECASE)
        and "omplaint" in name.title
    ):
        # How a complaint is made is a contact, not what follows from somebody's conduct.
        return None
    first = [
        (match.start(), about)
        for about, words in ABOUT.items()
        for match in [words.search(text[:until]) or words.search(text[until : name.start])]
        if match
    ]
    # Whom a sentence names first counts, but for "that pupil" just before what is done.
    if near := re.search(
        r"\b(?:that|the|any)\s+(pupil|student|child|parent|employee)\s+(?:will|may|must)\s+be\s*$", text[:until]
    ):
        return next(about for about, words in ABOUT.items() if words.search(near[1]))
    if first:
        return min(first)[1]
    under = [about for about, words in ABOUT.items() if words.search(heading)]
    return under[0] if len(under) == 1 else None


def _consequences(sentence: Passage) -> list[Fact]:
    """Read what follows where no policy is named: "sanctions will be imposed", "may result in disciplinary action"."""
    text = sentence.text[:1500]
    match = CONSEQUENCE.search(text)
    if not match or not GRAVE.search(match[0]):
        return []
    before = text[: match.start()]
    persons = {about: words for about, words in ABOUT.items() if about != "community"}
    abouts = [about for about, words in persons.items() if words.search(before)]
    abouts = abouts or [about for about, words in persons.items() if words.search(sentence.heading)]
    everyone = not abouts
    found = []
    words = (match["imposed"] or match["what"]).strip()
    words = re.split(r"\s+(?:in line with|in accordance with|under|which|where)\b", words)[0]
    if not GRAVE.search(words):
        # "Action under our disciplinary procedure": the name is what says of which kind it is.
        words = next((name.title for name in cited_in(text) if name.end > match.start()), words)
    for about in abouts or ["staff"]:
        reason = "The sentence says what may follow a breach; no policy is named for it."
        if everyone:
            reason += " It does not say for whom: it is put down for staff."
        value = {"about": about, "name": words[:1].upper() + words[1:]}
        found.append(stated(Kind.PROCEDURE, value, sentence, 50 if everyone else 65, reason, match.span()))
    return found[:1]
