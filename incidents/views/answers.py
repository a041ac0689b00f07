"""What a browser's session keeps of a report on its way: the first answer, and for a while the receipt."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.utils import timezone

from incidents.receipts import receipt_for
from incidents.uploads import ANSWERS

SECRET = "report_secret"
RECEIPT = "report_receipt"
MOST_OPEN_FORMS = 10
RECEIPT_SHOWN_FOR = timedelta(minutes=20)


def remember(request: HttpRequest, answer: str) -> UUID:
    """Bind the first answer to a new form and return the token of that form."""
    token = uuid4()
    answers = list(request.session.get(ANSWERS, {}).items())[-(MOST_OPEN_FORMS - 1) :]
    request.session[ANSWERS] = dict([*answers, (str(token), answer)])
    request.session.setdefault(SECRET, secrets.token_hex(16))
    return token


def answer_of(request: HttpRequest, token: UUID) -> str | None:
    """Return the first answer that this session gave for the form, or None: another session's form is none of ours."""
    return request.session.get(ANSWERS, {}).get(str(token))


def receipt_of(request: HttpRequest, token: UUID) -> str:
    """Return the receipt of this form in this session, the same however often it is asked for."""
    return receipt_for(str(token), request.session[SECRET])


def show_receipt(request: HttpRequest, receipt: str, *, to_a_child: bool, unsaved_files: tuple[str, ...] = ()) -> None:
    """Keep a receipt for the page that shows it."""
    request.session[RECEIPT] = {
        "receipt": receipt,
        "to_a_child": to_a_child,
        "unsaved_files": list(unsaved_files),
        "at": timezone.now().isoformat(),
    }


def receipt_to_show(request: HttpRequest) -> dict[str, Any] | None:
    """Return the receipt just issued, for as long as somebody needs to write it down."""
    kept = request.session.get(RECEIPT)
    if kept and timezone.now() - datetime.fromisoformat(kept["at"]) > RECEIPT_SHOWN_FOR:
        forget_receipt(request)
        return None
    return kept


def forget_receipt(request: HttpRequest) -> None:
    """Drop the receipt from the session, so that the next person at this device does not find it."""
    request.session.pop(RECEIPT, None)
