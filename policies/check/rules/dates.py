"""What the dates of a policy say, and whether they agree with each other and with its cycle."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from policies.check.context import Context
from policies.check.table import Found, Severity, found, in_words, key_of, rule
from policyportal.lib.dates import Precision, StatedDate

FRONT = "Front page"
LABELS = {"approved_on": "approval", "last_reviewed_on": "last review", "review_due_on": "next review"}


def stated_dates(context: Context) -> dict[str, StatedDate]:
    """Return the dates of the policy by what they are the date of."""
    return {label: getattr(context, name) for name, label in LABELS.items()}


@rule("cycle-missing", Severity.GAP)
def cycle_missing(context: Context) -> Iterator[Found]:
    """How often it is reviewed is not said [GRA-02]."""
    if not context.cycle_months:
        yield found(
            "cycle", "", "The review cycle is not stated.", "Say how often the policy is reviewed, such as every year."
        )


@rule("review-date-missing", Severity.GAP, approval=True)
def review_date_missing(context: Context) -> Iterator[Found]:
    """When the next review is due is not said [GRA-02, HEA-111]."""
    if not context.review_due_on:
        yield found(
            "review_due_on",
            FRONT,
            "The date of the next review is not stated.",
            "Record the next review with its date.",
        )


@rule("cycle-differs", Severity.PROBLEM, approval=True)
def cycle_differs(context: Context) -> Iterator[Found]:
    """The stated date is not as far from the last review as the cycle is long [MLC-79]."""
    stated, base, cycle = context.review_due_on.day, context.base_of_cycle.day, context.cycle_months
    if stated and base and cycle:
        months = (stated.year - base.year) * 12 + stated.month - base.month
        if months != cycle:
            yield found(
                "cycle",
                FRONT,
                f"The stated date is {months} months after the last review, but the cycle is {cycle}.",
                "Decide which of the two holds, and change the other.",
            )


@rule("date-ambiguous", Severity.PROBLEM, approval=True)
def date_ambiguous(context: Context) -> Iterator[Found]:
    """A date that can be read in two ways [CRO-04, CRO-05, CRO-06]."""
    for label, stated in stated_dates(context).items():
        short_year = re.fullmatch(r"[A-Za-z]{3,}\.?\s+[’']?(\d{2})", stated.raw.strip())
        if short_year and int(short_year[1]) <= 31:
            message = f"The date of {label}, {stated.raw}, can be read as a day of that month."
        elif stated.precision == Precision.AMBIGUOUS:
            message = f"The date of {label}, {stated.raw}, is ambiguous."
        else:
            continue
        yield found(key_of(label), FRONT, message, "Write the day, the month in letters and the year in four figures.")


@rule("date-month-only", Severity.HINT, approval=True)
def date_month_only(context: Context) -> Iterator[Found]:
    """Dates that name no day, reckoned as the last of their month [PWP-02, PWP-03, PWP-04]."""
    months = [label for label, stated in stated_dates(context).items() if stated.precision == Precision.MONTH]
    if months:
        yield found(
            "months",
            FRONT,
            f"No day is given for the {in_words(months)}: the portal takes the last of the month.",
            "Give the day when the next version is approved.",
        )


@rule("dates-out-of-order", Severity.PROBLEM, approval=True)
def dates_out_of_order(context: Context) -> Iterator[Found]:
    """A review that is due before the policy was reviewed or approved."""
    due = context.review_due_on
    for label, earlier in list(stated_dates(context).items())[:2]:
        if due and earlier and due.day < earlier.day:
            yield found(
                label,
                FRONT,
                f"The next review, {due}, is due before the {label}, {earlier}.",
                "Look both dates up and put right whichever is wrong.",
            )


def figures(words: str) -> tuple[int, int, int] | None:
    """Return the three numbers of a date in figures, the year in full, or None."""
    parts = re.fullmatch(r"(\d{1,2})\D(\d{1,2})\D(\d{2}|\d{4})", words.strip())
    if not parts:
        return None
    first, second, year = (int(part) for part in parts.groups())
    return first, second, year + (2000 if year < 100 else 0)


@rule("signature-ambiguous", Severity.PROBLEM, approval=True)
def signature_ambiguous(context: Context) -> Iterator[Found]:
    """A signature in numbers may be read day first or month first [HEA-05, HEA-113]."""
    signed = figures(context.signed)
    if signed and signed[0] <= 12 and signed[1] <= 12 and signed[0] != signed[1]:
        yield found(
            "signed",
            "Signature",
            f"The date of the signature, {context.signed}, is ambiguous.",
            "Write the month in letters.",
        )


@rule("signature-before-approval", Severity.PROBLEM, approval=True)
def signature_before_approval(context: Context) -> Iterator[Found]:
    """Read day first, it was signed before it was agreed [HEA-113]."""
    signed, agreed = figures(context.signed), context.approved_on
    if signed and agreed and (signed[2], signed[1], signed[0]) < agreed.day.timetuple()[:3]:
        yield found(
            "signed",
            "Signature",
            f"Read day first, the signature of {context.signed} precedes the agreement of {agreed}.",
            "Ask whoever signed it which day it was.",
        )


@rule("review-overdue", Severity.PROBLEM, approval=True)
def review_overdue(context: Context) -> Iterator[Found]:
    """The next review is past, by what is stated and by the cycle [PWP-04, MLC-96, HEA-111, CRO-06]."""
    for key, due, words in (
        ("stated", context.review_due_on.day, "By its stated date"),
        ("cycle", context.due_by_cycle.day, "By its cycle"),
    ):
        told = key == "cycle" and due == context.review_due_on.day
        if due and due < context.today and not told:
            late = due + timedelta(days=1)
            yield found(
                key,
                FRONT,
                f"{words} the review has been overdue since {late.day} {late:%B %Y}.",
                "Review the policy: record that it stays, or draft a new version.",
            )


@rule("title-year-review", Severity.HINT)
def title_year_review(context: Context) -> Iterator[Found]:
    """The title names a school year, and the review falls after its end [CRO-01, CRO-06]."""
    named = re.search(r"\b(20\d{2})\s*[-–/]\s*(20)?(\d{2})\b", f"{context.title} {context.issued}")
    due = context.review_due_on
    if named and due:
        month, day = context.year_starts
        end = date(2000 + int(named[3]), month, day) - timedelta(days=1)
        if due.day > end:
            yield found(
                "title",
                FRONT,
                f"The title is for {named[0]}, but the next review, {due}, falls after that school year.",
                "Bring the review forward to before the school year ends, or take the years out of the title.",
            )
