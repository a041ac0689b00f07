"""A portal of its own on a free port with a folder thrown away afterwards, for measuring and for picturing."""

import atexit
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

from scripts.processes import start, wait_until

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0


def scratch_environment(kind: str) -> Path:
    """Point this process and its children at an empty folder and a database in it; return the folder.

    Called before Django is set up. `kind` is a PORTAL_ENV. The folder goes when this process ends.
    """
    folder = Path(tempfile.mkdtemp(prefix="portal-scratch-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "policyportal.settings",
            "ENV_FILE": "",
            "PORTAL_ENV": kind,
            "PORTAL_DATA": str(folder),
            "REDIS_URL": "",
        }
    )
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'portal.sqlite3'}")
    os.environ.pop("DEBUG", None)
    return folder


@contextmanager
def served(folder: Path, *, workers: int = 2) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run the portal on a free port; give the port and the process, and end it afterwards."""
    with create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    web = start(
        [
            *(sys.executable, "-m", "gunicorn", "policyportal.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", str(workers), "--threads", "1"),
        ],
        folder / "web.log",
        cwd=ROOT,
    )
    try:
        if not wait_until(lambda: answers(port), PATIENCE):
            raise RuntimeError((folder / "web.log").read_text())
        yield port, web
    finally:
        web.terminate()
        web.wait()


def answers(port: int) -> bool:
    """Tell whether the portal answers on this port."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()
