"""What is settled once for each request: whether the session still lasts, the school worked in, and who must wait."""

import logging
from math import ceil

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib import messages
from django.contrib.auth import SESSION_KEY as SIGNED_IN
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import sessions
from accounts.models import Membership
from accounts.selectors import working_membership
from accounts.services.guesses import TooMany, Wait
from accounts.services.sessions import forget_session

logger = logging.getLogger("accounts.sign_in")

SESSION_KEY = "membership"
# What the school worked in opens, as it was at the last request.
POWERS = "powers"
OVER = {
    sessions.IDLE: "You were signed out because nothing had happened here for a while. Sign in to go on.",
    sessions.LONGEST: "You were signed out because you had been signed in for a whole working day. Sign in to go on.",
}


class SessionLimitsMiddleware:
    """End a session that was idle, or open, for too long; give it a new key after a further step of signing in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SIGNED_IN not in request.session:
            return self.get_response(request)
        now = timezone.now()
        over = sessions.why_over(request.session, now)
        if over:
            forget_session(request.session.session_key)
            logout(request)
            messages.info(request, OVER[over])
            return self.get_response(request)
        sessions.touch(request.session, now)
        key, steps = request.session.session_key, request.session.get(AUTHENTICATION_METHODS_SESSION_KEY)
        response = self.get_response(request)
        same = SIGNED_IN in request.session and request.session.session_key == key
        if same and request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) != steps:
            sessions.rotate(request)
        return response


class WorkingSchoolMiddleware:
    """Set `request.membership`: the post that the person works in now, or None.

    It is looked up in the database each time: a post that has ended or a person who has left loses access on the
    next request. Where the roles are others than at the last request, the session gets a new key.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = None
        if request.user.is_authenticated:
            request.membership = working_membership(request.user, request.session.get(SESSION_KEY))
            self.notice_other_powers(request, request.membership)
        return self.get_response(request)

    def notice_other_powers(self, request: HttpRequest, membership: Membership | None) -> None:
        """Rotate the session where it opens other things than before."""
        powers = [str(membership.school_id), *sorted(membership.roles)] if membership else []
        before = request.session.get(POWERS)
        if powers != before:
            request.session[POWERS] = powers
            if before is not None:
                sessions.rotate(request)


class WaitMiddleware:
    """Answer whoever must wait, for guessing too often or because too much is being checked, with how long."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Turn `Wait` into a page with the status and the header that say so; leave every other fault alone."""
        if not isinstance(fault, Wait):
            return None
        too_many = isinstance(fault, TooMany)
        logger.warning("refused for now: %s", "too many guesses" if too_many else "too many passwords at once")
        shown = {"too_many": too_many, "minutes": ceil(fault.seconds / 60)}
        response = render(request, "accounts/wait.html", shown, status=429 if too_many else 503)
        response["Retry-After"] = str(fault.seconds)
        return response
