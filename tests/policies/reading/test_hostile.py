"""Files that mean harm or are not what they say: each is refused with a sentence, or read, and neither takes long.

How long is the kernel's business: the process that opens a file has its seconds and its bytes. What these tests ask is
that an answer comes, that it is the right one, and that the process is gone.
"""

import io
import subprocess
import sys
import zipfile
import zlib

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript

from policies.reading import opening
from policies.reading.document import Unreadable
from policies.reading.opening import open_document, open_text
from policies.reading.reader import facts_of
from policies.reading.sources import docx
from policies.reading.sources.line import LONGEST_LINE
from tests.policies.reading import making

RULE = "All staff must follow this policy of our school, whatever they write and wherever they do so, at any time."


def refusal(content: bytes, name: str) -> str:
    with pytest.raises(Unreadable) as refused:
        open_document(content, name)
    message = str(refused.value)
    assert message.endswith((".", "?")) and "Traceback" not in message
    return message


def read(content: bytes, name: str):
    document = open_document(content, name)
    facts_of(document)
    return document


def pdf_of(*objects: bytes, root: int = 1) -> bytes:
    """A PDF of these objects, with a table of where they stand."""
    out, starts = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, root, table)
    return bytes(out)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
ONE_PAGE = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font "
    b"/Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
)


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n" % (len(content), extra) + content + b"\nendstream"


def test_a_word_document_that_unpacks_to_gigabytes_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("word/document.xml", b" " * (docx.MOST_BYTES_UNPACKED + 1000))
    assert "larger inside" in refusal(out.getvalue(), "bomb.docx")


def test_a_word_document_that_lies_about_its_size_is_refused():
    body = making.word_file(making.paragraph("x" * 50_000))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    lying = body.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert "damaged" in refusal(lying, "lying.docx")


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
    ids=["laughs", "file", "web"],
)
def test_a_word_document_with_entities_is_refused(prologue):
    text = "&c;" if "&b;" in prologue else "&a;" if "ENTITY" in prologue else "x"
    body = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
    assert "damaged" in refusal(making.word_file(body, prologue=prologue), "laughs.docx")


def test_a_word_document_nested_without_end_is_refused():
    deep = "<w:tbl><w:tr><w:tc>" * 100_000
    assert "damaged" in refusal(making.word_file(deep), "deep.docx")


def test_styles_that_rest_on_each_other_in_a_ring_end():
    ring = "".join(
        f'<w:style w:type="paragraph" w:styleId="{one}"><w:basedOn w:val="{other}"/></w:style>'
        for one, other in ("AB", "BA")
    )
    content = making.word_file(
        making.paragraph(RULE, "A") * 2, {"word/styles.xml": f"<w:styles {making.WORD}>{ring}</w:styles>"}
    )
    assert read(content, "ring.docx").blocks[0].text == RULE


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.docx", "empty"),
        (b" \n\t ", "blank.txt", "empty"),
        (b"x" * (opening.MOST_BYTES + 1), "large.txt", "larger than 20 MB"),
        (b"Staff must ...", "policy.docx", "not what its name says"),
        (b"Staff must ...", "policy.pdf", "not what its name says"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "scan.png", "cannot be read"),
        (b"\x7fELF" + bytes(range(256)) * 20, "policy.txt", "cannot be read"),
        (bytes(range(1, 32)) * 100, "policy.md", "cannot be read"),
        (b"{\\rtf1 text}", "policy.rtf", "cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "policy.doc", "old version of Word"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "policy.docx",
            "protected by a password",
        ),
        (b"PK\x03\x04" + b"rubbish" * 50, "policy.docx", "damaged"),
        (b"%PDF-1.7\n" + b"rubbish" * 500, "policy.pdf", "damaged"),
    ],
)
def test_what_is_no_policy_of_a_kind_that_can_be_read_is_refused_in_plain_words(content, name, words):
    assert words in refusal(content, name)


