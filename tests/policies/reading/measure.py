"""How well the reader finds what the five policies state: precision and recall against a table put down by hand."""

import os
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()

from policies.reading.document import Document
from policies.reading.facts import Fact, Kind
from policies.reading.opening import open_text
from policies.reading.reader import facts_of

HERE = Path(__file__).resolve().parent
# The policies as their schools published them, one text file each; they are not ours to keep here.
SOURCES = HERE.parents[3] / "shared" / "seeds"
BY_STRUCTURE = {Kind.CONTENTS_ENTRY, Kind.SECTION, Kind.CLAUSE}
PARTS = {
    Kind.APPROVER: ("kind", "name", "role"),
    Kind.SIGNED: ("raw", "by"),
    Kind.CHANNEL: ("platform", "audience"),
    Kind.PROCEDURE: ("about", "name"),
    Kind.CONTACT: ("for", "who"),
    Kind.RELATED_POLICY: ("title", "cited"),
    Kind.LEGISLATION: ("title", "year"),
    Kind.GUIDANCE: ("title", "year", "link"),
    Kind.MINIMUM_AGE: ("platform", "age"),
    Kind.CONSENT: ("basis", "of"),
    Kind.CYCLE: ("months",),
    Kind.DEADLINE: ("hours",),
}
DATES = {Kind.ISSUED, Kind.APPROVED_ON, Kind.LAST_REVIEWED_ON, Kind.REVIEW_DUE_ON}


def expected() -> dict[str, dict[str, list[str]]]:
    """Return the table: by policy and kind what is stated."""
    return tomllib.loads((HERE / "facts_of_the_five.toml").read_text(encoding="utf-8"))


def policies_at_hand() -> dict[str, Document]:
    """Return those of the five whose text is beside the project."""
    found = {name: SOURCES / f"{name}.txt" for name in expected()}
    return {name: open_text(path.read_text(encoding="utf-8")) for name, path in found.items() if path.is_file()}


def in_short(fact: Fact) -> str:
    """Return a fact's value as the table writes it."""
    value = fact.value or {}
    if fact.kind in DATES:
        return f"{value['raw']} | {value['day'] or ''} | {value['precision']}"
    if fact.kind == Kind.CHANNEL_RULE:
        words = value["text"].split()
        return " | ".join([value["list"], value["mode"], ", ".join(value["platforms"]), words[0].rstrip(",;:")])
    if fact.kind == Kind.ACKNOWLEDGED_BY:
        return ", ".join(value["audiences"])
    if fact.kind in PARTS:
        return " | ".join(str(value.get(part) or "") for part in PARTS[fact.kind])
    return str(next(iter(value.values())))


@dataclass
class Score:
    """What was right, what was missed and what was wrong, fact by fact."""

    right: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Take the facts of another in."""
        self.right += other.right
        self.missed += other.missed
        self.wrong += other.wrong

    @property
    def precision(self) -> float:
        """The part of what was found that is right."""
        return len(self.right) / (len(self.right) + len(self.wrong) or 1)

    @property
    def recall(self) -> float:
        """The part of what is stated, or to be reported as not stated, that was found."""
        return len(self.right) / (len(self.right) + len(self.missed) or 1)


def measured(document: Document, stated: dict[str, list[str]]) -> Score:
    """Hold the facts of a document against what it states; "not stated" is a fact like any other."""
    wanted = Counter(
        f"{kind}: {words}".casefold() for kind, rows in stated.items() for words in (rows or ["(not stated)"])
    )
    found = Counter(
        f"{fact.kind}: {in_short(fact) if fact.value is not None else '(not stated)'}".casefold()
        for fact in facts_of(document)
        if fact.kind not in BY_STRUCTURE
    )
    return Score(
        right=sorted((wanted & found).elements()),
        missed=sorted((wanted - found).elements()),
        wrong=sorted((found - wanted).elements()),
    )


def report() -> tuple[str, Score]:
    """Return what was measured over the policies at hand, in lines to print, and the whole score."""
    lines, whole = [], Score()
    for name, document in policies_at_hand().items():
        score = measured(document, expected()[name])
        whole.add(score)
        lines.append(_line(name, score))
        lines += [f"    missed  {fact}" for fact in score.missed] + [f"    wrong   {fact}" for fact in score.wrong]
    left_out = [name for name in expected() if name not in policies_at_hand()]
    lines += [f"{name:<14} left out: its text is not beside the project" for name in left_out]
    lines.append(_line("all", whole))
    return "\n".join(lines), whole


def _line(name: str, score: Score) -> str:
    counts = f"{len(score.right)} right, {len(score.missed)} missed, {len(score.wrong)} wrong"
    return f"{name:<14} {counts}: precision {score.precision:.3f}, recall {score.recall:.3f}"


if __name__ == "__main__":
    print(report()[0])  # noqa: T201
