"""What every test stands on: the cast and the real schools, stored once for the database."""

import pytest

from tests.cast import Cast, assemble
from tests.schools import Schools, assemble_schools


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests of the real schools last, so that all others have a database with nothing but the cast."""
    items.sort(key=lambda item: "schools" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Assemble the cast once, outside every test's transaction."""
    with django_db_blocker.unblock():
        assemble()


@pytest.fixture(scope="session")
def schools_stored(django_db_setup, django_db_blocker):
    """Load the schools once, outside every test's transaction."""
    with django_db_blocker.unblock():
        assemble_schools()


@pytest.fixture
def cast(db) -> Cast:
    """The people of three schools."""
    return assemble()


@pytest.fixture
def schools(schools_stored, db) -> Schools:
    """The schools of the demo, each with its people, its policy in force and its channels."""
    return assemble_schools()
