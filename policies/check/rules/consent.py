"""On what the use of a picture rests: consent that is given, or that is only not refused."""

from collections.abc import Iterator

from policies.check.context import Context
from policies.check.table import Found, Severity, found, quoted, rule

PICTURE = r"(photo\w*|images?|pictures?|names?|videos?)"
OPT_OUT = (
    rf"\bif you (do not|don[’']t) (wish|want)\b[^.]*\b{PICTURE}\b[^.]*"
    r"\b(advise|inform|tell|notify|let|write|contact)\b|"
    r"\bunless\b[^.]*\b(object|opts? out|opted out|told otherwise|(tells?|informs?|notif\w+) us\b|withdraw)\w*[^.]*|"
    rf"\bopt(ing)?[- ]out\b|\bassum(e|ed) (that )?(consent|permission)\b"
)
OPT_IN = (
    rf"\b(permission|consent)\b[^.]*\b{PICTURE}\b|\b{PICTURE}\b[^.]*\b(with|given|gained|sought|hold\w*)\b[^.]*"
    r"\b(permission|consent)\b|\b(gave|given|giving|have) (their )?(consent|permission)\b|permission is sought"
)


@rule("consent-opt-out", Severity.PROBLEM)
def consent_opt_out(context: Context) -> Iterator[Found]:
    """Silence is taken for consent [HEA-68, HEA-69]."""
    hit = context.first(OPT_OUT)
    if hit:
        yield found(
            "consent",
            hit.passage,
            f"Silence is taken for consent: {quoted(hit.sentence)}",
            "Ask each family for each use; the portal asks for consent, and blocks what has none.",
        )


@rule("consent-both", Severity.PROBLEM)
def consent_both(context: Context) -> Iterator[Found]:
    """Consent must be held in one place, and is taken for given in another [HEA-30, HEA-69]."""
    out = context.first(OPT_OUT)
    needed = next((hit for hit in context.hits(OPT_IN) if out and hit.sentence != out.sentence), None)
    if out and needed:
        yield found(
            "consent",
            out.passage,
            f"Consent must be held ({needed.passage.place or 'elsewhere'}), and is taken for given here.",
            "Decide for one of the two: asking is the safer one.",
        )
