"""How a version stands with its review, in words that say no more than was stated."""

from dataclasses import dataclass
from datetime import date, timedelta

from policies.models import PolicyVersion, ReviewState
from policyportal.lib.dates import StatedDate, add_months, today
from policyportal.lib.templatetags.portal import counted
from policyportal.lib.templatetags.portal import day as in_words

TONES = {
    ReviewState.UNKNOWN: "waiting",
    ReviewState.UP_TO_DATE: "good",
    ReviewState.DUE: "waiting",
    ReviewState.OVERDUE_BY_CYCLE: "bad",
    ReviewState.OVERDUE: "bad",
}


@dataclass(frozen=True)
class Standing:
    """A review's state, its label and tone for a tag, and a sentence that explains it (often empty)."""

    state: str
    label: str
    tone: str
    words: str = ""


def standing_of(version: PolicyVersion, day: date | None = None) -> Standing:
    """Return how the version stands with its review on `day` (today when not given) [PWP-04, MLC-96, HEA-111]."""
    day = day or today()
    state = version.review_state(day)
    stated, by_cycle = version.stated("review_due_on"), version.review_due_by_cycle
    label, words = ReviewState(state).label, ""
    if state == ReviewState.OVERDUE:
        due = stated or by_cycle
        label, words = f"Overdue since {since(due)}", f"Overdue by {late_by(due.day, day)}."
        if stated and by_cycle and by_cycle.day != stated.day and by_cycle.day < day:
            words += f" By its cycle it has been overdue since {since(by_cycle)}."
    elif state == ReviewState.OVERDUE_BY_CYCLE:
        label = f"Overdue by cycle since {since(by_cycle)}"
        words = f"The stated date, {stated}, is still to come, but the cycle ended {late_by(by_cycle.day, day)} ago."
    elif state in (ReviewState.DUE, ReviewState.UP_TO_DATE):
        words = f"The next review is due by {stated or by_cycle}."
    else:
        words = "Nothing says when this policy is to be reviewed."
    return Standing(state, label, TONES[ReviewState(state)], words)


def since(due: StatedDate) -> str:
    """Return the first day on which it was late."""
    return in_words(due.day + timedelta(days=1))


def late_by(due: date, day: date) -> str:
    """Return how late `day` is, in whole days, months or, from two years, years."""
    months = (day.year - due.year) * 12 + day.month - due.month
    if add_months(due, months) > day:
        months -= 1
    if months < 1:
        return counted((day - due).days, "day")
    return counted(months, "month") if months < 24 else counted(months // 12, "year")
