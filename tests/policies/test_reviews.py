"""How a policy stands with its review."""

from datetime import date

import pytest

from policies import services
from policies.models import ReviewState
from policies.selectors.reviews import late_by, standing_of
from policyportal.lib.dates import read_stated
from policyportal.lib.workflow import NotAllowed, Refused

MONTHS = {
    "approved_on": date(2024, 4, 30),
    "approved_on_precision": "month",
    "review_due_on": date(2025, 4, 30),
    "review_due_on_precision": "month",
}


@pytest.mark.parametrize(
    ("day", "state", "label"),
    [
        (date(2025, 3, 31), ReviewState.UP_TO_DATE, "Up to date"),
        (date(2025, 4, 1), ReviewState.DUE, "Due"),
        (date(2025, 4, 30), ReviewState.DUE, "Due"),
        (date(2025, 5, 1), ReviewState.OVERDUE, "Overdue since 1 May 2025"),
        (date(2026, 11, 20), ReviewState.OVERDUE, "Overdue since 1 May 2025"),
    ],
)
def test_a_month_is_due_on_its_last_day(desk, day, state, label):
    standing = standing_of(desk.published(**MONTHS), day)
    assert (standing.state, standing.label) == (state, label)


def test_what_is_overdue_says_for_how_long(desk):
    assert standing_of(desk.published(**MONTHS), date(2026, 11, 20)).words == "Overdue by 18 months."


@pytest.mark.parametrize(
    ("printed", "day", "precision"),
    [
        ("April 2024", date(2024, 4, 30), "month"),
        ("September 25", date(2025, 9, 30), "month"),
        ("10th November 2021", date(2021, 11, 10), "day"),
        ("29 February 2024", date(2024, 2, 29), "day"),
        ("29 February 2023", None, "none"),
        ("2023", date(2023, 12, 31), "year"),
        ("12-10-21", None, "ambiguous"),
        ("Spring term", None, "none"),
        ("", None, "none"),
    ],
)
def test_a_date_is_read_as_a_policy_prints_it(printed, day, precision):
    read = read_stated(printed)
    assert (read.day, read.precision, read.raw) == (day, precision, printed)


@pytest.mark.parametrize(
    ("due", "day", "words"),
    [
        (date(2025, 4, 30), date(2025, 5, 1), "1 day"),
        (date(2025, 4, 30), date(2025, 5, 29), "29 days"),
        (date(2025, 4, 30), date(2025, 5, 30), "1 month"),
        (date(2025, 1, 31), date(2025, 2, 28), "1 month"),
        (date(2021, 11, 10), date(2023, 11, 9), "23 months"),
        (date(2021, 11, 10), date(2026, 11, 21), "5 years"),
    ],
)
def test_lateness_is_told_in_whole_units(due, day, words):
    assert late_by(due, day) == words


def test_where_the_stated_date_lies_after_the_cycle_both_are_told(desk):
    facts = {**MONTHS, "last_reviewed_on": date(2024, 1, 31), "last_reviewed_on_precision": "month"}
    version = desk.published(**{**facts, "review_due_on": date(2026, 1, 31)})
    assert standing_of(version, date(2025, 2, 1)).label == "Overdue by cycle since 1 February 2025"
    late = standing_of(version, date(2026, 2, 1))
    assert late.label == "Overdue since 1 February 2026"
    assert "By its cycle it has been overdue since 1 February 2025." in late.words


def test_without_any_date_a_policy_is_never_called_up_to_date(desk):
    version = desk.published(
        policy={"cycle_months": None}, approved_on=None, approved_on_precision="none", approver_name="Ann"
    )
    standing = standing_of(version)
    assert (standing.state, standing.label) == (ReviewState.UNKNOWN, "No review date")


def test_a_review_keeps_the_former_dates_in_the_history(cast, desk):
    version = desk.published(**MONTHS)
    done = services.record_review(
        version, by=cast.headteacher, reviewed_on=date(2025, 3, 10), review_due_on=None, note="No change"
    )
    assert str(done.stated("last_reviewed_on")) == "10 March 2025"
    assert str(done.review_due) == "10 March 2026"
    assert done.history.all()[1].review_due_on == date(2025, 4, 30)
    assert done.approved_on == date(2024, 4, 30)


def test_a_review_is_refused_to_others_for_drafts_and_backwards_in_time(cast, desk):
    version = desk.published(**MONTHS)
    facts = {"reviewed_on": date(2025, 3, 10), "note": ""}
    for actor in (cast.teacher, cast.chair, cast.post("headteacher", "riverside")):
        with pytest.raises(NotAllowed):
            services.record_review(version, by=actor, review_due_on=None, **facts)
    with pytest.raises(Refused):
        services.record_review(version, by=cast.headteacher, review_due_on=date(2025, 3, 10), **facts)
    with pytest.raises(Refused):
        services.record_review(desk.draft(version.policy), by=cast.headteacher, review_due_on=None, **facts)
