"""The forms of sign-in and of passwords."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.models import Membership, User
from accounts.selectors import demo_posts
from policyportal.lib.forms import PortalFields, PortalForm

# Beyond this nobody types, and a hash would take long.
LONGEST = 1000
HOW_LONG = "At least 12 characters. Three or four words that do not belong together are good, and easy to remember."


def password_field(label: str, *, new: bool = False, hint: str = "") -> forms.CharField:
    """Return a field for a password that is known, or for a new one, which a browser may propose."""
    shown = forms.PasswordInput({"autocomplete": "new-password" if new else "current-password"})
    return forms.CharField(label=label, max_length=LONGEST, strip=False, widget=shown, help_text=hint)


def email_field() -> forms.EmailField:
    """Return the field of the address with which somebody signs in."""
    return forms.EmailField(label="E-mail address", widget=forms.EmailInput({"autocomplete": "username"}))


class LibraryForm(LoginForm):
    """The sign-in library's form with the portal's two fields."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields = {"login": email_field(), "password": password_field("Password")}


class SignInForm(PortalFields, LibraryForm):
    """An e-mail address and a password; the answer is the same whichever of them is wrong."""


class NewPasswordForm(PortalForm):
    """A new password, typed once: it can be shown, and a mistake costs a link by mail."""

    new = password_field("New password", new=True, hint=HOW_LONG)

    def __init__(self, *args: Any, user: User, temp_key: str = "", **kwargs: Any):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_new(self) -> str:
        """Refuse a password that is short, common, or like the person's own name."""
        validate_password(self.cleaned_data["new"], self.user)
        return self.cleaned_data["new"]

    def save(self) -> None:
        """Store it."""
        get_adapter().set_password(self.user, self.cleaned_data["new"])


class ChangePasswordForm(NewPasswordForm):
    """A new password in place of the old one."""

    field_order = ["password", "new"]

    password = password_field("Your password now")

    def clean_password(self) -> str:
        """Refuse a password that is not theirs; a guess at it is counted like one at sign-in."""
        password = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError(get_adapter().error_messages["incorrect_password"])
        return password


class ForgottenPasswordForm(PortalForm):
    """Whose password was forgotten."""

    email = email_field()


class DemoPersonForm(forms.Form):
    """Which person of the demo somebody wants to be."""

    person = forms.ModelChoiceField(Membership.objects.none())

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = demo_posts()
