"""Policies and procedures that a text leans on, cut out of the sentences that name them."""

import re
from dataclasses import dataclass
from functools import cache

from policies.reading.finding.tables import table

LAST_WORD = r"(?:polic(?:y|ies)|procedures?|code of conduct|handbook|agreements?|guidelines)"
# "this policy", "policies and procedures" and the like name none.
NO_NAME = re.compile(
    r"^(?:this|the|these|those|our|its|other|relevant|related|existing|appropriate|all|any|each|"
    r"such|school|school['’]s|whole school|social media|"
    r"social|media|above|networking|current|latest|full|agreed|same|written|own|draft|approved|"
    r"following|new|and|or|of|in|with|to|under|following|that|both|said|"
    r"policies|policy|procedures|a|an|no)$",
    re.IGNORECASE,
)
SPLIT = re.compile(r"\s*(?:,\s*(?:and|or)\s+|,\s*|/|\s+and\s+|\s+or\s+|\s+as well as\s+)\s*")
NAMED = re.compile(rf"\b(?P<last>{LAST_WORD})\b", re.IGNORECASE)
THOSE = re.compile(
    r"\b(?:those|ones|include|including|are)(?P<opening>\s+(?:on|for|about|covering|around|concerning)\s)",
    re.IGNORECASE,
)
OPENING = re.compile(r"\s+(?:on|for|about|covering|around|concerning)\s+(?:the\s+)?", re.IGNORECASE)
TITLED = re.compile(r"(?:[A-Z][\w'’-]*)(?:\s+(?:[A-Z][\w'’-]*|and|of|&)(?=\s|[.,;])){0,8}")
# The policy itself, and what is the state's and not the school's.
OWN_OR_STATE = re.compile(r"\bsocial media policy\b|\bthis policy\b|^(?:DfE|DFE|HM|UK|Government)\b", re.IGNORECASE)
CAPITAL = re.compile(r"(?:[A-Z][\w'’-]*|of|and|&|the|for)$")


# A policy of a name that no table has: one to three words after an article, just before the last word.
UNKNOWN = re.compile(
    r"\b(?:our|its|the|the school['’]s|the academy['’]s)\s+(?P<words>(?:[a-z][\w-]{1,30}\s+){1,3})$", re.IGNORECASE
)


@dataclass(frozen=True)
class Cited:
    """A policy or procedure named in a text: its title, and where the words stand."""

    title: str
    start: int
    end: int


@cache
def _subjects() -> list[str]:
    return sorted(table("documents")["subjects"], key=len, reverse=True)


@cache
def _subject_pattern() -> re.Pattern[str]:
    either = "|".join(re.escape(word).replace("\\ ", r"\s+") for word in _subjects())
    return re.compile(rf"(?<![\w-])(?:{either})(?:['’]s)?(?![\w-])", re.IGNORECASE)


def same(one: str, other: str) -> bool:
    """Tell whether two titles mean one document: "ICT acceptable use" is "ICT and internet acceptable use policy"."""
    ours, theirs = _key(one), _key(other)
    smaller, larger = sorted((ours, theirs), key=len)
    if "staff" in ours ^ theirs:
        return False
    return bool(smaller) and (smaller == larger or (len(smaller) > 1 and smaller <= larger))


def _key(title: str) -> frozenset[str]:
    words = re.findall(r"[a-z]+", re.sub(r"['’]s?\b", "", title.casefold()))
    left_out = {"policy", "policies", "procedure", "procedures", "the", "and", "of", "school", "statement", "s"}
    stems = {word.rstrip("s") if len(word) > 4 else word for word in words if word not in left_out}
    return frozenset("equality" if word.startswith("equalit") else word for word in stems)


def _title(words: str, last: str) -> str:
    """Return a title with a capital and its last word: "behaviour" before "policies" is "Behaviour policy"."""
    words = re.sub(r"\s+", " ", words).strip(" ,.;:'‘’“”\"")
    single = {"policies": "policy", "procedures": "procedure", "agreements": "agreement", "guidelines": "guidelines"}
    last = re.sub(r"\s+", " ", last)
    if last.islower():
        last = single.get(last, last)
    return f"{words[:1].upper()}{words[1:]} {last}".strip()


