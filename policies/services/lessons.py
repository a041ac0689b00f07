"""The verbs on lessons of online safety: topics that every class is taught, and the log of what was taught."""

from datetime import date

from django.db import transaction

from accounts.models import Membership, School, SchoolClass
from accounts.rules import holds
from policies.family_rules import can_log_lesson
from policies.models import Lesson, LessonTopic
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused, save_as

# What a school begins with; it adds its own, and takes out of use what it does not teach.
USUAL_TOPICS = ("Social media", "Being a good friend online", "How to report")


def add_topic(*, school: School, name: str, by: Membership | None, position: int = 0) -> LessonTopic:
    """Store a topic that every class is taught each school year, and return it. Tells nobody.

    Refuses whoever does not see to the lessons, and a name that a topic has already.
    """
    _ask(by, school)
    if LessonTopic.objects.filter(school=school, name__iexact=name).exists():
        raise Refused(f"There is a topic called {name} already.")
    topic = LessonTopic(
        school=school, name=name, position=position or LessonTopic.objects.filter(school=school).count()
    )
    save_as(topic, by, "Topic added")
    return topic


@transaction.atomic
def add_usual_topics(*, school: School, by: Membership | None) -> list[LessonTopic]:
    """Store the usual topics that the school does not have yet, and return them. Refuses as `add_topic` does."""
    known = {name.casefold() for name in LessonTopic.objects.filter(school=school).values_list("name", flat=True)}
    return [add_topic(school=school, name=name, by=by) for name in USUAL_TOPICS if name.casefold() not in known]


def change_topic(topic: LessonTopic, *, by: Membership, name: str, in_use: bool) -> LessonTopic:
    """Change what a topic is called, or take it out of use, and return it; what was taught stays in the log."""
    _ask(by, topic.school)
    if LessonTopic.objects.filter(school=topic.school_id, name__iexact=name).exclude(pk=topic.pk).exists():
        raise Refused(f"There is a topic called {name} already.")
    topic.name, topic.in_use = name, in_use
    save_as(topic, by, "Topic changed")
    return topic


def log_lesson(
    *,
    school_class: SchoolClass,
    topic: LessonTopic,
    by: Membership,
    taught_on: date,
    taught_by: Membership | None = None,
    note: str = "",
) -> Lesson:
    """Store that a class was taught a topic, when and by whom, and return it [GRA-34, GRA-35]. Tells nobody.

    Refuses whoever may not log for this class, a topic or teacher of another school, and a day to come.
    """
    if not can_log_lesson(by, school_class):
        raise NotAllowed("Log a lesson")
    teacher = taught_by or by
    if {topic.school_id, teacher.school_id} != {school_class.school_id}:
        raise NotAllowed("Log a lesson of another school")
    if taught_on > today():
        raise Refused("The lesson must not lie in the future.")
    lesson = Lesson(
        school=school_class.school,
        school_class=school_class,
        topic=topic,
        taught_on=taught_on,
        taught_by=teacher,
        note=note.strip(),
    )
    save_as(lesson, by, "Lesson logged")
    return lesson


def _ask(by: Membership | None, school: School) -> None:
    """Refuse whoever does not see to the lessons of this school; None is the portal itself."""
    if by is not None and (not holds(by, "manage_lessons") or by.school_id != school.pk):
        raise NotAllowed("Change the topics of lessons")
