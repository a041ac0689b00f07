"""The forms of versions: clauses of a draft, approval, consultation, comments, reasons."""

from django import forms

from policies.models import Clause, Comment, PolicyVersion
from policyportal.lib.dates import Precision
from policyportal.lib.forms import PortalForm, PortalModelForm


class DraftClauseForm(PortalModelForm):
    """The heading and text of a clause of a draft, and why they change."""

    reason = forms.CharField(max_length=200, required=False, label="Why the text changes")

    class Meta:
        model = Clause
        fields = ["heading", "text"]


class ApprovalForm(PortalModelForm):
    """Who approved a version, and when."""

    fieldsets = (("Who approved it", ["approver_kind", "approver_name", "approver_role"]),)

    class Meta:
        model = PolicyVersion
        fields = ["approver_kind", "approver_name", "approver_role", "approved_on"]
        labels = {
            "approver_kind": "Approved by",
            "approver_name": "Name of the person or body",
            "approver_role": "Role of the person, or of whoever signed",
            "approved_on": "Date of approval",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["approver_kind"].choices = [
            choice for choice in PolicyVersion.Approver.choices if choice[0] != PolicyVersion.Approver.NOT_STATED
        ]
        self.fields["approved_on"].required = True

    def facts(self) -> dict:
        """Return the facts of the approval, as the step `approve` takes them."""
        return {**self.cleaned_data, "approved_on_precision": Precision.DAY, "approved_on_raw": ""}


class ReasonForm(PortalForm):
    """Why something is done."""

    reason = forms.CharField(max_length=200, label="Reason", widget=forms.Textarea)


class NewVersionForm(ReasonForm):
    """What led to a new version, and why it is drafted."""

    trigger = forms.ChoiceField(choices=PolicyVersion.Trigger.choices, label="What led to it")

    field_order = ["trigger", "reason"]


class ConsultationForm(PortalModelForm):
    """Who was consulted before a version is published, and what they said."""

    class Meta:
        model = PolicyVersion
        fields = ["consultation"]
        labels = {"consultation": "Who was consulted, when, and what they said"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        needed = f"This policy is changed only after consulting {self.instance.policy.consults}."
        self.fields["consultation"].help_text = (
            needed if self.instance.policy.consults else "Leave blank if nobody was."
        )

    def facts(self) -> dict:
        """Return the consultation, as the step `publish` takes it."""
        return self.cleaned_data


class CommentForm(PortalModelForm):
    """What somebody says of a version under review, and whether they support it."""

    class Meta:
        model = Comment
        fields = ["text", "supports"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False
