"""Where somebody is signed in: every session of theirs, listed and ended by them or by what happened to them."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from accounts.services.guesses import key_of

# The first that fits: most browsers name several others too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("CrOS", "a Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "a Mac"),
    ("Linux", "Linux"),
)


class SignedIn(NamedTuple):
    """One browser in which somebody is signed in. `handle` names it on the page, and opens nothing."""

    handle: str
    browser: str
    since: datetime
    seen: datetime
    is_this: bool


def sessions_of(user: User, this: str) -> list[SignedIn]:
    """Return where `user` is signed in, the latest first; `this` is the key of the session that asks."""
    now = timezone.now()
    rows = UserSession.objects.filter(
        user=user, last_seen_at__gt=now - settings.SESSION_IDLE, created_at__gt=now - settings.SESSION_LONGEST
    ).order_by("-last_seen_at")
    rows = list(rows)
    kept = Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=now)
    open_keys = set(kept.values_list("session_key", flat=True))
    return [
        SignedIn(
            handle=_handle(row.session_key),
            browser=in_words(row.user_agent),
            since=row.created_at,
            seen=row.last_seen_at,
            is_this=row.session_key == this,
        )
        for row in rows
        if row.session_key in open_keys
    ]


def in_words(user_agent: str) -> str:
    """Return a browser in words, from what it says of itself: "Firefox on Windows"."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    machine = next((name for mark, name in MACHINES if mark in user_agent), "")
    if not browser:
        return f"A browser on {machine}" if machine else "A browser"
    return f"{browser} on {machine}" if machine else browser


def end_session(user: User, handle: str, but: str) -> int:
    """End the one session of `user` with this handle, unless its key is `but`; return how many that were."""
    others = UserSession.objects.filter(user=user).exclude(session_key=but)
    return _end(row for row in others if _handle(row.session_key) == handle)


def end_sessions(user: User, but: str = "") -> int:
    """End every session of `user`, except the one with the key `but`; return how many. The next request is refused."""
    return _end(UserSession.objects.filter(user=user).exclude(session_key=but))


def note_session(key: str, was: str = "", *, seen: datetime) -> None:
    """Keep the list of sessions in step: one was seen, under a new key where it `was` under another."""
    UserSession.objects.filter(session_key=was or key).update(session_key=key, last_seen_at=seen)


def forget_session(key: str) -> None:
    """Take a session off the list: it was ended by other means."""
    UserSession.objects.filter(session_key=key).delete()


def forget_old_sessions() -> int:
    """Remove sessions whose time is over, and where they stood on the list; return how many."""
    SessionStore.clear_expired()
    return UserSession.objects.filter(created_at__lt=timezone.now() - settings.SESSION_LONGEST).delete()[0]


def _handle(session_key: str) -> str:
    return key_of("session", session_key)[:24]


def _end(rows: Iterable[UserSession]) -> int:
    ended = 0
    for row in rows:
        row.end()
        ended += 1
    return ended
