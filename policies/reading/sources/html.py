"""Web pages: the text of each heading, paragraph, bullet and row; scripts, styles and menus are passed over.

Tags are found by a scan that never looks back: the parser of the standard library goes over the rest of a page again
for each tag that is not closed, and a page of nothing else would keep it busy for hours. Nothing of the markup is
kept, so there is nothing to clean.
"""

import re
from collections.abc import Iterator
from html import unescape

from policies.reading.sources.line import Line
from policies.reading.sources.plain import decoded

_SKIPPED = {"script", "style", "head", "template", "noscript", "svg", "math", "nav", "iframe", "object", "select"}
# What stands in these is no markup, whatever it looks like.
_RAW = {"script", "style", "iframe", "noscript", "template"}
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BREAKS = {
    "p", "div", "section", "article", "main", "header", "footer", "aside", "blockquote", "ul", "ol", "dl", "dt", "dd",
    "table", "tbody", "thead", "figure", "figcaption", "address", "hr", "pre", "form", "fieldset", "body", "html",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b[^<>]{0,5000}>")


class _Page:
    """Gathers lines as the tags go by; it keeps no tree, so that no nesting is too deep for it."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.words: list[str] = []
        self.level = 0
        self.item = False
        self.row = False
        self.bold = 0
        self.strong: list[bool] = []

    def begin(self, tag: str) -> None:
        """Take in the beginning of an element."""
        if tag == "br":
            self.end_line(keep=True)
        elif tag in _HEADINGS:
            self.end_line()
            self.level = _HEADINGS[tag]
        elif tag == "li":
            self.end_line()
            self.item = True
        elif tag == "tr":
            self.end_line()
            self.row = True
        elif tag in {"td", "th"} and self.words:
            self.words.append("\t")
        elif tag in {"b", "strong"}:
            self.bold += 1
        elif tag in _BREAKS and not self.row:
            # A paragraph within a bullet is still that bullet.
            self.end_line(keep=not self.words)

    def end(self, tag: str) -> None:
        """Take in the end of an element."""
        if tag in {"b", "strong"}:
            self.bold = max(0, self.bold - 1)
        elif tag in _HEADINGS or tag in {"li", "tr"} or (tag in _BREAKS and not self.row):
            self.end_line()

    def take(self, words: str) -> None:
        """Take in what stands between two tags."""
        if words.strip():
            self.strong.append(self.bold > 0)
        elif not self.words:
            return
        self.words.append(re.sub(r"\s+", " ", words))

    def end_line(self, keep: bool = False) -> None:
        """End the line; `keep` leaves it open whether the next one is a bullet or a heading too."""
        text = "".join(self.words).strip()
        if text:
            level = self.level or (9 if self.strong and all(self.strong) and not (self.item or self.row) else 0)
            self.lines.append(Line(text, level=level, item=self.item, row=self.row, apart=True))
        self.words, self.strong = [], []
        if not keep:
            self.level, self.item, self.row = 0, False, False


def lines_of(content: bytes) -> tuple[list[Line], list[str]]:
    """Return the lines of a web page; it has no page headers."""
    page = _Page()
    skipped = ""
    depth = 0
    for closes, tag, words in _pieces(decoded(content)):
        if skipped == "head" and tag == "body":
            # Its end need not be written: the body ends it.
            skipped = ""
        if skipped:
            depth += (tag == skipped) * (-1 if closes else 1)
            skipped = skipped if depth else ""
        elif words:
            page.take(unescape(words))
        elif tag in _SKIPPED:
            skipped, depth = ("", 0) if closes else (tag, 1)
        elif closes:
            page.end(tag)
        else:
            page.begin(tag)
    page.end_line()
    return page.lines, []


def _pieces(text: str) -> Iterator[tuple[bool, str, str]]:
    """Give one tag after the other, told whether it closes, and the words between them."""
    at = 0
    while at < len(text):
        opening = text.find("<", at)
        if opening != at:
            yield False, "", text[at : opening if opening >= 0 else len(text)]
        if opening < 0:
            return
        if text.startswith(("<!", "<?"), opening):
            mark = "-->" if text.startswith("<!--", opening) else ">"
            end = text.find(mark, opening)
            if end < 0:
                return
            at = end + len(mark)
            continue
        found = _TAG.match(text, opening)
        if not found:
            yield False, "", "<"
            at = opening + 1
            continue
        tag, at = found[2].lower(), found.end()
        yield bool(found[1]), tag, ""
        if tag in _RAW and not found[1]:
            closing = re.compile(rf"</{tag}\b", re.IGNORECASE).search(text, at)
            if not closing:
                return
            at = closing.start()
