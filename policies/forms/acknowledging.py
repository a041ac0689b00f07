"""The forms of acknowledging, and of finding who has not."""

from django import forms

from accounts.models import Membership
from policies.selectors.acknowledgements import STATEMENTS
from policyportal.lib.forms import PortalForm

EMPLOYMENTS = [("", "Any"), *Membership.Employment.choices]


class AcknowledgementForm(PortalForm):
    """Three statements; what is missing is said at each."""

    has_read = forms.BooleanField(label=STATEMENTS["has_read"])
    has_understood = forms.BooleanField(label=STATEMENTS["has_understood"])
    will_follow = forms.BooleanField(label=STATEMENTS["will_follow"])


class ChaseFilter(PortalForm):
    """Narrows the people asked by how they are employed and by name."""

    employment = forms.ChoiceField(choices=EMPLOYMENTS, required=False)
    name = forms.CharField(required=False, max_length=150)
    state = forms.CharField(required=False, widget=forms.HiddenInput)

    selects = ("employment",)
