"""The days on which reminders fall, reckoned from dates alone, never from how often a timer fired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import School
from policies.models import Policy

# Days before a review is due, and after it (negative); weekly from there.
REVIEW_MILESTONES = (90, 60, 30, 7, 0, -1)
WEEK = 7


@dataclass(frozen=True)
class Stage:
    """One reminder of a row: how many days were left (negative when late) and the day it fell on."""

    days_left: int
    day: date


def milestones_of(policy: Policy, school: School) -> Sequence[int]:
    """Return the milestones of a policy's reviews in a school: the policy's own, else the school's, else the usual."""
    return policy.review_milestones or school.review_milestones or REVIEW_MILESTONES


def review_stages(due: date, until: date, milestones: Sequence[int] = ()) -> list[Stage]:
    """Return the stages of a review due on `due` that fall on or before `until`, earliest first."""
    return _stages(due, until, milestones or REVIEW_MILESTONES)


def acknowledgement_stages(start: date, days_allowed: int, until: date) -> list[Stage]:
    """Return the stages of an acknowledgement owed from `start`: at once, at half time, when due, then weekly."""
    due = start + timedelta(days=days_allowed)
    return _stages(due, until, (days_allowed, days_allowed - days_allowed // 2, 0))


def first_late_stage(milestones: Sequence[int] = ()) -> int:
    """Return the first stage after the due date, at which governors are told."""
    chosen = milestones or REVIEW_MILESTONES
    return max((stage for stage in chosen if stage < 0), default=min(chosen) - WEEK)


def owed(stages: Sequence[Stage], *, due: date, begins: date, after: date | None) -> list[Stage]:
    """Return what a person is still owed of `stages` (earliest first).

    `begins` is the day from which they are reminded at all. What was overdue already that day gives only the latest
    stage before it. `after` is the day of the latest stage on record, or None.
    """
    since = [stage for stage in stages if stage.day >= begins]
    before = [stage for stage in stages if stage.day < begins]
    if due < begins and before and not (since and since[0].day == begins):
        since.insert(0, before[-1])
    return [stage for stage in since if after is None or stage.day > after]


def _stages(due: date, until: date, milestones: Sequence[int]) -> list[Stage]:
    days_left = sorted(set(milestones), reverse=True)
    found = [Stage(left, due - timedelta(days=left)) for left in days_left]
    last = found[-1]
    for week in range(1, (until - last.day).days // WEEK + 1):
        left = last.days_left - WEEK * week
        found.append(Stage(left, due - timedelta(days=left)))
    return [stage for stage in found if stage.day <= until]
