"""The head of a policy: its title, the schools and the federation that it serves, websites, motto, version."""

import re

from policies.reading.document import BlockKind, Document
from policies.reading.facts import Fact, Kind
from policies.reading.finding.naming import upper_first
from policies.reading.finding.passages import (
    Passage,
    absent,
    ends,
    front,
    once,
    or_absent,
    sentences,
    stated,
)
from policies.reading.finding.printed_dates import DATE, as_date

MOST_TITLE = 140
DOCUMENT_WORD = re.compile(
    r"\b(?:policy|policies|code of (?:practice|conduct)|guidelines|agreement|statement)\b", re.IGNORECASE
)
ABOUT = re.compile(r"\b(?:social media|social network\w*|online|digital|internet|communications?)\b", re.IGNORECASE)
SENTENCE = re.compile(r"\b(?:this|should|will|must|is|are|applies|we|our|has been|was)\b", re.IGNORECASE)
TELLS = re.compile(r"\b(?:this policy|should|will|must|applies|has been)\b", re.IGNORECASE)
TOLD_TITLE = re.compile(r"(?:this|here) is (?:the|our) (?P<what>(?:[\w,&'’-]+ ){1,9}?policy)\b", re.IGNORECASE)
LABEL = re.compile(r"^[\w ./&()'’-]{2,60}:")
ACT = re.compile(r"\b(?:approved|agreed|adopted|ratified|reviewed|signed)\b", re.IGNORECASE)

SCHOOL_WORD = (
    r"(?:Schools?|SCHOOLS?|Academy|ACADEMY|Academies|ACADEMIES|College|COLLEGE|Nursery|NURSERY|"
    r"Pre-?[Ss]chool|Kindergarten)"
)
NAME_WORD = r"(?:[A-Z][\w'’.\-]{0,40}|&|and|of|the|in|on|at|for|le|with)"
SCHOOL = re.compile(
    rf"(?<![\w'’])[A-Z][\w'’.\-]{{0,40}}(?:\s{{1,3}}{NAME_WORD}){{0,12}}?\s{{1,3}}{SCHOOL_WORD}(?:\s(?:School|"
    rf"SCHOOL))?(?!\w)"
)
TWO_KINDS = re.compile(
    r"^(?P<name>.+?)\s+(?P<one>[A-Z]\w+)\s+(?:and|&|AND)\s+(?P<two>[A-Z]\w+)\s+(?P<word>Schools|SCHOOLS)$"
)
KINDS = {
    "infant",
    "infants",
    "junior",
    "juniors",
    "primary",
    "nursery",
    "secondary",
    "first",
    "middle",
    "high",
    "upper",
    "lower",
}
# Words that are no school's name although a school word follows them.
NO_NAME = re.compile(
    r"^(?:the|this|our|whole|all|any|each|every|both|a|an|primary|secondary|your|old|other|church|state|"
    r"social|media|policy|for|in|and|of|at|behaviour|safer|safeguarding|keeping|children|safe|"
    r"parents?|staff|\s)+$",
    re.IGNORECASE,
)
SERVES = re.compile(r"\b(?:applies to|covers|serves|adopted by|our (?:schools|academies))\b", re.IGNORECASE)
GROUP = re.compile(r"\b(?:Federation|FEDERATION|Trust|TRUST|Partnership|PARTNERSHIP)\b")
FEDERATION_OF = re.compile(
    r"\b(?:[Tt]he\s+)?(?:Federation|FEDERATION)\s+(?:of|"
    r"OF)\s+[A-Z][\w'’&-]{0,40}(?:\s{1,3}(?:[A-Z][\w'’&-]{0,40}|and|of|&)){0,6}"
)
NAMED_GROUP = re.compile(
    r"\b(?:[Tt]he\s+)?(?:[A-Z][\w'’&-]{0,40}\s{1,3}){1,6}"
    r"(?:Federation|FEDERATION|Multi[- ]Academy Trust|Academy Trust|Academies Trust|"
    r"Learning Trust|Learning Partnership|Education Trust|"
    r"(?:MULTI[- ])?ACADEMY TRUST|ACADEMIES TRUST|LEARNING TRUST|EDUCATION TRUST)\b"
)
URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'()\[\]]{3,200}|"
    r"\b[a-z0-9-]{2,60}(?:\.[a-z0-9-]{2,60}){1,3}\.sch\.uk(?:/[^\s<>\"']{0,150})?"
)
AUTHORITY = re.compile(
    r"\.gov\.uk|\.nhs\.uk|\.police\.uk|saferinternet|nspcc|ceop|thinkuknow|ofsted|legislation", re.IGNORECASE
)
MOTTO_LABEL = re.compile(
    r"^(?:our\s+)?(?:school\s+)?(?:motto|vision|strapline|ethos|mission)(?:\s+statement)?\s*:\s*(.{5,200})$",
    re.IGNORECASE,
)
VERSION = re.compile(
    r"\b(?:version|ver\.?|issue|revision)\s*(?:no\.?|number)?\s*[:\t|"
    r"]?\s*(?P<number>v?\d{1,3}(?:\.\d{1,3}){0,3})\b"
    r"|(?<![\w.])[vV](?P<short>\d{1,3}(?:\.\d{1,3}){0,3})\b",
    re.IGNORECASE,
)


