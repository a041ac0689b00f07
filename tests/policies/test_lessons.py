"""Lessons of online safety: what every class is taught, the log, who may, and what is outstanding."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.services import families
from policies.models import Lesson, LessonTopic
from policies.selectors.lessons import coverage
from policies.services import lessons
from policyportal.lib.dates import today
from policyportal.lib.workflow import NotAllowed, Refused

pytestmark = pytest.mark.django_db

LIST, NEW, TOPICS = (reverse(f"policies:{name}") for name in ("lesson_list", "lesson_create", "topic_list"))


@pytest.fixture
def oak(cast):
    return families.add_class(school=cast.school(), by=None, name="Oak", teacher=cast.teacher)


@pytest.fixture
def elm(cast):
    return families.add_class(school=cast.school(), by=None, name="Elm")


@pytest.fixture
def topics(cast):
    return lessons.add_usual_topics(school=cast.school(), by=cast.computing_lead)


def answers(school_class, topic, by, day: date) -> dict:
    parts = {"taught_on_day": day.day, "taught_on_month": day.month, "taught_on_year": day.year}
    return {"school_class": str(school_class.pk), "topic": str(topic.pk), "taught_by": str(by.pk), **parts}


def outstanding(membership) -> dict[str, int]:
    return {row.school_class.name: row.outstanding for row in coverage(membership)}


def test_the_usual_topics_are_three_and_a_second_time_adds_none(cast, topics):
    assert [topic.name for topic in topics] == ["Social media", "Being a good friend online", "How to report"]
    assert lessons.add_usual_topics(school=cast.school(), by=cast.computing_lead) == []


def test_a_class_teacher_logs_a_lesson_and_the_class_turns_complete(cast, oak, elm, topics):
    assert outstanding(cast.computing_lead) == {"Elm": 3, "Oak": 3}
    client = cast.client("teacher")
    form = client.get(NEW, {"school_class": str(oak.pk), "topic": str(topics[1].pk)}).context["form"]
    assert list(form.fields["school_class"].queryset) == [oak]
    client.post(NEW, answers(oak, topics[1], cast.teacher, today()))
    lesson = Lesson.objects.get()
    assert (lesson.school_class, lesson.topic, lesson.taught_on, lesson.taught_by) == (
        oak,
        topics[1],
        today(),
        cast.teacher,
    )
    assert outstanding(cast.computing_lead) == {"Elm": 3, "Oak": 2}
    assert "Being a good friend online" in client.get(LIST).content.decode()


def test_a_class_teacher_logs_for_no_other_class(cast, oak, elm, topics):
    page = cast.client("teacher").post(NEW, answers(elm, topics[0], cast.teacher, today()))
    assert "school_class" in page.context["form"].errors
    with pytest.raises(NotAllowed):
        lessons.log_lesson(school_class=elm, topic=topics[0], by=cast.teacher, taught_on=today())
    assert not Lesson.objects.exists()


def test_the_computing_lead_logs_for_any_class_and_names_who_taught_it(cast, elm, topics):
    cast.client("computing_lead").post(NEW, answers(elm, topics[0], cast.teacher, today()))
    assert Lesson.objects.get().taught_by == cast.teacher


@pytest.mark.parametrize("role", ["governor", "office", "support_staff", "dsl"])
def test_others_have_no_log_of_lessons(cast, role):
    assert cast.client(role).get(LIST).status_code == 403


def test_a_teacher_changes_no_topic(cast, topics):
    assert cast.client("teacher").get(TOPICS).status_code == 403
    with pytest.raises(NotAllowed):
        lessons.change_topic(topics[0], by=cast.teacher, name="Nothing", in_use=True)


def test_a_topic_is_added_once_and_taken_out_of_use_with_its_lessons_kept(cast, oak, topics):
    client = cast.client("computing_lead")
    assert "already" in client.post(TOPICS, {"name": "social MEDIA"}).content.decode()
    client.post(TOPICS, {"name": "Artificial intelligence"})
    assert outstanding(cast.computing_lead) == {"Oak": 4}
    lessons.log_lesson(school_class=oak, topic=topics[0], by=cast.teacher, taught_on=today())
    client.post(reverse("policies:topic_edit", args=[topics[0].pk]), {"name": "Social media"})
    assert outstanding(cast.computing_lead) == {"Oak": 3}
    assert Lesson.objects.count() == 1 and LessonTopic.objects.count() == 4


def test_last_years_lesson_counts_no_more_in_september(cast, oak, topics):
    with time_machine.travel("2026-07-10T09:00:00+01:00", tick=False):
        lessons.log_lesson(school_class=oak, topic=topics[0], by=cast.teacher, taught_on=today())
        assert outstanding(cast.computing_lead) == {"Oak": 2}
    with time_machine.travel("2026-09-01T00:30:00+01:00", tick=False):
        assert outstanding(cast.computing_lead) == {"Oak": 3}


def test_a_lesson_to_come_is_refused(cast, oak, topics):
    day = today() + timedelta(days=1)
    with pytest.raises(Refused):
        lessons.log_lesson(school_class=oak, topic=topics[0], by=cast.teacher, taught_on=day)
    page = cast.client("teacher").post(NEW, answers(oak, topics[0], cast.teacher, day))
    assert "taught_on" in page.context["form"].errors


def test_another_school_finds_neither_topic_nor_class(cast, oak, topics):
    stranger = cast.client("computing_lead", "elmwood")
    assert stranger.get(reverse("policies:topic_edit", args=[topics[0].pk])).status_code == 404
    assert stranger.get(LIST).context["rows"] == []
    with pytest.raises(NotAllowed):
        lessons.log_lesson(
            school_class=oak, topic=topics[0], by=cast.post("computing_lead", "elmwood"), taught_on=today()
        )


def test_fifty_classes_cost_no_more_queries_than_one(cast, oak, topics):
    client = cast.client("computing_lead")
    client.get(LIST)
    counts = []
    for number in range(50):
        one = families.add_class(school=cast.school(), by=None, name=f"Class {number}", teacher=cast.teacher)
        lessons.log_lesson(school_class=one, topic=topics[0], by=cast.teacher, taught_on=today())
        if number in (0, 49):
            with CaptureQueriesContext(connection) as queries:
                client.get(LIST)
            counts.append(len(queries))
    assert counts[0] == counts[1]
