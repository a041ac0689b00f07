"""Starting processes that cannot outlive their parent, and finding those that did."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

# Every process that a run starts carries this in its environment, with the data folder as value.
MARK = "POLICYPORTAL_RUN"
SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in <linux/prctl.h>
# Bytes; a log past this begins anew with the next start.
FULL_LOG = 5_000_000
libc = ctypes.CDLL(None)


def start(
    arguments: list[str], log: Path, farewell: signal.Signals = signal.SIGTERM, **options: Any
) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, writing to the log.

    The kernel sends it the farewell when this process dies, however that happens.
    """
    with log.open("ab" if log.exists() and log.stat().st_size < FULL_LOG else "wb") as written:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: libc.prctl(SET_DEATH_SIGNAL, farewell),
            **options,
        )


def wait_until(ready: Callable[[], bool], seconds: float) -> bool:
    """Return True as soon as `ready` says so, or False when the seconds have passed."""
    last = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > last:
            return False
        time.sleep(0.05)
    return True


def left_of(run: str) -> set[int]:
    """Give the ids of the living processes that carry the run's mark."""
    mark = f"{MARK}={run}".encode()
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.add(int(entry.name))
            except OSError:
                # Gone meanwhile, or somebody else's.
                continue
    return found


def send(number: signal.Signals, pids: Iterable[int]) -> None:
    """Send the signal to each process that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
