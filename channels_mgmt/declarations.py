"""Who still owes the answer whether they have links with families, and reminding each of them once in each stage."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from accounts.models import Membership
from accounts.rules import CAPABILITIES
from channels_mgmt import notifications
from channels_mgmt.models import LinksDeclaration, LinksReminder
from channels_mgmt.selectors import answer_owed_from, asked_since
from policies.stages import Stage, acknowledgement_stages, owed
from policyportal.lib.dates import today


def remind_undeclared(day: date | None = None) -> int:
    """Record and tell every reminder of the declaration that is owed on `day` (today); return how many were recorded.

    At once, at half time, when due and then weekly, until answered yes or no [GRA-51]. Reckoned from dates alone:
    after a gap the latest is told and the others are marked superseded; running it again tells nobody twice.
    """
    day = day or today()
    posts = _posts_owing(day)
    since = asked_since({post.school_id for post in posts})
    told = _told(posts)
    return sum(_remind(post, since, told[post.school_id, post.user_id], day) for post in posts)


def _remind(post: Membership, since: dict[UUID, date], earlier: list[date], day: date) -> int:
    """Store what one person is owed, in one transaction; where another run was faster they are left to it."""
    stages = _owed(post, since, max(earlier, default=None), day)
    if not stages:
        return 0
    try:
        with transaction.atomic():
            for stage in stages:
                LinksReminder(
                    school=post.school,
                    user=post.user,
                    stage=stage.days_left,
                    owed_on=stage.day,
                    superseded=stage is not stages[-1],
                ).save(force_insert=True)
            notifications.answer_owed(post, [stage.day for stage in stages], earlier)
    except IntegrityError:
        return 0
    return len(stages)


def _owed(post: Membership, since: dict[UUID, date], after: date | None, day: date) -> list[Stage]:
    start, due = answer_owed_from(post, since)
    stages = acknowledgement_stages(start, post.school.acknowledgement_days, day)
    return owed(stages, due=due, begins=start, after=after)


def _posts_owing(day: date) -> list[Membership]:
    """Return one post of everybody who is asked and has not answered: the one held longest."""
    answered = LinksDeclaration.objects.filter(school=OuterRef("school"), user=OuterRef("user"))
    posts = Membership.objects.open(day).filter(
        ~Exists(answered), school__declares_links=True, role__in=CAPABILITIES["declare_links"]
    )
    first: dict[tuple[UUID, UUID], Membership] = {}
    for post in posts.select_related("user", "school").order_by("starts_on", "pk"):
        first.setdefault((post.school_id, post.user_id), post)
    return list(first.values())


def _told(posts: list[Membership]) -> dict[tuple[UUID, UUID], list[date]]:
    """Return the days for which each of these people was reminded, by school and person; one query."""
    found = LinksReminder.objects.filter(school__in={post.school_id for post in posts})
    days: dict[tuple[UUID, UUID], list[date]] = defaultdict(list)
    for school, user, owed_on in found.values_list("school_id", "user_id", "owed_on"):
        days[school, user].append(owed_on)
    return days
