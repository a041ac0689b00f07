"""How the portal speaks OpenID Connect: the sign-in library's own provider, with every check made and nothing kept.

The library may trust a token because it came straight from the provider, knows no nonce, and keeps whatever the
provider says about a person. Here each token is checked in full, and only what names the account is kept.
"""

from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from accounts.services.other_accounts import address_in

ALGORITHMS = ["RS256"]
# What a provider says about itself hardly ever changes; its keys do, so they are fetched each time.
KEPT_SECONDS = 600
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class OtherAccountTokens(OpenIDConnectOAuth2Adapter):
    """The talk with one provider: where its pages are, and whether a token is really its own and meant for us."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says about itself; refuses one that gives another name or leads astray."""
        issuer = self.get_provider().app.settings["server_url"]
        key = f"openid:{issuer}"
        found = cache.get(key)
        if found is None:
            found = self._fetched(self.get_provider().server_url)
            plain = [name for name in ENDPOINTS if urlsplit(str(found.get(name))).scheme != urlsplit(issuer).scheme]
            if found.get("issuer") != issuer or plain:
                raise OAuth2Error("the provider describes itself wrongly")
            cache.set(key, found, KEPT_SECONDS)
        return found

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        """Return the account that the token names. Refuses one not signed, not fresh, or meant for another request."""
        id_token = kwargs["response"].get("id_token")
        if not isinstance(id_token, str):
            raise OAuth2Error("no id_token")
        claims = self._decode_id_token(app, id_token)
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            keys = jwt.PyJWKSet.from_dict(self._fetched(self.openid_config["jwks_uri"]))
            claims = jwt.decode(
                id_token,
                keys[jwt.get_unverified_header(id_token).get("kid")].key,
                # Ours, not the token's: it may not choose how it is checked.
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=app.settings["server_url"],
                options={"require": ["exp", "iat", "iss", "aud", "nonce", app.settings["uid_field"]]},
            )
        except (jwt.PyJWTError, KeyError) as wrong:
            raise OAuth2Error("the id_token is wrong") from wrong
        if not self.nonce or claims["nonce"] != self.nonce:
            raise OAuth2Error("the id_token belongs to another request")
        return claims

    def _fetched(self, url: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            response = session.get(url)
            response.raise_for_status()
            found = response.json()
        if not isinstance(found, dict):
            raise OAuth2Error("the provider answers wrongly")
        return found


class OtherAccountProvider(OpenIDConnectProvider):
    """Google, or one tenant of Microsoft."""

    oauth2_adapter_class = OtherAccountTokens
    pkce_enabled_default = True

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> SocialLogin:
        """Return the account named, with everything that the token said about it at hand for this request alone."""
        login = super().sociallogin_from_response(request, response)
        login.claims = response["id_token"]
        return login

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        """Keep the address alone, so that its owner sees which account it is; nothing is decided by it."""
        return {"email": address_in(data["id_token"])}


class ComeBack(OAuth2CallbackView):
    """Where a provider sends people back to: the token must then carry the nonce of the request that led there."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[dict[str, Any] | None, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = ((state or {}).get("data") or {}).get("nonce", "")
        return state, response
