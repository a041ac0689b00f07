"""What every test stands on: the cast and the real schools, stored once for the database."""

import pytest
from django.core.management.color import no_style
from django.db import connection

from accounts.models import School
from tests.cast import Cast, assemble
from tests.schools import Schools, assemble_schools
from tests.stage import Stage, staged, undone


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
def cast(db, request) -> Cast:
    """The people of three schools, and nobody else unless the test asks for the real schools too."""
    if "schools" not in request.fixturenames and School.objects.filter(is_demo=True).exists():
        # Where processes share out the tests, one that needs the real schools may have run before this one.
        empty()
    return assemble()


@pytest.fixture(scope="module")
def stage_of_module(django_db_setup, django_db_blocker, tmp_path_factory) -> Stage:
    """The three schools with one of everything in each, for a whole module; `stage` is what a test asks for."""
    with django_db_blocker.unblock(), undone():
        if School.objects.filter(is_demo=True).exists():
            empty()
        with staged(assemble(), tmp_path_factory.mktemp("files")) as stage:
            yield stage


@pytest.fixture
def stage(stage_of_module, db) -> Stage:
    """The three schools with one of everything in each; what the test writes is taken back."""
    return stage_of_module


def empty() -> None:
    """Empty every table, within the test's own transaction where it has one."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))


@pytest.fixture
def schools(schools_stored, db) -> Schools:
    """The schools of the demo, each with its people, its policy in force and its channels."""
    return assemble_schools()
