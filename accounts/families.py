"""Reads about classes, pupils and carers that pages share."""

from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import Carer, FamilyImport, Membership, Pupil, School, SchoolClass
from accounts.rules import CAPABILITIES


def classes_of(membership: Membership) -> QuerySet[SchoolClass]:
    """Return the present classes of the school worked in, each with `pupil_count`, in one query."""
    classes = SchoolClass.objects.visible_to(membership).present().select_related("teacher__user")
    return classes.annotate(pupil_count=Count("pupils", filter=Q(pupils__left_on=None))).order_by("name")


def classes_taught_by(membership: Membership) -> set[UUID]:
    """Return the ids of the present classes of which this person is the class teacher, in whatever post."""
    mine = SchoolClass.objects.visible_to(membership).present().filter(teacher__user=membership.user_id)
    return set(mine.values_list("pk", flat=True))


def pupils_with_carers(school_class: SchoolClass) -> QuerySet[Pupil]:
    """Return the children of a class, each with `carers_here`, in two queries."""
    carers = Prefetch("carers", queryset=Carer.objects.present().order_by("name"), to_attr="carers_here")
    return Pupil.objects.filter(school_class=school_class).present().prefetch_related(carers).order_by("name")


def pupils_without_class(membership: Membership) -> QuerySet[Pupil]:
    """Return the children of the school worked in who are in no class."""
    return Pupil.objects.visible_to(membership).present().filter(school_class=None).order_by("name")


def family_imports_open_to(membership: Membership) -> QuerySet[FamilyImport]:
    """Return the files of class lists of the school worked in, the latest first."""
    return FamilyImport.objects.visible_to(membership).select_related("school", "by__user")


def possible_teachers(school: School) -> QuerySet[Membership]:
    """Return the posts whose holders may be a class teacher: those that may record for a class."""
    posts = Membership.objects.current().filter(school=school).holding(*CAPABILITIES["record_for_classes"])
    return posts.select_related("user", "school").order_by("user__name")
