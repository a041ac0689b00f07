"""What is different between any two versions of a policy, clause by clause and word by word."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import groupby
from uuid import UUID

from django.db import models

from accounts.models import School
from policies.models import Audience, Clause, PolicyVersion
from policyportal.lib.templatetags.portal import counted

# Of two clauses under different marks: how much of their words they share, from 0 to 1, to be the same one reworded.
ALIKE = 0.5
# And under one mark; less than this, and the mark was given to another clause.
BARELY_ALIKE = 0.2
# Words times words: past this a clause is shown as replaced, so that no page waits for a comparison.
MOST_COMPARED = 4_000_000


class PieceKind(models.TextChoices):
    """Whether words stayed."""

    SAME = "same", "Same"
    REMOVED = "removed", "Removed"
    ADDED = "added", "Added"


class ChangeKind(models.TextChoices):
    """What happened to a clause."""

    ADDED = "added", "Added"
    REMOVED = "removed", "Removed"
    CHANGED = "changed", "Changed"
    MOVED = "moved", "Moved"
    SAME = "same", "Unchanged"


@dataclass(frozen=True)
class Piece:
    """A run of words of a clause that stayed, went or came."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """What happened to one clause: its words with what went and came, what else about it changed, where it was.

    `older` and `newer` are the clause as it was and as it is; one of them is None where it was added or removed.
    """

    kind: str
    older: Clause | None
    newer: Clause | None
    pieces: tuple[Piece, ...]
    also: tuple[str, ...] = ()
    moved: bool = False

    @property
    def clause(self) -> Clause:
        """The clause as it is now, or as it last was."""
        return self.newer or self.older

    @property
    def heading(self) -> str:
        """Under what it stands now, or last stood."""
        return str(self.clause)

    @property
    def label(self) -> str:
        """What happened, in a word or two."""
        if self.moved and self.kind == ChangeKind.CHANGED:
            return "Changed and moved"
        return str(ChangeKind(self.kind).label)

    @property
    def tone(self) -> str:
        """How its tag is coloured."""
        tones = {ChangeKind.ADDED: "good", ChangeKind.REMOVED: "bad", ChangeKind.SAME: "quiet"}
        return tones.get(self.kind, "info")

    def concerns(self, audience: str) -> bool:
        """Tell whether the clause is or was written for this audience, or shown to whoever acknowledges."""
        sides = [side for side in (self.older, self.newer) if side]
        if any(getattr(side, f"for_{audience}") for side in sides):
            return True
        return audience == Audience.STAFF and any(side.shown_at_acknowledgement for side in sides)


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side: every clause of both in the order of the newer one, changed or not."""

    older: PolicyVersion
    newer: PolicyVersion
    lines: list[Change] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        """What is different, without what stayed."""
        return [line for line in self.lines if line.kind != ChangeKind.SAME]

    @property
    def summary(self) -> str:
        """How much is different, in a sentence."""
        return summary_of(self.changes)

    def by_heading(self, *, everything: bool = False) -> list[tuple[str, list[Change]]]:
        """Return what is different in runs under one heading; with `everything` what stayed too."""
        lines = self.lines if everything else self.changes
        return [(heading, list(run)) for heading, run in groupby(lines, key=lambda line: line.heading)]


def changes_between(older: PolicyVersion, newer: PolicyVersion, school: School | UUID | None = None) -> list[Change]:
    """Return what is different in `newer`, in its order; what was removed stands where it was. One query.

    `school` adds that school's own additions to a policy of several; without one only what holds for all of them is
    compared, so that nobody reads another school's.
    """
    return comparison_of(older, newer, school).changes


def comparison_of(older: PolicyVersion, newer: PolicyVersion, school: School | UUID | None = None) -> Comparison:
    """Return both versions side by side, as `changes_between` reads them. One query."""
    clauses = Clause.objects.filter(version__in=[older, newer]).of_school(school).order_by("position", "code")
    found = list(clauses.select_related("only_for"))
    before = [clause for clause in found if clause.version_id == older.pk]
    after = [clause for clause in found if clause.version_id == newer.pk]
    return Comparison(older, newer, lines_of(before, after))


def lines_of(before: Sequence[Clause], after: Sequence[Clause]) -> list[Change]:
    """Compare two lists of clauses in order and return a line for each clause of either."""
    partner = paired(before, after)
    place = {clause.pk: number for number, clause in enumerate(before)}
    met = [place[partner[clause.pk].pk] for clause in after if clause.pk in partner]
    stayed = _in_step(met)
    lines: list[Change] = []
    gone = [clause for clause in before if clause.pk not in {former.pk for former in partner.values()}]
    for clause in after:
        former = partner.get(clause.pk)
        if former is None:
            lines.append(Change(ChangeKind.ADDED, None, clause, (Piece(PieceKind.ADDED, clause.text),)))
            continue
        if place[former.pk] in stayed:
            # What was removed is told before the first clause that stood after it and stayed in its place.
            while gone and place[gone[0].pk] < place[former.pk]:
                lines.append(_removed(gone.pop(0)))
        lines.append(_compared(former, clause, moved=place[former.pk] not in stayed))
    return lines + [_removed(clause) for clause in gone]


