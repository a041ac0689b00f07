"""Files that people attach: allowed kinds only, sniffed, decoded, stored under random names, downloaded only.

The parent's own page decides who may fetch one; nothing here is reachable by address.
"""

import hashlib
import io
import os
import secrets
import warnings
from pathlib import Path
from typing import BinaryIO

import puremagic
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from policyportal.lib.models import AttachmentBase

MOST_BYTES = 20 * 1024 * 1024
MOST_FILES = 5
MOST_PIXELS = 40_000_000
MOST_PDF_PAGES = 200
PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
CONTENT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "PDF": "application/pdf"}
ALLOWED_WORDS = "a PNG, JPEG or WebP picture, a PDF, or a plain text file"
# What a PDF could do by itself when opened.
ACTIVE_PDF_KEYS = (b"/JavaScript", b"/Launch", b"/EmbeddedFile")


class FileRefused(Exception):
    """The file cannot be kept; the message says why, in words for the person who chose it."""


def checked(upload: UploadedFile) -> tuple[bytes, str]:
    """Return the bytes to store and their content type, after every check; pictures come back re-encoded.

    Re-encoding drops what a picture carries besides the picture: place, device, scripts, a second format.
    Raises FileRefused.
    """
    name = upload.name or ""
    if upload.size > MOST_BYTES:
        raise FileRefused(f"“{name}” is larger than 20 MB. Choose a smaller file.")
    if upload.size == 0:
        raise FileRefused(f"“{name}” is empty. Choose another file.")
    extension = Path(name).suffix.lower()
    content = upload.read()
    if extension == ".txt":
        return _text(name, content), "text/plain"
    _refuse_a_lie(name, extension, content)
    if extension in PICTURES:
        return _picture(name, PICTURES[extension], content), CONTENT_TYPES[PICTURES[extension]]
    return _pdf(name, content), CONTENT_TYPES["PDF"]


def keep(upload: UploadedFile, attachment: AttachmentBase) -> AttachmentBase:
    """Check and store `upload`, fill `attachment` and return it unsaved. Raises FileRefused; OSError on a full disk.

    The bytes are on disk before the row exists: a row never points at a missing or half-written file.
    """
    content, content_type = checked(upload)
    attachment.stored_name = f"{secrets.token_hex(2)}/{secrets.token_hex(24)}"
    attachment.original_name = safe_name(upload.name or "file")
    attachment.content_type = content_type
    attachment.size = len(content)
    attachment.sha256 = hashlib.sha256(content).hexdigest()
    path = Path(default_storage.path(attachment.stored_name))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".part")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return attachment


def download(attachment: AttachmentBase) -> FileResponse:
    """Return the file as a download that no browser runs; the caller has checked the parent."""
    file: BinaryIO = default_storage.open(attachment.stored_name)
    response = FileResponse(
        file, as_attachment=True, filename=attachment.original_name, content_type=attachment.content_type
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def safe_name(name: str) -> str:
    """Return a name that is only a name: no path, no control or direction-changing characters, 150 at most."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in base if c.isprintable() and c not in '<>:"|?*').strip(". ")
    stem, extension = os.path.splitext(clean)
    return (stem[: 150 - len(extension)] + extension) or "file"


def _refuse_a_lie(name: str, extension: str, content: bytes) -> None:
    """Compare the name's ending with what the first bytes say."""
    if extension not in PICTURES and extension != ".pdf":
        hint = " Photos in this format (HEIC) can be saved as JPEG first." if extension in (".heic", ".heif") else ""
        raise FileRefused(f"“{name}” is not a kind of file that can be kept. Choose {ALLOWED_WORDS}.{hint}")
    try:
        found = {match.extension.lower() for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        found = set()
    alike = {".jpg", ".jpeg", ".jfif"} if extension in (".jpg", ".jpeg") else {extension}
    if not found & alike:
        raise FileRefused(f"“{name}” is not what its name says. Choose {ALLOWED_WORDS}.")


def _text(name: str, content: bytes) -> bytes:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(f"“{name}” is not plain text. Save it as UTF-8 text and choose it again.") from None
    if "\0" in text:
        raise FileRefused(f"“{name}” is not plain text.")
    return text.encode()


def _picture(name: str, kind: str, content: bytes) -> bytes:
    broken = FileRefused(f"“{name}” is broken and cannot be opened. Choose another copy of it.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=[kind])
            if picture.width * picture.height > MOST_PIXELS:
                raise FileRefused(f"“{name}” has too many pixels. Make the picture smaller and choose it again.")
            picture = ImageOps.exif_transpose(picture)
            if picture.mode not in ("RGB", "RGBA", "L"):
                picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
            if kind == "JPEG" and picture.mode == "RGBA":
                picture = picture.convert("RGB")
            # Comments, places and profiles travel in here.
            picture.info.clear()
            out = io.BytesIO()
            picture.save(out, kind, exif=b"", xmp=b"")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombWarning):
        raise broken from None
    except Image.DecompressionBombError:
        raise FileRefused(f"“{name}” has too many pixels. Make the picture smaller and choose it again.") from None
    return out.getvalue()


def _pdf(name: str, content: bytes) -> bytes:
    if any(key in content for key in ACTIVE_PDF_KEYS):
        raise FileRefused(f"“{name}” contains scripts or other files. Print it to a new PDF and choose that.")
    try:
        pages = len(PdfReader(io.BytesIO(content)).pages)
    except (PyPdfError, ValueError, KeyError, RecursionError, TypeError, OSError):
        raise FileRefused(f"“{name}” is broken or locked and cannot be opened. Choose another copy of it.") from None
    if pages > MOST_PDF_PAGES:
        raise FileRefused(f"“{name}” has more than {MOST_PDF_PAGES} pages. Choose a shorter file.")
    return content
