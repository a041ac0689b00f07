"""The forms of briefings and of the induction pack."""

from django import forms

from accounts.models import Membership, Role
from accounts.rules import LEADERSHIP, POLICY_AUDIENCE
from policies.models import Clause, InductionItem, Policy
from policies.selectors.briefings import rules_for_staff
from policyportal.lib.dates import today
from policyportal.lib.forms import DateField, PortalForm, PortalModelForm


class BriefingForm(PortalForm):
    """When staff are briefed on a policy, by whom, and on what."""

    title = forms.CharField(max_length=120, label="Title", initial="Staff briefing")
    held_on = DateField(label="Date")
    lead = forms.ModelChoiceField(queryset=Membership.objects.none(), label="Led by")
    expectations = forms.ModelMultipleChoiceField(
        queryset=Clause.objects.none(),
        required=False,
        label="What to go through",
        widget=forms.CheckboxSelectMultiple,
        help_text="Leave all blank to go through every rule for staff.",
    )

    selects = ("lead",)

    def __init__(self, *args, policy: Policy, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        leaders = Membership.objects.current().filter(school=membership.school_id, role__in=LEADERSHIP)
        self.fields["lead"].queryset = leaders.select_related("user", "school").order_by("seniority")
        self.fields["lead"].initial = membership.pk
        version = policy.versions.published().first()
        rules = rules_for_staff(version, membership.school_id) if version else Clause.objects.none()
        self.fields["expectations"].queryset = rules
        self.fields["expectations"].label_from_instance = lambda clause: clause.text

    def clean_held_on(self):
        """Plan what is to come."""
        if self.cleaned_data["held_on"] < today():
            raise forms.ValidationError("Give a date that is still to come, or today.")
        return self.cleaned_data["held_on"]


class AttendanceForm(PortalForm):
    """Who of the staff was there; at first everybody is ticked."""

    present = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        label="Who was there",
        widget=forms.CheckboxSelectMultiple,
        help_text="Everybody is ticked. Take the tick away from whoever was not there: they are told to catch up.",
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["present"].queryset = people


class InductionItemForm(PortalModelForm):
    """One thing that joiners read and confirm."""

    roles = forms.MultipleChoiceField(
        label="Only for",
        required=False,
        choices=[(role.value, role.label) for role in Role if role in POLICY_AUDIENCE],
        widget=forms.CheckboxSelectMultiple,
        help_text="Leave all blank to ask everybody who joins.",
    )

    class Meta:
        model = InductionItem
        fields = ["title", "text", "policy", "link", "days", "roles", "in_use"]
        labels = {
            "text": "What people confirm, in their own voice",
            "policy": "A policy in the portal",
            "link": "A document elsewhere: its web address",
            "days": "Days after the first day until it is due",
            "in_use": "Joiners are asked",
        }

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["policy"].queryset = Policy.objects.visible_to(membership)
        self.fields["text"].required = True
