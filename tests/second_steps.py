"""Second steps for the people of tests: an app, recovery codes, a passkey, as the library stores them."""

import html
import json
import re
import time

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal.auth import WebAuthn
from fido2.utils import websafe_encode

from accounts.models import User
from accounts.second_step import secrets_of
from tests.passkeys import Passkey

PERIOD = 30


def code_of(secret: str, later: int = 0) -> str:
    """Return the code that an app shows now, or so many codes `later`."""
    return format_hotp_value(hotp_value(secret.replace(" ", ""), int(time.time()) // PERIOD + later))


def give_app(user: User) -> str:
    """Set an app up for somebody, with recovery codes, and return its secret."""
    secret = generate_totp_secret()
    with secrets_of(user):
        TOTP.activate(user, secret)
        RecoveryCodes.activate(user)
    return secret


def codes_of(user: User) -> list[str]:
    """Return the recovery codes that somebody has left."""
    with secrets_of(user):
        return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def give_passkey(user: User, name: str = "My phone") -> tuple[Passkey, Authenticator]:
    """Store a passkey of somebody and return it with its row."""
    passkey = Passkey()
    handle = websafe_encode(user_pk_to_url_str(user).encode())
    asked = {"publicKey": {"user": {"id": handle}, "rp": {"id": "localhost"}, "challenge": "AAAA"}}
    return passkey, WebAuthn.add(user, name, json.loads(passkey.create(asked))).instance


def options_in(response) -> dict:
    """Return what a page asks of the browser's passkeys."""
    return json.loads(html.unescape(re.search(r'data-options="([^"]+)"', response.content.decode())[1]))
