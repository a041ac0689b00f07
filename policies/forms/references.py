"""The forms of the register of related policies, laws and guidance."""

from django import forms
from django.core.exceptions import ValidationError

from policies.models import Reference
from policyportal.lib.forms import PortalForm, PortalModelForm


class ReferenceForm(PortalModelForm):
    """What a check of a law, guidance or related policy found."""

    reason = forms.CharField(max_length=200, required=False, label="What the check found")

    class Meta:
        model = Reference
        fields = ["title", "link", "owner", "edition", "review_due_on", "standing", "note"]
        labels = {"link": "Web address", "review_due_on": "When its own review is due", "standing": "How it stands"}
        help_texts = {
            "owner": "Who keeps it, such as a member of staff or a government department.",
            "edition": "Such as 2023, where it comes out anew.",
        }

    def clean_title(self) -> str:
        """Have each work in the register once."""
        title = self.cleaned_data["title"]
        twins = self.instance.policy.references.filter(kind=self.instance.kind, title=title)
        if twins.exclude(pk=self.instance.pk).exists():
            raise ValidationError("This is in the register already")
        return title


class SearchForm(PortalForm):
    """Finds laws and guidance by title."""

    q = forms.CharField(required=False, max_length=100, label="Search laws and guidance")
