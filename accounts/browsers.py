"""What is known of the browser that asks: its network address, and whom it signed in before."""

from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.services.guesses import key_of, same

SALT = "accounts.browsers"
LASTS = timedelta(days=180)
# A computer that many use, such as the staff room's, knows the latest of them.
MOST_PEOPLE = 20
UNKNOWN = "unknown"


def address_of(request: HttpRequest) -> str:
    """Return the network that the request came from: one address, or under IPv6 the network that one line is given.

    What a request says of itself in X-Forwarded-For counts only behind a proxy, which writes the last entry.
    """
    said = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        said = request.headers.get("X-Forwarded-For", said).rpartition(",")[2]
    try:
        address = ip_address(said.strip())
    except ValueError:
        return UNKNOWN
    return str(address) if address.version == 4 else str(ip_network((address, 64), strict=False))


def known_browser(request: HttpRequest, email: str) -> str:
    """Return the mark of this browser when it has signed this address in before, else ""."""
    kept = _kept(request)
    return kept["browser"] if _mark_of(email) in kept["people"] else ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser know that it signed this person in, by a cookie that names nobody and opens nothing."""
    kept = _kept(request)
    mine = _mark_of(user.email)
    kept["people"] = [mine, *(person for person in kept["people"] if person != mine)][:MOST_PEOPLE]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps(kept, salt=SALT),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _mark_of(email: str) -> str:
    return key_of("browser", same(email))[:24]


def _kept(request: HttpRequest) -> dict:
    """Return what the browser's cookie says, or that of a new browser."""
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        return signing.loads(cookie, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return {"browser": get_random_string(22), "people": []}
