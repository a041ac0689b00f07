"""The process in which a file is opened: alone, with little memory and little time, so that it can harm nothing else.

`opening` starts it with the kind of file as its argument and the file on its input; it writes JSON. A library that
runs out of memory, of time or of stack ends with it, and the file is refused.
"""

import json
import logging
import resource
import sys
from dataclasses import astuple
from importlib import import_module

from policies.reading.document import Unreadable

# A policy of 40 pages takes a sixth of this memory and an eighth of this time.
MEMORY = 600_000_000
SECONDS = 8
FILES = 32
# Each takes the bytes of a file and returns its lines and what it repeats on every page. Only the one asked for is
# imported: the library for PDFs alone takes longer to load than a Word document to read.
MODULES = {kind: f"policies.reading.sources.{kind}" for kind in ("docx", "pdf", "html")}


def limit() -> None:
    """Give up what reading a file does not need, for good."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, FILES),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    """Read the file on the input and write what it holds."""
    source = import_module(MODULES[sys.argv[1]])
    limit()
    logging.disable()
    content = sys.stdin.buffer.read()
    try:
        lines, headers = source.lines_of(content)
        answer = {"lines": [astuple(line) for line in lines], "headers": headers}
    except Unreadable as refusal:
        answer = {"unreadable": str(refusal)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
