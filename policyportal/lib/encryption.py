"""Secrets kept in the database: encrypted for one place, refused anywhere else, moved to a new key without a pause.

AES-256-GCM with the context (what it is and whose) as associated data: a secret copied into another row is refused
there. The first of `ENCRYPTION_KEYS` encrypts, every one of them still reads what it encrypted.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = "v1"
NONCE = 12
KEY_LENGTH = 32


class Unreadable(Exception):
    """A kept secret that no key of the portal opens in this place; what is stored stays as it is."""


@dataclass(frozen=True)
class Store:
    """One kind of secret kept, as the change of keys sees it.

    `waiting(prefix)` gives the ids of rows whose secret does not begin with `prefix`; `rewrite(id)` encrypts one of
    them anew with the first key, in a transaction of its own. It raises Unreadable and changes nothing.
    """

    name: str
    waiting: Callable[[str], Iterable]
    rewrite: Callable[[object], None]


def encrypt(text: str, *, context: str) -> str:
    """Return `text` as a token that only `decrypt` with the same `context` opens; never the same token twice."""
    prefix, key = _current()
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), _bound(prefix, context))
    return prefix + base64.urlsafe_b64encode(nonce + sealed).decode()


def decrypt(token: str, *, context: str) -> str:
    """Return the text of a token. Raises Unreadable for another context, a changed token, and a key that is gone."""
    prefix, body = _parts(token)
    key = dict(_keys()).get(prefix)
    if key is None:
        raise Unreadable("The key that encrypted this is not among ENCRYPTION_KEYS.")
    try:
        raw = base64.urlsafe_b64decode(body.encode("ascii"))
        # The same bytes may be written in more than one way; only the one that was stored is taken.
        if base64.urlsafe_b64encode(raw).decode() != body:
            raise Unreadable("This is not what was stored.")
        return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], _bound(prefix, context)).decode()
    except (InvalidTag, binascii.Error, ValueError) as fault:
        raise Unreadable("This was changed, or belongs somewhere else.") from fault


def reencrypt(token: str, *, context: str) -> str:
    """Return the token encrypted with the first key; the same token where it already is. Raises Unreadable."""
    text = decrypt(token, context=context)
    return token if token.startswith(current_prefix()) else encrypt(text, context=context)


def current_prefix() -> str:
    """Return how tokens of the first key begin."""
    return _current()[0]


def rotate(stores: Iterable[Store]) -> dict[str, tuple[int, int, int]]:
    """Encrypt with the first key whatever another one encrypted; return (rewritten, unreadable, remaining) by store.

    It may be stopped anywhere and started again: each row is changed on its own, and one already done is not asked
    for again. What cannot be read stays as it is and is counted.
    """
    done = {}
    for store in stores:
        rewritten = unreadable = 0
        for pk in list(store.waiting(current_prefix())):
            try:
                store.rewrite(pk)
                rewritten += 1
            except Unreadable:
                unreadable += 1
        done[store.name] = (rewritten, unreadable, len(list(store.waiting(current_prefix()))))
    return done


def _parts(token: str) -> tuple[str, str]:
    version, _, rest = token.partition(".")
    key_id, dot, body = rest.partition(".")
    if version != VERSION or not dot:
        raise Unreadable("This is not an encrypted secret.")
    return f"{version}.{key_id}.", body


def _bound(prefix: str, context: str) -> bytes:
    if not context:
        raise ValueError("a secret is encrypted for a context")
    return (prefix + context).encode()


def _current() -> tuple[str, bytes]:
    return _keys()[0]


def _keys() -> list[tuple[str, bytes]]:
    """Return each key as what its tokens begin with and its 256 bits, the first one first."""
    written = tuple(key.strip() for key in settings.ENCRYPTION_KEYS if key.strip())
    if not written:
        raise ImproperlyConfigured("ENCRYPTION_KEYS is empty. Without its keys the portal can keep no secrets.")
    return [_derived(key) for key in written]


@cache
def _derived(written: str) -> tuple[str, bytes]:
    key = HKDF(SHA256(), KEY_LENGTH, salt=None, info=b"policyportal kept secrets").derive(written.encode())
    return f"{VERSION}.{hashlib.sha256(b'key id' + key).hexdigest()[:8]}.", key
