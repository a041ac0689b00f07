"""The forms of versions: what led to a new one, comments, reasons."""

from collections.abc import Sequence

from django import forms

from policies.models import Comment, PolicyVersion
from policyportal.lib.forms import PortalForm, PortalModelForm


class ReasonForm(PortalForm):
    """Why something is done."""

    reason = forms.CharField(max_length=200, label="Reason", widget=forms.Textarea)


class NewVersionForm(ReasonForm):
    """What led to a new version, and why it is drafted."""

    trigger = forms.ChoiceField(choices=PolicyVersion.Trigger.choices, label="What led to it")

    field_order = ["trigger", "reason"]


class CommentForm(PortalModelForm):
    """What somebody says of a version under review, and whether they support it."""

    class Meta:
        model = Comment
        fields = ["text", "supports"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False


class CompareForm(PortalForm):
    """Which two versions are compared, and whether with what stayed."""

    everything = forms.BooleanField(required=False, label="Show what stayed, too")

    selects = ("from", "to")

    def __init__(self, *args, versions: Sequence[PolicyVersion], **kwargs):
        self.by_number = {str(version.number): version for version in versions}
        choices = [
            (number, f"{version.number}: {version.get_status_display()}") for number, version in self.by_number.items()
        ]
        latest = [number for number, _ in choices[-2:]]
        self.base_fields = {
            "from": forms.ChoiceField(choices=choices, label="From version", initial=latest[:1] and latest[0]),
            "to": forms.ChoiceField(choices=choices, label="To version", initial=latest[-1:] and latest[-1]),
            **type(self).base_fields,
        }
        super().__init__(*args, **kwargs)

    def chosen(self) -> tuple[PolicyVersion, PolicyVersion]:
        """Return the two versions."""
        return self.by_number[self.cleaned_data["from"]], self.by_number[self.cleaned_data["to"]]
