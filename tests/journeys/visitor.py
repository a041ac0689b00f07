"""Somebody at a browser, who looks at every page that they are shown for what is wrong with it."""

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

from accounts.models import User
from policyportal.demo.load import PASSWORD

ASSETS = Path(__file__).parent / "assets"
AXE = (ASSETS / "axe.min.js").read_text()
# What axe finds, as lines that say which rule, which element and why.
RUN_AXE = """async () => {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"],
    rules: {"target-size": {enabled: true}},
    resultTypes: ["violations"],
  });
  return found.violations.flatMap(({id, nodes}) =>
    nodes.map((node) => `axe ${id}: ${node.html.slice(0, 160)} (${(node.failureSummary || "").split("\\n")[1]})`));
}"""
# What sticks out of the page on the right, the innermost first.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > width + 1);
  return [`overflow at ${width}: ${out.slice(-1).map((one) => one.outerHTML.slice(0, 120)).join()}`];
}"""


class Visitor:
    """A page in a browser; every step that opens a page also looks at it."""

    def __init__(self, context: BrowserContext, address: str, *, scripts: bool = True) -> None:
        self.address = address
        self.scripts = scripts
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        # Whose pages, besides the portal's, a journey leads over.
        self.elsewhere: tuple[str, ...] = ()
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def go(self, path: str) -> None:
        """Open an address of the portal."""
        self.page.goto(f"{self.address}{path}")
        self.look()

    def press(self, name: str) -> None:
        """Press the button, or follow the link, of this name; it leads to a page."""
        with self.page.expect_navigation():
            self.control(name).click()
        self.look()

    def control(self, name: str) -> Locator:
        """Return the button or link of this name, or whose name begins so, sought first in the page's own part."""
        for part in (self.page.locator("main"), self.page.locator("body")):
            for wanted in (re.compile(f"^{re.escape(name)}$"), re.compile(f"^{re.escape(name)}")):
                found = part.get_by_role("button", name=wanted).or_(part.get_by_role("link", name=wanted))
                if found.count():
                    return found.first
        raise AssertionError(f"“{name}” can neither be pressed nor followed on {self.page.title()}: {self.words()}")

    def unfold(self, name: str) -> None:
        """Open a part of the page that was folded away."""
        self.page.locator("summary", has_text=name).first.click()

    def choose(self, label: str) -> None:
        """Choose the radio, or tick the box, of this label."""
        self.page.get_by_label(label, exact=True).check()

    def pick(self, label: str, option: str) -> None:
        """Pick an option from the list of this label."""
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def fill(self, label: str, text: str) -> None:
        """Type into the field of this label."""
        self.page.get_by_label(label, exact=True).fill(text)

    def sign_in(self, user: User, password: str = PASSWORD) -> None:
        """Sign in on the page that everybody signs in on."""
        self.go("/sign-in/")
        self.fill("E-mail address", user.email)
        self.fill("Password", password)
        self.press("Sign in")
        self.sees(user.name)

    def sees(self, *wanted: str) -> None:
        """Find words on the page, whatever space stands between them."""
        missing = [words for words in wanted if words not in self.words()]
        assert not missing, f"{missing} not in: {self.words()}"

    def words(self) -> str:
        """Return what the page says, also where it is folded away."""
        return " ".join(self.page.locator("body").text_content().split())

    def look(self) -> None:
        """Refuse a page that has any fault."""
        faults = self.faults_here()
        assert not faults, "\n".join([f"{self.page.url} ({self.page.title()})", *faults])

    def faults_here(self) -> list[str]:
        """Return what was wrong since the last look: with the page as it is shown, and on the way to it."""
        self.page.wait_for_load_state("load")
        found = self.overflow()
        if self.scripts:
            # Evaluated from outside the page, so the page's own security policy stays in force.
            self.page.evaluate(AXE)
            found += self.page.evaluate(RUN_AXE)
        found += self.faults
        self.faults = []
        return found

    def overflow(self) -> list[str]:
        """Return what sticks out of the page, which is then scrolled sideways."""
        return self.page.evaluate(OVERFLOW)

    def _said(self, message: ConsoleMessage) -> None:
        # A page that is refused says so in its status; the browser repeats that here.
        refused = "Failed to load resource" in message.text and message.location["url"] == self.page.url
        if message.type in ("error", "warning") and not refused:
            self.faults.append(f"console: {message.text} ({message.location['url']})")

    def _failed(self, request: Request) -> None:
        # A page left before it was loaded ends so too, and so does a script where none may run.
        expected = {"net::ERR_ABORTED"} if self.scripts else {"net::ERR_ABORTED", "csp"}
        if request.failure not in expected:
            self.faults.append(f"failed: {request.url} ({request.failure})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", *self.elsewhere)):
            self.faults.append(f"asked elsewhere: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and not response.request.is_navigation_request()):
            self.faults.append(f"{response.status}: {response.url}")
