"""Takes a picture of every page as every role, on a phone and on a desktop, into screenshots/.

It runs a demo of its own in a folder thrown away afterwards. Pages come from the site map: those without a parameter
are opened as they are, the others by the first link to each that somebody of the role meets.
"""

import argparse
import os
import shutil
from collections import deque
from urllib.parse import urlsplit

from scripts.served import ROOT, scratch_environment, served

FOLDER = scratch_environment("demo")
# Playwright keeps a loop of its own in this thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import NoReverseMatch, Resolver404, URLResolver, get_resolver, resolve, reverse  # noqa: E402
from playwright.sync_api import BrowserContext, Error, Page, sync_playwright  # noqa: E402

from accounts.models import Role, School  # noqa: E402
from accounts.selectors import demo_posts  # noqa: E402
from scripts.prepare import prepare  # noqa: E402

TARGET = ROOT / "screenshots"
WIDTHS = {360: 800, 1280: 900}
VISITOR = "visitor"


def main() -> None:
    """Make a demo, picture it, and leave nothing behind but the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--role", action="append", help="only this role (or visitor); may be given again")
    parser.add_argument("--page", action="append", help="only pages whose name begins so, such as portal:")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser to use")
    options = parser.parse_args()
    prepare(FOLDER / "sign-ins.txt")
    with served(FOLDER) as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        people = {post.role: post for post in demo_posts().order_by("-school__name", "-seniority")}
        for role in options.role or [VISITOR, *(role.value for role in Role if role.value in people)]:
            context = browser.new_context(base_url=f"http://127.0.0.1:{port}")
            if role != VISITOR:
                sign_in(context, people[role])
            print(f"{role}: {picture_as(context, role, options.page or [''])} pages", flush=True)
            context.close()
        browser.close()


def sign_in(context: BrowserContext, post) -> None:
    """Give the browser the session of this person."""
    client = Client()
    client.force_login(post.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": "127.0.0.1", "path": "/"}])


def starting_points() -> list[str]:
    """Return the addresses of the site map that need no parameter, and the school's public page."""
    found = []
    for namespace in get_resolver().url_patterns:
        for pattern in namespace.url_patterns if isinstance(namespace, URLResolver) else [namespace]:
            prefix = f"{namespace.namespace}:" if getattr(namespace, "namespace", None) else ""
            try:
                found.append(reverse(f"{prefix}{pattern.name}"))
            except NoReverseMatch:
                continue
    return [*found, *(reverse("policies:school_page", args=[school.slug]) for school in School.objects.all()[:1])]


def picture_as(context: BrowserContext, role: str, wanted: list[str]) -> int:
    """Open every page that this role meets, once for each name in the site map, and picture it; return how many."""
    page = context.new_page()
    waiting, seen, pictured = deque(starting_points()), set(), 0
    while waiting:
        address = waiting.popleft()
        name = name_of(address)
        if name is None or name in seen:
            continue
        if not opened(page, address) or name_of(urlsplit(page.url).path) != name:
            continue
        seen.add(name)
        waiting.extend(links_on(page))
        if any(name.startswith(beginning) for beginning in wanted):
            picture(page, role, name)
            pictured += 1
    return pictured


def name_of(address: str) -> str | None:
    """Return the name of the page at an address, or None where there is none."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None


def opened(page: Page, address: str) -> bool:
    """Open a page; False where it is refused, or is a download."""
    try:
        answer = page.goto(address)
    except Error:
        return False
    return answer is not None and answer.ok and "text/html" in (answer.header_value("content-type") or "")


def links_on(page: Page) -> list[str]:
    """Return the addresses within the portal that the page links to."""
    links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    return [link if link.startswith("/") else f"{urlsplit(page.url).path}{link}" for link in links if link[:1] in "/?"]


def picture(page: Page, role: str, name: str) -> None:
    """Take the page at every width."""
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=TARGET / role / str(width) / f"{name.replace(':', '-')}.png", full_page=True)


if __name__ == "__main__":
    main()
