"""The forms of lessons and of their topics."""

from typing import Any

from django import forms

from accounts.families import possible_teachers
from accounts.models import Membership
from policies.models import Lesson
from policies.selectors.lessons import classes_to_log, topics_of
from policyportal.lib.dates import today
from policyportal.lib.forms import DateField, PortalForm, PortalModelForm


class LessonForm(PortalModelForm):
    """Which class was taught what, when and by whom."""

    selects = ("school_class", "taught_by")

    taught_on = DateField(label="Date", no_future=True)

    class Meta:
        model = Lesson
        fields = ["school_class", "topic", "taught_on", "taught_by", "note"]
        widgets = {"topic": forms.RadioSelect}
        help_texts = {"note": "What was used or came up; no child’s name. May be left empty."}

    def __init__(self, *args: Any, by: Membership, **kwargs: Any):
        kwargs["initial"] = {"taught_on": today(), "taught_by": by.pk, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["school_class"].queryset = classes_to_log(by)
        self.fields["topic"].queryset = topics_of(by)
        self.fields["topic"].empty_label = None
        field = self.fields["taught_by"]
        field.queryset = possible_teachers(by.school)
        field.label_from_instance = lambda post: post.person_name


class TopicForm(PortalForm):
    """What a topic is called, and whether it is taught."""

    name = forms.CharField(label="Topic", max_length=120)
    in_use = forms.BooleanField(label="Every class is taught it each school year", required=False)
