"""What briefings tell whom: the lead that one is near, and whoever missed one to catch up."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse

from accounts.models import Notification
from accounts.notifications import notify
from accounts.telling import Told, line, tell_all
from policies.models import Attendance, Briefing

WEEK = 7


def briefing_near(briefing: Briefing) -> None:
    """Remind the lead of a briefing, and of what it is to go through."""
    notify(
        user=briefing.lead.user,
        school=briefing.school,
        event="briefing_near",
        subject=f"You lead a briefing soon: {briefing.title}"[:120],
        path=briefing.get_absolute_url(),
        key=f"briefing-near:{briefing.pk}:{briefing.held_on}",
    )


def briefing_missed(missed: Sequence[Attendance], day: date) -> int:
    """Tell people to catch up on what they missed, each once a week; return how many were told.

    The number of queries does not grow with the people. Call it in a transaction.
    """
    lines: dict[UUID, list[Notification]] = {}
    for each in missed:
        week = (day - each.briefing.held_on).days // WEEK
        told = line(
            user=each.user,
            school=each.briefing.school,
            event="briefing_missed",
            subject=f"Catch up on a briefing: {each.briefing.title}",
            path=reverse("policies:briefing_catch_up", args=[each.briefing_id]),
            key=f"briefing-missed:{each.pk}:{week}",
        )
        lines.setdefault(each.user_id, []).append(told)
    keys = [told.dedupe_key for theirs in lines.values() for told in theirs]
    known = set(Notification.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    new = {user: [told for told in theirs if told.dedupe_key not in known] for user, theirs in lines.items()}
    owed = [Told(theirs, key=f"mail:{theirs[0].dedupe_key}", path=theirs[0].path) for theirs in new.values() if theirs]
    tell_all(owed)
    return len(owed)
