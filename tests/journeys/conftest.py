"""A browser, people at it, and a portal of its own for each journey."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import override_settings
from playwright.sync_api import Browser, sync_playwright

from tests.cast import assemble
from tests.journeys.filled import fill
from tests.journeys.ground import copy, fresh, served, throw_away, using
from tests.journeys.visitor import Visitor
from tests.planted import Planted
from tests.schools import Schools, assemble_schools

# Nothing but the portal's own pages may go over the wire, and containers have no sandbox to offer.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
PLACE = {"locale": "en-GB", "timezone_id": "Europe/London", "reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the journeys of a file; the loop it keeps in this thread ends with them."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("These tests drive a browser. Install it first: sudo apt-get install chromium", pytrace=False)
    with pytest.MonkeyPatch.context() as surroundings, sync_playwright() as playwright:
        # Playwright's loop makes Django take this thread for an asynchronous one.
        surroundings.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def stock(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The cast and the schools, stored once in a database that no test writes to."""
    with django_db_blocker.unblock():
        name = copy("stock")
        with using(name):
            assemble_schools()
    yield name
    with django_db_blocker.unblock():
        throw_away(name)


@pytest.fixture(scope="session")
def filled(stock: str, django_db_blocker, tmp_path_factory) -> Iterator[tuple[str, Planted]]:
    """A database in which the first school has one of everything and much of it."""
    with django_db_blocker.unblock(), using(stock):
        name = copy("filled")
        with using(name), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
            planted = fill(assemble())
    yield name, planted
    with django_db_blocker.unblock():
        throw_away(name)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of the portal, served for all journeys of this process."""
    with served() as address:
        yield address


@pytest.fixture
def db(stock: str, django_db_blocker, settings, tmp_path: Path) -> Iterator[None]:
    """In place of a transaction, which other threads could not look into: a copy of the stocked database."""
    settings.MEDIA_ROOT = tmp_path
    with django_db_blocker.unblock(), fresh(stock):
        cache.clear()
        yield


@pytest.fixture
def schools(db) -> Schools:
    """The schools of the demo."""
    return Schools()


@pytest.fixture
def visitors(browser: Browser, db, address: str) -> Iterator[Callable[..., Visitor]]:
    """Make people at browsers of their own: `visitors(PHONE)`."""
    contexts = []

    def visitor(size: dict[str, int], *, scripts: bool = True) -> Visitor:
        context = browser.new_context(viewport=size, java_script_enabled=scripts, **PLACE)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Visitor(context, address, scripts=scripts)

    yield visitor
    for context in contexts:
        context.close()


@pytest.fixture
def desk(visitors: Callable[..., Visitor]) -> Visitor:
    """Somebody at a desk."""
    return visitors(DESK)


@pytest.fixture
def phone(visitors: Callable[..., Visitor]) -> Visitor:
    """Somebody with a phone in their hand."""
    return visitors(PHONE)