def cited_in(text: str) -> list[Cited]:
    """Return the policies that a sentence names, those before the word "policy" and those after "policies on"."""
    text = text[:2_000]
    found: list[Cited] = []
    done = 0
    for match in NAMED.finditer(text):
        window = max(done, match.start() - 160)
        found += _before(text, window, match)
        if match["last"].casefold() in ("policies", "policy", "procedures"):
            found += _after(text, match.end(), match["last"].lower())
        done = match.end()
    if done:
        for match in THOSE.finditer(text):
            found += _after(text, match.start("opening"), "policies")
    return [cited for cited in found if not OWN_OR_STATE.search(cited.title)]


def _before(text: str, window: int, match: re.Match[str]) -> list[Cited]:
    """Read names to the left of the last word, as far as they hang together."""
    last, end = match["last"], match.start()
    if last[0].isupper() and (named := _capitals(text, window, end)):
        start, words = named
        if owner := re.match(r"(?:Trust|School|Academy|Federation|College)['’]s\s+", words):
            start, words = start + owner.end(), words[owner.end() :]
        members = re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", words)
        if last.endswith("ies") and len(members) > 1 and all(_subject_pattern().fullmatch(one) for one in members):
            return [Cited(_title(one, last.casefold()), start, match.end()) for one in members]
        # A title of its own, such as "Staff Code of Conduct", stays as printed.
        return [Cited(f"{words} {last}".strip(), start, match.end())]
    if last.casefold() in ("code of conduct", "handbook"):
        word = re.search(r"\b(staff|pupil|parent|home|volunteer)['’]?s?\s+$", text[window:end], re.IGNORECASE)
        words = word[1].capitalize() if word else ""
        start = window + word.start() if word else end
        return [Cited(f"{words} {last}".strip().capitalize(), start, match.end())] if words else []
    found: list[Cited] = []
    reach = end
    for subject in reversed(list(_subject_pattern().finditer(text, window, end))):
        between = text[subject.end() : reach]
        if not re.fullmatch(
            r"[\s,/&]*(?:(?:and|or|the|our|school['’]?s?|related|relevant)\s*){0,3}(?:,\s*)?", between, re.IGNORECASE
        ):
            break
        if subject.end() < end and not found and between.strip():
            break
        found.insert(0, Cited(_title(re.sub(r"['’]s$", "", subject[0]), last), subject.start(), match.end()))
        reach = subject.start()
    known_kind = not last.casefold().startswith(("guideline", "agreement"))
    if known_kind and not found and (other := UNKNOWN.search(text, window, end)):
        words = other["words"].split()
        if not any(NO_NAME.match(word) for word in words):
            found.append(Cited(_title(" ".join(words), last), other.start("words"), match.end()))
    return found


def _capitals(text: str, window: int, end: int) -> tuple[int, str] | None:
    """Return the run of capitalised words that ends at `end`, without small words at its beginning."""
    words = list(re.finditer(r"[\w'’&-]+(?:\s*\([A-Z]\w{1,6}\))?", text[window:end]))
    at = len(words)
    while at and len(words) - at < 8 and CAPITAL.fullmatch(words[at - 1][0].split(" (")[0]):
        if at < len(words) and not text[window + words[at - 1].end() : window + words[at].start()].isspace():
            break
        at -= 1
    while at < len(words) and (words[at][0][0].islower() or NO_NAME.match(words[at][0])):
        at += 1
    if at >= len(words) or text[window + words[-1].end() : end].strip():
        return None
    start = window + words[at].start()
    return start, text[start:end].strip()


def _after(text: str, at: int, last: str) -> list[Cited]:
    """Read names to the right: "policies on data protection, online safety and safeguarding", "those around ..."."""
    opening = OPENING.match(text[at : at + 30])
    if not opening:
        return []
    found = []
    at += opening.end()
    for subject in _subject_pattern().finditer(text, at):
        if not re.fullmatch(r"[\s,/&]*(?:(?:and|or|the|its|our)\s*){0,2}", text[at : subject.start()], re.IGNORECASE):
            break
        found.append(Cited(_title(subject[0], last), subject.start(), subject.end()))
        at = subject.end()
    if not found and (titled := TITLED.match(text[at : at + 80])):
        words = re.sub(r"\s+(?:and|of|&)$", "", titled[0])
        found.append(Cited(f"{words} {last}", at, at + len(words)))
    return found
