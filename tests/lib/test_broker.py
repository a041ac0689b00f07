"""The portal without its broker: requests go on, the cache forgets, and what came back is used again."""

import logging
import socket
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from kombu import Connection

from policyportal.cache import PatientRedisCache
from policyportal.tasks import sweep
from scripts import broker, processes

SECONDS = 30


@pytest.fixture
def nobody():
    """The address of a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


@pytest.fixture
def hung():
    """The address of a server that takes every call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as line:
        yield f"redis://127.0.0.1:{line.getsockname()[1]}/0"


@pytest.fixture
def server():
    """The address of a broker of the test's own."""
    with tempfile.TemporaryDirectory(prefix="portal-") as folder:
        path = Path(folder) / "broker.sock"
        process = processes.start(broker.command(path, keep=False), Path(folder) / "log")
        assert processes.wait_until(lambda: broker.answers(path), SECONDS)
        yield f"unix://{path}"
        process.kill()
        process.wait()


def cache(address):
    return PatientRedisCache(address, {"KEY_PREFIX": "mine", "OPTIONS": {"socket_timeout": 0.5}})


def ring(address):
    with Connection(address, transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS) as line:
        return sweep.apply_async(connection=line)


@pytest.mark.parametrize("address", ["nobody", "hung"])
def test_ringing_a_broker_that_does_not_answer_fails_no_request_and_is_logged(address, request, caplog):
    with caplog.at_level(logging.WARNING):
        assert ring(request.getfixturevalue(address)) is None
    assert "the broker does not answer, portal.run_due waits for the sweep" in caplog.text


def test_ringing_a_broker_that_answers_leaves_the_message_with_it(server):
    assert ring(server.replace("unix://", "redis+socket://")).id
    with Connection(server.replace("unix://", "redis+socket://")) as line:
        assert line.SimpleQueue("celery").qsize() == 1


@pytest.mark.parametrize("address", ["nobody", "hung"])
def test_a_cache_that_does_not_answer_is_an_empty_one(address, request):
    empty = cache(request.getfixturevalue(address))
    empty.set("word", 1)
    assert empty.get("word", "nothing") == "nothing"
    assert empty.add("word", 1) is True
    assert empty.incr("word") == 1
    assert empty.delete("word") is False
    assert empty.clear() is False


def test_a_cache_that_answers_keeps_counts_and_forgets(server):
    full = cache(server)
    assert full.add("word", 1) is True
    assert full.add("word", 2) is False
    assert full.incr("word", 4) == 5
    assert full.get("word") == 5
    assert full.delete("word") is True
    assert full.get("word") is None


def test_clearing_the_cache_leaves_what_others_keep_in_the_same_server(server):
    mine, other = cache(server), PatientRedisCache(server, {"KEY_PREFIX": "theirs"})
    mine.set("word", 1)
    other.set("word", 2)
    mine.clear()
    assert mine.get("word") is None
    assert other.get("word") == 2


def test_a_socket_with_too_long_a_path_is_refused_in_words():
    with pytest.raises(ValueError, match="Set PORTAL_DATA to a folder with a shorter path"):
        broker.command(Path("/" + "long/" * 30 + "broker.sock"), keep=True)
