"""Files: what is kept, what is refused and in which words, and how one is handed out."""

import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from fpdf import FPDF
from PIL import Image

from incidents.models import Evidence
from policyportal.lib import attachments
from policyportal.lib.attachments import FileRefused, checked, download, keep, safe_name


def picture(kind="PNG", size=(40, 30), mode="RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 1).save(out, kind, **options)
    return out.getvalue()


def pdf(pages=1) -> bytes:
    document = FPDF()
    for _ in range(pages):
        document.add_page()
    return bytes(document.output())


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def exif_with_a_place() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "CANARY-MAKER"
    exif.get_ifd(0x8825)[1] = "CANARY-GPS"
    return exif


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.png", picture(), "image/png"),
        ("a.PNG", picture(mode="RGBA"), "image/png"),
        ("a.jpg", picture("JPEG"), "image/jpeg"),
        ("a.jpeg", picture("JPEG", mode="CMYK"), "image/jpeg"),
        ("a.webp", picture("WEBP"), "image/webp"),
        ("a.pdf", pdf(), "application/pdf"),
        ("a.txt", "Łódź, café".encode(), "text/plain"),
    ],
)
def test_the_allowed_kinds_are_kept(name, content, content_type):
    stored, kind = checked(upload(name, content))
    assert kind == content_type
    assert stored


REFUSED = [
    ("empty.png", b"", "is empty"),
    ("page.html", b"<script>x</script>", "not a kind of file that can be kept"),
    ("drawing.svg", b"<svg onload='x'/>", "not a kind of file that can be kept"),
    ("archive.zip", b"PK\x03\x04rest", "not a kind of file that can be kept"),
    ("letter.docx", b"PK\x03\x04rest", "not a kind of file that can be kept"),
    ("phone.heic", b"\0\0\0\x18ftypheic", "saved as JPEG first"),
    ("noending", picture(), "not a kind of file that can be kept"),
    ("page.png", b"<html><script>x</script></html>", "not what its name says"),
    ("photo.png", picture("JPEG"), "not what its name says"),
    ("photo.jpg", pdf(), "not what its name says"),
    ("half.png", picture(size=(400, 300), mode="RGB")[:200], "broken"),
    ("half.jpg", picture("JPEG", size=(400, 300))[:150], "broken"),
    ("bad.pdf", b"%PDF-1.7\nnothing more", "broken or locked"),
    ("script.pdf", pdf() + b"<< /S /JavaScript /JS (app.alert(1)) >>", "contains scripts"),
    ("launch.pdf", pdf() + b"<< /S /Launch >>", "contains scripts"),
    ("binary.txt", b"\xff\xfe\x00", "not plain text"),
    ("nul.txt", b"a\0b", "not plain text"),
    ("long.pdf", pdf(201), "more than 200 pages"),
]


@pytest.mark.parametrize(("name", "content", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_every_other_file_is_refused_with_the_reason(name, content, words):
    with pytest.raises(FileRefused, match=words) as refusal:
        checked(upload(name, content))
    assert name in str(refusal.value)


def test_a_file_of_twenty_megabytes_is_kept_and_one_byte_more_refused():
    assert checked(upload("a.txt", b"x" * attachments.MOST_BYTES))
    with pytest.raises(FileRefused, match="larger than 20 MB"):
        checked(upload("a.txt", b"x" * (attachments.MOST_BYTES + 1)))


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(attachments, "MOST_PIXELS", 100)
    with pytest.raises(FileRefused, match="too many pixels"):
        checked(upload("bomb.png", picture(size=(20, 20))))


def test_a_stored_picture_carries_nothing_but_the_picture():
    content = picture("JPEG", exif=exif_with_a_place(), comment=b"CANARY-COMMENT") + b"<script>CANARY-TAIL</script>"
    assert b"CANARY-MAKER" in content
    stored, _ = checked(upload("a.jpg", content))
    assert b"CANARY" not in stored
    assert not Image.open(io.BytesIO(stored)).getexif()


def test_what_is_kept_is_hashed_named_at_random_and_complete(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    content = b"He wrote that on Monday."
    first = keep(upload("../../notes.txt", content), Evidence())
    second = keep(upload("notes.txt", content), Evidence())
    assert first.original_name == "notes.txt"
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert first.size == len(content)
    assert first.stored_name != second.stored_name
    files = [path for path in Path(tmp_path).rglob("*") if path.is_file()]
    assert sorted(path.read_bytes() for path in files) == [content, content]
    assert not [path for path in files if path.suffix]


def test_a_refused_file_leaves_nothing_on_the_disk(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(FileRefused):
        keep(upload("a.html", b"<p>"), Evidence())
    assert list(tmp_path.rglob("*")) == []


def test_a_full_disk_is_told_and_leaves_no_half_file(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        keep(upload("a.txt", b"words"), Evidence())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_is_only_ever_downloaded(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    evidence = keep(upload("note.txt", b"words"), Evidence())
    response = download(evidence)
    assert response["Content-Disposition"] == 'attachment; filename="note.txt"'
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == b"words"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\photo.png", "photo.png"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie x.png"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("\0", "file"),
        ("...", "file"),
        ("n" * 300 + ".png", "n" * 146 + ".png"),
        ("😀.png", "😀.png"),
    ],
)
def test_a_name_is_only_a_name(name, safe):
    assert safe_name(name) == safe
