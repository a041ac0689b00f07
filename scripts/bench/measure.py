"""Asking a page again and again, and what that took: ratios, statements of SQL, memory, answers a second."""

import http.client
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

WARM_UP = 5
WORK_TIMES = 30


@dataclass(frozen=True)
class Page:
    """One page to measure. With `fields` a form is sent to it, anew each time; `most` is the ratio to reach."""

    name: str
    path: str
    most: float | None = None
    most_sql: int | None = None
    fields: Callable[[], dict[str, str]] | None = None


@dataclass(frozen=True)
class Measured:
    """What a page took, in units of the bare page (`unit`, in seconds), and the statements of SQL behind it."""

    page: Page
    p50: float
    p95: float
    cpu: float
    sql: int
    unit: float


class Asker:
    """A client with one session, one connection at a time, that insists on the right answer."""

    def __init__(self, port: int, cookie: str):
        self.port = port
        self.cookie = cookie
        self.token = ""

    def seconds(self, page: Page) -> float:
        """Ask for a page once and return how long the answer took. Raises RuntimeError for a wrong answer."""
        body, headers = None, {"Cookie": self.cookie} if page.path != "/bare/" else {}
        if page.fields:
            self.token = self.token or self._csrf_token(page.path)
            headers = {
                "Cookie": f"{self.cookie}; portal-csrf={self.token}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{self.port}",
            }
            body = urlencode({"csrfmiddlewaretoken": self.token, **page.fields()})
        begun = time.perf_counter()
        status, _, words = self._ask("POST" if body else "GET", page.path, body, headers)
        taken = time.perf_counter() - begun
        if status != (302 if page.fields else 200):
            raise RuntimeError(f"{page.path} answered {status}: {words[:2000].decode()}")
        return taken

    def _csrf_token(self, path: str) -> str:
        _, cookies, _ = self._ask("GET", path, None, {"Cookie": self.cookie})
        return next(one for one in cookies if one.startswith("portal-csrf=")).split(";")[0].partition("=")[2]

    def _ask(self, verb: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, list[str], bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request(verb, path, body=body, headers=headers)
            answer = line.getresponse()
            return answer.status, answer.headers.get_all("Set-Cookie") or [], answer.read()
        finally:
            line.close()


def measure(
    asker: Asker, page: Page, bare: Page, client: Client, server: int, *, times: int, seconds: float
) -> Measured:
    """Ask for a page and the bare page in turn, `times` each or until the seconds are over.

    Both are asked in turn so that what else the machine does falls on both alike. The work of the workers is counted
    too, as processor time: it is the same on a busy machine.
    """
    for _ in range(WARM_UP):
        asker.seconds(page)
        asker.seconds(bare)
    taken, units, last = [], [], time.monotonic() + seconds
    while len(taken) < times and (len(taken) < 10 or time.monotonic() < last):
        units.append(asker.seconds(bare))
        taken.append(asker.seconds(page))
    unit = median(units)
    return Measured(
        page=page,
        p50=median(taken) / unit,
        p95=quantiles(taken, n=20)[-1] / unit,
        cpu=work(asker, page, server) / work(asker, bare, server),
        sql=statements(client, page),
        unit=unit,
    )


def work(asker: Asker, page: Page, server: int) -> int:
    """Return the processor time of the workers for one answer, in nanoseconds."""
    before = _busy(server)
    for _ in range(WORK_TIMES):
        asker.seconds(page)
    return (_busy(server) - before) // WORK_TIMES


def _busy(server: int) -> int:
    return sum(int(Path(f"/proc/{child}/schedstat").read_text().split()[0]) for child in children_of(server))


def statements(client: Client, page: Page) -> int:
    """Return how many statements of SQL the page takes, savepoints left out."""
    ask = (lambda: client.post(page.path, page.fields())) if page.fields else (lambda: client.get(page.path))
    ask()
    with CaptureQueriesContext(connection) as caught:
        ask()
    return sum(1 for query in caught if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")))


def throughput(asker: Asker, page: Page, clients: int, seconds: float) -> float:
    """Return how many answers a second several clients get together."""
    last = time.monotonic() + seconds

    def ask(_: int) -> int:
        count = 0
        while time.monotonic() < last:
            asker.seconds(page)
            count += 1
        return count

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(ask, range(clients))) / seconds


def peak_megabytes(parent: int) -> int:
    """Return the most memory that any worker of this server has held at once."""
    return max((_peak(child) for child in children_of(parent)), default=0) // 1024


def children_of(parent: int) -> Iterable[int]:
    """Return the processes whose parent this is."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def _peak(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
