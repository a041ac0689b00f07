"""Text files, Markdown and pasted text: lines as they stand, with the marks of Markdown read as what they mean."""

import re

from policies.reading.sources.line import Line, cut

_HASHES = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$")
_WHOLE_BOLD = re.compile(r"\s*(\*\*|__)([^*_]+)\1\s*$")
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_]*[^*_\s])\1")
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]*[^*\s])\*(?![\w*])")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^\s()]{1,500})\)")
_ADDRESS = re.compile(r"<((?:https?://|mailto:|www\.)[^\s<>]{1,500})>")
_RULE = re.compile(r"\s*([-*_=~][ \t]*){3,}$")
_TABLE_ROW = re.compile(r"\s*\|(.+)\|\s*$")
_TABLE_LINE = re.compile(r"[\s|:+-]+$")
_ENCODINGS = ("utf-8-sig", "cp1252")


def decoded(content: bytes) -> str:
    """Return the text of a file in whatever usual encoding it was saved."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def unmarked(text: str) -> str:
    """Return a line without the marks for bold, italic and links; the address of a link stays beside its words."""
    text = _ADDRESS.sub(r"\1", text)
    text = _LINK.sub(lambda link: link[1] if link[1] in link[2] else f"{link[1]} ({link[2]})", text)
    text = _BOLD.sub(r"\2", text)
    return _ITALIC.sub(r"\1", text)


def lines_of(text: str) -> list[Line]:
    """Return the lines of a text that are not blank; a form feed begins a page."""
    lines: list[Line] = []
    paged = "\f" in text
    page, apart = 1, True
    for raw in re.split(r"(\f)|\r\n|[\n\r\v\x85\u2028\u2029]", text):
        if raw == "\f":
            page, apart = page + 1, True
        if not raw or raw == "\f" or not raw.strip() or _RULE.match(raw):
            apart = apart or raw is not None
            continue
        for part in cut(raw):
            lines.append(_line(part, page if paged else None, apart))
            apart = False
    return [line for line in lines if line.text]


def _line(raw: str, page: int | None, apart: bool) -> Line:
    if hashes := _HASHES.match(raw):
        return Line(unmarked(hashes[2]), page, level=len(hashes[1]), apart=apart)
    if row := _TABLE_ROW.match(raw):
        cells = "" if _TABLE_LINE.match(raw) else "\t".join(cell.strip() for cell in row[1].split("|"))
        return Line(unmarked(cells), page, row=True, apart=apart)
    bold = _WHOLE_BOLD.match(raw)
    return Line(bold[2] if bold else unmarked(raw), page, level=9 if bold else 0, apart=apart)
