"""The forms of setting up: the first administrator with their school, and who is to hold a post."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.models import Role, School, User
from policyportal.lib.forms import PortalForm, PortalModelForm
from policyportal.set_up import SCHOOL_FACTS

# What the first administrator may be besides: posts that somebody holds who sets up a portal.
OWN_ROLES = (Role.HEADTEACHER, Role.BUSINESS_MANAGER, Role.COMPUTING_LEAD, Role.OFFICE, Role.DEPUTY_HEAD)
NEW_PASSWORD = {"autocomplete": "new-password"}


class SchoolForm(PortalModelForm):
    """The facts of a school, while it is set up."""

    class Meta:
        model = School
        fields = SCHOOL_FACTS
        labels = {"name": "Name of the school", "short_name": "Short name", "slug": "Web name"}
        help_texts = {
            "short_name": "As people say it.",
            "slug": "Part of the address of its public page: small letters, figures and hyphens, like oak-primary.",
            "phase": "Such as primary, secondary or all-through.",
        }
        widgets = {"roll": forms.NumberInput({"class": "govuk-input--width-5", "inputmode": "numeric"})}

    def school(self) -> dict[str, Any]:
        """Return what was filled in about the school, for the verb."""
        return {name: self.cleaned_data[name] for name in SCHOOL_FACTS}


class SetUpForm(SchoolForm):
    """The code that shows who may claim the portal, its first administrator, and the school."""

    selects = ("own_role",)
    fieldsets = (
        ("The code", ["code"]),
        ("You", ["person_name", "person_email", "password", "again", "own_role"]),
        ("The school", SCHOOL_FACTS),
    )

    code = forms.CharField(
        label="One-time code",
        max_length=40,
        help_text="Printed where the portal was started. Whoever runs the server makes another: manage.py set_up_code",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    person_name = forms.CharField(label="Your full name", max_length=150)
    person_email = forms.EmailField(label="Your e-mail address", max_length=254, help_text="You sign in with it.")
    password = forms.CharField(
        label="Choose a password",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs=NEW_PASSWORD),
        help_text="At least 12 characters. Three words that do not belong together are easy to remember.",
    )
    again = forms.CharField(
        label="The same password again",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs=NEW_PASSWORD),
    )
    own_role = forms.ChoiceField(
        label="Your own post in the school",
        required=False,
        choices=[("", "None: I only look after the portal"), *((role.value, role.label) for role in OWN_ROLES)],
        help_text="You are the technical administrator in any case: you configure the portal and read no report.",
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a weak password, one too like the person, and two that differ."""
        cleaned = super().clean()
        password = cleaned.get("password")
        if password:
            person = User(name=cleaned.get("person_name", ""), email=cleaned.get("person_email", ""))
            try:
                validate_password(password, person)
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        if password and cleaned.get("again") and password != cleaned["again"]:
            self.add_error("again", "The two passwords are not the same. Type both again")
        return cleaned

    def facts(self) -> dict[str, Any]:
        """Return what was filled in, for the verb."""
        given = self.cleaned_data
        person = {name: given[f"person_{name}"] for name in ("name", "email")}
        person |= {name: given[name] for name in ("password", "own_role")}
        return {"code": given["code"], "person": person, "school": self.school()}


class HolderForm(PortalForm):
    """Who is to hold a post."""

    name = forms.CharField(label="Full name", max_length=150)
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="Their own work address. They are invited there, and sign in with it.",
    )


class OpenForm(forms.Form):
    """That the list of posts which was shown is right."""

    digest = forms.RegexField(r"^[0-9a-f]{64}$")
