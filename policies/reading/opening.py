"""Opening a policy: from a file or pasted text to a document, or a reason in plain words why not.

A Word document, a PDF and a web page are taken apart in a process of their own (`sources.child`), with limits that
the kernel keeps: inside gunicorn or a worker a library in a loop would take the whole process with it, and a thread
cannot be stopped.
"""

import json
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

from policies.reading.document import Document, Unreadable
from policies.reading.sources import assembling, plain
from policies.reading.sources.line import Line

# As everywhere in the portal; a policy with pictures of its front page is a tenth of it.
MOST_BYTES = 20_000_000
# 100 pages of nothing but text. Whatever reads the text afterwards may rely on it being no longer.
MOST_LETTERS = 300_000
# A heading, a paragraph or a bullet each: ten times as many as the longest policy has.
MOST_BLOCKS = 6_000
# On the clock, for a file that takes no time of the processor and never ends all the same.
SECONDS = 9
FEWEST_WORDS = 20

KINDS = {
    ".docx": "docx",
    ".docm": "docx",
    ".pdf": "pdf",
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
_WANTED = "Choose a Word document (.docx), a PDF, a web page (.html) or a text file (.txt, .md)."
_ROOT = Path(__file__).resolve().parents[2]
_PAGE = re.compile(rb"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How an encrypted document of today is told from a Word document of before 2007: both come in the same wrapping.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PROTECTED = "This document is protected by a password. Save it without one and choose it again."
_TOO_LONG = f"This holds more than {MOST_LETTERS:,} letters of text, so it is no policy that can be read in."
_TOO_SLOW = "This file could not be read in the time and memory that a policy needs, so it was refused."
_NAMES_A_POLICY = re.compile(
    r"\b(?:polic(?:y|ies)|guidelines?|guidance|code of (?:conduct|practice)|acceptable use|agreement|procedures?"
    r"|rules?|charter|handbook|statement of intent)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:must|should|shall|will|may|expected|required|responsible|allowed|permitted|do not|never)\b", re.IGNORECASE
)
_OF_A_SCHOOL = re.compile(
    r"\b(?:schools?|pupils?|students?|staff|teachers?|governors?|trust|academy|nursery|college|employees?|parents?"
    r"|carers?|headteacher|children)\b",
    re.IGNORECASE,
)


def open_document(content: bytes, file_name: str) -> Document:
    """Return the document that a file makes.

    Raises Unreadable for what is no file of a kind that can be read, is protected, broken, a picture of a text, too
    large, or no policy.
    """
    kind = kind_of_file(content, file_name)
    if kind in {"text", "markdown"}:
        return checked(open_text(plain.decoded(content)))
    lines, headers = _taken_apart(kind, content)
    return checked(_assembled(lines, tuple(headers)))


def open_text(text: str) -> Document:
    """Return the document that a pasted text makes; Markdown's marks are read as what they mean.

    Raises Unreadable for what is too long; `checked` tells whether it is a policy.
    """
    if len(text) > MOST_LETTERS:
        raise Unreadable(_TOO_LONG)
    return _assembled(plain.lines_of(text))


def checked(document: Document) -> Document:
    """Return a document that may be a policy; raises Unreadable where it holds no text, or none that asks anything."""
    text = " ".join([*document.headers, *(block.text for block in document.blocks)])
    if len(text.split()) < FEWEST_WORDS:
        raise Unreadable("This holds too little text to be a policy. Is it the right file, and does it hold text?")
    if not (_NAMES_A_POLICY.search(text) and _ASKS.search(text) and _OF_A_SCHOOL.search(text)):
        raise Unreadable(
            "This does not read like a school's policy: it names no policy, or asks nothing of anybody at a school. "
            "Is it the right file?"
        )
    return document


def kind_of_file(content: bytes, file_name: str) -> str:
    """Return docx, pdf, html, markdown or text, by what the file holds; its name only tells texts apart."""
    named = KINDS.get(PurePosixPath(file_name.replace("\\", "/")).suffix.lower(), "")
    if not content.strip():
        raise Unreadable("This file is empty.")
    if len(content) > MOST_BYTES:
        raise Unreadable(f"This file is larger than {MOST_BYTES // 1_000_000} MB. Save it without its pictures.")
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK"):
        return "docx"
    if content.startswith(_OLD_OFFICE):
        if _ENCRYPTED in content:
            raise Unreadable(_PROTECTED)
        raise Unreadable("This is a document of an old version of Word. Save it as .docx or PDF and choose that file.")
    if named in {"docx", "pdf"}:
        raise Unreadable(f"This is not what its name says, or it is damaged. {_WANTED}")
    if not named or _is_binary(content):
        raise Unreadable(f"This kind of file cannot be read. {_WANTED}")
    return "html" if named == "html" or _PAGE.match(content[:2000]) else named


def _is_binary(content: bytes) -> bool:
    """Tell whether a file holds signs that no text has."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    odd = sum(content[:65536].count(bytes([sign])) for sign in (*range(9), *range(14, 27), 127))
    return b"\x00" in content or odd > 16


def _assembled(lines: list[Line], headers: tuple[str, ...] = ()) -> Document:
    if sum(len(line.text) for line in lines) > MOST_LETTERS:
        raise Unreadable(_TOO_LONG)
    # A paragraph that was wrapped by hand is several lines.
    document = assembling.assembled(lines, headers) if len(lines) <= 3 * MOST_BLOCKS else None
    if document is None or len(document.blocks) > MOST_BLOCKS:
        raise Unreadable(f"This has more than {MOST_BLOCKS:,} headings and paragraphs, so it is no policy.")
    return document


def _taken_apart(kind: str, content: bytes) -> tuple[list[Line], list[str]]:
    """Return the lines of a file, read by a process of its own that ends with it."""
    command = [sys.executable, "-E", "-s", "-m", "policies.reading.sources.child", kind]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, cwd=_ROOT, env={}, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as fault:
        raise Unreadable(_TOO_SLOW) from fault
    if done.returncode:
        raise Unreadable(_TOO_SLOW if done.returncode < 0 else "This file is damaged and cannot be read.")
    answer = json.loads(done.stdout)
    if "unreadable" in answer:
        raise Unreadable(answer["unreadable"])
    return [Line(*line) for line in answer["lines"]], answer["headers"]