def paired(before: Sequence[Clause], after: Sequence[Clause]) -> dict[UUID, Clause]:
    """Return, by the newer clause's id, the older one that it was: by mark, by its words, else by similar ones."""
    pairs: dict[UUID, Clause] = {}
    left = {clause.pk: clause for clause in before}
    words = {clause.pk: _bag(clause.text) for clause in [*before, *after]}

    def pair(older: Clause, newer: Clause) -> None:
        pairs[newer.pk] = left.pop(older.pk)

    marked = {clause.code: clause for clause in before}
    spoken: dict[str, list[Clause]] = {}
    for clause in before:
        spoken.setdefault(_plain(clause.text), []).append(clause)
    for clause in after:
        older = marked.get(clause.code)
        if older and _plain(older.text) == _plain(clause.text):
            pair(older, clause)
    for clause in after:
        same = [older for older in spoken.get(_plain(clause.text), []) if older.pk in left]
        if clause.pk not in pairs and same:
            pair(same[0], clause)
    for clause in after:
        older = marked.get(clause.code)
        free = clause.pk not in pairs and older and older.pk in left
        if free and _likeness(words[older.pk], words[clause.pk]) >= BARELY_ALIKE:
            pair(older, clause)
    rest = [clause for clause in after if clause.pk not in pairs]
    likely = [
        (likeness, older, newer)
        for newer in rest
        for older in left.values()
        if (likeness := _likeness(words[older.pk], words[newer.pk])) >= ALIKE
    ]
    for _, older, newer in sorted(likely, key=lambda found: -found[0]):
        if older.pk in left and newer.pk not in pairs:
            pair(older, newer)
    return pairs


def pieces_between(old: str, new: str) -> tuple[Piece, ...]:
    """Return the words of both in runs, to be set with a space between: what stayed, what went and what came."""
    before, after = old.split(), new.split()
    if len(before) * len(after) > MOST_COMPARED:
        return (Piece(PieceKind.REMOVED, old), Piece(PieceKind.ADDED, new))
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(PieceKind.SAME, " ".join(after[c:d])))
            continue
        if b > a:
            pieces.append(Piece(PieceKind.REMOVED, " ".join(before[a:b])))
        if d > c:
            pieces.append(Piece(PieceKind.ADDED, " ".join(after[c:d])))
    return tuple(pieces)


def summary_of(changes: Iterable[Change]) -> str:
    """Return how much is different, such as "1 clause added, 2 clauses changed."; "No clause has changed." if none."""
    kinds = [change.kind for change in changes]
    told = [
        f"{counted(kinds.count(kind), 'clause')} {kind.label.lower()}"
        for kind in ChangeKind
        if kind != ChangeKind.SAME and kind in kinds
    ]
    return f"{', '.join(told)}." if told else "No clause has changed."


def _compared(older: Clause, newer: Clause, *, moved: bool) -> Change:
    """Return what happened to a clause that is in both versions."""
    also = tuple(_also(older, newer))
    reworded = _plain(older.text) != _plain(newer.text)
    kind = ChangeKind.CHANGED if reworded or also else ChangeKind.MOVED if moved else ChangeKind.SAME
    pieces = pieces_between(older.text, newer.text) if reworded else (Piece(PieceKind.SAME, newer.text),)
    return Change(kind, older, newer, pieces, also, moved)


def _also(older: Clause, newer: Clause) -> Iterable[str]:
    """Say what changed about a clause beside its words."""
    if older.heading != newer.heading:
        yield f"Stood under “{older.heading or 'no heading'}”."
    was, now = older.audiences, newer.audiences
    if came := [label for label in now if label not in was]:
        yield f"Now also for: {', '.join(came)}."
    if went := [label for label in was if label not in now]:
        yield f"No longer for: {', '.join(went)}."
    if older.kind != newer.kind:
        yield f"Now: {newer.get_kind_display()} (was: {older.get_kind_display()})."
    if older.category != newer.category:
        yield f"A breach is called “{newer.category or 'nothing'}” (was: “{older.category or 'nothing'}”)."


def _removed(clause: Clause) -> Change:
    return Change(ChangeKind.REMOVED, clause, None, (Piece(PieceKind.REMOVED, clause.text),))


def _in_step(places: Sequence[int]) -> set[int]:
    """Return the most places that are still in their old order, so that the fewest are told to have moved."""
    # For each length, the lowest place in which a rising row of that length ends; and what came before each place.
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        at = bisect_left(ends, place)
        before[place] = ends[at - 1] if at else None
        ends[at : at + 1] = [place]
    row: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        row.add(last)
        last = before[last]
    return row


def _plain(text: str) -> str:
    return " ".join(text.split())


def _bag(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0