def test_an_archive_without_a_document_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert "not a Word document" in refusal(out.getvalue(), "sheet.docx")


def test_a_truncated_word_document_is_refused():
    assert "damaged" in refusal(making.word_file(making.paragraph(RULE))[:-40], "cut.docx")


@pytest.fixture(scope="module")
def paper() -> bytes:
    return making.as_pdf(open_text(making.plain(making.POLICY)))


def test_a_truncated_pdf_is_refused_or_read(paper):
    try:
        open_document(paper[: len(paper) * 2 // 3], "cut.pdf")
    except Unreadable as refused:
        assert "PDF" in str(refused) or "policy" in str(refused)


def test_a_pdf_behind_a_password_is_refused(paper):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(paper)))
    writer.encrypt("secret", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    assert "protected by a password" in refusal(out.getvalue(), "locked.pdf")


def test_a_pdf_that_only_forbids_printing_is_read(paper):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(paper)))
    writer.encrypt("", "owner", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    assert read(out.getvalue(), "policy.pdf").blocks[0].text == "Our policy for being online"


def test_a_scan_is_refused_as_a_picture_without_text():
    scan = FPDF()
    for number in range(3):
        scan.add_page()
        scan.rect(10, 10, 100, 200)
        scan.set_font("helvetica")
        scan.cell(20, 10, str(number))
    assert "pictures of pages" in refusal(bytes(scan.output()), "scan.pdf")


def test_a_pdf_of_more_pages_than_a_policy_has_is_refused():
    long = FPDF()
    for _ in range(201):
        long.add_page()
    assert "more than 200 pages" in refusal(bytes(long.output()), "long.pdf")


def test_pages_that_are_their_own_parents_are_refused():
    ring = pdf_of(CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>")
    assert "damaged" in refusal(ring, "ring.pdf")


def test_pages_that_are_named_a_million_times_are_refused():
    kids = b"<< /Type /Pages /Kids [" + b"3 0 R " * 90_000 + b"] /Count 90000 >>"
    refusal(pdf_of(CATALOG, kids, PAGE, stream(b"BT /F1 12 Tf (x) Tj ET")), "many.pdf")


def test_a_stream_that_unpacks_to_gigabytes_is_refused():
    packed = zlib.compressobj(9)
    bomb = b"".join([packed.compress(b"(boom) Tj " * 1_000_000) for _ in range(30)] + [packed.flush()])
    content = pdf_of(CATALOG, ONE_PAGE, PAGE, stream(bomb, b"/Filter /FlateDecode"))
    refusal(content, "bomb.pdf")


def test_a_stream_packed_many_times_over_is_refused():
    inner = zlib.compress(b" " * 50_000_000, 9)
    content = stream(zlib.compress(inner), b"/Filter [/FlateDecode /FlateDecode]")
    refusal(pdf_of(CATALOG, ONE_PAGE, PAGE, content), "nested.pdf")


def test_forms_that_show_each_other_are_refused():
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 5 0 R /B 6 0 R >> >>"
    page = PAGE.replace(b"/Resources <<", b"/Resources << /XObject << /A 5 0 R /B 6 0 R >>")
    show = stream(b"/A Do /B Do " * 20)
    looping = stream(b"/A Do /B Do " * 20, form)
    refusal(pdf_of(CATALOG, ONE_PAGE, page, show, looping, looping), "forms.pdf")


def test_an_object_stream_that_holds_itself_is_refused():
    held = b"1 0 2 20 " + CATALOG.ljust(60)
    own = b"/Type /ObjStm /N 2 /First 9 /Extends 3 0 R"
    refusal(pdf_of(b"3 0 R", b"1 0 R", stream(held, own)), "objects.pdf")


def test_a_script_in_a_pdf_is_neither_run_nor_read(paper):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(paper)))
    writer.add_open_action(JavaScript("app.alert('hello from the script')"))
    out = io.BytesIO()
    writer.write(out)
    assert "hello" not in " ".join(block.text for block in read(out.getvalue(), "script.pdf").blocks)


