"""The seal of one row: what the portal's own key says of a row's columns, the same after any database read it back."""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.timezone import is_naive, make_aware

NONCE_BYTES = 16
FINGERPRINT_LENGTH = 8


@cache
def _key(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), f"policyportal history {purpose}".encode(), "sha256")


def mac(purpose: str, text: str) -> bytes:
    """Return what the key of this purpose says of `text`; each purpose has a key of its own."""
    return hmac.digest(_key(settings.AUDIT_KEY, purpose), text.encode(), "sha256")


def canonical(values: Any) -> str:
    """Return values as one text, in which nothing depends on the database, the time zone or the order of keys."""
    return json.dumps(values, default=_plain, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> str:
    """Return a value that JSON does not know as a text."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        aware = make_aware(value) if is_naive(value) else value
        return aware.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value // timedelta(microseconds=1))
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _number(text: str) -> float | int:
    """Read a number as both databases give it back: one of them knows no 1.0."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _document(value: Any) -> Any:
    """Return a JSON document as any database tells it: keys are texts, tuples are lists."""
    return json.loads(json.dumps(value), parse_float=_number) if value else value


@dataclass(frozen=True)
class Form:
    """The columns that the rows of one table are sealed with."""

    table: str
    columns: tuple[str, ...]
    fingerprint: str
    documents: tuple[int, ...]

    def text_of(self, values: Iterable[Any]) -> str:
        """Return the canonical text of a row's values, given in the order of the columns as they were read."""
        values = list(values)
        for place in self.documents:
            values[place] = _document(values[place])
        return canonical([self.table, self.columns, values])

    def seal(self, text: str, nonce: str = "") -> str:
        """Return the seal of a canonical text: the form's fingerprint, a nonce and what the key says of both."""
        nonce = nonce or _short(secrets.token_bytes(NONCE_BYTES))
        return f"{self.fingerprint}.{nonce}.{_short(mac('row', f'{nonce}.{text}'))}"

    def is_seal_of(self, seal: str, text: str) -> bool:
        """Tell whether `seal` is the portal's own on this text."""
        nonce = seal.split(".")[1] if seal.count(".") == 2 else ""
        return bool(nonce) and hmac.compare_digest(self.seal(text, nonce).encode(), seal.encode())


def _short(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


@cache
def form_of(model: type[models.Model], columns: tuple[str, ...] | None = None) -> Form:
    """Return the form of a sealed table: all of its columns today, or these that it had once.

    The seal is not sealed, nor a number that the database gives out only as it stores the row.
    """
    if columns is None:
        fields = [field for field in model._meta.concrete_fields if field.name != model.SEAL]
        columns = tuple(sorted(f.attname for f in fields if not isinstance(f, models.AutoField | models.BigAutoField)))
    documents = tuple(
        place for place, name in enumerate(columns) if isinstance(model._meta.get_field(name), models.JSONField)
    )
    table = model._meta.db_table
    fingerprint = hashlib.sha256(canonical([table, columns]).encode()).hexdigest()[:FINGERPRINT_LENGTH]
    return Form(table, columns, fingerprint, documents)


@cache
def _readers(model: type[models.Model]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """Return, for each column of the form, what turns a value set by hand into the one that is read back."""
    fields = [model._meta.get_field(name) for name in form_of(model).columns]
    return tuple((field.attname, _reader(field)) for field in fields)


def _reader(field: models.Field) -> Callable[[Any], Any]:
    if isinstance(field, models.JSONField):
        return lambda value: json.loads(json.dumps(value, cls=field.encoder))
    return _reader(field.target_field) if field.is_relation else field.to_python


def text_of(row: models.Model) -> str:
    """Return the canonical text of a row that is about to be stored."""
    form = form_of(type(row))
    return form.text_of(reader(getattr(row, name)) for name, reader in _readers(type(row)))


def seal_of(row: models.Model) -> str:
    """Return a new seal for a row that is about to be stored."""
    return form_of(type(row)).seal(text_of(row))
