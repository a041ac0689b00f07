"""Whom the policy covers: audiences without a rule, and people who are covered and are not."""

from collections.abc import Iterator

from policies.check.context import Context, Passage
from policies.check.table import Found, Severity, found, rule
from policies.models import Audience

# A rule for them begins with them, or with the school asking it of them.
RULES = {
    Audience.STAFF: r"\b(staff|employees?|teachers?|you)\b[^.]*\b(must|should|will|may|are|do not)\b",
    Audience.PUPILS: r"^(all |any |our |the )?(pupils|students|children)\b[^.]*\b(must|should|may|are|do not)\b|"
    r"^(we|the school)\b[^.]*\b(asks?|expects?|encourages?|urges?) (our |all )?(pupils|students|children)\b",
    Audience.PARENTS: r"^(all |any |our |the )?(parents|carers)\b[^.]*\b(must|should|may not|are asked|can best)\b|"
    r"^(we|the school)\b[^.]*\b(asks?|expects?|encourages?|urges?) (our |all )?(parents|carers|families)\b",
}
LABELS = {Audience.STAFF: "staff", Audience.PUPILS: "pupils", Audience.PARENTS: "parents and carers"}


def first_rule_for(context: Context, audience: str) -> Passage | None:
    """Return the first rule for the conduct of an audience: in a part written for it, or beginning with it."""
    written = (one for one in context.body if audience in one.audiences)
    hit = context.first(RULES[Audience(audience)])
    return next(written, hit and hit.passage)


@rule("audience-missing", Severity.GAP)
def audience_missing(context: Context) -> Iterator[Found]:
    """An audience for whose conduct there is no rule [MLC-13]."""
    for audience, name in LABELS.items() if context.passages and context.is_about_channels else ():
        if not first_rule_for(context, audience):
            yield found(
                str(audience),
                "",
                f"There are no rules for the conduct of {name}.",
                f"Say what is asked of {name}, or say that another policy does.",
            )


@rule("agency-and-contract", Severity.HINT)
def agency_and_contract(context: Context) -> Iterator[Found]:
    """Agency workers are covered, and the policy speaks of contracts of employment that they do not have [MLC-13]."""
    agency = context.first(r"\bagency (workers|staff)\b")
    contract = context.first(r"\bcontract of employment\b")
    if agency and contract:
        yield found(
            "contract",
            contract.passage,
            "Agency workers are covered, but they have no contract of employment with the school.",
            "Say how the policy binds people who are not employed by the school.",
        )