def find(document: Document) -> list[Fact]:
    """Return what the head of the document says of itself and of the schools."""
    lines = front(document)
    title = _title(lines) or _told_title(document)
    schools = _schools(document, lines)
    return [
        *([title] if title else [absent(Kind.TITLE, "No line at the top names a policy.")]),
        *_issued(title, lines),
        *schools,
        *_federation(document),
        *_websites(document, lines),
        *_motto(document, lines),
        *_version(document),
    ]


def _in_print(words: str) -> str:
    """Return words printed in capitals as a person would write them; others as they stand."""
    words = re.sub(r"\s+", " ", words).strip(" -–—:|*#")
    if not words.isupper():
        return words
    small = {"and", "of", "the", "in", "on", "at", "for", "by", "with"}
    return " ".join(
        word.lower() if at and word.lower() in small else "-".join(part.capitalize() for part in word.split("-"))
        for at, word in enumerate(words.split())
    )


def _title(lines: list[Passage]) -> Fact | None:
    """The title is the shortest way a line at the top names a policy: no sentence, no label, nobody's approval."""
    best: tuple[int, Passage, int] | None = None
    for line in lines:
        end = len(line.text)
        if approved := ACT.search(line.text):
            end = approved.start()
        words = line.text[:end].strip()
        if not DOCUMENT_WORD.search(words) or len(words) > MOST_TITLE or words.endswith((".", ",", ";", ":")):
            continue
        heading = line.kind == BlockKind.HEADING
        if TELLS.search(words) or (not heading and (SENTENCE.search(words) or LABEL.match(words))):
            continue
        score = 2 * bool(ABOUT.search(words)) + 2 * (line.kind == BlockKind.HEADING) + (line.block < 8)
        if best is None or score > best[0]:
            best = (score, line, end)
    if best is None:
        return None
    score, line, end = best
    text = _in_print(line.text[:end])
    heading = " It is printed as a heading." if line.kind == BlockKind.HEADING else ""
    return stated(
        Kind.TITLE,
        {"text": text},
        line,
        min(95, 65 + 6 * score),
        f"The line near the top names a policy.{heading}",
        (0, end),
    )


def _told_title(document: Document) -> Fact | None:
    """Read the title out of the first sentences: "this is the ... policy of ..."."""
    for sentence in sentences(document)[:5]:
        if told := TOLD_TITLE.match(sentence.text[:300]):
            reason = "No line at the top names a policy; the sentence says what this is."
            return stated(Kind.TITLE, {"text": upper_first(told["what"])}, sentence, 70, reason, told.span("what"))
    return None


def _issued(title: Fact | None, lines: list[Passage]) -> list[Fact]:
    """The date that stands in the title, or beside a label such as "Date of issue"."""
    for line in lines:
        label = re.search(
            r"\b(?:date of issue|issue date|issued(?: on)?|date issued)\s*[:\t|]\s*", line.text, re.IGNORECASE
        )
        if label and (date := DATE.match(line.text, label.end())):
            reason = f"It stands beside “{line.text[label.start() : label.end()].strip(' :|')}”."
            return [stated(Kind.ISSUED, as_date(date[0]), line, 92, reason, date.span())]
    for own in lines:
        if not title or (own.block, own.start) != (title.place.block, title.place.start):
            continue
        if date := DATE.search(own.text[: title.place.end - title.place.start]):
            return [stated(Kind.ISSUED, as_date(date[0]), own, 85, "The title ends with this date.", date.span())]
    for line in lines[:10]:
        if title and (date := DATE.fullmatch(line.text)):
            reason = "It stands in a line of its own near the title."
            return [stated(Kind.ISSUED, as_date(date[0]), line, 75, reason, date.span())]
    return [absent(Kind.ISSUED, "Neither the title nor a line near it gives a date of issue.")]


