"""What is known of platforms, roles, guidance and the names of policies, read from dated tables."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def table(name: str) -> dict[str, Any]:
    """Return one of the tables as it stands in its file."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Mention:
    """A name met in a text: what it stands for, the words as printed, and where."""

    name: str
    printed: str
    start: int
    end: int


def _words_of(row: dict[str, Any]) -> list[str]:
    if row.get("exact") is True:
        return row.get("aliases", [])
    return [*row.get("words", []), *([] if "words" in row else [row["name"], *row.get("aliases", [])])]


def _exact_of(row: dict[str, Any]) -> list[str]:
    return [row["name"]] if row.get("exact") is True else row.get("exact", [])


def _either(words: list[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s{1,3}").replace("'", "['’]?") for word in longest_first)


@cache
def _pattern(name: str, rows: str) -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    loose = {word: row.get("name") or row["title"] for row in table(name)[rows] for word in _words_of(row)}
    exact = {word: row.get("name") or row["title"] for row in table(name)[rows] for word in _exact_of(row)}
    known = {_plain(word): means for word, means in [*exact.items(), *loose.items()]}
    fence = r"(?<![\w@#./-])(?:{})(?![\w+])"
    return (
        re.compile(fence.format(_either(list(loose))), re.IGNORECASE),
        re.compile(fence.format(_either(list(exact)) or "(?!)")),
        known,
    )


def _plain(word: str) -> str:
    return re.sub(r"\s+", " ", word.replace("’", "").replace("'", "")).casefold()


def mentions(text: str, name: str, rows: str) -> list[Mention]:
    """Return every name of a table that a text mentions, in the order of the text and without overlaps."""
    loose, exact, known = _pattern(name, rows)
    found = [*loose.finditer(text), *exact.finditer(text)]
    kept: list[Mention] = []
    for match in sorted(found, key=lambda match: (match.start(), -match.end())):
        if not kept or match.start() >= kept[-1].end:
            kept.append(Mention(known[_plain(match[0])], match[0], match.start(), match.end()))
    return kept


def platforms_in(text: str) -> list[Mention]:
    """Return the platforms that a text mentions; a website is one only where the text speaks of it as a channel."""
    return [mention for mention in mentions(text, "platforms", "platform") if mention.name != "Website"]


def roles_in(text: str) -> list[Mention]:
    """Return the posts, groups and bodies that a text mentions."""
    return mentions(text, "roles", "role")
