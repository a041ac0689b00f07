"""The form of a school's settings."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.shared import FOR_THE_HISTORY, KEPT, NARROW
from accounts.models import Role, School
from accounts.quiet import NOON_IS_FREE, spares_noon
from accounts.services import SCHOOL_SETTINGS
from policyportal.lib.forms import PortalForm, PortalModelForm

CLOCK = {
    "widget": forms.TimeInput({"class": "govuk-input--width-5"}, format="%H:%M"),
    "error_messages": {"invalid": "Enter a time, like 19:00"},
}


class DaysField(forms.CharField):
    """Some numbers of days, written with commas between them; a minus means afterwards."""

    def prepare_value(self, value: Any) -> Any:
        """Show stored days as they are written."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        """Return the days, each once, the earliest first."""
        words = [word.strip() for word in super().clean(value).replace("−", "-").split(",") if word.strip()]
        if any(not re.fullmatch(r"-?\d{1,3}", word) for word in words):
            raise ValidationError("Enter numbers of days with commas between them, like 90, 60, 30, 7, 0")
        return sorted({int(word) for word in words}, reverse=True)


class SchoolSettingsForm(PortalModelForm):
    """What a headteacher may change about the school."""

    selects = ("accent",)
    fieldsets = (
        ("What everybody sees", ["motto", "accent", "email", "telephone"]),
        (
            "Times and thresholds",
            [
                "moderation_target_hours",
                "block_threshold",
                "takedown_hours",
                "acknowledgement_days",
                "briefing_reminder_days",
                "review_milestones",
                "credential_days",
            ],
            "Changes count for what is recorded from now on.",
        ),
        (
            "Signing in",
            ["second_factor_grace_days"],
            "Leadership, safeguarding, office, chair, trust and administrators need a second step. With 0 they need "
            "it at once; what is confidential always waits for it.",
        ),
        (
            "Quiet hours",
            ["quiet_from", "quiet_until"],
            "Between these times the portal mails nobody, except about safeguarding. The same time twice means never.",
        ),
        (
            "Links with families",
            ["declares_links"],
            "Staff are asked when they join, families on the school’s public page. The headteacher decides on each.",
        ),
        FOR_THE_HISTORY,
    )

    review_milestones = DaysField(
        label="Days before a policy’s review to remind",
        required=False,
        max_length=60,
        help_text="Like 90, 60, 30, 7, 0. Afterwards weekly. Left blank, the portal’s own: these, and the day after.",
    )
    second_factor_grace_days = forms.IntegerField(
        label="Days to set up a second step", min_value=0, max_value=60, widget=forms.NumberInput(NARROW)
    )
    declares_links = forms.BooleanField(label="Links between staff and families are declared", required=False)
    quiet_from = forms.TimeField(label="No mail from", help_text="Like 19:00.", **CLOCK)
    quiet_until = forms.TimeField(label="Until", help_text="Like 07:00, the next morning.", **CLOCK)
    reason = forms.CharField(label="Why", max_length=300, required=False, help_text=KEPT)

    class Meta:
        model = School
        fields = SCHOOL_SETTINGS
        widgets = {
            name: forms.NumberInput(NARROW)
            for name in (
                "moderation_target_hours",
                "block_threshold",
                "takedown_hours",
                "acknowledgement_days",
                "briefing_reminder_days",
                "credential_days",
            )
        }

    def clean(self) -> dict[str, Any]:
        """Refuse quiet hours that leave no time for mail."""
        cleaned = super().clean()
        hours = (cleaned.get("quiet_from"), cleaned.get("quiet_until"))
        if None not in hours and not spares_noon(hours):
            self.add_error("quiet_until", NOON_IS_FREE)
        return cleaned

    def settings(self) -> dict[str, Any]:
        """Return what was filled in, for the verb."""
        return {name: self.cleaned_data[name] for name in SCHOOL_SETTINGS}


class RoleLabelsForm(PortalForm):
    """The school's own word for each role."""

    reason = forms.CharField(label="Why", max_length=300, required=False, help_text=KEPT)

    def __init__(self, *args: Any, school: School, **kwargs: Any):
        super().__init__(*args, **kwargs)
        words = {
            role.value: forms.CharField(
                label=role.label, max_length=60, required=False, initial=school.role_labels.get(role, "")
            )
            for role in Role
        }
        self.fields = {**words, **self.fields}

    def labels(self) -> dict[str, str]:
        """Return the words by role."""
        return {role.value: self.cleaned_data[role.value] for role in Role}
