"""Runs the whole portal on one machine: broker, web, worker and beat; and stops it."""

import argparse
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from scripts import broker, processes

BIN = Path(sys.executable).parent
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 12.0


class Stopped(Exception):
    """Somebody asked the run to end."""


def say(words: str) -> None:
    """Print at once, also into a pipe."""
    print(words, flush=True)


def ask_to_stop(number: int, frame: FrameType | None) -> None:
    """Turn a signal into the end of the run; a second one changes nothing."""
    ignore_signals()
    raise Stopped


def ignore_signals() -> None:
    """Let nobody interrupt the stopping itself."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)


class Portal:
    """One run of the portal on one data folder."""

    def __init__(self) -> None:
        """Read the settings, which refuse what they do not understand."""
        self.data: Path = settings.DATA_DIR
        self.lock = (self.data / "run.lock").open("a+")
        (self.data / "logs").mkdir(exist_ok=True)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def commands(self) -> dict[str, list[str]]:
        """Give the command of each process, in the order of starting."""
        celery = [str(BIN / "celery"), "--app", "policyportal", "--quiet"]
        found = {
            "web": [
                *(str(BIN / "gunicorn"), "policyportal.wsgi", "--bind", f"127.0.0.1:{settings.PORT}"),
                *("--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--log-level", "warning"),
                "--no-control-socket",
            ],
            "worker": [
                *(*celery, "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "WARNING"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ],
            "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile="],
        }
        if not settings.REDIS_URL:
            found = {"broker": broker.command(settings.BROKER_SOCKET, keep=True)} | found
        return found

    def run(self) -> int:
        """Prepare the data, start everything, print the way in, and stay until told to stop."""
        if not self.claim():
            say("The portal is running already on this data. `make stop` ends it.")
            return 1
        self.sign()
        self.clean_up()
        if self.web_answers():
            say(f"Port {settings.PORT} is in use. Choose another: make run PORT=8001")
            return 1
        os.environ[processes.MARK] = str(self.data)
        for each in SIGNALS:
            signal.signal(each, ask_to_stop)
        try:
            self.start()
            self.watch()
        except Stopped:
            say("\nStopping ...")
        except subprocess.CalledProcessError as error:
            return error.returncode
        except (ChildProcessError, ValueError) as error:
            say(str(error))
            return 1
        finally:
            self.stop()
        return 0

    def claim(self) -> bool:
        """Take the lock that the kernel frees when its holder dies; says no when another holds it."""
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def sign(self) -> None:
        """Write into the lock who holds it."""
        self.lock.truncate(0)
        self.lock.write(str(os.getpid()))
        self.lock.flush()

    def start(self) -> None:
        """Bring the data up to date, start each process and wait for those that others stand on."""
        sign_ins = self.data / "sign-ins.txt"
        subprocess.run([sys.executable, "-m", "scripts.prepare", str(sign_ins)], check=True)
        for name, arguments in self.commands().items():
            process = self.running[name] = processes.start(arguments, self.log(name))
            processes.wait_until(lambda name=name, process=process: self.ready(name) or process.poll() is not None, 30)
            if process.poll() is not None or not self.ready(name):
                raise ChildProcessError(f"The {name} process did not start. Its last words:\n{self.last_words(name)}")
        say(f"\nThe portal is open at {settings.PORTAL_URL}\n{sign_ins.read_text()}")
        say(f"Logs are in {self.log('*').parent}. Ctrl-C or `make stop` ends it.")

    def log(self, name: str) -> Path:
        """Give the file that a process writes to."""
        return self.data / "logs" / f"{name}.log"

    def last_words(self, name: str) -> str:
        """Give the end of a process's log."""
        return "\n".join(self.log(name).read_text(errors="replace").splitlines()[-15:])

    def ready(self, name: str) -> bool:
        """Say whether a started process does its work; only those that others wait for can tell."""
        if name == "broker":
            return broker.answers(settings.BROKER_SOCKET)
        return name != "web" or self.web_answers()

    def web_answers(self) -> bool:
        """Say whether something listens on the port."""
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", settings.PORT)) == 0

    def watch(self) -> None:
        """Start again whatever ended; gives up on what ends five times within a minute."""
        ended: dict[str, list[float]] = {}
        while True:
            time.sleep(1)
            for name, process in self.running.items():
                if process.poll() is None:
                    continue
                now = time.monotonic()
                ended[name] = [t for t in ended.get(name, []) if now - t < 60] + [now]
                if len(ended[name]) >= 5:
                    raise ChildProcessError(
                        f"The {name} process ended five times in a minute:\n{self.last_words(name)}"
                    )
                say(f"The {name} process ended ({process.returncode}); starting it again.")
                self.running[name] = processes.start(self.commands()[name], self.log(name))

    def stop(self) -> None:
        """End every process, last started first, then whatever any of them left behind."""
        ignore_signals()
        last = time.monotonic() + GRACE
        for process in reversed(self.running.values()):
            process.terminate()
            try:
                process.wait(max(0.1, last - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.clean_up()

    def clean_up(self) -> bool:
        """End what a run of this data folder left behind; asks first, then insists. Says whether there was any."""
        left = processes.left_of(str(self.data))
        for number, seconds in ((signal.SIGTERM, GRACE), (signal.SIGKILL, 5.0)):
            processes.send(number, processes.left_of(str(self.data)))
            if processes.wait_until(lambda: not processes.left_of(str(self.data)), seconds):
                break
        return bool(left)

    def stop_other(self) -> int:
        """End the run on this data, or what is left of it when its supervisor was killed."""
        was_running = False
        if not self.claim():
            was_running = True
            self.lock.seek(0)
            os.kill(int(self.lock.read()), signal.SIGTERM)
            processes.wait_until(self.claim, GRACE + 10)
        was_running |= self.clean_up()
        say("The portal has stopped." if was_running else "The portal was not running.")
        return 0


def main() -> int:
    """Run or stop, as the command line says; a refusal is one sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=("run", "stop"))
    act = parser.parse_args().act
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "policyportal.settings")
    try:
        portal = Portal()
    except ImproperlyConfigured as refusal:
        say(str(refusal))
        return 2
    return portal.run() if act == "run" else portal.stop_other()


if __name__ == "__main__":
    sys.exit(main())
