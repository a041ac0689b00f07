"""What every test stands on: the cast, assembled once for the database and again where a test wiped it."""

import pytest

from tests.cast import Cast, assemble


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Assemble the cast once, outside every test's transaction."""
    with django_db_blocker.unblock():
        assemble()


@pytest.fixture
def cast(db) -> Cast:
    """The people of three schools."""
    return assemble()
