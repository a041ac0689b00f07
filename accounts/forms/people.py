"""The forms of people and of the posts that they hold."""

from typing import Any

from django import forms

from accounts.forms.shared import FOR_THE_HISTORY, KEPT, NARROW
from accounts.models import Membership, School, Site
from accounts.selectors import possible_managers
from accounts.services import POST_DETAILS
from policyportal.lib.forms import DateField, PortalForm, PortalModelForm


class PeopleFilter(PortalForm):
    """Which posts the list shows."""

    selects = ("role", "employment")

    role = forms.ChoiceField(required=False)
    employment = forms.ChoiceField(required=False)
    invited = forms.BooleanField(label="Not taken up yet", required=False)
    ended = forms.BooleanField(label="Posts that have ended", required=False)

    def __init__(self, *args: Any, roles: list[tuple[str, str]], manages: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not manages:
            del self.fields["invited"]
        self.fields["role"].choices = [("", "All"), *roles]
        self.fields["employment"].choices = [("", "All"), *Membership.Employment.choices]


class PostForm(PortalModelForm):
    """The details of a post. `roles` are the ones that may be chosen; without any the role and the days stay."""

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
            for name in ("role", "starts_on", "ends_on"):
                del self.fields[name]

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


class LeaverForm(PortalForm):
    """When somebody leaves, and why."""

    NOW, LATER = "now", "later"

    reveals = {"when": {LATER: ["last_day"]}}
    option_hints = {"when": {NOW: "Their next click is refused, in every browser."}}

    when = forms.ChoiceField(
        label="When does everything end?",
        choices=[(NOW, "Now"), (LATER, "After a last day")],
        initial=NOW,
        widget=forms.RadioSelect,
    )
    last_day = DateField(label="Last day", help_text="They can open the portal until the end of that day.")
    reason = forms.CharField(label="Why", max_length=300, help_text=KEPT)

    def leaving(self) -> dict[str, Any]:
        """Return what was filled in, for the verb."""
        return {"last_day": self.cleaned_data["last_day"], "reason": self.cleaned_data["reason"]}
