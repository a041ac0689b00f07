"""The form that marks an incident significant."""

from collections.abc import Sequence
from typing import Any

from django import forms

from policies.models import Policy
from policyportal.lib.forms import DateField, PortalForm


class SignificantForm(PortalForm):
    """Which policy is to be reviewed because of an incident, why, and by when."""

    selects = ("policy",)

    policy = forms.ChoiceField(label="Which policy is to be reviewed?")
    reason = forms.CharField(
        label="Why is it significant?",
        max_length=300,
        widget=forms.Textarea,
        help_text="Kept with the incident, for those who may see it. The review says only that an incident led to it.",
    )
    due_on = DateField(label="The review is to be done by", required=False)

    def __init__(self, *args: Any, policies: Sequence[Policy], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.policies = {str(policy.pk): policy for policy in policies}
        self.fields["policy"].choices = [(key, policy.title) for key, policy in self.policies.items()]

    def clean_policy(self) -> Policy:
        """Return the policy itself."""
        return self.policies[self.cleaned_data["policy"]]
