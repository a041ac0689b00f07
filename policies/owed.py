"""Which reminders people are owed, and recording them: each once, however often and wherever this runs."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import Membership
from policies import notifications
from policies.models import PolicyVersion, Reminder
from policies.rules import ACKNOWLEDGING, KEEPERS, OVERSEERS
from policies.selectors.standing import Standing, standing_for
from policies.stages import Stage, acknowledgement_stages, first_late_stage, milestones_of, owed, review_stages

Mark = tuple  # (version id, user id, kind)
# How many people are told in one transaction.
BATCH = 200


@dataclass
class Known:
    """What is on record already: who acknowledged what, and the latest day each person was reminded for."""

    standing: Standing
    latest: dict[Mark, date]


def record(day: date, versions: list[PolicyVersion] | None = None) -> int:
    """Record every reminder that is owed on `day` and tell each person once; return how many were recorded.

    The reminders, lines and mails of some people are one transaction: killed anywhere, nobody is half told. The
    number of queries grows with these batches, not with the people in them.
    """
    if versions is None:
        versions = list(PolicyVersion.objects.published().select_related("policy"))
    # Everywhere in the same order, so that of two runs at once neither waits for the other.
    reminders = sorted(owed_on(day, versions), key=lambda reminder: str(reminder.user_id))
    people = [list(theirs) for _, theirs in groupby(reminders, key=lambda reminder: reminder.user_id)]
    return sum(_record(people[start : start + BATCH]) for start in range(0, len(people), BATCH))


def _record(people: list[list[Reminder]]) -> int:
    """Store the reminders of a batch of people and tell them of those that nothing later has overtaken.

    Where another run was faster, the database says so, and whoever it told is left to it.
    """
    while people:
        reminders = [reminder for theirs in people for reminder in theirs]
        try:
            with transaction.atomic():
                Reminder.objects.bulk_create(reminders)
                notifications.reminders_recorded([reminder for reminder in reminders if not reminder.superseded])
        except IntegrityError:
            left = _left_to_us(people)
            if len(left) == len(people):
                raise
            people = left
        else:
            return len(reminders)
    return 0


def _left_to_us(people: list[list[Reminder]]) -> list[list[Reminder]]:
    """Return those of a batch for whom nothing of this has been recorded meanwhile."""
    told = Reminder.objects.filter(user__in=[theirs[0].user_id for theirs in people])
    told = told.filter(owed_on__gte=min(reminder.owed_on for theirs in people for reminder in theirs))
    marks = set(told.values_list("version_id", "user_id", "kind", "owed_on"))
    return [
        theirs
        for theirs in people
        if marks.isdisjoint((each.version_id, each.user_id, each.kind, each.owed_on) for each in theirs)
    ]


def owed_on(day: date, versions: list[PolicyVersion]) -> Iterator[Reminder]:
    """Make, unsaved, the reminders that are owed on `day` for these versions in force.

    The number of queries does not grow with people or policies.
    """
    schools_of = _schools(versions)
    posts_of = _posts(day, {school for schools in schools_of.values() for school in schools})
    known = _known(versions)
    for version in versions:
        posts = [post for school in schools_of[version.pk] for post in posts_of[school]]
        yield from _reviews(day, version, posts, known)
        yield from _acknowledgements(day, version, posts, known)


def _reviews(day: date, version: PolicyVersion, posts: list[Membership], known: Known) -> Iterator[Reminder]:
    due = version.review_due.day
    if due is None:
        return
    keepers = {post.user_id for post in posts if post.role in KEEPERS}
    for post in _one_each(post for post in posts if post.role in KEEPERS | OVERSEERS):
        milestones = milestones_of(version.policy, post.school)
        stages = review_stages(due, day, milestones)
        told_late = first_late_stage(milestones)
        theirs = stages if post.user_id in keepers else [stage for stage in stages if stage.days_left == told_late]
        yield from _rows(version, post, Reminder.Kind.REVIEW, theirs, due, version.published_on, known)


def _acknowledgements(day: date, version: PolicyVersion, posts: list[Membership], known: Known) -> Iterator[Reminder]:
    if not version.policy.for_staff:
        return
    standing = known.standing
    for post in _one_each(post for post in posts if post.role in ACKNOWLEDGING):
        if standing.is_chased(version, post.school, day) and not standing.has_answered(version, post, day):
            start, due = standing.asked(version, post, day)
            stages = acknowledgement_stages(start, (due - start).days, day)
            yield from _rows(version, post, Reminder.Kind.ACKNOWLEDGEMENT, stages, due, start, known)


def _rows(
    version: PolicyVersion, post: Membership, kind: str, stages: list[Stage], due: date, begins: date, known: Known
) -> Iterator[Reminder]:
    """Make the rows of one person; all but the latest came too late to be told."""
    after = known.latest.get((version.pk, post.user_id, kind))
    rows = owed(stages, due=due, begins=max(begins, post.starts_on), after=after)
    for stage in rows:
        yield Reminder(
            school=post.school,
            version=version,
            user=post.user,
            kind=kind,
            stage=stage.days_left,
            owed_on=stage.day,
            superseded=stage is not rows[-1],
        )


def _one_each(posts: Iterator[Membership]) -> list[Membership]:
    """Return one post per person, the one they have held longest: a person is asked once, whatever posts they hold."""
    first: dict = {}
    for post in sorted(posts, key=lambda post: (post.starts_on, str(post.pk))):
        first.setdefault(post.user_id, post)
    return list(first.values())


def _schools(versions: list[PolicyVersion]) -> dict:
    """Return the ids of the schools that each version serves, by version."""
    schools = defaultdict(list)
    pairs = PolicyVersion.objects.filter(pk__in=[version.pk for version in versions])
    for version_id, school_id in pairs.order_by("pk").values_list("pk", "policy__schools"):
        schools[version_id].append(school_id)
    return schools


def _posts(day: date, schools: set) -> dict:
    """Return the posts that somebody holds on `day`, by school."""
    posts = defaultdict(list)
    for post in Membership.objects.current(day).filter(school__in=schools).select_related("user", "school"):
        posts[post.school_id].append(post)
    return posts


def _known(versions: list[PolicyVersion]) -> Known:
    told = Reminder.objects.filter(version__in=versions).exclude(kind=Reminder.Kind.ASKED)
    latest = told.order_by().values_list("version_id", "user_id", "kind").annotate(Max("owed_on"))
    return Known(
        standing=standing_for(versions),
        latest={(version, user, kind): day for version, user, kind, day in latest},
    )
