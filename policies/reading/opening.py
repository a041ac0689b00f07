"""Opening a policy: from a file or pasted text to a document, or a reason in plain words why not."""

from policies.reading.document import Document
from policies.reading.sources import assembling, plain


def open_text(text: str) -> Document:
    """Return the document that a pasted text makes; Markdown's marks are read as what they mean."""
    return assembling.assembled(plain.lines_of(text))
