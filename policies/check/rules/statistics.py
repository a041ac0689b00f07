"""Figures and forecasts that have grown old."""

import re
from collections.abc import Iterator

from policies.check.context import Context
from policies.check.rules.contact import says
from policies.check.table import Found, Severity, found, quoted, rule

# Figures older than this, counted from the date of the text, are looked at again.
OLD_AFTER = 3
FIGURES = r"\b\d+([.,]\d+)?\s?(%|per ?cent)|\b(\d{2,3}|\d,\d{3}) (of|out of|\w+ )|\b(half|a third|one in)\b"
FORECAST = r"\b(is|are) (likely|expected|set) to\b[^.]*\b(years?|soon|future)\b|\bin the coming (years|months)\b"


@rule("statistics-old", Severity.HINT, to_verify=True)
def statistics_old(context: Context) -> Iterator[Found]:
    """Figures of years long before the text [GRA-32, GRA-59]."""
    written = year_of(context)
    for hit in context.hits(r"\b(in|by|since|of|during)( \w+)? (20[01]\d|202\d)\b"):
        years = [int(year) for year in re.findall(r"\b20\d\d\b", hit.sentence)]
        law = says(r"\b(Act|Regulations?|policy|edition|Education)\b", hit.sentence)
        if years and max(years) <= written - OLD_AFTER and says(FIGURES, hit.sentence) and not law:
            yield found(
                str(max(years)),
                hit.passage,
                f"Figures of {max(years)}: {quoted(hit.sentence)}",
                "Verify whether there are newer ones, or take them out.",
            )


@rule("forecast-old", Severity.HINT, to_verify=True)
def forecast_old(context: Context) -> Iterator[Found]:
    """What was expected to come [GRA-32]."""
    for hit in context.hits(FORECAST)[:1]:
        yield found(
            "forecast",
            hit.passage,
            f"A forecast that may have come true or not: {quoted(hit.sentence)}",
            "Verify what came of it, and say what holds now.",
        )


def year_of(context: Context) -> int:
    """Return the year of the text: of its review, approval or title, otherwise the current one."""
    for stated in (context.last_reviewed_on, context.approved_on):
        if stated:
            return stated.day.year
    printed = re.search(r"\b20\d\d\b", f"{context.issued} {context.title}")
    return int(printed[0]) if printed else context.today.year
