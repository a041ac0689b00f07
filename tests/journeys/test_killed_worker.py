"""A worker killed with -9 at each point of a reminder run: nothing is lost, nothing is doubled."""

import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing, contextmanager
from pathlib import Path
from socket import create_server
from urllib.parse import urlsplit

import psycopg2
import pytest
from aiosmtpd.controller import Controller
from django.conf import settings

from scripts import broker
from scripts.processes import start, wait_until
from tests.journeys.held_worker import POINTS

pytestmark = pytest.mark.journey
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


class Mailbox:
    """A mail server that remembers the Message-ID of everything it accepted."""

    def __init__(self):
        self.accepted: Counter[str] = Counter()

    async def handle_DATA(self, server, session, envelope):
        head = envelope.content.decode().split("\r\n\r\n")[0]
        [message_id] = [line for line in head.splitlines() if line.lower().startswith("message-id:")]
        self.accepted[message_id] += 1
        return "250 kept"


@pytest.fixture
def mailbox():
    box = Mailbox()
    # The controller calls itself to see whether it is up, so it must be told a port.
    with create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    yield box
    controller.stop()


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A database of the kind that this run of the tests is about, filled once; yields a way to copy it."""
    if settings.DATABASE["ENGINE"].endswith("sqlite3"):
        path = tmp_path_factory.mktemp("filled") / "portal.sqlite3"
        fill(f"sqlite:///{path}")

        def copy(name):
            shutil.copy(path, path.with_name(name))
            return f"sqlite:///{path.with_name(name)}", lambda: sqlite3.connect(path.with_name(name), timeout=20)

        yield copy
        return
    server = {"host": settings.DATABASE["HOST"], "port": settings.DATABASE["PORT"] or None}
    server |= {"user": settings.DATABASE["USER"], "password": settings.DATABASE["PASSWORD"]}
    first = f"filled_{secrets.token_hex(4)}"
    made = [first]

    def address(name):
        return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()

    def copy(name):
        made.append(name)
        line.cursor().execute(f"create database {name} template {first}")
        return address(name), lambda: psycopg2.connect(dbname=name, **server)

    with closing(psycopg2.connect(dbname="postgres", **server)) as line:
        line.autocommit = True
        line.cursor().execute(f"create database {first}")
        fill(address(first))
        yield copy
        for name in made:
            line.cursor().execute(f"drop database {name} with (force)")


def fill(address):
    """Make the tables and a school in which everybody owes an acknowledgement."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "policyportal.settings", "DATABASE_URL": address}
    subprocess.run([sys.executable, "-m", "tests.journeys.owing_school"], env=environment, cwd=ROOT, check=True)


@pytest.fixture
def portal(tmp_path, mailbox, filled):
    """A school in which everybody owes an acknowledgement, a broker, and no worker yet."""
    address, connect = filled(f"killed_{secrets.token_hex(4)}")
    socket = tmp_path / "broker.sock"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "policyportal.settings",
        "PORTAL_ENV": "development",
        "DEBUG": "0",
        "ENV_FILE": "",
        "PORTAL_DATA": str(tmp_path),
        "DATABASE_URL": address,
        "REDIS_URL": f"unix://{socket}",
        "EMAIL_URL": mailbox.url,
    }
    server = start(broker.command(socket, keep=True), tmp_path / "broker.log")
    assert wait_until(lambda: broker.answers(socket), PATIENCE)
    yield Portal(environment, connect, tmp_path)
    server.kill()
    server.wait()


class Portal:
    """What the test may do with the processes and ask of the database."""

    def __init__(self, environment, connect, folder):
        self.environment, self.connect, self.folder = environment, connect, folder

    @contextmanager
    def worker(self, *arguments):
        """Start a real worker and make sure that it is gone afterwards."""
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def ask(self, question: str) -> list[tuple]:
        """Return the answer of the database to a question in SQL."""
        with closing(self.connect()) as line:
            cursor = line.cursor()
            cursor.execute(question)
            return cursor.fetchall()

    def let_leases_pass(self) -> None:
        """Let the minute pass that a lease lasts, by moving the leases instead of waiting."""
        with closing(self.connect()) as line:
            line.cursor().execute("update lib_outboxmail set lease_until = '2000-01-01 00:00:00+00:00'")
            line.commit()

    def waiting(self) -> int:
        """Return how many mails are still owed."""
        return self.ask("select count(*) from lib_outboxmail where sent_at is null")[0][0]

    def words(self) -> str:
        return (self.folder / "worker.log").read_text()[-3000:]


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_in_a_reminder_run_loses_none_and_doubles_none(portal, mailbox, point):
    reached = portal.folder / "reached"
    everybody = portal.ask("select count(distinct user_id) from policies_reminder")[0][0]
    assert everybody > 20
    first_stage = portal.ask("select count(*) from policies_reminder")[0][0]
    call = 7 if POINTS[point][1] in ("reminders_recorded", "send") else 1
    with portal.worker("tests.journeys.held_worker", point, str(call), str(reached)) as worker:
        assert wait_until(reached.exists, PATIENCE), portal.words()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    portal.let_leases_pass()
    with portal.worker("celery", "-A", "policyportal", "worker", "--pool", "threads", "--loglevel", "WARNING"):
        caught_up = wait_until(
            lambda: (
                portal.ask("select count(*) from policies_reminder")[0][0] >= first_stage + 2 * everybody
                and not portal.waiting()
            ),
            PATIENCE,
        )
    assert caught_up, portal.words()

    rows = portal.ask("select user_id, stage, count(*) from policies_reminder group by user_id, stage")
    assert {count for _, _, count in rows} == {1}
    assert len(rows) == first_stage + 2 * everybody, "the stages at half time and at the due date, for everybody"
    doubled = {message: times for message, times in mailbox.accepted.items() if times > 1}
    assert len(mailbox.accepted) == everybody, "one mail for each person, the earlier stage having been overtaken"
    if POINTS[point][2] == "after" and POINTS[point][1] == "send":
        # Between the server's 250 and our commit one duplicate cannot be avoided; it carries the same Message-ID.
        assert list(doubled.values()) == [2]
    else:
        assert doubled == {}
