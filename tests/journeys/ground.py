"""A database of its own for each journey, copied from one that holds the cast and the schools, and a server on it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection
from django.test.testcases import LiveServerThread


def copy(suffix: str) -> str:
    """Copy the database in use and return the name of the copy.

    A copy is far quicker than emptying every table and storing the schools again, and leaves the database of all
    other tests as it is.
    """
    # Nobody may be connected to what is copied, and an SQLite file is whole only when it is closed.
    connection.close()
    connection.creation.clone_test_db(suffix, verbosity=0, autoclobber=True)
    connection.close()
    return connection.creation.get_test_db_clone_settings(suffix)["NAME"]


def throw_away(name: str) -> None:
    """Delete a database that nobody is connected to."""
    connection.creation._destroy_test_db(name, verbosity=0)
    connection.close()


@contextmanager
def using(name: str) -> Iterator[None]:
    """Work on the database of this name, in every thread."""
    known = {key: connection.settings_dict[key] for key in ("NAME", "CONN_MAX_AGE")}
    connection.close()
    # A connection kept after a request would stand in the way of the next copy.
    connection.settings_dict.update({"NAME": name, "CONN_MAX_AGE": 0})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(known)


@contextmanager
def fresh(stock: str) -> Iterator[None]:
    """Work on a copy of a stocked database and throw it away afterwards."""
    with using(stock):
        name = copy("journey")
        with using(name):
            yield
        throw_away(name)


@contextmanager
def served() -> Iterator[str]:
    """Serve the portal and its static files from a thread on a free port; give the address."""
    thread = LiveServerThread("127.0.0.1", static_handler=StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
