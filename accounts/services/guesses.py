"""Guesses at something secret: counted in the database before anything is checked, so that a restart forgets none.

    ask("second step", str(user.pk))       raises TooMany when there were too many; otherwise this one is counted
    forgive(guesses)                       the guess was right, so it was none

Whoever asks does so outside a transaction: a guess that is rolled back was never counted. `TooMany` and `Busy` need
no handling in a view: the portal answers them with a page that says how long to wait.
"""

import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from math import ceil
from typing import NamedTuple

from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Guess


class Limit(NamedTuple):
    """How many guesses are open within how long."""

    most: int
    within: timedelta


FIVE_MINUTES = timedelta(minutes=5)
LIMITS = {
    # At one person's password, by browsers that never signed them in: whoever they are, known here or not.
    "sign-in": Limit(10, FIVE_MINUTES),
    # At one person's password, by one browser that signed them in before: strangers cannot use these up.
    "known browser": Limit(10, FIVE_MINUTES),
    # From one network address, at whomever. High: a whole school stands behind one address.
    "address": Limit(100, FIVE_MINUTES),
    "reset": Limit(5, timedelta(minutes=15)),
    "second step": Limit(5, FIVE_MINUTES),
    "invitation": Limit(10, FIVE_MINUTES),
    # At the code of an empty portal, by everybody together.
    "set-up": Limit(10, FIVE_MINUTES),
}
KEPT_FOR = timedelta(days=1)

# A password's hash is slow by design: more than two at once would take the processors away from everybody else.
HASHES_AT_ONCE = 2
LONGEST_WAIT_FOR_A_HASH = 5.0
_hashing = threading.BoundedSemaphore(HASHES_AT_ONCE)


class Wait(Exception):
    """Not now: ask again after so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds


class TooMany(Wait):
    """Too many guesses were made already."""


class Busy(Wait):
    """Too many passwords are being checked at this moment."""


def same(email: str) -> str:
    """Return an e-mail address as it is counted: however it was typed, it is one."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def key_of(kind: str, what: str) -> str:
    """Return what stands in the table for `what`: from it alone nobody learns whose it is."""
    return salted_hmac(f"accounts.guesses.{kind}", what, algorithm="sha256").hexdigest()


def ask(kind: str, what: str) -> Guess:
    """Count one guess of this kind at `what`, known here or not, and return it.

    Raises TooMany when the limit is used up; a guess refused so is not counted, so that hammering prolongs nothing.
    Several at the same moment may all be refused, and never are more let through.
    """
    limit, now = LIMITS[kind], timezone.now()
    guess = Guess.objects.create(kind=kind, key=key_of(kind, what), at=now)
    others = Guess.objects.filter(kind=kind, key=guess.key, at__gt=now - limit.within).exclude(pk=guess.pk)
    times = list(others.order_by("-at").values_list("at", flat=True)[: limit.most])
    if len(times) < limit.most:
        return guess
    guess.delete()
    raise TooMany(max(1, ceil((times[-1] + limit.within - now).total_seconds())))


def ask_stranger(kind: str, what: str, address: str) -> list[Guess]:
    """Count a guess by a browser that nobody knows, against `what` and against its network address."""
    guesses = [ask(kind, what)]
    try:
        return [*guesses, ask("address", address)]
    except TooMany:
        # Whoever tries everybody's door must not lock them.
        forgive(guesses)
        raise


def ask_to_sign_in(*, email: str, address: str, browser: str) -> list[Guess]:
    """Count a guess at the password of `email`. `browser` is the one that signed them in before, or ""."""
    if browser:
        return [ask("known browser", f"{browser} {same(email)}")]
    return ask_stranger("sign-in", same(email), address)


def forgive(guesses: Iterable[Guess]) -> None:
    """Take back guesses that were right, or that were refused for another reason."""
    for guess in guesses:
        guess.delete()


def forget_old_guesses() -> int:
    """Remove guesses that no limit asks about any more; return how many."""
    return Guess.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]


@contextmanager
def hashing() -> Iterator[None]:
    """Hold one of the few places for working out a password's hash; raises Busy when none comes free in time."""
    if not _hashing.acquire(timeout=LONGEST_WAIT_FOR_A_HASH):
        raise Busy(seconds=int(LONGEST_WAIT_FOR_A_HASH))
    try:
        yield
    finally:
        _hashing.release()
