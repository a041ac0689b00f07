"""What the portal decides where the sign-in library asks: who may, what is counted, how secrets are kept."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.http import HttpRequest

from accounts.models import User
from accounts.openid import OtherAccountProvider
from accounts.services.other_accounts import may_sign_in, providers
from accounts.views.other_accounts import link_and_return, turned_away

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in and passwords."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are invited."""
        return False


class SecondStepAdapter(DefaultMFAAdapter):
    """Passkeys, codes from an app, and recovery codes."""


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
