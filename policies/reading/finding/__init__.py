"""What a policy says, found by noun: each module reads the document by itself and returns its facts with reasons."""

from collections.abc import Callable

from policies.reading.document import Document
from policies.reading.facts import Fact
from policies.reading.finding import (
    approval,
    channels,
    contacts,
    duties,
    lists,
    procedures,
    references,
    review,
    roles,
    title_and_schools,
)

FINDERS: tuple[Callable[[Document], list[Fact]], ...] = (
    title_and_schools.find,
    approval.find,
    review.find,
    channels.find,
    lists.find,
    procedures.find,
    contacts.find,
    roles.find,
    references.find,
    duties.find,
)
