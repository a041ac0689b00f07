"""Brings the data of a run up to date: tables, static files and the demo schools."""

import io
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import django
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands


def step(words: str, act: Callable[[], object]) -> None:
    """Say what is being done, do it, and say how long it took."""
    print(f"{words} ...", end=" ", flush=True)
    begun = time.monotonic()
    act()
    print(f"{time.monotonic() - begun:.1f} s", flush=True)


def prepare(sign_ins: Path) -> None:
    """Bring everything up to date and leave the way in in the file, for the supervisor to print.

    That is the demo's sign-ins, or the code with which an empty portal is set up.
    """
    django.setup()
    step("Bringing the tables up to date", lambda: call_command("migrate", interactive=False, verbosity=0))
    step("Collecting static files", lambda: call_command("collectstatic", interactive=False, verbosity=0))
    words = io.StringIO()
    if settings.PORTAL_DEMO and "demo" in get_commands():
        step("Making the demo schools", lambda: call_command("demo", stdout=io.StringIO()))
        call_command("demo", show=True, stdout=words)
    else:
        # Where somebody is registered there is nothing to set up.
        with suppress(CommandError):
            call_command("set_up_code", stdout=words)
    sign_ins.write_text(words.getvalue())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "policyportal.settings")
    prepare(Path(sys.argv[1]))
