"""The forms of the headteacher's log of monitoring."""

from typing import Any

from django import forms

from accounts.models import School, User
from incidents.models import MonitoringEntry
from incidents.selectors import people_of
from policyportal.lib.forms import DateField, PortalForm, PortalModelForm

# What a reasonable belief needs, where the school's policy asks for one first.
GROUNDS = {"person": "Name the employee", "believed_on": "Give the day on which you came to believe it"}


class MonitoringForm(PortalModelForm):
    """What is monitored, of whom, why and from when."""

    reveals = {"of": {MonitoringEntry.Of.STAFF: ["person", "believed_on"]}}

    person = forms.ChoiceField(label="Which employee?", required=False)
    believed_on = DateField(label="When did you come to believe it?", required=False, no_future=True)
    starts_on = DateField(label="From")
    ends_on = DateField(label="Until", required=False, help_text="Leave blank while it goes on.")

    field_order = ["of", "person", "believed_on", "purpose", "scope", "reason", "starts_on", "ends_on"]

    class Meta:
        model = MonitoringEntry
        fields = ["of", "purpose", "scope", "reason", "starts_on", "ends_on"]
        labels = {"of": "Whose activity?", "scope": "What is looked at?", "reason": "Why is it needed?"}
        help_texts = {"scope": "Such as posts on one account, or a class’s use of one site. Never a password."}

    def __init__(self, *args: Any, school: School, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = {str(post.user_id): post for post in people_of(school)}
        everybody = "Nobody in particular"
        self.fields["person"].choices = [
            ("", everybody),
            *((key, f"{post.user.name}, {post.title}") for key, post in self.people.items()),
        ]
        self.needs_grounds = school.monitoring_needs_grounds
        if self.needs_grounds:
            belief = "Your policy allows it only where you reasonably believe that this person broke the policy."
            self.fields["person"].help_text = belief

    def clean_person(self) -> User | None:
        """Return the person."""
        post = self.people.get(self.cleaned_data["person"])
        return post.user if post else None

    def clean(self) -> dict[str, Any]:
        """Say beside its field what is missing or cannot be."""
        cleaned = super().clean()
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "It cannot end before it began")
        if self.needs_grounds and cleaned.get("of") == MonitoringEntry.Of.STAFF:
            for name, words in GROUNDS.items():
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, words)
        return cleaned


class MonitoringEndForm(PortalForm):
    """When monitoring ended."""

    ends_on = DateField(label="Last day")
