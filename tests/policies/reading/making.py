"""Files for the tests of reading: the same text as a Word document, as a PDF and as a web page, and damaged ones."""

import html
import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

from fpdf import FPDF

from policies.reading.document import Block, BlockKind, Document

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = f"""<w:styles {WORD}>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/><w:basedOn w:val="Heading1"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading3"><w:name w:val="heading 3"/><w:basedOn w:val="Heading2"/></w:style>
<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="ListBullet"><w:name w:val="List Bullet"/>
<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Counted"><w:name w:val="heading 2"/>
<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="CountedTop"><w:name w:val="heading 1"/>
<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
</w:styles>"""
NUMBERING = f"""<w:numbering {WORD}>
<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/>
<w:lvlText w:val="\uf0b7"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
<w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
<w:lvlText w:val="%1.%2"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
</w:numbering>"""

# What a school might have written, in no school's words: a contents page, a table, numbers, wrapped lines, bullets.
POLICY = """# Our policy for being online

Harbour Mill Community School

| Agreed by: | The full board of governors | On: | 14 March 2025 |
| Looked at again by: | Spring 2027 | | |

Contents

1. Why we wrote this	2
2. Our own pages	2
2.1 What we share	3
3. Grown-ups who work here	4
4. Children	Error! Bookmark not defined
5. Families

1. Why we wrote this

We wrote this policy because a careless message travels further than anybody who sends it expects, and because a
child who is hurt by one may carry it for a long time. It says what we ask of everybody who belongs to the school.

Everybody must read it in September.

2. Our own pages

The school runs a page on Facebook and a well-kept channel on YouTube, which the office looks after; nobody else may
write there unless the headteacher has said so in writing and the office has noted the day.

2.1 What we share

The school will not post:

- surnames of pupils
- anything about a pupil's health, however kindly it is meant, and whoever it was who asked us to tell other families
- adverts

3. Grown-ups who work here

Employees must not:

- befriend a pupil on a private account
- write about a colleague, a family or the school in a way that would embarrass them if it were read out in assembly
- lend their password to anyone

They should never argue online. Anything that worries an employee must be reported to the safeguarding lead within 24
hours.

4. Children

Children may not bring phones into lessons. Children should tell a teacher at once about a message that frightens them.

5. Families

We ask parents and carers to speak to us first, before they write about a problem where the whole town can read it.

Parents should not post photographs of other people's children.
"""


@dataclass
class Around:
    """What the pages of a file carry besides the text."""

    header: str = ""
    footer: str = ""


def plain(text: str) -> str:
    """The text in signs that every font of a PDF has, so that all files hold the same."""
    for sign, stands_for in {"–": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "•": "-", "…": "..."}.items():
        text = text.replace(sign, stands_for)
    return text


def paragraph(text: str, style: str = "", extra: str = "", bold: bool = False) -> str:
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + extra
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    words = escape(text).replace("\t", "</w:t><w:tab/><w:t xml:space='preserve'>")
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r>{look}<w:t xml:space='preserve'>{words}</w:t></w:r></w:p>"


def table(rows: list[list[str]]) -> str:
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def word_file(body: str, parts: dict[str, str] | None = None, prologue: str = "") -> bytes:
    """A Word document of this body; `parts` are added, or put in the place of the usual ones."""
    files = {
        "[Content_Types].xml": "<Types/>",
        "word/styles.xml": STYLES,
        "word/numbering.xml": NUMBERING,
        "word/document.xml": f"{prologue}<w:document {WORD}><w:body>{body}</w:body></w:document>",
    } | (parts or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def as_docx(document: Document, around: Around | None = None) -> bytes:
    """The text as a Word document, with its styles, lists and tables."""
    around = around or Around()
    body = []
    for block in document.blocks:
        text = plain(block.text)
        if block.kind == BlockKind.HEADING:
            body.append(paragraph(text, f"Heading{min(block.level, 3)}"))
        elif block.kind == BlockKind.ITEM:
            body.append(paragraph(text, "ListBullet"))
        elif block.kind == BlockKind.ROW:
            body.append(table([text.split("\t")]))
        else:
            body.append(paragraph(text, "TOC1" if block.kind == BlockKind.CONTENTS else ""))
    edges = {"word/header1.xml": around.header, "word/footer1.xml": around.footer}
    parts = {name: f"<w:hdr {WORD}>{paragraph(text)}</w:hdr>" for name, text in edges.items() if text}
    return word_file("".join(body), parts)


class _Paper(FPDF):
    around = Around()

    def header(self) -> None:
        if self.around.header:
            self.set_font("helvetica", size=9)
            self.cell(0, 5, self.around.header, align="C", new_x="LMARGIN", new_y="NEXT")
            self.ln(8)

    def footer(self) -> None:
        if self.around.footer:
            self.set_y(-15)
            self.set_font("helvetica", size=9)
            self.cell(0, 5, f"{self.around.footer} - page {self.page_no()} of 9", align="C")


def as_pdf(document: Document, around: Around | None = None, font: str = "helvetica", size: int = 11) -> bytes:
    """The text as a PDF, its lines wrapped, its bullets drawn with a glyph and set in."""
    paper = _Paper()
    paper.around = around or Around()
    paper.set_auto_page_break(True, 25)
    paper.add_page()
    for block in document.blocks:
        _set(paper, block, font, size)
    return bytes(paper.output())


def _set(paper: FPDF, block: Block, font: str, size: int) -> None:
    text, next_line = plain(block.text), {"new_x": "LMARGIN", "new_y": "NEXT"}
    heading = block.kind == BlockKind.HEADING
    paper.set_font(font, "B" if heading else "", size + 9 - 2 * block.level if heading else size)
    if block.kind == BlockKind.ITEM:
        paper.set_x(18)
        paper.cell(6, 6, "\xb7")
        paper.multi_cell(0, 6, text, align="L", **next_line)
        return
    if block.kind in {BlockKind.ROW, BlockKind.CONTENTS}:
        cells = text.split("\t")
        for cell in cells:
            paper.cell(paper.get_string_width(cell) + 16, 6, cell)
        paper.ln(8)
        return
    paper.ln(3)
    paper.multi_cell(0, 6 if not heading else 9, text, align="L", **next_line)
    paper.ln(1)


def as_html(document: Document) -> bytes:
    """The text as a web page with a menu, a script and a style around it."""
    names = {BlockKind.ITEM: "li", BlockKind.PARAGRAPH: "p", BlockKind.CONTENTS: "p"}
    body = []
    for block in document.blocks:
        text = html.escape(plain(block.text))
        if block.kind == BlockKind.ROW:
            cells = "".join(f"<td>{cell}</td>" for cell in text.split("\t"))
            body.append(f"<table><tr>{cells}</tr></table>")
            continue
        name = f"h{min(block.level, 6)}" if block.kind == BlockKind.HEADING else names[BlockKind(block.kind)]
        body.append(f"<{name}>{text}</{name}>")
    page = "<style>p { color: red }</style></head><body><nav><a href='/'>Menu</a></nav><script>alert('x')</script>"
    return f"<!DOCTYPE html><html><head><title>t</title>{page}{''.join(body)}</body></html>".encode()
