"""Lessons of online safety: which class was taught what this year, the log, and the topics."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy

from accounts.decorators import needs
from accounts.rules import holds
from policies.forms.lessons import LessonForm, TopicForm
from policies.models import LessonTopic
from policies.selectors.lessons import classes_to_log, coverage, lessons_of, this_year, topics_of
from policies.services import lessons
from policyportal.lib.paging import page_of
from policyportal.lib.workflow import Refused

LESSONS = ("Lessons", reverse_lazy("policies:lesson_list"))


@needs("view_lessons")
def lesson_list(request):
    """Every class and every topic of this school year, what is outstanding first; below, the log."""
    rows = sorted(coverage(request.membership), key=lambda row: -row.outstanding)
    mine = set(classes_to_log(request.membership).values_list("pk", flat=True))
    page = page_of(lessons_of(request.membership), request.GET, order="-taught_on")
    starts, _ = this_year(request.membership.school)
    context = {
        "rows": [row_of(row, row.school_class.pk in mine) for row in rows],
        "topics": list(topics_of(request.membership)),
        "outstanding": sum(row.outstanding for row in rows),
        "may_log": bool(mine),
        "may_manage": holds(request.membership, "manage_lessons"),
        "year_starts": starts,
        "page": page,
        "headers": ["Date", "Class", "Topic", "Teacher", "Note"],
        "log": [
            [one.taught_on, one.school_class.name, one.topic.name, one.taught_by.person_name, one.note or "–"]
            for one in page
        ],
    }
    return render(request, "policies/lesson_list.html", context)


@needs("view_lessons")
def lesson_create(request):
    """Log that a class was taught a topic; where none is chosen yet, the list says who does that."""
    if not topics_of(request.membership).exists():
        return redirect("policies:lesson_list")
    chosen = {name: request.GET[name] for name in ("school_class", "topic") if name in request.GET}
    form = LessonForm(request.POST or None, by=request.membership, initial=chosen)
    if form.is_valid():
        try:
            lesson = lessons.log_lesson(by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"{lesson.topic} is logged for {lesson.school_class}.")
            return redirect("policies:lesson_list")
    return asked(request, form, "Log a lesson", "Log lesson", reverse("policies:lesson_list"), [LESSONS])


@needs("manage_lessons")
def topic_list(request):
    """The topics that every class is taught each school year; add one."""
    form = TopicForm(request.POST or None, initial={"in_use": True})
    del form.fields["in_use"]
    school = request.membership.school
    if form.is_valid():
        try:
            topic = lessons.add_topic(school=school, by=request.membership, name=form.cleaned_data["name"])
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, f"{topic} is added.")
            return redirect("policies:topic_list")
    topics = LessonTopic.objects.visible_to(request.membership)
    context = {
        "form": form,
        "trail": [LESSONS],
        "rows": [
            {
                "label": topic.name,
                "value": "Taught each year" if topic.in_use else "Not taught any more",
                "change_url": reverse("policies:topic_edit", args=[topic.pk]),
            }
            for topic in topics
        ],
    }
    return render(request, "policies/topic_list.html", context)


@needs("manage_lessons")
def topic_edit(request, pk):
    """Change what a topic is called, or take it out of use."""
    topic = get_object_or_404(LessonTopic.objects.visible_to(request.membership).select_related("school"), pk=pk)
    form = TopicForm(request.POST or None, initial={"name": topic.name, "in_use": topic.in_use})
    if form.is_valid():
        try:
            lessons.change_topic(topic, by=request.membership, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, "The topic is changed.")
            return redirect("policies:topic_list")
    trail = [LESSONS, ("Topics", reverse("policies:topic_list"))]
    return asked(request, form, f"Change topic {topic}", "Save changes", reverse("policies:topic_list"), trail)


def row_of(row, may_log):
    """Shape one class for the page: each topic with its last lesson, and where to log one."""
    address = f"{reverse('policies:lesson_create')}?school_class={row.school_class.pk}"
    return {
        "school_class": row.school_class,
        "outstanding": row.outstanding,
        "cells": [
            {
                "topic": cell.topic,
                "lesson": cell.lesson,
                "log_url": f"{address}&topic={cell.topic.pk}" if may_log else "",
            }
            for cell in row.cells
        ],
    }


def asked(request, form, title, label, back_url, trail):
    """Answer with a form about lessons."""
    context = {"form": form, "title": title, "label": label, "back_url": back_url, "trail": trail}
    return render(request, "policies/form.html", context)
