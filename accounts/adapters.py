"""What the portal decides where the sign-in library asks: who may, what is counted, how secrets are kept."""

import logging
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.browsers import address_of, known_browser, remember
from accounts.models import User
from accounts.openid import OtherAccountProvider
from accounts.second_step import context_in_hand, signed_in_just_now
from accounts.services.guesses import Busy, ask_to_sign_in, forgive, hashing
from accounts.services.other_accounts import may_sign_in, providers
from accounts.services.sessions import forget_session
from accounts.sessions import begin
from accounts.views.other_accounts import link_and_return, turned_away
from policyportal.lib.encryption import decrypt, encrypt
from policyportal.lib.workflow import save_as

logger = logging.getLogger(__name__)

sign_ins = logging.getLogger("accounts.sign_in")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in and passwords."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right. Check both and try again.",
        "not_known": "You could not be signed in. Try another way, or ask your school",
        "incorrect_password": "This is not your password",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are invited."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages only: no second way of asking has to be kept as quiet as the first."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago has said who they are."""
        return not signed_in_just_now(context.request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return no address: the list of sessions wants one, and nobody needs to know from where people work."""
        return "::"

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return whose password this is, or None. The guess is counted first, and forgiven when it was right.

        Raises TooMany or Busy.
        """
        email = credentials["email"]
        guesses = ask_to_sign_in(email=email, address=address_of(request), browser=known_browser(request, email))
        try:
            user = authenticate(request, **credentials)
        except Busy:
            forgive(guesses)
            raise
        if user is None:
            sign_ins.info("a password was refused")
        else:
            forgive(guesses)
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """Tell whether this is the password of whoever is signed in; counted like every guess."""
        return self.authenticate(context.request, email=user.email, password=password) == user

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Answer somebody who may no longer sign in as if they were not known."""
        messages.error(request, self.error_messages["not_known"])
        return redirect("account_login")

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign somebody in, unless they were switched off while they were still giving their second step."""
        if not user.is_active:
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Start the clocks of the session, and let the browser know that it signed this person in."""
        response = super().post_login(request, user, **details)
        begin(request)
        remember(request, response, user)
        sign_ins.info("%s signed in", user.pk)
        return response

    def logout(self, request: HttpRequest) -> None:
        """End the session, here and on the list of sessions."""
        forget_session(request.session.session_key)
        sign_ins.info("%s signed out", request.user.pk)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """Store a new password; the person's history says that they chose one, and when."""
        with hashing():
            user.set_password(password)
        save_as(user, user, "Password chosen")


class SecondStepAdapter(DefaultMFAAdapter):
    """Passkeys, codes from an app, and recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This passkey was not accepted. Try again, or use another way to sign in",
        "cannot_generate_recovery_codes": "Set up an app or a passkey first: recovery codes stand in for them",
    }

    def encrypt(self, text: str) -> str:
        """Keep a secret for the person whose second step it is, and for nobody else."""
        return encrypt(text, context=context_in_hand())

    def decrypt(self, encrypted_text: str) -> str:
        """Read a secret of the person whose second step it is; raises Unreadable where it is somebody else's."""
        return decrypt(encrypted_text, context=context_in_hand())

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bind passkeys to the address that people open the portal by, whatever address a request names."""
        return {"id": urlsplit(settings.PORTAL_URL).hostname, "name": settings.MFA_TOTP_ISSUER}

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """Propose a name for a new passkey."""
        return f"Passkey {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"


class OtherAccountAdapter(DefaultSocialAccountAdapter):
    """Accounts of Google and Microsoft that people linked to theirs."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody signs up: an account elsewhere is linked by somebody who is signed in."""
        return False

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None):
        """Return what the environment and the schools configure; no table holds a secret of a provider."""
        return [
            SocialApp(
                provider=OtherAccountProvider.id,
                provider_id=found.id,
                name=found.label,
                client_id=found.client_id,
                secret=found.secret,
                settings={"server_url": found.issuer, "uid_field": found.key},
            )
            for found in providers()
            if provider in (None, found.id) and client_id in (None, found.client_id)
        ]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> OtherAccountProvider:
        """Return the portal's own, stricter kind of provider. Raises SocialApp.DoesNotExist for an unknown one."""
        return OtherAccountProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Take nothing about a person from elsewhere."""
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in only an account that is linked and that a school of the person still lists; link one when asked."""
        provider_id, uid = sociallogin.account.provider, sociallogin.account.uid
        asked_by = (sociallogin.state.get("data") or {}).get("user")
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            if not request.user.is_authenticated or str(request.user.pk) != asked_by:
                raise ImmediateHttpResponse(turned_away(request))
            raise ImmediateHttpResponse(link_and_return(request, provider_id, uid, sociallogin.claims))
        linked = sociallogin.user if sociallogin.account.pk else None
        if not may_sign_in(linked, provider_id, sociallogin.claims):
            logger.warning("sign-in with %s refused: not linked or not allowed", provider_id)
            raise ImmediateHttpResponse(turned_away(request))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: OtherAccountProvider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Answer every failure alike; the log says what kind it was, and nothing that a provider sent."""
        logger.warning("sign-in with %s failed: %s", provider.app.provider_id, type(exception).__name__)
        raise ImmediateHttpResponse(turned_away(request))
