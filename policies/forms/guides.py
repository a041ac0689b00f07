"""The forms of guide pages."""

from django import forms

from policies.models import Clause, GuideIntro
from policyportal.lib.forms import PortalModelForm


class GuideTextForm(PortalModelForm):
    """The words of the guide page for one clause, and why they change."""

    reason = forms.CharField(max_length=200, required=False, label="Why the words change")

    class Meta:
        model = Clause
        fields = ["guide_text"]
        labels = {"guide_text": "Words on the guide page"}


class GuideIntroForm(PortalModelForm):
    """The opening words of a guide page."""

    class Meta:
        model = GuideIntro
        fields = ["text"]
