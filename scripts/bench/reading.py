"""How long a policy of forty pages takes to be read in, and how much memory: `python -m scripts.bench.reading`.

One process opens the file and asks every finder, as the portal does; what it and the process that takes the file apart
used is told by the kernel. No test asserts it: other machines are faster or slower.
"""

import subprocess
import sys
from pathlib import Path

from fpdf import FPDF

PAGES = 40
LINES_OF_A_PAGE = 44
PIECES = [
    "Employees must not write about a pupil, a family or a colleague on an account of their own, whatever the reason.",
    "Parents and carers should speak to the office first, so that a worry is settled before it is told to everybody.",
    "The school will answer within 24 hours, and the office keeps a record of who was told and when it was.",
    "Pupils should tell a teacher about a message that frightens them; nobody will be in trouble for asking.",
]


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


def main() -> None:
    """Make the file, and measure a process that reads it."""
    command = [sys.executable, "-m", "scripts.bench.reading_once"]
    subprocess.run(command, input=forty_pages(), cwd=Path(__file__).resolve().parents[2], check=True)


if __name__ == "__main__":
    main()
