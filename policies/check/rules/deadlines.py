"""How soon, how often, from when: deadlines and thresholds without a measure."""

from collections.abc import Iterator

from policies.check.context import Context
from policies.check.table import Found, Severity, found, key_of, quoted, rule

SOON = (
    r"\bas soon as (is )?(reasonably )?(possible|practicable)\b",
    r"\bpromptly\b|\bprompt (investigation|action|response|reply|removal)\b",
    r"\bin due course\b",
    r"\bwithin a reasonable (time|period)\b",
    r"\bas a matter of urgency\b(?!, ie within)(?!, i\.e\. within)(?! within)",
    r"\bwithout (undue )?delay\b",
    r"\bin a timely (manner|fashion|way)\b",
)
OFTEN = (r"\brepeated(ly)?\b", r"\bpersistent(ly)?\b", r"\bexcessive(ly)?\b", r"\bfrequent(ly)?\b")
CLOCK = (
    r"\bwithin (\d+|one|two|three|five|seven|ten|twenty-four|forty-eight) (working |school )?(hours?|days?|weeks?)\b"
)


@rule("deadline-unmeasured", Severity.GAP)
def deadline_unmeasured(context: Context) -> Iterator[Found]:
    """Something is to be done soon, and how soon is not said [PWP-39, CRO-40, GRA-68]."""
    for pattern in SOON:
        for hit in context.hits(pattern)[:1]:
            yield found(
                key_of(hit.match[0]),
                hit.passage,
                f"{quoted(hit.match[0].capitalize())} has no measure: {quoted(hit.sentence)}",
                "Say within how many hours or days.",
            )


@rule("threshold-unmeasured", Severity.GAP)
def threshold_unmeasured(context: Context) -> Iterator[Found]:
    """Something follows when it happens often, and how often is not said [PWP-51, CRO-50]."""
    for pattern in OFTEN:
        for hit in context.hits(rf"{pattern}.*\b(block|ban|remov|action|sanction|disciplin)\w*")[:1]:
            word = hit.match[0].split()[0]
            yield found(
                key_of(word),
                hit.passage,
                f"{quoted(word.capitalize())} has no measure: {quoted(hit.sentence)}",
                "Say after how many times, or leave it to a named person.",
            )


@rule("deadline-no-start", Severity.GAP)
def deadline_no_start(context: Context) -> Iterator[Found]:
    """A clock of which the text does not say when it starts [MLC-57]."""
    for hit in context.hits(CLOCK):
        if not starts_clock(hit.sentence[hit.match.end() :]):
            yield found(
                key_of(hit.match[0]),
                hit.passage,
                f"From when {quoted(hit.match[0])} counts, and whether something is asked or done by then, "
                "is not said.",
                "Say what starts the clock, and what must have happened when it ends.",
            )


def starts_clock(rest: str) -> bool:
    """Tell whether the words after a number of hours say from when they count."""
    return rest.strip().lower().startswith(("of ", "after ", "from ", "once ", "when ", "following "))
