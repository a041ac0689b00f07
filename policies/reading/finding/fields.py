"""Labels with what stands beside them, such as "Approved by: ..." or a table of dates, at both ends of a document."""

import re
from dataclasses import dataclass

from policies.reading.document import BlockKind, Document
from policies.reading.finding.passages import Passage, ends

MOST_LINE = 1_000
MOST_VALUE = 160

# What a label is about, and its usual words. Longer ones first: "next review date" is not "review date".
LABELS = {
    "approved_by": (
        r"(?:policy\s+)?(?:approved|agreed|adopted|ratified|authorised|signed off|endorsed|accepted)\s+by"
        r"|approver|approving body|approval body|approved by \(name\)"
    ),
    "approved_on": (
        r"date\s+(?:approved|agreed|adopted|ratified|(?:policy\s+)?(?:was\s+)?adopted)"
        r"|date\s+of\s+(?:approval|adoption|ratification|agreement)"
        r"|(?:approved|agreed|adopted|ratified)\s+on|(?:approval|adoption|ratification)\s+date"
    ),
    "review_due": (
        r"next\s+(?:scheduled\s+|policy\s+|full\s+)?review(?:\s+date|\s+due(?:\s+(?:by|on|date))?|"
        r"\s+by|\s+on|\s+is\s+due)?"
        r"|date\s+(?:of|for)\s+(?:the\s+)?next\s+review|(?:policy\s+)?review\s+due(?:\s+(?:by|on|date))?"
        r"|due\s+for\s+(?:its\s+next\s+)?review(?:\s+(?:by|on|in))?|to\s+be\s+reviewed(?:\s+(?:by|on|in|before))?"
    ),
    "last_reviewed": (
        r"(?:date\s+)?last\s+reviewed(?:\s+on)?|date\s+reviewed(?:\s+(?:&|and)\s+\w+)?|last\s+review(?:\s+date)?"
        r"|date\s+of\s+(?:last|latest|this|most\s+recent)\s+review|(?:latest|most\s+recent)\s+review"
        r"|(?:policy\s+)?reviewed\s+on|(?:date\s+)?last\s+updated(?:\s+on)?|reviewed(?:\s+(?:&|"
        r"and)\s+(?:adapted|updated|amended))?"
    ),
    "cycle": r"review\s+(?:cycle|frequency|period|schedule|interval)|frequency\s+of\s+review",
    "review_date": r"review\s+date|date\s+of\s+review",
    "reviewed_by": r"(?:last\s+)?reviewed\s+by",
    "role": r"job\s+title|role|position|post\s+held",
    "signed": (
        r"signed(?:\s+by)?(?:\s+(?:the\s+)?(?:head\s?teacher|principal|"
        r"(?:co-)?chairs?(?:\s+of\s+(?:the\s+)?[a-z]+)?))?"
        r"|signature"
    ),
    "dated": r"dated",
    "date": r"date",
    "other": (
        r"version(?:\s+(?:no\.?|number))?|status|issue\s+date|date\s+of\s+issue|policy\s+(?:owner|"
        r"author|lead)|author|owner"
        r"|person\s+responsible|responsible\s+(?:person|officer|committee)|print\s+name|name|schools?|"
        r"website|telephone"
        r"|email|committee|title|minute(?:\s+(?:no\.?|number|reference))?|motto"
    ),
}
LABEL = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(f"(?P<{key}>{words})" for key, words in LABELS.items())
    + r")\s{0,3}(?=[:\t|]|$)[\s:|]{0,8}",
    re.IGNORECASE,
)
CELLS = re.compile(r"\s*[\t|]\s*")
# What is drawn for a pen to write on.
BLANK = re.compile(r"^[\s._…\-–—|:]*$")


@dataclass(frozen=True)
class Labelled:
    """What stands beside a label: what the label is about, its words, and the passage beside it."""

    about: str
    label: str
    value: Passage


def labelled(document: Document) -> list[Labelled]:
    """Return what stands beside labels, in the order of the text; blanks to be filled in by hand have empty text."""
    lines = [line for line in ends(document) if line.text]
    found: list[Labelled] = []
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        columns = _columns(line, following)
        found += columns or _beside(line, following)
    return found


def _about(match: re.Match[str]) -> str:
    return match.lastgroup or "other"


def _columns(line: Passage, following: Passage | None) -> list[Labelled]:
    """Read a row of labels with a row of as many values under it."""
    if line.kind != BlockKind.ROW or following is None or following.kind != BlockKind.ROW:
        return []
    labels = [LABEL.fullmatch(cell.strip()) for cell in CELLS.split(line.text[:MOST_LINE])]
    values, start = [], 0
    for end in [*(match.span() for match in CELLS.finditer(following.text[:MOST_LINE])), None]:
        values.append(following.cut(start, end[0] if end else None))
        start = end[1] if end else 0
    if len(labels) < 2 or len(labels) != len(values) or not all(labels):
        return []
    return [Labelled(_about(label), label[0], value) for label, value in zip(labels, values, strict=True) if label]


def _ends_a_value(match: re.Match[str], text: str) -> bool:
    """Tell whether the words of a label only end what stands beside another, as in "Resources Committee"."""
    before = text[: match.start()].rstrip(" ")
    return (
        match.end() == len(text.rstrip())
        and text[match.end() - 1].isalpha()
        and before[-1:] not in ("", "\t", "|", ":")
    )


def _beside(line: Passage, following: Passage | None) -> list[Labelled]:
    text = line.text[:MOST_LINE]
    matches = [match for match in LABEL.finditer(text) if not _ends_a_value(match, text)]
    found = []
    for at, match in enumerate(matches):
        until = matches[at + 1].start() if at + 1 < len(matches) else len(text)
        value = line.cut(match.end(), until)
        if len(value.text) > MOST_VALUE:
            continue
        # Nothing beside the last label of a line: in a column, the value stands under it.
        if not value.text and until == len(text) and len(matches) == 1 and following is not None:
            under = following.text
            if len(under) <= MOST_VALUE and not LABEL.match(under) and following.kind != BlockKind.HEADING:
                value = following
        words = match[0].strip(" :|\t")
        trimmed = value.text.rstrip(" |\t;,_")
        value = value.cut(0, len(trimmed))
        if BLANK.match(value.text):
            value = value.cut(0, 0)
        found.append(Labelled(_about(match), words, value))
    return found
