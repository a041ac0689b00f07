"""Small numbers kept from those who oversee: which cells of a table are hidden, and how the rest are rounded.

Counts of 1 to 4 are hidden, 0 stays 0, others are rounded to the nearest 5 [authorisation 3.6]. Where the sums that
are shown would give a hidden number away, more is hidden, until no hidden number can be narrowed to fewer than
`WIDTH` apart. How far it can be narrowed is not guessed: a table with its sums is a network of flows, and the most
and least that one cell can hold are the most and least that can flow through it.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

SMALL = 5
BASE = 5
WIDTH = 5
UNBOUNDED = 10**9
FEWER = "Fewer than 5"
NOT_SHOWN = "Not shown"

Place = tuple[int, int]


@dataclass(frozen=True)
class Cell:
    """One number as it may be shown: words for the table, and an amount for the bar beside it."""

    words: str
    amount: int = 0
    hidden: bool = False


@dataclass(frozen=True)
class Shown:
    """A table as it may be shown. `row_totals` or `column_totals` are empty where they would repeat the cells."""

    rows: list[list[Cell]]
    row_totals: list[Cell]
    column_totals: list[Cell]
    total: Cell


def rounded(count: int) -> int:
    """Return a count of 5 or more to the nearest 5."""
    return (count + BASE // 2) // BASE * BASE


def cell_of(count: int) -> Cell:
    """Show a count that stands alone, in no sum."""
    if 0 < count < SMALL:
        return Cell(FEWER, hidden=True)
    return Cell(f"{rounded(count):,}", rounded(count))


def median_of(values: Iterable[float]) -> float | None:
    """Return the median, or None where fewer than 5 values would be told by it."""
    known = list(values)
    return median(known) if len(known) >= SMALL else None


def suppress(table: Sequence[Sequence[int]]) -> Shown:
    """Return the table of counts with its totals as it may be shown.

    `table` holds rows of equal length, none of them negative. Totals that would only repeat the cells, because
    there is a single row or column, are left out.
    """
    grid = _Grid(table)
    grid.hide_small()
    grid.hide_partners()
    grid.hide_until_safe()
    rows, columns = range(grid.height), range(grid.width)
    return Shown(
        rows=[[grid.cell((row, column)) for column in columns] for row in rows],
        row_totals=[grid.cell((row, grid.width)) for row in rows] if grid.width > 1 else [],
        column_totals=[grid.cell((grid.height, column)) for column in columns] if grid.height > 1 else [],
        total=grid.cell((grid.height, grid.width)),
    )


class _Grid:
    """A table with its sums as one more row and column, and what of it is hidden."""

    def __init__(self, table: Sequence[Sequence[int]]):
        self.height, self.width = len(table), len(table[0]) if table else 0
        self.counts: dict[Place, int] = {}
        for row, counts in enumerate(table):
            self.counts.update({(row, column): count for column, count in enumerate(counts)})
            self.counts[row, self.width] = sum(counts)
        for column in range(self.width):
            self.counts[self.height, column] = sum(counts[column] for counts in table)
        self.counts[self.height, self.width] = sum(sum(counts) for counts in table)
        self.hidden: set[Place] = set()
        if self.width == 1:
            self.absent = {(row, 1) for row in range(self.height)}
        elif self.height == 1:
            self.absent = {(1, column) for column in range(self.width)}
        else:
            self.absent = set()

    def cell(self, place: Place) -> Cell:
        """Return one place as it may be shown.

        A hidden sum never says "fewer", which would bound its parts; but the sum of one number and zeros is that
        number, and says what it says.
        """
        if place not in self.hidden:
            return Cell(f"{rounded(self.counts[place]):,}", rounded(self.counts[place]))
        if self.is_sum(place) and len(parts := self.parts(place)) == 1:
            return self.cell(parts[0])
        return Cell(FEWER if self.is_small(place) and not self.is_sum(place) else NOT_SHOWN, hidden=True)

    def is_sum(self, place: Place) -> bool:
        return place[0] == self.height or place[1] == self.width

    def parts(self, total: Place) -> list[Place]:
        """Return the cells other than 0 that make up a sum."""
        return [
            place
            for place, count in self.counts.items()
            if count
            and not self.is_sum(place)
            and total[0] in (place[0], self.height)
            and total[1] in (place[1], self.width)
        ]

    def is_small(self, place: Place) -> bool:
        return 0 < self.counts[place] < SMALL

    def is_open(self, place: Place) -> bool:
        """Tell whether a number other than 0 is shown here."""
        return self.counts[place] > 0 and place not in self.hidden and place not in self.absent

    def hide_small(self) -> None:
        self.hidden = {place for place in self.counts if self.is_small(place)} - self.absent

    def lines(self) -> list[tuple[list[Place], Place]]:
        """Return each row and column, those of the sums included, with the place of its sum."""
        rows = [([(row, column) for column in range(self.width)], (row, self.width)) for row in range(self.height + 1)]
        columns = [
            ([(row, column) for row in range(self.height)], (self.height, column)) for column in range(self.width + 1)
        ]
        return rows + columns

    def hide_partners(self) -> None:
        """Where exactly one of a line is hidden and its sum is not, hide another: it would be the difference."""
        again = True
        while again:
            again = False
            for places, total in self.lines():
                if len(self.hidden.intersection(places)) == 1 and self.is_open(total):
                    self.hidden.add(self._smallest(places) or total)
                    again = True

    def _smallest(self, places: Iterable[Place]) -> Place | None:
        return min(filter(self.is_open, places), key=lambda place: (self.counts[place], place), default=None)

    def hide_until_safe(self) -> None:
        """Hide more wherever a hidden number could be narrowed too far; with nothing shown, nothing can."""
        while (place := self._told_too_much()) is not None:
            near = [other for places, total in self.lines() for other in [*places, total] if place in [*places, total]]
            self.hidden.add(self._smallest(near) or self._smallest(self.counts))
            self.hide_partners()

    def _told_too_much(self) -> Place | None:
        """Return a hidden place that can be narrowed too far, by the numbers alone or with what the words say."""
        by_numbers = {place: self._bounds(place, with_words=False) for place in self.counts}
        by_words = {place: self._bounds(place, with_words=True) for place in self.counts}
        for place in sorted(self.hidden):
            if self._room(place, by_numbers) < WIDTH:
                return place
            low, high = by_words[place]
            # A sum of one small number and zeros is bounded by that number's own words, whatever else is hidden.
            if not self.is_sum(place) and self._room(place, by_words) < min(high - low, WIDTH):
                return place
        return None

    def _bounds(self, place: Place, *, with_words: bool) -> tuple[int, int]:
        """Return the least and most that a reader of this one place would think it holds."""
        if place not in self.hidden and place not in self.absent:
            shown = rounded(self.counts[place])
            return (max(SMALL, shown - 2), shown + 2) if shown else (0, 0)
        if not with_words or self.is_sum(place):
            return 0, UNBOUNDED
        return (1, SMALL - 1) if self.is_small(place) else (SMALL, UNBOUNDED)

    def _room(self, place: Place, bounds: dict[Place, tuple[int, int]]) -> int:
        """Return how far apart the most and the least lie that `place` can hold, counted no further than needed."""
        return self._shift(place, bounds, 1) + self._shift(place, bounds, -1)

    def _shift(self, place: Place, bounds: dict[Place, tuple[int, int]], sign: int) -> int:
        """Return by how much the number at `place` could be larger (`sign` 1) or smaller (-1), `WIDTH` at most."""
        low, high = bounds[place]
        limit = min(WIDTH, high - self.counts[place] if sign > 0 else self.counts[place] - low)
        start, end = self._ends(place)[:: -1 if sign > 0 else 1]
        flows = dict(self.counts)
        moved = 0
        while moved < limit:
            path = self._path(start, end, flows, bounds, without=place)
            if path is None:
                break
            step = min(limit - moved, *(spare for _, _, spare in path))
            for other, direction, _ in path:
                flows[other] += direction * step
            moved += step
        return moved

    def _ends(self, place: Place) -> tuple[str, str]:
        """Return the two nodes that a place connects: sums of rows flow in, cells across, sums of columns out."""
        row, column = place
        tail = f"row {row}" if row < self.height else "out"
        head = f"column {column}" if column < self.width else "in"
        if row < self.height and column == self.width:
            return "in", tail
        if row == self.height and column < self.width:
            return head, "out"
        return tail, head

    def _path(
        self, start: str, end: str, flows: dict, bounds: dict, *, without: Place
    ) -> list[tuple[Place, int, int]] | None:
        """Return the shortest way from `start` to `end` along which more could flow, with what each part spares."""
        ways: dict[str, list[tuple[str, Place, int, int]]] = {}
        for place, flow in flows.items():
            tail, head = self._ends(place)
            low, high = bounds[place]
            if place != without and flow < high:
                ways.setdefault(tail, []).append((head, place, 1, high - flow))
            if place != without and flow > low:
                ways.setdefault(head, []).append((tail, place, -1, flow - low))
        came: dict[str, tuple[str, tuple[Place, int, int]] | None] = {start: None}
        queue = deque([start])
        while queue and end not in came:
            node = queue.popleft()
            for head, place, direction, spare in ways.get(node, ()):
                if head not in came:
                    came[head] = (node, (place, direction, spare))
                    queue.append(head)
        if end not in came:
            return None
        path, node = [], end
        while (step := came[node]) is not None:
            node = step[0]
            path.append(step[1])
        return path
