"""A walk through the portal as one person: every page that links lead to, as it reads without token and clock."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from django.test import Client

# Tokens of a form, and marks of a page, which are signed anew each time.
PASSING = re.compile(rb'(value|content|data-[a-z-]+)="[^"]{30,}"|(after|before)=[^"&]{30,}')
LINK = re.compile(r'href="([^"#]+)"')
# Leaving, what counts the looks of this walk itself, and pages that show a new secret each time.
LEFT_OUT = re.compile(r"/sign-out/|/looks/|/static/|/sessions/|/second-step/")
MOST = 90


def walk(client: Client, start: str = "/") -> Iterator[tuple[str, int, bytes]]:
    """Return the address, status and bytes of each page that links lead to from `start`."""
    waiting, met = [start], {start}
    for _ in range(MOST):
        if not waiting:
            return
        address = waiting.pop(0)
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield address, answer.status_code, PASSING.sub(b"", body)
        found = LINK.findall(body.decode(errors="replace")) if "html" in answer.get("Content-Type", "") else []
        found += [answer["Location"]] if answer.status_code == 302 else []
        for link in found:
            target = urljoin(address, link.replace("&amp;", "&"))
            # Each filter of a list leads to every other: one step into them is enough.
            deep = urlsplit(target).query.count("=") > 1
            if target.startswith("/") and target not in met and not deep and not LEFT_OUT.search(target):
                met.add(target)
                waiting.append(target)
