"""`python -m scripts.bench.enumeration`: can a stranger tell by the clock who has an account here?

Asks about people who are known and about addresses that nobody has, in random order, each once and from a network of
its own, because the portal counts guesses. Writes its part of docs/benchmarks.md; `--keep` leaves it as it is.
"""

import argparse
import http.client
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlencode

from scripts.served import scratch_environment, served

FOLDER = scratch_environment("demo")

import django  # noqa: E402

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.inviting import invite, token_of, withdraw_open  # noqa: E402
from accounts.models import Role  # noqa: E402
from accounts.services import give_post, register_person, register_school  # noqa: E402
from scripts.bench.report import commit, say, write_section  # noqa: E402

HEADING = "## What a stranger can tell by the clock"
WARM_UP = 20
MOST_MILLISECONDS, MOST_SHARE = 5.0, 3.0
KNOWN, UNKNOWN = "known", "unknown"


@dataclass
class Surface:
    """One page that might tell who is known: what is asked of it about each, and what came back."""

    name: str
    ask: Callable[[str, int], tuple[str, str, dict[str, str]]]
    took: dict[str, list[float]] = field(default_factory=lambda: {KNOWN: [], UNKNOWN: []})
    answers: set[tuple] = field(default_factory=set)

    @property
    def gap(self) -> float:
        """Milliseconds between the two medians."""
        return abs(median(self.took[KNOWN]) - median(self.took[UNKNOWN])) * 1000

    @property
    def share(self) -> float:
        """The gap in hundredths of the median of the unknown."""
        return self.gap / (median(self.took[UNKNOWN]) * 10)


def email_of(kind: str, number: int) -> str:
    """Return an address that somebody has, or one that nobody has; all of one length."""
    return f"{'person' if kind == KNOWN else 'nobody'}{number:05d}@bench.example"


def people(many: int) -> list[str]:
    """Store people with a real hash each, and return links of invitations that were withdrawn."""
    hashed = make_password("a long enough passphrase")
    school = register_school(slug="bench", name="Bench School", short_name="Bench")
    links = []
    for number in range(many):
        user = register_person(email=email_of(KNOWN, number), name=f"Person {number}", password_hash=hashed)
        post = give_post(user=user, school=school, role=Role.TEACHER)
        post.accepted_at = None
        post.save()
        links.append(token_of(invite(post)))
        withdraw_open(post, None, "For the benchmark")
    return links


def surfaces(links: list[str]) -> Iterator[Surface]:
    """Yield the pages to be asked, each with what it is asked."""

    def sign_in(kind: str, number: int) -> tuple[str, str, dict[str, str]]:
        return "POST", "/sign-in/", {"login": email_of(kind, number), "password": "a wrong passphrase"}

    def forgotten(kind: str, number: int) -> tuple[str, str, dict[str, str]]:
        return "POST", "/password/forgotten/", {"email": email_of(kind, number)}

    def invitation(kind: str, number: int) -> tuple[str, str, dict[str, str]]:
        body, _, signature = links[number].rpartition(":")
        made_up = f"{body}:{signature[::-1]}"
        return "GET", f"/invitation/{links[number] if kind == KNOWN else made_up}/", {}

    yield Surface("Sign-in, a wrong password", sign_in)
    yield Surface("A forgotten password", forgotten)
    yield Surface("The link of an invitation that is over, and one made up", invitation)


class Stranger:
    """A client without a session that asks from any of this machine's own addresses."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.token = ""

    def ask(self, address: str, method: str, path: str, fields: dict[str, str]) -> tuple[float, tuple]:
        """Return how long the answer took, and the answer without what each request has of its own."""
        headers = {"Host": "localhost", "Cookie": f"portal-csrf={self.token}"}
        if method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://localhost"}
        body = urlencode({**fields, "csrfmiddlewaretoken": self.token}) if fields else None
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(address, 0))
        line.connect()
        begun = time.perf_counter()
        line.request(method, path, body, headers)
        response = line.getresponse()
        page = response.read().decode()
        took = time.perf_counter() - begun
        line.close()
        for value in fields.values():
            page = page.replace(value, "TYPED")
        page = re.sub(r'csrfmiddlewaretoken" value="\w+"', "TOKEN", page)
        own = {"date", "expires", "set-cookie"}
        seen = tuple((name, value) for name, value in response.getheaders() if name.lower() not in own)
        return took, (response.status, seen, page)

    def take_token(self) -> None:
        """Take a token for forms, as a browser does that opens the page first."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.request("GET", "/password/forgotten/", headers={"Host": "localhost"})
        response = line.getresponse()
        response.read()
        self.token = re.search(r"portal-csrf=(\w+)", response.getheader("Set-Cookie", "")).group(1)
        line.close()


def measure(port: int, surface: Surface, times: int, second_byte: int) -> None:
    """Ask `times` about each kind in random order, each from an address of its own, after a warm-up."""
    stranger = Stranger(port)
    stranger.take_token()
    turns = [(kind, number) for number in range(times) for kind in (KNOWN, UNKNOWN)]
    random.Random(1).shuffle(turns)
    turns = [(UNKNOWN, 90_000 + number) for number in range(WARM_UP)] * (surface.ask(KNOWN, 0)[0] == "POST") + turns
    for turn, (kind, number) in enumerate(turns):
        address = f"127.{second_byte}.{turn // 250}.{turn % 250 + 1}"
        took, answer = stranger.ask(address, *surface.ask(kind, number))
        if number < times:
            surface.took[kind].append(took)
            surface.answers.add(answer)


def section(measured: list[Surface], times: int) -> str:
    """Return this benchmark's part of the page."""
    day = timezone.localdate()
    lines = [
        HEADING,
        "",
        f"Written by `python -m scripts.bench.enumeration`: {times} questions about people who are known and {times} "
        "about nobody, in random order, with the hash that production uses. To reach: one and the same answer, and "
        f"medians less than {MOST_MILLISECONDS:.0f} ms or {MOST_SHARE:.0f} % apart. Times here are of this machine; "
        "no test asserts them. That the work is the same (hashes and statements of SQL) is asserted by "
        "`tests/accounts/test_enumeration.py`.",
        "",
        f"Taken on {day.day} {day:%B %Y} at commit {commit()}, on {connection.vendor}.",
        "",
        "| Page | known, ms | unknown, ms | gap, ms | gap | answers | reached |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for surface in measured:
        known, unknown = (median(surface.took[kind]) * 1000 for kind in (KNOWN, UNKNOWN))
        reached = len(surface.answers) == 1 and (surface.gap < MOST_MILLISECONDS or surface.share < MOST_SHARE)
        lines.append(
            f"| {surface.name} | {known:.1f} | {unknown:.1f} | {surface.gap:.2f} | {surface.share:.1f} % "
            f"| {len(surface.answers)} | {'yes' if reached else 'no'} |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure each page, print what came of it and keep it in docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=300, help="how many questions of each kind")
    parser.add_argument("--keep", action="store_true", help="leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    links = people(options.times)
    measured = list(surfaces(links))
    with served(FOLDER, workers=1) as (port, _):
        for number, surface in enumerate(measured, start=1):
            measure(port, surface, options.times, number)
    words = section(measured, options.times)
    if options.keep:
        say(words)
    else:
        write_section(words)


if __name__ == "__main__":
    main()
