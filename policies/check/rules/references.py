"""Policies, laws and guidance that the text leans on: listed or not, under one name, and still standing."""

import re
from collections.abc import Iterator
from itertools import combinations

from policies.check.context import Cited, Context
from policies.check.dated import DATED, Dated
from policies.check.table import Found, Severity, found, key_of, quoted, rule
from policies.models import Reference

Kind = Reference.Kind
# Words of a title by which no policy is told from another.
NO_NAME = {
    "policy",
    "policies",
    "procedure",
    "procedures",
    "agreement",
    "the",
    "our",
    "s",
    "school",
    "and",
    "internet",
}
# Names under which schools keep one and the same policy.
SAME = (
    (r"staff behaviour", r"code of conduct"),
    (r"complaints? polic", r"complaints? procedure"),
    (r"equalit(y|ies) polic", r"equality and diversity polic"),
    (r"safeguarding polic", r"safeguarding and child protection polic"),
)


@rule("policy-not-listed", Severity.GAP)
def policy_not_listed(context: Context) -> Iterator[Found]:
    """A policy that the text leans on and does not list [PWP-106, CRO-103]."""
    listed = [plain_title(one.title) for one in context.cited if one.kind == Kind.RELATED_POLICY and one.listed]
    for one in context.cited:
        if one.kind == Kind.RELATED_POLICY and not one.listed and plain_title(one.title) not in listed:
            words = f"{one.title} is cited in the text but not listed among the related policies."
            yield found(key_of(one.title), "Related policies", words, "Add it to the list of related policies.")


def plain_title(title: str) -> set[str]:
    """Return the words by which a policy is known: "Child protection policy" and "child protection" are one."""
    words = set(re.findall(r"[a-z]+", title.casefold()))
    return words - NO_NAME


@rule("policy-near-names", Severity.GAP)
def policy_near_names(context: Context) -> Iterator[Found]:
    """One policy, perhaps, under two names [PWP-70, PWP-105]."""
    titles = sorted({one.title for one in context.cited if one.kind == Kind.RELATED_POLICY}, key=str.casefold)
    for first, second in SAME:
        for one, other in combinations(titles, 2):
            pairs = ((one, other), (other, one))
            if any(re.search(first, left, re.I) and re.search(second, right, re.I) for left, right in pairs):
                yield found(
                    key_of(f"{one} {other}"),
                    "Related policies",
                    f"{quoted(one)} and {quoted(other)} may be one policy under two names.",
                    "Use one name throughout, the one under which it is kept.",
                )


@rule("reference-superseded", Severity.PROBLEM)
def reference_superseded(context: Context) -> Iterator[Found]:
    """What the school itself found to be superseded, or of which a later edition is out [MLC-03, MLC-87]."""
    for one in context.cited:
        edition = re.match(r"\d{4}", one.edition)
        if one.year and edition and int(edition[0]) > one.year:
            words = (
                f"{one.title} is cited in its edition of {one.year}, and that of {edition[0]} is out: "
                "review the policy."
            )
            yield found(f"edition-{key_of(one.title)}", "Legislation and guidance", words, "Draft a new version.")
        if one.standing == Reference.Standing.SUPERSEDED:
            words = f"{one.title} has been superseded: review the policy."
            yield found(key_of(one.title), "Legislation and guidance", words, "Draft a new version.")


@rule("reference-dated", Severity.HINT, to_verify=True)
def reference_dated(context: Context) -> Iterator[Found]:
    """A law or guidance that general knowledge holds to be renamed, amended or replaced [MLC-87, HEA-25, GRA-32]."""
    named = [(one, _words(one)) for one in context.cited if one.kind != Kind.RELATED_POLICY]
    for entry in DATED.references:
        hit = context.first(entry.pattern)
        title = next((words for _, words in named if re.search(entry.pattern, words, re.I)), "")
        if hit or title:
            place = hit.passage if hit else "Legislation and guidance"
            yield found(entry.slug, place, _said(entry), f"{entry.advice} See: {entry.source}.")


@rule("guidance-edition", Severity.HINT, to_verify=True)
def guidance_edition(context: Context) -> Iterator[Found]:
    """Guidance that appears anew each year, named in an edition that is more than a year old [MLC-03]."""
    for entry in DATED.editions:
        years = {one.year: "Legislation and guidance" for one in _known(context, entry) if one.year}
        hits = context.hits(rf"({entry.pattern})\W{{0,4}}(?P<year>20\d\d)")
        years |= {int(hit.match["year"]): hit.passage.place or "Front page" for hit in hits}
        for year, place in years.items():
            current = context.today.year if context.today.month >= entry.month else context.today.year - 1
            if year < current:
                words = f"{entry.title} is named in its edition of {year}; it appears anew each year."
                yield found(entry.slug, place, words, f"Verify which edition is in force. {entry.advice}")


def _known(context: Context, entry: Dated) -> list[Cited]:
    return [one for one in context.cited if re.search(entry.pattern, one.title, re.I) and not one.edition]


def _words(one: Cited) -> str:
    return f"{one.title} {one.year}" if one.year and str(one.year) not in one.title else one.title


def _said(entry: Dated) -> str:
    return f"{entry.title}: {entry.words}"
