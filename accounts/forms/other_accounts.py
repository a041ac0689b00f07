"""The form of whose accounts may be used to sign in."""

from typing import Any

from django import forms

from accounts.forms.shared import FOR_THE_HISTORY, KEPT
from accounts.models import School
from accounts.services.other_accounts import faults_in_domains, faults_in_tenants
from policyportal.lib.forms import PortalForm

ROWS = {"rows": 3, "autocapitalize": "none", "spellcheck": "false"}


class OtherAccountsForm(PortalForm):
    """The Google domains and the Microsoft tenants of a school, one to a line."""

    fieldsets = (
        ("Accounts of the school", ["google_domains", "microsoft_tenants"]),
        FOR_THE_HISTORY,
    )

    google_domains = forms.CharField(
        label="Google Workspace domains",
        required=False,
        widget=forms.Textarea(ROWS),
        help_text="One to a line, like school.example.org. Private Google accounts have none.",
    )
    microsoft_tenants = forms.CharField(
        label="Microsoft Entra tenant IDs",
        required=False,
        widget=forms.Textarea(ROWS),
        help_text="One to a line. Your IT support finds it on the overview page of Microsoft Entra.",
    )
    reason = forms.CharField(label="Why", max_length=300, required=False, help_text=KEPT)

    def __init__(self, *args: Any, school: School, **kwargs: Any):
        initial = {
            "google_domains": "\n".join(school.google_domains),
            "microsoft_tenants": "\n".join(school.microsoft_tenants),
        }
        super().__init__(*args, initial=initial, **kwargs)

    def clean_google_domains(self) -> list[str]:
        """Return the domains in lower case, each once."""
        return checked(self.cleaned_data["google_domains"], faults_in_domains)

    def clean_microsoft_tenants(self) -> list[str]:
        """Return the tenants in lower case, each once."""
        return checked(self.cleaned_data["microsoft_tenants"], faults_in_tenants)


def checked(text: str, faults: Any) -> list[str]:
    """Return the words of a text, one to a line; refuses it with what `faults` says about them."""
    words = list(dict.fromkeys(word.strip().lower() for word in text.splitlines() if word.strip()))
    if wrong := faults(words):
        raise forms.ValidationError(wrong)
    return words
