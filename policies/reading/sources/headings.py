"""What makes a line a heading: what the file says, its number, or how short and bare it stands before a text."""

import re

from policies.reading.sources.line import Line

MOST_LETTERS = 100
MOST_WORDS = 14
DEEPEST = 6
# A line that is bold from end to end may be a heading; the file does not say of which depth.
BOLD = 9

NUMBERED = re.compile(
    r"(?:(?:section|part|chapter)[ ]+(?P<worded>\d{1,2}|[A-Z]|[IVX]{1,5})[ ]*[:.–—-]*[ ]+"
    r"|(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.):]?[ \t]+|(?P<letter>[A-Z]|[IVX]{2,5})[.)][ \t]+)(?P<title>[^\W_].*)$",
    re.IGNORECASE,
)
# A point of a list that is counted: "a)", "(iv)", "3.", and a paragraph with a number of its own: "3.1".
ENUMERATED = re.compile(r"(?:\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)|(?:[a-z]|[ivx]{1,4}|\d{1,2})[.)])[ \t]+(?=\S)")
COUNTED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})[.)]?[ \t]+(?=\S)")
_UNIT = re.compile(
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul"
    r"|aug|sept?|oct|nov|dec|hours?|days?|weeks?|months?|years?|minutes?|per|percent|am|pm)\b",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?;:,][\"'’”)\]]*$")
_ADDRESS = re.compile(r"www\.|https?://|\S@\S+\.\S")
# "Telephone: 01632 960101"
_LABELLED = re.compile(r"[A-Za-z ]{2,24}:[ \t]*[^:]*\d")
_DAY = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\b(?:19|20)\d\d\b")
# A line of the approval, not of the text.
_SIGNED = re.compile(
    r"(?:agreed|approved|adopted|signed|dated?|ratified|reviewed|last review|next review|review date|version"
    r"|author|written|issued?|updated?|produced|prepared|owner|status|ref|chair of|name"
    r"|policy (?:owner|lead|number|ref|date))"
    r"\b",
    re.IGNORECASE,
)
_LEAD_IN = re.compile(
    r"(?:\b(?:to|not|must|should|will|may|can|shall|that|are|is|by|the|following|include|includes|including|never|for))"
    r"$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\b(?:must|should|shall|will|may|cannot|is|are|was|has|have|were)\b", re.IGNORECASE)


def is_lead_in(text: str) -> bool:
    """Tell whether a line opens a list: it ends in a colon, or where a sentence cannot end."""
    return text.endswith(":") or _LEAD_IN.search(text) is not None


def numbered(text: str) -> tuple[str, str] | None:
    """Return number and title of a line that has the form of a numbered heading."""
    found = NUMBERED.match(text)
    if not found or len(text) > MOST_LETTERS + 20:
        return None
    title = found["title"].strip()
    if title.endswith(":") and (_LEAD_IN.search(title[:-1]) or _SENTENCE.search(title)):
        return None
    number = found["number"] or found["letter"] or found["worded"]
    if _UNIT.match(title) or not (title[0].isupper() or title[0].isdigit()) or (found["letter"] or "X").islower():
        return None
    if re.search(r"[.;,]$", title) or len(title.split()) > MOST_WORDS or title[0].isdigit():
        return None
    return number.upper(), title


def heading_level(line: Line, after: Line | None, listing: bool) -> int:
    """Return the depth of a line that is a heading, counted from 1, and 0 for one that is none."""
    text = line.text
    if found := numbered(text):
        return min(found[0].count(".") + 1, DEEPEST)
    if 0 < line.level < BOLD:
        return min(line.level, DEEPEST) if len(text) <= 2 * MOST_LETTERS else 0
    if line.level == BOLD:
        return int(len(text) <= MOST_LETTERS and not re.search(r"[.;,]$", text) and not _SIGNED.match(text))
    return int(not listing and _bare(line, after))


def _bare(line: Line, after: Line | None) -> bool:
    """Tell whether a line stands over a text as a heading does."""
    text = line.text
    if after is None or len(text) > MOST_LETTERS or len(text.split()) > MOST_WORDS or line.full:
        return False
    if not text[0].isalpha() or not text[0].isupper() or _ENDED.search(text) or is_lead_in(text):
        return False
    if _ADDRESS.search(text) or _SIGNED.match(text) or _LABELLED.match(text) or "\t" in text:
        return False
    if _DAY.search(text) and not re.search(r"\bpolicy\b", text, re.IGNORECASE):
        return False
    return not (_SENTENCE.search(text) and len(text.split()) > 8)
