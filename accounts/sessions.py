"""How long a session lasts, and when its key changes."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from accounts.services.sessions import note_session

SINCE, SEEN = "since", "seen"
WRITTEN_EVERY = 60
IDLE, LONGEST = "idle", "longest"


def begin(request: HttpRequest) -> None:
    """Start the clocks of a session in which somebody has just signed in, and list it as theirs."""
    request.session[SINCE] = request.session[SEEN] = timezone.now().timestamp()
    UserSession.objects.create_from_request(request)


def why_over(session: SessionBase, now: datetime) -> str:
    """Return which limit a session has passed, or ""."""
    if now.timestamp() - session.get(SINCE, now.timestamp()) >= settings.SESSION_LONGEST.total_seconds():
        return LONGEST
    if now.timestamp() - session.get(SEEN, now.timestamp()) >= settings.SESSION_IDLE.total_seconds():
        return IDLE
    return ""


def touch(session: SessionBase, now: datetime) -> None:
    """Note that somebody is still there, at most once a minute."""
    if now.timestamp() - session.get(SEEN, 0) < WRITTEN_EVERY:
        return
    session[SEEN] = now.timestamp()
    session.setdefault(SINCE, now.timestamp())
    note_session(session.session_key, seen=now)


def rotate(request: HttpRequest) -> None:
    """Give the session a new key, because what it opens has changed; the old key opens nothing any more."""
    was = request.session.session_key
    request.session.cycle_key()
    note_session(request.session.session_key, was, seen=timezone.now())