def test_a_web_page_nested_a_hundred_thousand_deep_is_read():
    page = "<html><body>" + "<div><b><ul><li>" * 25_000 + RULE + RULE
    assert RULE in read(page.encode(), "deep.html").blocks[0].text


@pytest.mark.parametrize("opened", ["<!doctype html", "<!", "<?xml", "<!--", "<![CDATA["])
def test_a_mark_that_is_never_closed_ends_the_page(opened):
    assert "too little text" in refusal(f"{opened} {RULE} {RULE}".encode(), "open.html")
    assert read(f"<p>{RULE}</p><p>{RULE}</p>{opened} more".encode(), "open.html").blocks[-1].text == RULE


def test_a_web_page_without_the_end_of_its_head_is_read():
    page = f"<html><head><title>t</title><body><p>{RULE}</p><p>{RULE}</p>"
    assert [block.text for block in read(page.encode(), "page.html").blocks] == [RULE, RULE]


@pytest.mark.parametrize("cells", [["x"], ["x", "y"]])
def test_a_word_document_of_ten_thousand_tables_is_refused(cells):
    content = making.word_file(making.paragraph(RULE) + making.table([cells]) * 10_000)
    assert "6,000 headings and paragraphs" in refusal(content, "tables.docx")


def test_pages_that_refer_to_each_other_are_refused():
    kids = b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>"
    ring = [b"<< /Type /Pages /Kids [%d 0 R] /Parent %d 0 R /Count 1 >>" % (one, one) for one in (4, 3)]
    assert "damaged" in refusal(pdf_of(CATALOG, kids, *ring), "ring.pdf")


HALVES = (
    b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange 3 beginbfchar <01> <D800> <02> <DFFF> <03> <0000> "
)


def test_halves_of_signs_and_nul_in_any_file_are_taken_out():
    page = PAGE.replace(b"/BaseFont", b"/ToUnicode 5 0 R /BaseFont")
    words = b"BT /F1 12 Tf 50 700 Td (%s\001 \002 \003%s) Tj ET" % (RULE[:60].encode(), RULE[60:].encode())
    font = stream(b"/CIDInit /ProcSet findresource begin " + HALVES + b" end")
    pages = f"<html><p>{RULE} &#0;&#xD800;</p><p>{RULE}</p>"
    for content, name in (
        (pdf_of(CATALOG, ONE_PAGE, page, stream(words), font), "policy.pdf"),
        (f"\ufeff{RULE}\0 {RULE}".encode("utf-16-le"), "policy.txt"),
        (f"\ufeff{RULE}\ud800 {RULE}".encode("utf-16-le", "surrogatepass"), "policy.txt"),
        (pages.encode(), "policy.html"),
    ):
        document = open_document(content, name)
        told = repr([document.as_data(), facts_of(document)])
        assert "policy of our school" in told, name
        assert not [sign for sign in ("\\x00", "\\ud800", "\\udfff") if sign in told], name


def test_scripts_styles_and_comments_of_a_web_page_are_not_read():
    page = (
        f"<html><head><title>t</title><script>alert('policy')</script></head><body onload='x()'><p>{RULE}</p>"
        f"<style>p {{ content: 'no' }}</style><!-- secret --><svg><text>drawn</text></svg><iframe>inside</iframe>"
        f"<p onclick='y()'>{RULE}</p><script>never closed"
    )
    assert [block.text for block in read(page.encode(), "page.html").blocks] == [RULE, RULE]


@pytest.mark.parametrize(
    "text", ["<" * 200_000, "<!--" * 100_000, "<a " * 100_000, "&" * 200_000, "<![CDATA[" * 50_000]
)
def test_a_web_page_of_broken_tags_is_refused_or_read(text):
    try:
        open_document(f"<html><p>{RULE} {RULE}</p>{text}".encode(), "broken.html")
    except Unreadable as refused:
        assert str(refused).endswith((".", "?"))


