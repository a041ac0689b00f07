"""Web pages: the text of each heading, paragraph, bullet and row; scripts, styles and menus are passed over."""

from html.parser import HTMLParser

from policies.reading.sources.line import Line

_SKIPPED = {"script", "style", "head", "template", "noscript", "svg", "math", "nav", "iframe", "object", "select"}
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BREAKS = {
    "p", "div", "section", "article", "main", "header", "footer", "aside", "blockquote", "ul", "ol", "dl", "dt", "dd",
    "table", "tbody", "thead", "figure", "figcaption", "address", "hr", "pre", "form", "fieldset", "body", "html",
}  # fmt: skip


class _Reader(HTMLParser):
    """Gathers lines as the tags go by; it keeps no tree, so that no nesting is too deep for it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self.words: list[str] = []
        self.skipping: list[str] = []
        self.level = 0
        self.item = False
        self.row = False
        self.bold = 0
        self.strong: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self.skipping.append(tag)
        elif tag == "br":
            self.close(keep=True)
        elif tag in _HEADINGS:
            self.close()
            self.level = _HEADINGS[tag]
        elif tag == "li":
            self.close()
            self.item = True
        elif tag == "tr":
            self.close()
            self.row = True
        elif tag in {"td", "th"}:
            if self.words:
                self.words.append("\t")
        elif tag in {"b", "strong"}:
            self.bold += 1
        elif tag in _BREAKS and not self.row:
            # A paragraph within a bullet is still that bullet.
            self.close(keep=not self.words)

    def handle_endtag(self, tag: str) -> None:
        if self.skipping:
            if tag in self.skipping[-8:]:
                while self.skipping.pop() != tag:
                    pass
        elif tag in {"b", "strong"}:
            self.bold = max(0, self.bold - 1)
        elif tag in _HEADINGS or tag in {"li", "tr"} or (tag in _BREAKS and not self.row):
            self.close()

    def handle_data(self, data: str) -> None:
        if self.skipping:
            return
        if data.strip():
            self.strong.append(self.bold > 0)
        if data.strip() or self.words:
            self.words.append(" ".join(data.split()) if not self.row else data.replace("\n", " "))
            if data[-1:].isspace():
                self.words.append(" ")

    def close(self, keep: bool = False) -> None:
        """End the line; `keep` leaves it open whether the next one is a bullet or a heading too."""
        text = "".join(self.words).strip()
        if text:
            level = self.level or (9 if self.strong and all(self.strong) and not (self.item or self.row) else 0)
            self.lines.append(Line(text, level=level, item=self.item, row=self.row, apart=True))
        self.words, self.strong = [], []
        if not keep:
            self.level, self.item, self.row = 0, False, False


def lines_of(text: str) -> list[Line]:
    """Return the lines of a web page."""
    reader = _Reader()
    reader.feed(text)
    HTMLParser.close(reader)
    reader.skipping.clear()
    _Reader.close(reader)
    return reader.lines
