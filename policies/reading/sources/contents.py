"""The lines of a contents page, told from the headings that they name."""

import re
from dataclasses import replace

from policies.reading.sources.line import Line

# Fewer lines that end in a page number are no contents page.
FEWEST = 3
_TITLE = re.compile(r"(?:table of )?contents(?: page)?:?$", re.IGNORECASE)
ENTRY = re.compile(
    r"(?:(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}|[A-Z]|[IVX]{2,5}(?=[.)]))[.):]?[ \t]+)?(?P<title>[^\t]+?)"
    r"(?:[ \t]*(?:\.[ ]?|…){3,}[ \t]*|[ \t]+|$)"
    r"(?P<page>\d{1,3}|error![^\t]*)?$",
    re.IGNORECASE,
)
_LED = re.compile(r"(?:\t|(?:\.[ ]?){4,}|…{2,})[ \t]*(?:\d{1,3})?$|[ \t]error! ", re.IGNORECASE)
_LONGEST = 160


def entry_of(text: str) -> tuple[str, str, str] | None:
    """Return number, title and page of a line of a contents page; number and page may be empty."""
    if len(text) > _LONGEST:
        return None
    text = re.sub(r"(?:[ \t]*[.…]){3,}[ \t]*", "\t", text)
    found = ENTRY.match(text)
    if not found or not found["title"].strip(" ."):
        return None
    return (found["number"] or "").upper(), found["title"].strip(" \t."), (found["page"] or "").strip()


def marked_contents(lines: list[Line]) -> list[Line]:
    """Return the lines with those of the contents page told as such; its title is left a heading."""
    marked = list(lines)
    for at, line in enumerate(lines):
        if _TITLE.match(line.text):
            marked[at] = replace(line, text=line.text.rstrip(":"), level=line.level or 1, item=False, row=False)
            _mark(marked, at + 1)
            break
    else:
        _mark_untitled(marked)
    return marked


def _mark(lines: list[Line], first: int) -> None:
    """Mark from `first` on, until a line is none of the contents or names again what stood there before."""
    seen: set[str] = set()
    for at in range(first, len(lines)):
        entry = None if len(lines[at].text) > _LONGEST else entry_of(lines[at].text)
        if entry is None or _is_text(lines[at]):
            return
        number, title, page = entry
        name = f"{number} {title}".strip().casefold()
        if name in seen or (number and f"#{number}" in seen):
            return
        said = page or number or lines[at].contents or _LED.search(lines[at].text)
        # With neither number nor page it is an entry only where the same words come again as a heading.
        if not said and not any(title.casefold() == later.text.casefold() for later in lines[at + 1 : at + 400]):
            return
        seen |= {name, f"#{number}"} if number else {name}
        lines[at] = replace(lines[at], contents=True, item=False, level=0, row=False)


def _is_text(line: Line) -> bool:
    return bool(re.search(r"[.;:]$", line.text)) and not _LED.search(line.text) and not line.contents


def _mark_untitled(lines: list[Line]) -> None:
    """Mark a run of lines that each end in a page number after dots or a tab, where no line calls it contents."""
    run: list[int] = []
    for at in range(len(lines) + 1):
        if at < len(lines) and (lines[at].contents or re.search(r"(?:\t|\.{3}[ ]*)\d{1,3}$", lines[at].text)):
            run.append(at)
            continue
        if len(run) >= FEWEST:
            for marked in run:
                lines[marked] = replace(lines[marked], contents=True, item=False, level=0, row=False)
        run = []
