"""Sentences of a block: where each begins and ends."""

import re

_END = re.compile(r"[.!?][\"'’”)\]]*[ \t]+(?=[\"'‘“(\[]?[A-Z0-9*])")
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|mr|mrs|ms|dr|no|st|vs|cf|inc|ltd|approx|[A-Z])|\.[A-Za-z])$", re.IGNORECASE
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each sentence of a text, in order; together they hold all of its words."""
    found, start = [], 0
    for end in _END.finditer(text):
        if _SHORT.search(text, max(start, end.start() - 12), end.start()) and text[end.start()] == ".":
            continue
        stop = start + len(text[start : end.end()].rstrip())
        found.append((start, stop))
        start = end.end()
    if text[start:].strip():
        found.append((start, len(text.rstrip())))
    return found
