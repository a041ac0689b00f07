"""Briefings of a school: what they go through, who was there, who is late, and what waits for whom."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, School, User
from accounts.rules import STAFF
from policies.models import Attendance, Audience, Briefing, Clause, Policy, PolicyVersion
from policyportal.lib.dates import today

Status = Briefing.Status


def briefings_of(membership: Membership) -> QuerySet[Briefing]:
    """Return the school's briefings with how many were there and how many are late, the latest first."""
    late = Q(attendances__present=False, attendances__caught_up_on=None)
    return (
        Briefing.objects.visible_to(membership)
        .select_related("policy", "lead__user", "lead__school", "version__policy")
        .annotate(
            were_there=Count("attendances", filter=Q(attendances__present=True), distinct=True),
            are_late=Count("attendances", filter=late, distinct=True),
        )
        .order_by("-held_on", "-created_at")
    )


def expectations_of(briefing: Briefing) -> list[Clause]:
    """Return what the briefing goes through: what was chosen, else every rule for staff.

    In the wording in force, or that was so when it was held: what was chosen may have been reworded since.
    """
    version = briefing.version or briefing.policy.versions.published().first()
    rules = list(rules_for_staff(version, briefing.school_id)) if version else []
    chosen = set(briefing.expectations.values_list("code", flat=True))
    return [rule for rule in rules if rule.code in chosen] or rules


def rules_for_staff(version: PolicyVersion, school: UUID) -> QuerySet[Clause]:
    """Return the rules of a version that staff are to keep."""
    return version.clauses.of_school(school).for_audience(Audience.STAFF).filter(kind=Clause.Kind.RULE)


def staff_on(school: School, day: date) -> QuerySet[User]:
    """Return everybody who was or will be on the staff of a school on a day."""
    posts = Membership.objects.current(day).filter(school=school, role__in=STAFF)
    return User.objects.filter(pk__in=posts.values("user")).order_by("name", "pk")


def missed_by(membership: Membership) -> QuerySet[Attendance]:
    """Return the briefings that this person missed, caught up on or not."""
    return Attendance.objects.filter(
        briefing__in=Briefing.objects.visible_to(membership), user=membership.user_id, present=False
    ).select_related("briefing__policy", "briefing__school")


def late_for(membership: Membership) -> QuerySet[Attendance]:
    """Return the briefings that this person missed and has not caught up on."""
    return missed_by(membership).filter(caught_up_on=None)


def reminds(policies: list[Policy]) -> dict[UUID, bool]:
    """Tell of each policy whether leads are reminded of its briefings; one query.

    The head's word counts; where there is none, they are if the wording in force promises staff training [CRO-07].
    """
    training = Clause.objects.filter(
        version__policy__in=policies,
        version__status=PolicyVersion.Status.PUBLISHED,
        kind=Clause.Kind.TRAINING,
        for_staff=True,
    )
    promised = set(training.values_list("version__policy", flat=True))
    return {
        policy.pk: policy.pk in promised if policy.briefing_reminders is None else policy.briefing_reminders
        for policy in policies
    }


@dataclass(frozen=True)
class Due:
    """A briefing whose lead is to be reminded or to say who was there, and by when."""

    briefing: Briefing
    is_over: bool


def due_for(membership: Membership, day: date | None = None) -> list[Due]:
    """Return the planned briefings that this person leads and that are near or over."""
    day = day or today()
    horizon = day + timedelta(days=membership.school.briefing_reminder_days)
    planned = Briefing.objects.visible_to(membership).filter(
        status=Status.PLANNED, lead__user=membership.user_id, held_on__lte=horizon
    )
    return [Due(briefing, briefing.held_on < day) for briefing in planned.order_by("held_on")]


def unannounced(day: date) -> list[Briefing]:
    """Return the planned briefings of every school whose lead is owed a reminder on `day`, and has had none.

    A lead who holds no post there any more is not reminded.
    """
    posts = Membership.objects.current(day).filter(school=OuterRef("school"), user=OuterRef("lead__user"))
    planned = Briefing.objects.filter(Exists(posts), status=Status.PLANNED, reminded_at=None, held_on__gte=day)
    found = [
        briefing
        for briefing in planned.select_related("policy", "school", "lead__user").order_by("pk")
        if briefing.held_on - timedelta(days=briefing.school.briefing_reminder_days) <= day
    ]
    wanted = reminds(list({briefing.policy_id: briefing.policy for briefing in found}.values()))
    return [briefing for briefing in found if wanted[briefing.policy_id]]


def missed(day: date) -> QuerySet[Attendance]:
    """Return, of every school, what people on its staff have missed and not caught up on."""
    posts = Membership.objects.current(day).filter(
        school=OuterRef("briefing__school"), user=OuterRef("user"), role__in=STAFF
    )
    return (
        Attendance.objects.filter(Exists(posts), present=False, caught_up_on=None)
        .select_related("briefing__school", "briefing__policy", "user")
        .order_by("user", "briefing__held_on")
    )
