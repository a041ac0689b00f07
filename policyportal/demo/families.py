"""Families of the demo schools: classes, pupils and carers from their files, and what they have answered so far."""

from collections.abc import Mapping
from datetime import timedelta

from accounts.models import Membership, School, SchoolClass
from accounts.services.families import add_carer, add_class, add_pupil
from policies.models import AcknowledgementRequest, LessonTopic, PolicyVersion
from policies.services import acknowledge_by_link, record_class
from policies.services.lessons import add_topic, log_lesson
from policyportal.demo.files import Facts
from policyportal.lib.dates import today

# One family in three has not answered yet, one class in three has not gone through the guide, and so with lessons.
EVERY = 3


def load_families(school: School, facts: Facts, posts: Mapping[str, Membership]) -> None:
    """Store the classes of a file with their pupils and carers, and the topics of its lessons."""
    for entry in facts.get("classes", ()):
        school_class = add_class(
            school=school, by=None, name=entry["name"], year_group=entry["year_group"], teacher=posts[entry["teacher"]]
        )
        for child in entry["pupils"]:
            pupil = add_pupil(
                school_class=school_class, by=None, name=child["name"], school_number=child["school_number"]
            )
            for carer in child["carers"]:
                add_carer(pupil, by=None, **carer)
    for topic in facts.get("lessons", {}).get("topics", ()):
        add_topic(school=school, name=topic, by=None)


def enliven_families(school: School) -> None:
    """Let most families answer what they were asked, some classes go through the guide, and lessons be taught."""
    requests = AcknowledgementRequest.objects.filter(school=school, used_at=None).order_by("carer__name", "created_at")
    asked = requests.select_related("campaign__version__policy", "campaign__school", "carer")
    for place, request in enumerate(asked):
        if place % EVERY:
            acknowledge_by_link(request, has_read=True, has_understood=True, will_follow=True)
    classes = list(SchoolClass.objects.filter(school=school).present().select_related("school", "teacher__user"))
    versions = PolicyVersion.objects.published().filter(policy__schools=school, policy__for_pupils=True)
    topics = list(LessonTopic.objects.filter(school=school))
    for place, school_class in enumerate(classes):
        if place % EVERY == 0:
            continue
        teacher = school_class.teacher
        for version in versions.select_related("policy"):
            there = list(school_class.pupils.present().order_by("name"))[1:]
            record_class(version, school_class, by=teacher, on=today() - timedelta(days=2), present=there)
        for days, topic in enumerate(topics[:place], start=3):
            log_lesson(school_class=school_class, topic=topic, by=teacher, taught_on=today() - timedelta(days=days))