def test_ten_thousand_headings_are_refused():
    page = "<html><body>" + "".join(f"<h2>{n}. The policy of our school</h2>" for n in range(10_000))
    assert "no policy" in refusal(page.encode(), "headings.html")
    assert "no policy" in refusal("\n\n".join(f"# Heading {n}" for n in range(10_000)).encode(), "headings.md")


def test_a_line_of_five_million_letters_is_refused():
    assert "300,000 letters" in refusal(b"Staff must. " * 420_000, "line.txt")


# Lines are cut at a length, so that a longer text is only more of the same.
LONGEST = 3 * LONGEST_LINE
SECONDS_EACH = 9


# Repeated until the text is as long as it may be.
TIRESOME = [
    "a", "staff ", "staff, ", " ", "- ", "*", "**a", "_a_", "[a](", "1.1.1.1 ", "1. A\t2\n", "must not ", "e.g. A. ",
    "(", "\t.", ". . . . 3", "the school will not be the ", "12/12/2024 and ", "www.x.y/", "Staff: \n", "approved by ",
    "policy, ", "Mr A ", "within 24 hours ", "Act 1998 ", "Facebook and ", "“", "A", "The Of And ", "Act of and the ",
    "a@", "www.",
    "review policy every ", "policies on data protection, ", "Approved by:\n", "\n\n- a", "\n# a", "page 1 of 2\n\n",
]  # fmt: skip
EACH_IN_TURN = """
import resource, sys
import django
django.setup()
from policies.reading.opening import Unreadable, open_text
from policies.reading.reader import facts_of
from tests.policies.reading.test_hostile import LONGEST, RULE, SECONDS_EACH, TIRESOME
for words in TIRESOME:
    print(repr(words), flush=True)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    # The kernel ends the process where one text takes longer.
    most = int(spent.ru_utime + spent.ru_stime) + SECONDS_EACH
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
    try:
        facts_of(open_text(f"{RULE}\\n\\n{words * (LONGEST // len(words))}x\\n\\n{RULE}"))
    except Unreadable:
        pass
print("done")
"""


def test_words_chosen_to_make_a_pattern_try_for_ever_are_read_or_refused():
    command = [sys.executable, "-c", EACH_IN_TURN]
    done = subprocess.run(command, cwd=opening._ROOT, capture_output=True, text=True, check=False)
    # Where it stopped, the last words are those that no pattern may need so long for.
    assert done.stdout.split("\n")[-2:] == ["done", ""], done.stdout[-300:] + done.stderr[-2000:]


def test_a_file_that_takes_all_its_time_is_refused_and_its_process_is_gone(monkeypatch):
    monkeypatch.setattr(opening, "SECONDS", 0.01)
    assert "in the time and memory" in refusal(making.word_file(making.paragraph(RULE)), "slow.docx")


@pytest.mark.parametrize("greed", ["bytearray(900_000_000)", "os.write(os.open(sys.argv[1], os.O_RDWR), b'x')"])
def test_the_process_that_opens_a_file_can_take_no_memory_and_leave_no_file(greed, tmp_path):
    left = tmp_path / "left"
    left.touch()
    program = f"import os, sys; from policies.reading.sources import child; child.limit(); {greed}"
    done = subprocess.run([sys.executable, "-c", program, left], cwd=opening._ROOT, capture_output=True, check=False)
    assert done.returncode != 0
    assert left.read_bytes() == b""


def test_the_process_that_opens_a_file_knows_no_secret_of_the_portal(monkeypatch):
    seen = {}

    def run(command, **more):
        seen.update(more)
        return subprocess.CompletedProcess(command, 0, stdout=b'{"lines": [], "headers": []}')

    monkeypatch.setenv("SECRET_KEY", "hush")
    monkeypatch.setattr(opening.subprocess, "run", run)
    assert "too little text" in refusal(making.word_file(""), "policy.docx")
    assert seen["env"] == {}
