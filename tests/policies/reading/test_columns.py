"""Pages that are set in two columns: each is read from top to bottom, whichever way the file lists its lines."""

import textwrap

import pytest
from fpdf import FPDF

from policies.reading.document import BlockKind, Document
from policies.reading.opening import open_document

PURPOSE = (
    "This policy says how our school uses social media, and what we ask of everybody who works here, learns here or "
    "sends a child here. It is read together with the safeguarding policy and the code of conduct."
)
STAFF = (
    "Staff must not be friends with pupils on any site. Staff must tell the designated safeguarding lead within 24 "
    "hours when a pupil makes contact with them online."
)
PUPILS = (
    "Pupils must not use phones in lessons. Pupils should tell a teacher at once about any message that frightens "
    "them, whoever sent it and whatever it says."
)
PARENTS = (
    "Parents should not post photographs of other people's children. Complaints are dealt with under the complaints "
    "policy, and the governors look at this policy every year."
)
TITLE = "Social media policy"
LEFT = [("1. Purpose", PURPOSE), ("2. Staff", STAFF)]
RIGHT = [("3. Pupils", PUPILS), ("4. Parents", PARENTS)]
WHOLE = [TITLE, *(words for part in (*LEFT, *RIGHT) for words in part)]


def lines(parts: list[tuple[str, str]], x: int) -> list[tuple[int, int, str, str]]:
    set_so = [(style, line) for head, text in parts for style, line in [("B", head), *wrapped(text)]]
    return [(x, 35 + 6 * at, style, line) for at, (style, line) in enumerate(set_so)]


def wrapped(text: str) -> list[tuple[str, str]]:
    return [("", line) for line in textwrap.wrap(text, 48)]


def drawn(pieces: list[tuple[int, int, str, str]]) -> Document:
    paper = FPDF()
    paper.add_page()
    paper.set_font("helvetica", "B", 18)
    paper.text(60, 20, TITLE)
    for x, y, style, words in pieces:
        paper.set_font("helvetica", style, 12 if style else 10)
        paper.text(x, y, words)
    return open_document(bytes(paper.output()), "policy.pdf")


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


@pytest.mark.parametrize("across", [False, True], ids=["column by column", "line by line"])
def test_a_page_in_two_columns_is_read_column_by_column(across):
    pieces = [*lines(LEFT, 15), *lines(RIGHT, 110)]
    assert texts(drawn(sorted(pieces, key=lambda one: one[1]) if across else pieces)) == WHOLE


def test_a_line_over_both_columns_stands_between_what_is_above_and_below_it():
    pieces = [*lines(LEFT, 15), *lines(RIGHT, 110)]
    last = max(y for _, y, *_ in pieces)
    over = "All of this holds for both of our sites, in school time and outside it, on whatever device somebody uses."
    below = [
        (x, last + 18 + 6 * at, "", line)
        for x, text in ((15, "Visitors are asked to keep to it."), (110, "Volunteers sign to say that they will."))
        for at, (_, line) in enumerate(wrapped(text))
    ]
    read = texts(drawn([*pieces, (15, last + 9, "B", over), *below]))
    assert read == [*WHOLE, over, "Visitors are asked to keep to it.", "Volunteers sign to say that they will."]


def test_a_table_with_short_cells_is_still_read_row_by_row():
    cells = [(f"Page number {at} is kept by", f"person {at}") for at in range(18)]
    pieces = [
        (x, 80 + 6 * at, "", words) for at, row in enumerate(cells) for x, words in zip((15, 110), row, strict=True)
    ]
    text = [(15, 30 + 6 * at, "", line) for at, line in enumerate(textwrap.wrap(STAFF, 95))]
    rows = [block.text for block in drawn(text + pieces).blocks if block.kind == BlockKind.ROW]
    assert rows == ["\t".join(row) for row in cells]


def test_a_title_that_reaches_further_than_the_text_does_not_break_its_paragraphs():
    assert texts(drawn(lines(LEFT, 15))) == WHOLE[:5]
