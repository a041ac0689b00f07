"""The forms of sign-in, people and schools."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField

from accounts.models import Membership, School, Site
from accounts.selectors import demo_posts, possible_managers
from accounts.services import POST_DETAILS, SCHOOL_SETTINGS
from policyportal.lib.forms import DateField, PortalFields, PortalForm, PortalModelForm

KEPT = "Kept in the history."
FOR_THE_HISTORY = ("For the history", ["reason"])
NARROW = {"class": "govuk-input--width-3", "inputmode": "numeric"}


class SignInForm(PortalFields, AuthenticationForm):
    """An e-mail address and a password; the answer is the same whichever of them is wrong."""

    username = UsernameField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    error_messages = {
        "invalid_login": "The e-mail address or the password is not right. Check both and try again.",
        "inactive": "The e-mail address or the password is not right. Check both and try again.",
    }


class DemoPersonForm(forms.Form):
    """Which person of the demo somebody wants to be."""

    person = forms.ModelChoiceField(Membership.objects.none())

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = demo_posts()


class PeopleFilter(PortalForm):
    """Which posts the list shows."""

    selects = ("role", "employment")

    role = forms.ChoiceField(required=False)
    employment = forms.ChoiceField(required=False)
    ended = forms.BooleanField(label="Posts that have ended", required=False)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "All"), *roles]
        self.fields["employment"].choices = [("", "All"), *Membership.Employment.choices]


class PostForm(PortalModelForm):
    """The details of a post. `roles` are the ones that may be chosen; without any the role stays as it is."""

    selects = ("role", "employment", "site")
    fieldsets = (
        ("The post", ["role", "job_title", "employment", "site", "line_manager", "seniority"]),
        ("First and last day", ["starts_on", "ends_on"]),
        ("Absence", ["away_from", "away_until"], "While somebody is away, the next in line is asked instead."),
        FOR_THE_HISTORY,
    )

    reason = forms.CharField(label="Why", max_length=300, required=False, help_text=KEPT)

    class Meta:
        model = Membership
        fields = POST_DETAILS
        widgets = {"seniority": forms.NumberInput(NARROW)}
        labels = {
            "job_title": "Title",
            "site": "Where they work",
            "away_from": "Away from",
            "away_until": "Away until",
            "seniority": "Order of seniority",
        }
        help_texts = {
            "job_title": "Leave this empty when the role says it.",
            "seniority": "1 is the most senior. Whoever is most senior on the day is asked when others are away.",
            "ends_on": "Leave this empty while the post lasts.",
        }

    def __init__(self, *args: Any, school: School, roles: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        held = self.instance if self.instance.user_id else None
        self.fields["site"].queryset = Site.objects.filter(school=school)
        self.fields["line_manager"].queryset = possible_managers(school, but=held)
        if roles:
            self.fields["role"].choices = roles if held else [("", "Choose one"), *roles]
        else:
            del self.fields["role"]

    def details(self) -> dict[str, Any]:
        """Return what was filled in, for the verb."""
        return {name: value for name, value in self.cleaned_data.items() if name in POST_DETAILS}


class NewPersonForm(PostForm):
    """Somebody new, and the post that they are given."""

    fieldsets = (
        ("Who it is", ["name", "email"]),
        ("The post", ["role", "job_title", "employment", "site", "line_manager"]),
        ("When they start", ["starts_on"]),
    )

    reason = None
    name = forms.CharField(label="Full name", max_length=150)
    email = forms.EmailField(
        label="E-mail address", max_length=254, help_text="Their own work address. They sign in with it."
    )

    class Meta(PostForm.Meta):
        fields = ("role", "job_title", "employment", "site", "line_manager", "starts_on")


class EndPostForm(PortalForm):
    """The last day of a post."""

    last_day = DateField(label="Last day", help_text="They can sign in until the end of that day.")
    reason = forms.CharField(label="Why", max_length=300, help_text=KEPT)


class SchoolSettingsForm(PortalModelForm):
    """What a headteacher may change about the school."""

    selects = ("accent",)
    fieldsets = (
        ("What everybody sees", ["motto", "accent", "email", "telephone"]),
        (
            "Times and thresholds",
            ["moderation_target_hours", "block_threshold", "takedown_hours", "acknowledgement_days"],
            "Changes count for what is recorded from now on.",
        ),
        FOR_THE_HISTORY,
    )

    reason = forms.CharField(label="Why", max_length=300, required=False, help_text=KEPT)

    class Meta:
        model = School
        fields = SCHOOL_SETTINGS
        widgets = {
            name: forms.NumberInput(NARROW)
            for name in ("moderation_target_hours", "block_threshold", "takedown_hours", "acknowledgement_days")
        }

    def settings(self) -> dict[str, Any]:
        """Return what was filled in, for the verb."""
        return {name: self.cleaned_data[name] for name in SCHOOL_SETTINGS}
