"""How much goes over the wire on a first visit and on the next page, from the real web server."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import PHONE, PLACE
from tests.journeys.test_run import SECONDS, Run

pytestmark = pytest.mark.journey
ROOT = Path(__file__).resolve().parents[2]
FIRST_VISIT = 150_000
NEXT_PAGE = 30_000


@pytest.fixture
def run():
    # A short path: the broker's socket lies in it.
    with tempfile.TemporaryDirectory(prefix="portal-") as folder:
        run = Run(Path(folder))
        surroundings = run.environment | {"DJANGO_SETTINGS_MODULE": "policyportal.settings"}
        subprocess.run([sys.executable, "-m", "tests.journeys.real_schools"], env=surroundings, cwd=ROOT, check=True)
        run.start()
        yield run
        run.call("stop", stdout=subprocess.DEVNULL).wait(SECONDS)


class Wire:
    """What a page's browser received, in bytes as they were sent."""

    def __init__(self, page: Page) -> None:
        self.received: dict[str, int] = {}
        names: dict[str, str] = {}
        line = page.context.new_cdp_session(page)
        line.on("Network.requestWillBeSent", lambda told: names.update({told["requestId"]: told["request"]["url"]}))
        line.on("Network.loadingFinished", lambda told: self.add(names[told["requestId"]], told["encodedDataLength"]))
        line.send("Network.enable")

    def add(self, address: str, size: int) -> None:
        self.received[address] = self.received.get(address, 0) + int(size)

    def taken(self) -> dict[str, int]:
        """Return what was received since this was last asked."""
        received, self.received = self.received, {}
        return received


def test_a_first_visit_is_light_and_the_next_pages_lighter(run, browser):
    school = f"http://127.0.0.1:{run.port}/s/pennine-way/"
    context = browser.new_context(viewport=PHONE, **PLACE)
    page = context.new_page()
    wire = Wire(page)
    page.goto(school, wait_until="networkidle")
    first = wire.taken()
    assert len(first) >= 6, first
    assert sum(first.values()) < FIRST_VISIT, first
    for path in ("guide/staff/", "report/", "report/parent/"):
        page.goto(f"{school}{path}", wait_until="networkidle")
        following = wire.taken()
        assert sum(following.values()) < NEXT_PAGE, following
    context.close()
