"""Opening a policy: whatever file it comes in, the same text gives the same facts."""

import io
import warnings
import zipfile
from pathlib import Path

import pytest

from policies.reading.document import BlockKind, Document, Unreadable
from policies.reading.opening import checked, kind_of_file, open_document, open_text
from policies.reading.reader import facts_of
from tests.policies.reading import making
from tests.policies.reading.making import POLICY, Around

# Policies as their schools published them, one text file each; they are not ours to keep here.
SOURCES = Path(__file__).resolve().parents[4] / "shared" / "seeds"


def said(document: Document) -> list:
    return [
        (fact.kind, fact.value, document.quoted(fact.place) if fact.place else None, fact.confidence)
        for fact in facts_of(document)
    ]


def shape(document: Document) -> list:
    return [(str(block.kind), block.text) for block in document.blocks]


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks]


def written(text: str) -> Document:
    return open_text(making.plain(text))


@pytest.fixture(scope="module")
def policy() -> Document:
    return written(POLICY)


def opened(body: str, **more) -> Document:
    return open_document(making.word_file(body, **more), "policy.docx")


FILLING = making.paragraph(
    "All staff must follow this policy of our school, whatever they write and wherever they do."
)


def test_the_same_text_as_a_word_document_and_as_a_pdf_gives_the_same_facts(policy):
    from_word = open_document(making.as_docx(policy), "policy.docx")
    from_pdf = open_document(making.as_pdf(policy), "policy.pdf")
    assert shape(from_word) == shape(policy)
    assert shape(from_pdf) == shape(policy)
    assert said(from_word) == said(from_pdf)
    assert len(said(from_word)) > 30


@pytest.mark.parametrize(("font", "size"), [("times", 12), ("helvetica", 9), ("courier", 10)])
def test_the_facts_do_not_hang_on_the_face_or_the_size_of_the_letters(policy, font, size):
    assert said(open_document(making.as_pdf(policy, font=font, size=size), "policy.pdf")) == said(policy)


def test_the_same_text_as_a_web_page_gives_the_same_facts(policy):
    from_page = facts_of(open_document(making.as_html(policy), "policy.html"))
    assert [(fact.kind, fact.value) for fact in from_page] == [(fact.kind, fact.value) for fact in facts_of(policy)]


def test_each_policy_at_hand_gives_the_same_facts_as_a_word_document_and_as_a_pdf():
    sources = sorted(SOURCES.glob("*.txt"))
    if not sources:
        warnings.warn(f"Left out: the published policies, which are not at {SOURCES}", stacklevel=1)
    for source in sources:
        document = written(source.read_text(encoding="utf-8"))
        from_word = open_document(making.as_docx(document), "policy.docx")
        from_pdf = open_document(making.as_pdf(document), "policy.pdf")
        assert said(from_word) == said(from_pdf), source.name


def test_what_pages_repeat_is_told_once_and_cuts_no_sentence():
    words = ["account", "address", "answer", "badge", "book", "chat", "comment", "friend", "group", "image", "link"]
    many = [f"the {one} of a {other}, " for one in words for other in words]
    rules = ["".join(many[at : at + 16]) for at in range(0, 104, 4)]
    text = "# Social media policy\n\n" + "\n\n".join(f"Staff must keep {rule}and ends." for rule in rules)
    around = Around(header="Larkfield School: caring and sharing", footer="Social media policy 2026")
    document = open_document(making.as_pdf(written(text), around), "policy.pdf")
    assert max(block.page for block in document.blocks) > 2
    assert document.headers[0] == "Larkfield School: caring and sharing"
    # The first page's own stays, so that what it says has a place.
    assert texts(document).count("Larkfield School: caring and sharing") == 1
    assert not [text for text in texts(document) if "page" in text]
    assert len([text for text in texts(document) if text.startswith("Staff must")]) == len(rules)
    assert all(text.endswith("and ends.") for text in texts(document) if text.startswith("Staff must"))


def test_headers_of_a_word_document_are_told_apart_from_its_text(policy):
    document = open_document(making.as_docx(policy, Around("Larkfield School", "Version 3")), "policy.docx")
    assert document.headers == ["Version 3", "Larkfield School"]
    assert shape(document) == shape(policy)


