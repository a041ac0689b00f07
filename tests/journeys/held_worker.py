"""A real worker that stops at one point of its work, to be killed there: the entry of a test, not of the product.

    python -m tests.journeys.held_worker POINT CALL FILE

At call number CALL of the point it writes FILE and waits for ever.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from django.core.mail import EmailMessage  # noqa: E402

from policies import notifications, owed  # noqa: E402
from policyportal.celery import app  # noqa: E402
from policyportal.lib import outbox  # noqa: E402

# Where to stop: whose function, its name, and whether before or after it.
POINTS = {
    "while reminders are recorded": (notifications, "reminders_recorded", "before"),
    "before the claim": (outbox, "_claim", "before"),
    "after the claim": (outbox, "_claim", "after"),
    "before the mail leaves": (EmailMessage, "send", "before"),
    "after the mail has left, before that is stored": (EmailMessage, "send", "after"),
}


def hold(point: str, call: int, reached: Path) -> None:
    """Make the function at `point` stop for ever at its call number `call`."""
    owner, name, when = POINTS[point]
    real: Callable = getattr(owner, name)
    calls = 0

    def held(*args, **kwargs):
        nonlocal calls
        calls += 1
        if calls != call:
            return real(*args, **kwargs)
        result = real(*args, **kwargs) if when == "after" else None
        reached.touch()
        while True:
            time.sleep(60)
        return result

    setattr(owner, name, held)


if __name__ == "__main__":
    # So that many batches are recorded, and the worker dies between two of them.
    owed.BATCH = 2
    hold(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    app.worker_main(["worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "WARNING"])
