"""What a document says: every finder asked in turn, their facts in the order of the text."""

from collections.abc import Callable

from policies.reading import clauses, finding, structure
from policies.reading.document import Document
from policies.reading.facts import Fact

# In this order; each reads the document by itself and knows nothing of the others.
FINDERS: tuple[Callable[[Document], list[Fact]], ...] = (
    structure.find,
    clauses.find,
    *finding.FINDERS,
)


def facts_of(document: Document) -> list[Fact]:
    """Return all that was found: what stands in the text by its place, then what was looked for and is not stated."""
    found = [fact for finder in FINDERS for fact in finder(document)]
    end = len(document.blocks)
    return sorted(found, key=lambda fact: (fact.place.block, fact.place.start) if fact.place else (end, 0))
