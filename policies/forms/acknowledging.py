"""The forms of acknowledging, of finding who has not, and of asking everybody."""

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Membership
from policies.models import Audience, Policy, Scenario
from policies.selectors.acknowledgements import GROUPS, STATEMENTS
from policyportal.lib.forms import DateField, PortalForm, PortalModelForm

EMPLOYMENTS = [("", "Any"), *Membership.Employment.choices]


class AcknowledgementForm(PortalForm):
    """Three statements that one press makes together, and the version's questions about situations."""

    has_read = forms.BooleanField(label=STATEMENTS["has_read"], required=False, widget=forms.HiddenInput, initial=True)
    has_understood = forms.BooleanField(
        label=STATEMENTS["has_understood"], required=False, widget=forms.HiddenInput, initial=True
    )
    will_follow = forms.BooleanField(
        label=STATEMENTS["will_follow"], required=False, widget=forms.HiddenInput, initial=True
    )

    def __init__(self, *args, scenarios: list[Scenario], **kwargs):
        self.scenarios = {f"scenario_{scenario.pk.hex}": scenario for scenario in scenarios}
        asked = {
            name: forms.TypedChoiceField(
                label=scenario.text,
                choices=list(enumerate(scenario.options)),
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": "Choose what you would do"},
            )
            for name, scenario in self.scenarios.items()
        }
        # Before the form is made, so that these are dressed and worded as every other field.
        self.base_fields = type(self).base_fields | asked
        super().__init__(*args, **kwargs)

    def clean(self):
        """Take all three statements or none."""
        cleaned = super().clean()
        if not all(cleaned.get(name) for name in STATEMENTS):
            raise ValidationError("All three statements belong to the acknowledgement.")
        return cleaned

    def answers(self) -> dict[UUID, int]:
        """Return what was chosen, by scenario."""
        return {scenario.pk: self.cleaned_data[name] for name, scenario in self.scenarios.items()}

    def mistaken(self) -> list[Scenario]:
        """Return the questions that were answered otherwise than the school would."""
        answers = self.answers()
        return [scenario for scenario in self.scenarios.values() if answers[scenario.pk] != scenario.right]


class ChaseFilter(PortalForm):
    """Narrows the people asked by who they are to the school, how they are employed and what they are called."""

    group = forms.ChoiceField(label="Who", choices=[("", "Everybody"), *GROUPS], required=False)
    employment = forms.ChoiceField(choices=EMPLOYMENTS, required=False)
    name = forms.CharField(required=False, max_length=150)
    state = forms.CharField(required=False, widget=forms.HiddenInput)

    selects = ("group", "employment")


class CampaignForm(PortalForm):
    """Whom to ask, and until when."""

    audience = forms.ChoiceField(label="Whom to ask")
    due_on = DateField(label="Last day to acknowledge", no_past=True)

    def __init__(self, *args, audiences: list[Audience], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = [(audience.value, audience.label) for audience in audiences]


class WhoForm(PortalModelForm):
    """Whom a policy asks to acknowledge it, and how often."""

    reason = forms.CharField(max_length=200, required=False, label="Why this changes")

    class Meta:
        model = Policy
        fields = ["for_staff", "for_pupils", "for_parents", "confirmed_yearly"]

    fieldsets = (
        (
            "Who is asked",
            ["for_staff", "for_pupils", "for_parents"],
            "Governors, volunteers, contractors and agency workers count as staff here.",
        ),
        ("How often", ["confirmed_yearly"]),
        ("For the history", ["reason"]),
    )


class LinesField(forms.CharField):
    """Several short texts, one to a line."""

    widget = forms.Textarea

    def prepare_value(self, value):
        """Show what is stored, one to a line."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        """Return the lines that say something."""
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class ScenarioForm(PortalModelForm):
    """A question about a situation: what happens, the answers to choose from, the right one and why."""

    options = LinesField(
        label="Answers to choose from", help_text="One to a line, two to six of them.", max_length=1500
    )
    right = forms.IntegerField(
        label="Which line is the right answer", min_value=1, max_value=6, help_text="1 for the first line."
    )

    class Meta:
        model = Scenario
        fields = ["text", "options", "right", "explanation"]
        labels = {"text": "The situation and the question", "explanation": "Why, as everybody reads it afterwards"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.options:
            self.initial["right"] = self.instance.right + 1

    def clean_right(self) -> int:
        """Return the place of the right answer, counted from 0."""
        return self.cleaned_data["right"] - 1

    def clean(self):
        """Ask for two to six answers, the right one among them."""
        cleaned = super().clean()
        options = cleaned.get("options") or []
        if "options" in cleaned and not 2 <= len(options) <= 6:
            self.add_error("options", "Give two to six answers, one to a line.")
        elif "right" in cleaned and cleaned["right"] >= len(options):
            self.add_error("right", "There is no such line.")
        return cleaned
