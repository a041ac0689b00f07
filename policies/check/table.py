"""The table of rules: what a rule is, what it finds, and how an app adds its own."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from policies.check.context import Context, Passage
from policies.models import Finding

Severity = Finding.Severity


@dataclass(frozen=True)
class Found:
    """One thing that a rule found. `key` tells it from whatever else the same rule finds, and never changes."""

    key: str
    place: str
    message: str
    advice: str


Rule = Callable[[Context], Iterable[Found]]


@dataclass(frozen=True)
class Listed:
    """A rule with what is said of everything that it finds.

    `wording` rules judge the very words, so they wait for the document itself. `approval` rules ask for what a draft
    has yet to be given.
    """

    slug: str
    severity: str
    finds: Rule
    to_verify: bool = False
    wording: bool = False
    approval: bool = False

    def concerns(self, context: Context) -> bool:
        """Tell whether the rule has anything to say of this text, as it stands."""
        return not (self.wording and not context.verbatim) and not (self.approval and context.is_draft)


_RULES: dict[str, Listed] = {}


def rule(
    slug: str, severity: str, *, to_verify: bool = False, wording: bool = False, approval: bool = False
) -> Callable[[Rule], Rule]:
    """Add the function below to the table; an upper app adds its own from its `check_rules` module."""

    def add(finds: Rule) -> Rule:
        _RULES[slug] = Listed(slug, severity, finds, to_verify, wording, approval)
        return finds

    return add


def rules_of(context: Context) -> list[Listed]:
    """Return the rules that have something to say of this text, by name."""
    return [listed for slug, listed in sorted(_RULES.items()) if listed.concerns(context)]


def check(context: Context) -> Iterator[tuple[Listed, Found]]:
    """Yield everything that every rule finds, each key of a rule once."""
    for listed in rules_of(context):
        known = set()
        for one in listed.finds(context):
            if one.key not in known:
                known.add(one.key)
                yield listed, one


def found(key: str, place: Passage | str, message: str, advice: str) -> Found:
    """Return what a rule found, cut to what a row holds."""
    where = place if isinstance(place, str) else place.place
    return Found(_short(key, 200), _short(where, 200), _short(message, 500), _short(advice, 500))


def key_of(words: str) -> str:
    """Return words as a key: lower case, no marks, so that the same thing printed slightly otherwise is the same."""
    return re.sub(r"[^a-z0-9+]+", "-", words.casefold()).strip("-")[:120]


def quoted(words: str, length: int = 110) -> str:
    """Return words in quotation marks, shortened where they are long."""
    return f"“{_short(words.strip(), length)}”"


def in_words(things: Iterable[str], last: str = "and") -> str:
    """Return names as a sentence lists them."""
    *others, end = things
    return f"{', '.join(others)} {last} {end}" if others else end


def _short(words: str, length: int) -> str:
    return words if len(words) <= length else f"{words[: length - 1].rstrip()}…"
