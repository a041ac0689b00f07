"""Receipts: sixteen characters that only the reporter has; the portal keeps a keyed hash of them."""

import hmac
import secrets
from hashlib import sha256

from django.conf import settings
from django.utils.crypto import salted_hmac

# Crockford's alphabet: no letter that looks like another or like a digit.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
ALIKE = str.maketrans("OIL", "011", " -–")


def new_receipt() -> str:
    """Return a random receipt of 80 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def receipt_for(form_token: str, secret: str) -> str:
    """Return the receipt of one form in one session: the same form sent twice gives the same receipt there."""
    digest = hmac.new(f"{settings.SECRET_KEY}:{secret}".encode(), form_token.encode(), sha256).digest()
    number = int.from_bytes(digest[:10], "big")
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(LENGTH))


def normalised(typed: str) -> str:
    """Return a receipt as it was issued, however it was typed."""
    return typed.strip().upper().translate(ALIKE)


def in_groups(receipt: str) -> str:
    """Return a receipt as people copy it: in groups of four."""
    return " ".join(receipt[place : place + 4] for place in range(0, len(receipt), 4))


def hash_of(receipt: str) -> str:
    """Return what is kept of a receipt."""
    return salted_hmac("incidents.receipts", normalised(receipt), algorithm="sha256").hexdigest()
