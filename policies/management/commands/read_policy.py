"""Prints what a policy says, each fact with its place, its words, how surely it was read and why; stores nothing."""

import json
from argparse import ArgumentParser
from pathlib import Path
from textwrap import shorten
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from policies.reading.document import Document, Unreadable
from policies.reading.facts import Fact
from policies.reading.opening import MOST_BYTES, kind_of_file, open_document
from policies.reading.reader import facts_of

# Columns of the table: kind, confidence, page or line, value.
ROW = "{:<18} {:>4}  {:<10} {}"
WIDEST = 110


def read(path: Path) -> tuple[str, Document]:
    """Return the kind of a file and the document that it makes."""
    try:
        with path.open("rb") as file:
            # A byte more than may be, so that what is too large is told as such and not read to its end.
            content = file.read(MOST_BYTES + 1)
    except OSError as fault:
        raise CommandError(f"{path}: {fault.strerror}") from fault
    try:
        return kind_of_file(content, path.name), open_document(content, path.name)
    except Unreadable as refusal:
        raise CommandError(f"{path.name}: {refusal}") from refusal


def as_data(fact: Fact, document: Document) -> dict[str, Any]:
    """Return a fact as JSON shows it."""
    place = fact.place
    return {
        "kind": str(fact.kind),
        "value": fact.value,
        "place": {
            "block": place.block,
            "start": place.start,
            "end": place.end,
            "page": document.blocks[place.block].page,
        }
        if place
        else None,
        "quote": document.quoted(place) if place else None,
        "confidence": fact.confidence,
        "reason": fact.reason,
    }


class Command(BaseCommand):
    """Read the file and print."""

    help = "Print what a policy says. Nothing is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and whether a program or a person reads the answer."""
        parser.add_argument("file", type=Path, help="a Word document, a PDF, a web page or a text file")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the facts in the order of the text; a file that cannot be read ends with 1 and says why."""
        kind, document = read(options["file"])
        facts = facts_of(document)
        if options["json"]:
            answer = {
                "file": options["file"].name,
                "kind": kind,
                "headers": document.headers,
                "facts": [as_data(fact, document) for fact in facts],
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{options['file'].name}: {len(document.blocks)} paragraphs, {len(facts)} facts")
        self.stdout.write(ROW.format("kind", "sure", "where", "what"))
        for fact in facts:
            self.stdout.write(ROW.format(fact.kind, f"{fact.confidence}%", where(fact, document), shown(fact)))


def where(fact: Fact, document: Document) -> str:
    """Return the page and the paragraph that a fact stands in, both counted from 1."""
    if fact.place is None:
        return "-"
    page = document.blocks[fact.place.block].page
    paragraph = f"¶ {fact.place.block + 1}"
    return f"p {page}, {paragraph}" if page else paragraph


def shown(fact: Fact) -> str:
    """Return a fact's value in a line."""
    if fact.value is None:
        return "not stated"
    parts = []
    for name, value in fact.value.items():
        if value in (None, "", []):
            continue
        words = ", ".join(map(str, value)) if isinstance(value, list) else value
        parts.append(f"{name}: {words}")
    return shorten("; ".join(parts), WIDEST, placeholder=" …")
