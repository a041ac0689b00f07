"""The secret part of a calendar's address: shown once; the portal keeps a keyed hash of it."""

import secrets

from django.utils.crypto import salted_hmac

# 256 random bits: nobody finds one by trying, however fast.
BYTES = 32


def new_secret() -> str:
    """Return the secret part of a new address."""
    return secrets.token_urlsafe(BYTES)


def hash_of(secret: str) -> str:
    """Return what is kept of an address."""
    return salted_hmac("policies.feeds", secret, algorithm="sha256").hexdigest()