def _schools(document: Document, lines: list[Passage]) -> list[Fact]:
    """The names of schools in the lines at the top, and where there are none, the one that the text names most."""
    found = []
    for line in lines:
        if line.text.endswith(".") and len(line.text) > 80:
            continue
        text = URL.sub(lambda match: " " * len(match[0]), line.text)
        if len(text.split()) > 40:
            continue
        for name, start, end in _names_in(text):
            found.append(
                stated(
                    Kind.SCHOOL,
                    {"name": name},
                    line,
                    92 if line.block < 8 else 75,
                    "A line at the top of the document names this school.",
                    (start, end),
                )
            )
    found = _without_shorter(once(found, "name"))
    if found:
        return found
    counted: dict[str, list[Fact]] = {}
    for sentence in sentences(document)[:400]:
        reason = "No line at the top names a school; the text speaks of this one."
        named = [
            stated(Kind.SCHOOL, {"name": name}, sentence, 60, reason, (start, end))
            for name, start, end in _names_in(sentence.text)
        ]
        if len(named) > 1 and SERVES.search(sentence.text):
            return once(named, "name")
        for fact in named:
            counted.setdefault(fact.value["name"].casefold(), []).append(fact)
    if counted:
        return [max(counted.values(), key=len)[0]]
    return [absent(Kind.SCHOOL, "No words in the text look like the name of a school.")]


def _without_shorter(facts: list[Fact]) -> list[Fact]:
    """Leave out "Hill School" where "Green Hill School" stands too, and a name that only lacks its article."""
    names = [re.sub(r"^the\s+", "", fact.value["name"].casefold()) for fact in facts if fact.value]
    return [
        fact
        for at, fact in enumerate(facts)
        if not any(other.endswith(" " + names[at]) for other in names) and names[at] not in names[:at]
    ]


def _names_in(text: str) -> list[tuple[str, int, int]]:
    """Return the names of schools in a line with where each stands; "A Infant and Junior Schools" are two."""
    found: list[tuple[str, int, int]] = []
    for match in SCHOOL.finditer(text):
        words, start = match[0], match.start()
        after = text[match.end() : match.end() + 30]
        if re.match(
            r"\s+(?:Business|Council|Community|Office|Improvement|Governors?|Uniform|Years?)\b", after, re.IGNORECASE
        ):
            continue
        if joined := re.match(r"(?:and|&)\s+", words, re.IGNORECASE):
            start += joined.end()
            words = words[joined.end() :]
        if GROUP.search(words) or NO_NAME.match(re.sub(SCHOOL_WORD + "$", "", words).strip()):
            continue
        pair = TWO_KINDS.match(words)
        if pair and pair["one"].casefold() in KINDS and pair["two"].casefold() in KINDS:
            for kind in (pair["one"], pair["two"]):
                name = f"{pair['name']} {kind} {pair['word'][:-1]}"
                found.append((_in_print(name.upper() if name[:2].isupper() else name), start, match.end()))
        else:
            found.append((_in_print(words), start, match.end()))
    return found


def _federation(document: Document) -> list[Fact]:
    """The federation or trust that the text names, for whose schools the policy may be meant."""
    found = []
    for sentence in sentences(document):
        for pattern in (FEDERATION_OF, NAMED_GROUP):
            if match := pattern.search(sentence.text[:1500]):
                words = re.sub(r"\s+(?:and|of|&)$", "", match[0])
                wide = re.search(
                    r"\b(?:refers? to|means|includes)\b.{0,40}\ball\b", sentence.text[:1500], re.IGNORECASE
                )
                reason = (
                    "The text says that “school” means every school of this group."
                    if wide
                    else "The text names this group of schools."
                )
                value = {"name": _in_print(words[:1].upper() + words[1:])}
                found.append(
                    stated(
                        Kind.FEDERATION,
                        value,
                        sentence,
                        90 if wide else 75,
                        reason,
                        (match.start(), match.start() + len(words)),
                    )
                )
                break
    reason = "No federation or trust is named."
    return or_absent(once(found, "name")[:1], Kind.FEDERATION, reason)


