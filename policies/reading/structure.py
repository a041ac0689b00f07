"""The structure of a policy: the entries of its contents page, its sections and its clauses."""

from policies.reading.document import Document
from policies.reading.facts import Fact


def find(document: Document) -> list[Fact]:
    """Return the entries of the contents page, the sections and the clauses."""
    return []
