"""Which classes were taught which topics this school year, and which lessons are outstanding."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.families import classes_of
from accounts.models import Membership, School, SchoolClass
from accounts.rules import holds
from policies.models import Lesson, LessonTopic
from policyportal.lib.dates import school_year_of, today


@dataclass(frozen=True)
class Cell:
    """One class and one topic: the last lesson of this school year, or None while it is outstanding."""

    topic: LessonTopic
    lesson: Lesson | None


@dataclass(frozen=True)
class Coverage:
    """One class, and how it stands with each topic."""

    school_class: SchoolClass
    cells: list[Cell]

    @property
    def outstanding(self) -> int:
        """How many topics it was not taught this year."""
        return sum(cell.lesson is None for cell in self.cells)


def this_year(school: School) -> tuple[date, date]:
    """Return the first and last day of the school year that today lies in."""
    return school_year_of(today(), school.year_starts_month, school.year_starts_day)


def topics_of(membership: Membership) -> QuerySet[LessonTopic]:
    """Return the topics that the school worked in teaches."""
    return LessonTopic.objects.visible_to(membership).filter(in_use=True)


def coverage(membership: Membership) -> list[Coverage]:
    """Return every class with every topic of this school year; three queries, however many there are."""
    starts, ends = this_year(membership.school)
    taught = Lesson.objects.visible_to(membership).filter(taught_on__range=(starts, ends))
    latest = {
        (lesson.school_class_id, lesson.topic_id): lesson
        for lesson in taught.select_related("taught_by__user").order_by("taught_on", "created_at")
    }
    topics = list(topics_of(membership))
    return [
        Coverage(one, [Cell(topic, latest.get((one.pk, topic.pk))) for topic in topics])
        for one in classes_of(membership)
    ]


def classes_to_log(membership: Membership) -> QuerySet[SchoolClass]:
    """Return the classes for which this person logs lessons: all who see to them, a teacher's own."""
    classes = SchoolClass.objects.visible_to(membership).present().select_related("school", "teacher")
    return classes if holds(membership, "manage_lessons") else classes.filter(teacher__user=membership.user_id)


def lessons_of(membership: Membership) -> QuerySet[Lesson]:
    """Return the log of the school worked in, the latest first."""
    lessons = Lesson.objects.visible_to(membership).select_related("school_class", "topic", "taught_by__user")
    return lessons.order_by("-taught_on", "-created_at")
