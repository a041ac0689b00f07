"""The forms of the second step: a code, an app, a passkey, and somebody's lost one."""

from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
    SignupWebAuthnForm,
)
from django import forms
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from accounts.forms.shared import KEPT
from accounts.forms.signing_in import password_field
from accounts.models import User
from accounts.second_step import context_of
from accounts.services.second_step import check_new_app, use_code
from policyportal.lib.encryption import Unreadable, decrypt, encrypt
from policyportal.lib.forms import PortalFields, PortalForm
from policyportal.lib.workflow import Refused

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-10"}
LONGEST_NAME = 60


class PasswordAgainForm(PortalFields, ReauthenticateForm):
    """The password, from somebody who is signed in already."""

    password = password_field("Password")


class CodeForm(PortalForm):
    """A code from the app, or a recovery code; asking whether it is right uses it up."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(CODE),
        help_text="Six digits from the app on your phone, or a recovery code.",
    )
    reauthenticated = False

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        """Refuse a wrong code, and one that was used."""
        try:
            self.authenticator = use_code(self.user, self.cleaned_data["code"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.messages) from refusal
        return self.cleaned_data["code"]

    def save(self) -> None:
        """Record in the session that the second step was taken."""
        self.authenticator.user = self.user
        post_authentication(context.request, self.authenticator, reauthenticated=self.reauthenticated)


class CodeAgainForm(CodeForm):
    """A code from somebody who is signed in already."""

    reauthenticated = True


class NewAppForm(PortalForm):
    """The first code from a new app. Until then its secret waits in the session, encrypted as where it is kept."""

    code = forms.CharField(
        label="Code that the app shows now",
        max_length=40,
        widget=forms.TextInput(CODE),
        help_text="Six digits. The app makes a new code every 30 seconds.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret = self._secret_in_hand() if self.is_bound else self._new_secret()

    def clean_code(self) -> str:
        """Refuse a code that the app with this secret does not show."""
        try:
            self.counter = check_new_app(self.user, self.secret, self.cleaned_data["code"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.messages) from refusal
        return self.cleaned_data["code"]

    def _new_secret(self) -> str:
        secret = generate_totp_secret()
        context.request.session[SECRET_SESSION_KEY] = encrypt(secret, context=context_of(self.user.pk))
        return secret

    def _secret_in_hand(self) -> str:
        try:
            return decrypt(context.request.session.get(SECRET_SESSION_KEY, ""), context=context_of(self.user.pk))
        except Unreadable:
            # The session is a new one: the picture is made anew, and its code asked for again.
            return self._new_secret()


class WellFormed:
    """What a browser sent about a passkey: refused with words where it is not even shaped like an answer."""

    kind: type = AuthenticationResponse

    def clean_credential(self) -> Any:
        """Refuse what the library could not read."""
        sent = self.cleaned_data["credential"]
        try:
            self.kind.from_dict(sent)
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise get_adapter().validation_error("incorrect_code") from fault
        inherited = getattr(super(), "clean_credential", None)
        return inherited() if inherited else sent


class PasskeySignInForm(WellFormed, LoginWebAuthnForm):
    """A passkey alone."""


class PasskeyForm(WellFormed, AuthenticateWebAuthnForm):
    """A passkey after a password."""


class PasskeyAgainForm(WellFormed, ReauthenticateWebAuthnForm):
    """A passkey from somebody who is signed in already."""


class NewPasskeyForm(WellFormed, PortalFields, SignupWebAuthnForm):
    """A passkey that the browser has just made, and what its owner calls it."""

    kind = RegistrationResponse
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=LONGEST_NAME,
        help_text="So that you know it again, such as “My phone” or “Laptop at school”.",
    )


class PasskeyNameForm(PortalFields, EditWebAuthnForm):
    """What its owner calls a passkey."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)


class LostSecondStepForm(PortalForm):
    """Why somebody's second step is removed by another person."""

    reason = forms.CharField(
        label="Why",
        max_length=300,
        help_text=f"How you made sure that it is they who ask, such as in person. {KEPT}",
    )
