"""The forms of sign-in."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField

from accounts.models import Membership
from accounts.selectors import demo_posts
from policyportal.lib.forms import PortalFields


class SignInForm(PortalFields, AuthenticationForm):
    """An e-mail address and a password; the answer is the same whichever of them is wrong."""

    username = UsernameField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    error_messages = {
        "invalid_login": "The e-mail address or the password is not right. Check both and try again.",
        "inactive": "The e-mail address or the password is not right. Check both and try again.",
    }


class DemoPersonForm(forms.Form):
    """Which person of the demo somebody wants to be."""

    person = forms.ModelChoiceField(Membership.objects.none())

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = demo_posts()
