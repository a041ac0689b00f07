"""Lines that every page repeats: headers, footers and page numbers, which belong to no sentence of the text."""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from difflib import SequenceMatcher

from policies.reading.sources.line import Line

# A header stands among the first or last lines of its page.
EDGE = 3
# A line that stands at the head of the document is the document's own title page too, and is kept once.
HEAD = 6
# In a text without pages, a line has to come back this often before it counts as a header.
OFTEN = 3
ALIKE = 0.9
MOST_HEADERS = 20
# No heading, however it looks.
PLAIN = -1

PAGE_NUMBER = re.compile(r"[-–—|\s]*(?:page|p\.?)?\s*\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?[-–—|\s]*$", re.IGNORECASE)
_PAGE_NUMBER_IN_WORDS = re.compile(r"[-–—|\s]*page\s+\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?[-–—|\s]*$", re.IGNORECASE)
_ADDRESS = re.compile(r"www\.|https?://|\S@\S+\.\S|\btel(?:ephone)?\b", re.IGNORECASE)
_ENDS_OPEN = re.compile(r"[^.!?:;]$")


def without_repeated(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Return the lines without what pages repeat, and what that was, each wording once."""
    repeated = _coming_back(lines)
    if lines and lines[-1].page:
        repeated |= _at_the_edges(lines)
    kept, headers = [], []
    for at, line in enumerate(lines):
        if at not in repeated and not _PAGE_NUMBER_IN_WORDS.match(line.text):
            kept.append(line)
            continue
        if not PAGE_NUMBER.match(line.text) and line.text not in headers:
            headers.append(line.text)
            if at < HEAD and not any(_alike(line.text, other.text) or line.text in other.text for other in kept):
                kept.append(replace(line, level=PLAIN, apart=True))
    return kept, headers


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", " ", text.lower()))


def _alike(one: str, other: str) -> bool:
    """Tell whether two lines are one header, read a letter differently."""
    one, other = _key(one), _key(other)
    if one == other:
        return True
    if min(len(one), len(other)) < 12 or abs(len(one) - len(other)) > len(one) // 10:
        return False
    if one[:8] != other[:8] and one[-8:] != other[-8:]:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def _at_the_edges(lines: list[Line]) -> set[int]:
    """Return where a line stands that comes back at the head of pages, or at their foot."""
    pages: dict[int, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        pages[line.page or 0].append(at)
    found = {at for page in pages.values() for at in (page[0], page[-1]) if PAGE_NUMBER.match(lines[at].text)}
    enough = 2 if len(pages) < 4 else 3
    for side in ([page[:EDGE] for page in pages.values()], [page[-EDGE:] for page in pages.values()]):
        seen = Counter(key for page in side for key in {_key(lines[at].text) for at in page if not lines[at].item})
        headers = [key for key, times in seen.most_common(MOST_HEADERS) if times >= enough]
        found |= {
            at
            for page in side
            for at in page
            if not lines[at].item and any(_alike(lines[at].text, one) for one in headers)
        }
    return found


def _coming_back(lines: list[Line]) -> set[int]:
    where: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        if not (line.item or line.level or line.row) and 12 <= len(line.text) <= 250:
            where[_key(line.text)].append(at)
    often = {key: places for key, places in where.items() if len(places) >= OFTEN}
    sure = {key for key, places in often.items() if _ADDRESS.search(key) or _cuts_a_sentence(lines, places)}
    found = {at for key in sure for at in often[key]}
    # A motto stands beside the address, and may be read in more than one way.
    for key, places in where.items():
        if key not in sure and len(places) > 1 and all(at - 1 in found or at + 1 in found for at in places):
            sure.add(key)
            found |= set(places)
    headers = sorted(sure)[:MOST_HEADERS]
    return (
        found
        | {
            places[0]
            for key, places in where.items()
            if len(places) < OFTEN and any(_alike(key, one) for one in headers)
        }
        | {
            places[-1]
            for key, places in where.items()
            if len(places) == 2 and any(_alike(key, one) for one in headers)
        }
    )


def _cuts_a_sentence(lines: list[Line], places: list[int]) -> bool:
    return any(
        0 < at < len(lines) - 1 and _ENDS_OPEN.search(lines[at - 1].text) and lines[at + 1].text[:1].islower()
        for at in places
    )
