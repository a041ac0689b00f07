"""The forms of approval: handing over, the minute of a meeting, the route, and who was consulted."""

from typing import Any

from django import forms

from accounts.models import Membership
from policies.models import Consultation, Policy, PolicyVersion, Route
from policyportal.lib.dates import Precision, today
from policyportal.lib.forms import DateField, PortalModelForm


class HandOverForm(PortalModelForm):
    """What has changed, and whether everybody acknowledges it anew."""

    class Meta:
        model = PolicyVersion
        fields = ["changes", "is_major"]
        labels = {"changes": "What has changed, in a few words", "is_major": "Everybody acknowledges it anew"}
        help_texts = {
            "changes": "Whoever reads the new version sees this first.",
            "is_major": "Leave this off where only spelling or an address was put right: "
            "whoever acknowledged the version before need not do so again.",
        }

    def facts(self) -> dict[str, Any]:
        """Return what the step `submit` takes."""
        return self.cleaned_data


class ApprovalForm(PortalModelForm):
    """Who approved a version, and when."""

    approved_on = DateField(label="Date of approval", no_future=True)

    fieldsets = (("Who approved it", ["approver_kind", "approver_name", "approver_role"]),)

    class Meta:
        model = PolicyVersion
        fields = ["approver_kind", "approver_name", "approver_role", "approved_on"]
        labels = {
            "approver_kind": "Approved by",
            "approver_name": "Name of the person or body",
            "approver_role": "Role of the person, or of whoever signed",
        }

    def __init__(self, *args, signer: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.approver_kind == PolicyVersion.Approver.PERSON:
            # A draft has the former approver's name ready. Whoever signs now is more likely meant.
            self.initial |= {"approver_name": signer.user.name, "approver_role": signer.titles}
        self.initial["approved_on"] = today()
        self.fields["approver_kind"].choices = [
            choice for choice in PolicyVersion.Approver.choices if choice[0] != PolicyVersion.Approver.NOT_STATED
        ]

    def facts(self) -> dict[str, Any]:
        """Return the facts of the approval, as the step `approve` takes them."""
        return {**self.cleaned_data, "approved_on_precision": Precision.DAY, "approved_on_raw": ""}


class MinuteForm(PortalModelForm):
    """Where and when a committee or the full body agreed."""

    approved_on = DateField(label="Date of the meeting", no_future=True)

    class Meta:
        model = PolicyVersion
        fields = ["minute_reference", "approved_on"]
        labels = {"minute_reference": "Minute"}
        help_texts = {"minute_reference": "Such as “FGB 2026/14, item 7”."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["minute_reference"].required = True

    def facts(self) -> dict[str, Any]:
        """Return the facts of the approval, as the step `approve` takes them."""
        return {**self.cleaned_data, "approved_on_precision": Precision.DAY, "approved_on_raw": ""}


class RouteForm(PortalModelForm):
    """By which way a policy's versions are approved, and who is consulted before a change."""

    reason = forms.CharField(max_length=200, label="Why this changes")

    reveals = {"route": {Route.SIGNATURES: ["signatures_needed"]}}

    class Meta:
        model = Policy
        fields = ["route", "route_body", "signatures_needed", "consults"]
        labels = {
            "route": "Who approves a version?",
            "route_body": "Name of the committee or board",
            "signatures_needed": "How many signatures?",
            "consults": "Who is consulted before a change?",
        }
        help_texts = {
            "route_body": "Such as “Learning and Welfare Committee”. Leave blank where one person approves.",
            "signatures_needed": "Of the headteacher and the governors.",
            "consults": "Part several groups by commas, such as “trade unions, staff, parents and carers”. "
            "Leave blank where nobody has to be.",
        }

    def clean(self) -> dict[str, Any]:
        """One signature is the fewest; what is not asked stays as it was; a committee has a name."""
        cleaned = super().clean()
        if cleaned.get("route") == Route.COMMITTEE and not cleaned.get("route_body"):
            self.add_error("route_body", "Give the name of the committee")
        if cleaned.get("signatures_needed") is None:
            cleaned["signatures_needed"] = self.initial["signatures_needed"]
        elif cleaned["signatures_needed"] < 1:
            self.add_error("signatures_needed", "At least one person signs")
        return cleaned


class ConsultationForm(PortalModelForm):
    """When a group was asked about a change, when it answered, and what it said."""

    class Meta:
        model = Consultation
        fields = ["group", "asked_on", "answered_on", "words"]
        labels = {"group": "Who was consulted?"}
        help_texts = {"answered_on": "Leave this and the next box blank until they have."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["asked_on"].required = True

    def validate_unique(self) -> None:
        """A group that was recorded already is changed, not refused."""