def test_lines_that_come_back_in_a_text_without_pages_are_headers_even_when_one_letter_was_misread():
    pages = [
        "Staff must read this policy. It goes on in a",
        "personal way. Pupils should be kind. The school will be",
        "fair to all. Parents may write to us, and we will",
        "answer each of them.",
    ]
    header = ["www.larkfield.example www.larkfield-infants.example", "{}ogether we learn, we laugh and we look out."]
    text = "\n\n".join(
        "\n\n".join([header[0], header[1].format(first), page])
        for first, page in zip(["T", "F", "T", "F"], pages, strict=True)
    )
    document = open_text(text)
    assert texts(document)[2:] == [
        "Staff must read this policy. It goes on in a personal way. Pupils should be kind. The school will be fair to "
        "all. Parents may write to us, and we will answer each of them."
    ]
    assert document.headers == [
        "www.larkfield.example www.larkfield-infants.example",
        "Together we learn, we laugh and we look out.",
        "Fogether we learn, we laugh and we look out.",
    ]


def test_lines_wrapped_by_hand_are_joined_and_cut_words_made_whole():
    text = """Staff must take care of what they write, since a careless word about a safe-
guarding matter is read by people whom it was never meant for. Well-being and
well-
being are the same word here, and a self-
imposed rule keeps its hyphen.

- Staff must not post anything about a pupil in a place that people outside
  the school can read
- Pupils must not share passwords
"""
    paragraph, first, second = open_text(text).blocks
    assert "a safeguarding matter is read" in paragraph.text
    assert "Well-being and well-being are" in paragraph.text
    assert "a self-imposed rule" in paragraph.text
    assert first.text.endswith("in a place that people outside the school can read")
    assert (first.kind, second.text) == (BlockKind.ITEM, "Pupils must not share passwords")


@pytest.mark.parametrize(
    "glyph", ["- ", "* ", "• ", "\u27a4 ", "> ", "- > ", "\uf0b7\t", "\xa0 ", "– ", "o\t".replace("o", "◦"), "✓ "]
)
def test_bullets_of_every_glyph_are_bullets(glyph):
    document = open_text(f"Staff must not:\n\n{glyph}Post pictures of pupils\n{glyph}Share passwords\n")
    assert shape(document)[1:] == [("item", "Post pictures of pupils"), ("item", "Share passwords")]


def test_a_glyph_that_lost_its_words_stays_as_what_it_is():
    assert ("item", "•") in shape(open_text("Contents\n\n1. Aims\t2\n2. Rules\t\n•\t\n\n1. Aims\n\nWe aim high."))


def test_points_without_glyphs_after_a_colon_are_a_list_until_a_sentence_ends_it():
    document = open_text("Our channels are:\n\nFacebook\n\nDojo (private)\n\nThey are run by the office.\n")
    assert [kind for kind, _ in shape(document)] == ["paragraph", "item", "item", "paragraph"]


def test_markdown_is_read_as_what_it_means():
    document = open_text(
        "## **Aims**\n\nWe are **kind**, *always*. See [our page](https://example.org/p) and <https://example.org/q>.\n"
        "\n---\n\n**Rules**\n\n1. Be kind.\n"
    )
    assert shape(document) == [
        ("heading", "Aims"),
        ("paragraph", "We are kind, always. See our page (https://example.org/p) and https://example.org/q."),
        ("heading", "Rules"),
        ("item", "1. Be kind."),
    ]


def test_word_counts_headings_that_are_numbered_by_their_style():
    body = "".join(
        [
            making.paragraph("Aims", "CountedTop"),
            making.paragraph("For staff", "Counted"),
            making.paragraph("For pupils", "Counted"),
            making.paragraph("Rules", "CountedTop"),
            making.paragraph("At school", "Counted"),
            FILLING,
        ]
    )
    assert texts(opened(body))[:5] == ["1. Aims", "1.1 For staff", "1.2 For pupils", "2. Rules", "2.1 At school"]


def test_deleted_hidden_and_doubled_words_of_a_word_document_are_not_read():
    mc = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    body = (
        "<w:p><w:r><w:t>Staff must </w:t></w:r><w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>always </w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>secretly </w:t></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>be kind.</w:t></w:r></w:p>"
        f"<mc:AlternateContent {mc}><mc:Choice><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></mc:Choice>"
        "<mc:Fallback><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>"
    )
    assert texts(opened(body + FILLING))[:2] == ["Staff must always be kind.", "In a box."]


