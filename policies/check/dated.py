"""The dated table: what general knowledge holds to be renamed, closed or replaced, with its source and date."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Dated:
    """One line of the table. `month` is the one in which a new edition appears."""

    slug: str
    title: str
    pattern: str
    words: str
    advice: str
    source: str
    checked: date
    month: int = 9


@dataclass(frozen=True)
class Table:
    """The lines of the table by what they are about."""

    platforms: tuple[Dated, ...]
    references: tuple[Dated, ...]
    editions: tuple[Dated, ...]


def read(path: Path) -> Table:
    """Return the table as its file has it."""
    known: dict[str, list[dict[str, Any]]] = tomllib.loads(path.read_text())
    return Table(**{name: tuple(Dated(**line) for line in lines) for name, lines in known.items()})


DATED = read(Path(__file__).parent / "dated.toml")
