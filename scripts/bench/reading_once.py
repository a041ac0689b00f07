"""Reads the PDF on the input once, on one core, and prints what the kernel says that it took; see `reading`."""

import os
import resource
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "policyportal.settings")
os.environ.setdefault("PORTAL_ENV", "development")
django.setup()

from policies.reading.opening import open_document  # noqa: E402 - the finders need the models
from policies.reading.reader import facts_of  # noqa: E402

# What a policy of forty pages may take.
MOST_SECONDS, MOST_MEGABYTES = 5, 300


def main() -> None:
    """Read the PDF and print what it took."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    content = sys.stdin.buffer.read()
    began, spent = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
    document = open_document(content, "policy.pdf")
    opened = time.perf_counter()
    facts = facts_of(document)
    ended = time.perf_counter()
    own, apart = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = own.ru_utime - spent + apart.ru_utime + apart.ru_stime
    size = f"{document.blocks[-1].page} pages, {len(content) / 1000:.0f} kB"
    print(f"{size}, {len(document.blocks)} blocks, {len(facts)} facts")
    print(
        f"opened in {opened - began:.2f} s, facts found in {ended - opened:.2f} s: {ended - began:.2f} s on one core"
    )
    print(f"of which the processor worked {processor:.2f} s (at most {MOST_SECONDS} s are wanted)")
    print(f"most memory: {own.ru_maxrss / 1000:.0f} MB here, {apart.ru_maxrss / 1000:.0f} MB in the process apart")
    print(f"(at most {MOST_MEGABYTES} MB are wanted)")


if __name__ == "__main__":
    main()
