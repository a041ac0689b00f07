"""The forms of joining: a first password, proposing who holds a post that takes two people, and a step on that."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.forms.shared import KEPT
from accounts.models import Membership, User
from accounts.selectors import people_here
from policyportal.lib.forms import DateField, PortalForm

HERE, NEW = "here", "new"
AT_ONCE, ON_A_DAY = "at_once", "on_a_day"


class FirstPasswordForm(PortalForm):
    """The password that somebody invited chooses."""

    password = forms.CharField(
        label="Choose a password",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Three words that do not belong together are easy to remember.",
    )
    again = forms.CharField(
        label="The same password again",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Refuse what is too short, too common or too like the person's own name."""
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Refuse two passwords that differ."""
        cleaned = super().clean()
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", "The two passwords are not the same. Type both again")
        return cleaned


class AppointmentForm(PortalForm):
    """Who is to hold a post that takes two people, from when, and why."""

    selects = ("person",)
    reveals = {"who": {HERE: ["person"], NEW: ["name", "email"]}}
    fieldsets = (
        ("The post", ["role", "job_title"]),
        ("The person", ["who"]),
        ("First and last day", ["starts_on", "ends_on"]),
        ("Why", ["reason"]),
    )

    role = forms.ChoiceField(label="Post", widget=forms.RadioSelect)
    job_title = forms.CharField(
        label="Title", max_length=100, required=False, help_text="Leave this empty when the post says it."
    )
    who = forms.ChoiceField(
        label="Who is it?",
        choices=[(HERE, "Somebody who works here"), (NEW, "Somebody new here")],
        widget=forms.RadioSelect,
    )
    person = forms.ModelChoiceField(Membership.objects.none(), label="Name")
    name = forms.CharField(label="Full name", max_length=150)
    email = forms.EmailField(
        label="E-mail address", max_length=254, help_text="Their own work address. The invitation is sent there."
    )
    starts_on = DateField(label="First day", required=False, help_text="Empty means the day it is confirmed.")
    ends_on = DateField(label="Last day", required=False, help_text="Leave this empty while the post lasts.")
    reason = forms.CharField(label="Reason, with the minute where there is one", max_length=300, help_text=KEPT)

    def __init__(
        self, *args: Any, by: Membership, roles: list[tuple[str, str]], covers: Membership | None, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.covers = covers
        people = people_here(by).exclude(user=by.user_id)
        self.fields["person"].queryset = people.exclude(user=covers.user_id) if covers else people
        self.fields["role"].choices = roles
        if covers is not None:
            for name in ("role", "job_title"):
                del self.fields[name]
            for name in ("starts_on", "ends_on"):
                self.fields[name].required = True
                self.fields[name].help_text = ""
            self.fields["starts_on"].initial = covers.away_from
            self.fields["ends_on"].initial = covers.away_until

    def proposal(self) -> dict[str, Any]:
        """Return what was filled in, for the verb."""
        proposal = {name: value for name, value in self.cleaned_data.items() if name != "who"}
        if self.covers is not None:
            proposal |= {"role": self.covers.role, "acting_for": self.covers}
        return {name: value for name, value in proposal.items() if value not in ("", None)}


class EndAppointmentForm(PortalForm):
    """When a post that takes two people is to end, and why."""

    reveals = {"when": {ON_A_DAY: ["last_day"]}}

    when = forms.ChoiceField(
        label="When does it end?",
        choices=[(AT_ONCE, "At once, when another person confirms it"), (ON_A_DAY, "On a day")],
        widget=forms.RadioSelect,
    )
    last_day = DateField(label="Last day", help_text="They can open the portal until the end of that day.")
    reason = forms.CharField(label="Reason, with the minute where there is one", max_length=300, help_text=KEPT)


class CoverForm(PortalForm):
    """Who covers somebody's absence, from when until when."""

    selects = ("person",)

    person = forms.ModelChoiceField(Membership.objects.none(), label="Who covers?")
    starts_on = DateField(label="First day")
    ends_on = DateField(label="Last day", help_text="The acting post ends by itself after this day.")
    reason = forms.CharField(label="Why", max_length=300, required=False, help_text=KEPT)

    def __init__(self, *args: Any, by: Membership, covers: Membership, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_here(by).exclude(user__in=(by.user_id, covers.user_id))
        self.fields["starts_on"].initial = covers.away_from
        self.fields["ends_on"].initial = covers.away_until


class DecisionForm(PortalForm):
    """Why a step is taken on an appointment."""

    reason = forms.CharField(
        label="Why", max_length=300, help_text=f"{KEPT} Name the minute of a meeting where there is one."
    )
