"""Reads of the access log, each for those whom it concerns: who looked at what is confidential."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate, TruncMonth

from accounts.models import AccessLog, Membership, Role
from incidents.models import Access, Incident, Subject

MOST_MONTHS = 24
OVERSEEN = (Role.HEADTEACHER, Role.DSL)
SHOWN = {
    "incident": "The incident",
    "form": "A form about it",
    "evidence": "A file",
    "reporter": "Who reported it",
    "history": "Its history",
    "download": "A download of its history",
    "looks": "Who looked at it",
}


def looks_at(incident: Incident) -> QuerySet[AccessLog]:
    """Return who looked at an incident that the reader may see."""
    return AccessLog.objects.filter(school_id=incident.school_id, object_id=incident.pk).select_related("user")


def looks_overseen_by(membership: Membership) -> QuerySet[AccessLog]:
    """Return what people looked at while they held the post of head or designated lead.

    Not at what is sealed, whose handlers read it on its own page, and nothing that concerns the overseer.
    """
    mine = Access.objects.filter(user_id=membership.user_id, standing=Access.Standing.EXCLUDED)
    about_me = Subject.objects.filter(user_id=membership.user_id)
    open_to_oversight = (
        Incident.objects.visible_to(membership)
        .exclude(confidentiality=Incident.Confidentiality.SEALED)
        .exclude(Exists(mine.filter(incident=OuterRef("pk"))))
        .exclude(Exists(about_me.filter(incident=OuterRef("pk"))))
    )
    held = Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=OuterRef("day")),
        school_id=membership.school_id,
        user_id=OuterRef("user_id"),
        role__in=OVERSEEN,
        starts_on__lte=OuterRef("day"),
    )
    looks = AccessLog.objects.filter(school_id=membership.school_id, object_id__in=open_to_oversight.values("pk"))
    return looks.annotate(day=TruncDate("at")).filter(Exists(held)).select_related("user")


def counted_by_month(membership: Membership) -> list[tuple[datetime, int, int, int, int]]:
    """Return per month, latest first: looks, incidents, people, and how often the reporter was shown; none sealed."""
    sealed = Incident.objects.visible_to(membership).filter(confidentiality=Incident.Confidentiality.SEALED)
    looks = AccessLog.objects.filter(school_id=membership.school_id, model="incident")
    looks = looks.exclude(object_id__in=sealed.values("pk"))
    counted = (
        looks.annotate(month=TruncMonth("at"))
        .order_by()
        .values("month")
        .annotate(
            looks=Count("pk"),
            incidents=Count("object_id", distinct=True),
            people=Count("user_id", distinct=True),
            revealed=Count("pk", filter=Q(shown="reporter")),
        )
        .order_by("-month")
    )
    return list(counted.values_list("month", "looks", "incidents", "people", "revealed")[:MOST_MONTHS])


def with_references(looks: Iterable[AccessLog]) -> dict[UUID, str]:
    """Return by id what the incidents are called, in one query."""
    wanted = {look.object_id for look in looks}
    return dict(Incident.objects.filter(pk__in=wanted).values_list("pk", "reference"))


def words_for(look: AccessLog) -> str:
    """Return in words which part was shown."""
    return SHOWN[look.shown]