def test_a_word_document_with_tracked_changes_is_read_as_it_would_be_once_they_are_accepted():
    sentence = "Staff must never lend their password to anybody."
    run = f'<w:r><w:t xml:space="preserve">{sentence}</w:t></w:r>'
    gone = '<w:rPr><w:del w:id="1"/></w:rPr>'
    deleted = "<w:del><w:r><w:delText>An old section</w:delText><w:tab/></w:r></w:del>"
    counted = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>'
    document = opened(
        FILLING
        + making.paragraph("Purpose", "CountedTop")
        + f"<w:p><w:pPr>{counted}{gone}</w:pPr>{deleted}</w:p>"
        + making.paragraph("Staff", "CountedTop")
        + f"<w:p><w:moveFrom>{run}</w:moveFrom></w:p>"
        + making.paragraph("Everybody is asked to read this policy.")
        + f"<w:p><w:moveTo>{run}</w:moveTo></w:p>"
        + making.paragraph("All staff must tell", extra=gone)
        + f"<w:p><w:pPr>{gone}</w:pPr>{deleted}</w:p>"
        + making.paragraph(" the headteacher.")
        + making.paragraph("An end that is the last")
        + f"<w:p><w:pPr>{gone}</w:pPr><w:r><w:t>Nothing after it is lost.</w:t></w:r></w:p>"
    )
    assert texts(document)[1:] == [
        "1. Purpose",
        "2. Staff",
        "Everybody is asked to read this policy.",
        sentence,
        "All staff must tell the headteacher.",
        "An end that is the last",
        "Nothing after it is lost.",
    ]


def test_a_paragraph_that_lost_its_end_takes_in_no_row_and_no_paragraph_after_an_empty_one():
    gone = "<w:rPr><w:del/></w:rPr>"
    open_end = making.paragraph("Staff must tell.", extra=gone)
    rows = making.table([["Approved by", "Ann Approver"]])
    document = opened(FILLING + open_end + rows + making.paragraph("One.") + open_end + "<w:p/>" + FILLING)
    assert texts(document)[1:-1] == ["Staff must tell.", "Approved by\tAnn Approver", "One.", "Staff must tell."]


def test_the_look_that_a_paragraph_had_before_a_tracked_change_is_not_read():
    former = '<w:pPrChange><w:pPr><w:pStyle w:val="Heading1"/></w:pPr></w:pPrChange>'
    bold = "<w:rPr><w:rPrChange><w:rPr><w:b/><w:vanish/></w:rPr></w:rPrChange></w:rPr>"
    words = "Parents are asked to read it"
    document = opened(
        FILLING + making.paragraph(f"{words}.", extra=former) + f"<w:p><w:r>{bold}<w:t>{words} again</w:t></w:r></w:p>"
    )
    assert [(block.text, block.level) for block in document.blocks[1:]] == [(f"{words}.", 0), (f"{words} again", 0)]


def test_a_table_is_read_row_by_row():
    rows = [["Who", "What"], ["Staff", "must log in"], ["Pupils", "must not"]]
    assert shape(opened(making.table(rows) + FILLING))[:3] == [("row", "\t".join(row)) for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_file_is_read_in_whatever_encoding_it_was_saved(encoding):
    text = (
        "# Social media policy\n\nStaff – and pupils – must not use the school’s name without the head’s word.\n" * 2
    )
    document = open_document(text.encode(encoding), "Policy.TXT")
    assert document.blocks[1].text == "Staff – and pupils – must not use the school’s name without the head’s word."


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (making.word_file(""), "x.docx", "docx"),
        (b"%PDF-1.7 and so on", "x.pdf", "pdf"),
        (b"%PDF-1.7 and so on", "x.txt", "pdf"),
        (b"<!DOCTYPE html><p>x", "x.txt", "html"),
        (b"<p>x", "x.htm", "html"),
        (b"# x", "x.md", "markdown"),
        (b"x", "x.txt", "text"),
    ],
)
def test_the_kind_of_a_file_is_told_by_what_it_holds(content, name, kind):
    assert kind_of_file(content, name) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Mix flour and butter. You must not open the oven. Bake it for an hour and serve it warm, with cream, to all.",
        "The school fair was lovely. Parents came, and the pupils sang. Thank you to all who baked and who helped.",
        "Staff must.",
    ],
)
def test_what_is_no_policy_is_refused_with_a_question(text):
    with pytest.raises(Unreadable, match="Is it the right file"):
        checked(open_text(text))


def test_a_policy_is_not_refused(policy):
    assert checked(policy) is policy


def test_a_document_without_paragraphs_is_refused():
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {making.WORD}><w:body/></w:document>")
    with pytest.raises(Unreadable, match="too little text"):
        open_document(empty.getvalue(), "policy.docx")
