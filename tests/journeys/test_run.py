"""Running the whole portal on one machine: it answers, it stops, and it leaves no process behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from scripts import processes

pytestmark = pytest.mark.journey
SECONDS = 60


class Run:
    """One `make run` on a folder and a port of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as line:
            line.bind(("127.0.0.1", 0))
            self.port = line.getsockname()[1]
        self.data = folder / "data"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DJANGO_"))}
        for name in ("DATABASE_URL", "REDIS_URL", "MAKEFLAGS"):
            kept.pop(name, None)
        self.environment = {
            **kept,
            "ENV_FILE": "",
            "PORT": str(self.port),
            "PORTAL_DATA": str(self.data),
            "PORTAL_DEMO": "0",
            "PORTAL_ENV": "demo",
        }
        self.supervisor: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start, wait until the way in is printed, and give what was printed until then."""
        self.supervisor = self.call("run", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        printed = []
        for line in self.supervisor.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                return "".join(printed)
        raise AssertionError("".join(printed))

    def call(self, act: str, **options) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "scripts.run", act],
            **{"cwd": settings.BASE_DIR, "env": self.environment, "text": True, **options},
        )

    def answer(self) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        line.request("GET", "/healthz")
        return line.getresponse().status

    def left(self) -> set[int]:
        return processes.left_of(str(self.data))

    def log(self, name: str) -> str:
        return (self.data / "logs" / f"{name}.log").read_text()


@pytest.fixture
def run():
    # A short path: the broker's socket lies in it.
    with tempfile.TemporaryDirectory(prefix="portal-") as folder:
        run = Run(Path(folder))
        yield run
        run.call("stop", stdout=subprocess.DEVNULL).wait(SECONDS)


def test_the_portal_answers_and_a_signal_ends_every_process(run):
    printed = run.start()
    assert f"http://localhost:{run.port}" in printed
    assert run.answer() == 200
    assert len(run.left()) >= 5
    run.supervisor.send_signal(signal.SIGINT)
    assert run.supervisor.wait(SECONDS) == 0
    assert run.left() == set()


def test_a_killed_supervisor_takes_its_processes_along_and_the_data_stays(run):
    run.start()
    key = (run.data / "secret-key").read_text()
    run.supervisor.kill()
    run.supervisor.wait(SECONDS)
    assert processes.wait_until(lambda: not run.left(), SECONDS)
    run.start()
    assert run.answer() == 200
    assert (run.data / "secret-key").read_text() == key
    stopped = run.call("stop", stdout=subprocess.PIPE)
    assert stopped.communicate(timeout=SECONDS)[0] == "The portal has stopped.\n"
    assert run.supervisor.wait(SECONDS) == 0
    assert run.left() == set()


def test_a_killed_worker_is_started_again(run):
    run.start()
    workers = {pid for pid in run.left() if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")}
    processes.send(signal.SIGKILL, workers)
    said = next(line for line in run.supervisor.stdout if "ended" in line)
    assert said == "The worker process ended (-9); starting it again.\n"


def test_a_second_run_on_the_same_data_is_refused(run):
    run.start()
    second = run.call("run", stdout=subprocess.PIPE)
    words = second.communicate(timeout=SECONDS)[0]
    assert second.returncode == 1
    assert words.startswith("The portal is running already")


def test_a_port_in_use_is_named(run):
    with socket.socket() as line:
        line.bind(("127.0.0.1", run.port))
        line.listen()
        second = run.call("run", stdout=subprocess.PIPE)
        words = second.communicate(timeout=SECONDS)[0]
    assert second.returncode == 1
    assert words.startswith(f"Port {run.port} is in use.")