def _websites(document: Document, lines: list[Passage]) -> list[Fact]:
    """Addresses at the top or of a school's domain; those of authorities and helplines are not the school's."""
    found = []
    top = {(line.block, line.start) for line in lines if not line.text.endswith(".")}
    for passage in [*lines, *sentences(document)]:
        for match in URL.finditer(passage.text):
            url = match[0].rstrip(".,;:/?!") if not match[0].rstrip(".,;:").endswith("/") else match[0].rstrip(".,;:")
            if AUTHORITY.search(url) or any(platform in url.casefold() for platform in PLATFORM_HOSTS):
                continue
            if ".sch.uk" in url.casefold():
                certainty, reason = 92, "It is the address of a school's site."
            elif (passage.block, passage.start) in top:
                certainty, reason = 85, "The address stands in the lines at the top."
            elif re.search(
                r"\b(?:our|school(?:['’]s)?)\s+web\s?site\b|can be found", passage.text[:1500], re.IGNORECASE
            ):
                certainty, reason = 70, "The sentence speaks of the school's website."
            else:
                continue
            found.append(
                stated(
                    Kind.WEBSITE, {"url": url}, passage, certainty, reason, (match.start(), match.start() + len(url))
                )
            )
    for header in document.headers[:20]:
        for match in URL.finditer(header[:500]):
            url = match[0].rstrip(".,;:/")
            if not AUTHORITY.search(url) and all(url != (fact.value or {}).get("url") for fact in found):
                reason = "The address stands at the head or foot of every page."
                found.append(Fact(Kind.WEBSITE, {"url": url}, None, 85, reason))
    return or_absent(once(found, "url"), Kind.WEBSITE, "No address of a school's own site is given.")


PLATFORM_HOSTS = ("facebook.", "twitter.", "//x.com", "instagram.", "youtube.", "tiktok.", "bsky.")


def _motto(document: Document, lines: list[Passage]) -> list[Fact]:
    """A motto is labelled, stands in quotation marks, or is a line of parts by itself among the lines at the top."""
    for line in lines:
        if label := MOTTO_LABEL.match(line.text):
            return [
                stated(
                    Kind.MOTTO, {"text": label[1].strip(' “”"')}, line, 93, "It is labelled as such.", label.span(1)
                )
            ]
    for line in lines[:12]:
        if _is_motto(line.text):
            reason = "A line by itself near the title that is neither name, date nor address reads as a motto."
            return [stated(Kind.MOTTO, {"text": line.text.strip(' “”"*_')}, line, 78, reason)]
    for header in document.headers[:20]:
        if _is_motto(header):
            reason = "Every page repeats this line, which is neither name, date nor address."
            return [Fact(Kind.MOTTO, {"text": header.strip(' “”"*_')}, None, 78, reason)]
    return [absent(Kind.MOTTO, "No line near the title reads as a motto.")]


def _is_motto(text: str) -> bool:
    text = text.strip()
    words = text.split()
    if not 2 < len(words) <= 25 or len(text) > 200 or any(letter.isdigit() for letter in text):
        return False
    if DOCUMENT_WORD.search(text) or ":" in text or URL.search(text) or _names_in(text) or ACT.search(text):
        return False
    quoted = text[0] in '“"‘' and text[-1] in '”"’'
    parts = [part for part in re.split(r"[,;•|]|\s[-–]\s", text) if part.strip()]
    return quoted or (len(parts) >= 3 and max(len(part.split()) for part in parts) <= 6)


def _version(document: Document) -> list[Fact]:
    """The number of the edition, where one is printed."""
    for line in ends(document):
        if len(line.text) < 400 and (match := VERSION.search(line.text)):
            value = {"text": (match["number"] or match["short"]).lstrip("vV")}
            return [stated(Kind.VERSION, value, line, 88, "It stands after the word for an edition.", match.span())]
    for header in document.headers[:20]:
        if match := VERSION.search(header[:300]):
            value = {"text": (match["number"] or match["short"]).lstrip("vV")}
            return [Fact(Kind.VERSION, value, None, 85, "It stands at the head or foot of every page.")]
    return [absent(Kind.VERSION, "No version number is printed.")]
