"""The second step in a session: whether it was taken, whether it is owed, and whose secret is being kept or read."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.models import User
from accounts.rules import second_step_needed_from
from policyportal.lib.dates import today

# What the sign-in library calls anything beyond a password: a code, a recovery code, a passkey.
METHOD = "mfa"
_owner: ContextVar[UUID | None] = ContextVar("owner of the secrets", default=None)


@contextmanager
def secrets_of(user: User) -> Iterator[None]:
    """Keep and read secrets as those of `user`, who need not be signed in yet."""
    mark = _owner.set(user.pk)
    try:
        yield
    finally:
        _owner.reset(mark)


def context_of(owner: UUID) -> str:
    """Return what the secrets of a person's second steps are bound to."""
    return f"second step:{owner}"


def context_in_hand() -> str:
    """Return what a secret kept or read now is bound to: to the person it is done for, else to who is signed in."""
    owner = _owner.get() or getattr(getattr(context.request, "user", None), "pk", None)
    if owner is None:
        raise LookupError("a secret of nobody's")
    return context_of(owner)


def second_steps_of(user: User) -> QuerySet:
    """Return the app, the recovery codes and the passkeys of `user`, and of nobody else."""
    return Authenticator.objects.filter(user_id=user.pk)


def took_second_step(request: HttpRequest) -> bool:
    """Tell whether whoever is signed in gave more than a password in this session."""
    return any(record.get("method") == METHOD for record in get_authentication_records(request, request.user))


def signed_in_just_now(request: HttpRequest) -> bool:
    """Tell whether the person said who they are, by any means, so short a time ago that they need not again."""
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < REAUTHENTICATION_TIMEOUT for record in records)


def record_second_step(request: HttpRequest, authenticator: Authenticator) -> None:
    """Count setting a second step up as having taken it: the person has just shown that they hold it."""
    record_authentication(request, request.user, METHOD, id=authenticator.pk, type=authenticator.type)


def second_step_owed(request: HttpRequest) -> bool:
    """Tell whether this person may open nothing more here until they took a second step."""
    start = second_step_needed_from(request.membership) if request.membership else None
    return start is not None and start <= today() and not took_second_step(request)


def days_of_grace_end(request: HttpRequest) -> date | None:
    """Return the day from which the second step will be needed, while it is not yet taken nor owed; else None."""
    start = second_step_needed_from(request.membership) if request.membership else None
    return start if start is not None and start > today() and not took_second_step(request) else None


def second_step_asked_for(request: HttpRequest) -> bool:
    """Tell whether what is confidential must wait for a second step, which knows no days of grace."""
    return not request.membership.school.is_demo and not took_second_step(request)


def lead_to_second_step(request: HttpRequest, back_to: str) -> HttpResponseRedirect:
    """Lead to giving the second step, or to setting one up, and from there back to where the person was going."""
    types = set(second_steps_of(request.user).values_list("type", flat=True))
    if not types:
        page = "mfa_index"
    elif Authenticator.Type.TOTP in types:
        page = "mfa_reauthenticate"
    else:
        page = "mfa_reauthenticate_webauthn"
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': back_to})}")


class SecondStepMiddleware:
    """Lead whoever owes a second step to setting it up or giving it, from every page that is not public.

    While the days of grace last, `request.second_step_needed_from` is the day on which they end.
    """

    # Where somebody who owes it may go besides the pages of the second step: to another school, away, and to what is
    # about their own sign-in alone.
    OPEN = frozenset(
        {
            "accounts:school_choose",
            "account_logout",
            "account_reauthenticate",
            "account_change_password",
            "account_set_password",
            "socialaccount_connections",
            "usersessions_list",
            "session_alive",
        }
    )

    # What changes or shows second steps: whoever has one gives it before.
    CHANGES = frozenset(
        {
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_add_webauthn",
            "mfa_edit_webauthn",
            "mfa_remove_webauthn",
        }
    )

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.second_step_needed_from = None
        if request.membership:
            request.membership.confidential_waits = second_step_asked_for(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        """Answer in place of the view where the second step is owed."""
        page = request.resolver_match.view_name or ""
        public = not getattr(view, "login_required", True)
        if public or (page.startswith("mfa_") and page not in self.CHANGES):
            return None
        if page in self.CHANGES:
            # Else whoever knows the password could add a second step of their own beside the person's.
            owed = not took_second_step(request) and second_steps_of(request.user).exists()
        else:
            request.second_step_needed_from = days_of_grace_end(request)
            owed = page not in self.OPEN and second_step_owed(request)
        if not owed:
            return None
        home = reverse(settings.LOGIN_REDIRECT_URL)
        return lead_to_second_step(request, request.get_full_path() if request.method == "GET" else home)
