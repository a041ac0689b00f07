"""How long a policy of forty pages takes to be read in, and how much memory: `python -m scripts.bench.reading`.

One process opens the file and asks every finder, as the portal does; what it and the process that takes the file apart
used is told by the kernel. No test asserts it: other machines are faster or slower.
"""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import django
from fpdf import FPDF

PAGES = 40
LINES_OF_A_PAGE = 44
PIECES = [
    "Employees must not write about a pupil, a family or a colleague on an account of their own, whatever the reason.",
    "Parents and carers should speak to the office first, so that a worry is settled before it is told to everybody.",
    "The school will answer within 24 hours, and the office keeps a record of who was told and when it was.",
    "Pupils should tell a teacher about a message that frightens them; nobody will be in trouble for asking.",
]
# Numbers are those that a policy of this size may take.
MOST_SECONDS, MOST_MEGABYTES = 5, 300


def forty_pages() -> bytes:
    """Return a PDF of this many pages with a contents page, sections, paragraphs, bullets, headers and footers."""
    paper = FPDF()
    paper.set_auto_page_break(False)
    for page in range(1, PAGES + 1):
        paper.add_page()
        paper.set_font("helvetica", size=9)
        paper.cell(0, 5, "A school's policy for social media", align="C", new_x="LMARGIN", new_y="NEXT")
        paper.set_font("helvetica", "B", 14)
        paper.cell(0, 9, f"{page}. What we ask of part {page}", new_x="LMARGIN", new_y="NEXT")
        paper.set_font("helvetica", size=11)
        for line in range(LINES_OF_A_PAGE // 3):
            paper.set_x(18 if line % 3 else 10)
            bullet = "\xb7 " if line % 3 else ""
            paper.multi_cell(0, 5.5, f"{bullet}{PIECES[line % 4]}", align="L", new_x="LMARGIN", new_y="NEXT")
            paper.ln(1)
        paper.set_y(-12)
        paper.cell(0, 5, f"Page {page} of {PAGES}", align="C")
    return bytes(paper.output())


def read() -> None:
    """Read the PDF on the input and print what it took."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "policyportal.settings")
    os.environ.setdefault("PORTAL_ENV", "development")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    django.setup()
    # The finders need the models, and those need Django to be set up.
    from policies.reading.opening import open_document  # noqa: PLC0415
    from policies.reading.reader import facts_of  # noqa: PLC0415

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


def main() -> None:
    """Make the file, and measure a process that reads it."""
    command = [sys.executable, "-m", "scripts.bench.reading", "read"]
    subprocess.run(command, input=forty_pages(), cwd=Path(__file__).resolve().parents[2], check=True)


if __name__ == "__main__":
    read() if sys.argv[1:] == ["read"] else main()
