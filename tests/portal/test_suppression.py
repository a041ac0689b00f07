"""Small numbers stay hidden, also from somebody who adds up what is shown."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyportal.suppression import FEWER, NOT_SHOWN, Shown, cell_of, median_of, suppress

# Counts as schools have them: mostly small, some large.
counts = st.one_of(st.just(0), st.integers(0, 7), st.integers(0, 60))
FAR = 10**6


def tables(most_rows: int, most_columns: int):
    shape = st.tuples(st.integers(1, most_rows), st.integers(1, most_columns))
    return shape.flatmap(
        lambda size: st.lists(st.lists(counts, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
    )


def known(cell) -> tuple[int, int]:
    """What one place says by itself, its words left aside."""
    if cell is None or cell.hidden:
        return 0, FAR
    return (max(5, cell.amount - 2), cell.amount + 2) if cell.amount else (0, 0)


def as_grid(shown: Shown) -> list[list]:
    """The table with its sums as its last column and row; None where a sum is not there at all."""
    rows = [[*row, shown.row_totals[n] if shown.row_totals else None] for n, row in enumerate(shown.rows)]
    return [*rows, [*(shown.column_totals or [None] * len(shown.rows[0])), shown.total]]


def narrowed(shown: Shown) -> list[list[tuple[int, int]]]:
    """Narrow every place by its row and its column until nothing moves, as a patient reader would."""
    grid = [[known(cell) for cell in row] for row in as_grid(shown)]
    height, width = len(grid), len(grid[0])
    lines = [[(row, column) for column in range(width)] for row in range(height)]
    lines += [[(row, column) for row in range(height)] for column in range(width)]
    moved = True
    while moved:
        moved = False
        for *parts, total in lines:
            lows, highs = ([grid[row][column][end] for row, column in parts] for end in (0, 1))
            bounds = {total: (sum(lows), sum(highs))}
            for n, place in enumerate(parts):
                low, high = grid[total[0]][total[1]]
                bounds[place] = (low - sum(highs) + highs[n], high - sum(lows) + lows[n])
            for (row, column), (low, high) in bounds.items():
                old = grid[row][column]
                grid[row][column] = (max(old[0], low), min(old[1], high))
                moved |= grid[row][column] != old
    return grid


def hidden_places(shown: Shown) -> list[tuple[int, int]]:
    return [(r, c) for r, row in enumerate(shown.rows) for c, cell in enumerate(row) if cell.hidden]


@settings(max_examples=2000, deadline=None)
@given(tables(5, 4))
def test_no_hidden_number_can_be_narrowed_to_fewer_than_five_apart(table):
    shown = suppress(table)
    grid = narrowed(shown)
    for row, column in hidden_places(shown):
        low, high = grid[row][column]
        assert high - low >= 5


@settings(max_examples=40, deadline=None)
@given(tables(2, 2))
def test_somebody_who_tries_every_table_learns_no_more(table):
    shown = suppress(table)
    places = [[known(cell) for cell in row] for row in as_grid(shown)]
    height, width = len(table), len(table[0])
    ceiling = max(max(row) for row in table) + 6
    tried = product(*(range(low, min(high, ceiling) + 1) for row in places[:-1] for low, high in row[:-1]))
    possible = []
    for cells in tried:
        rows = [cells[n * width : (n + 1) * width] for n in range(height)]
        sums = [*(sum(row) for row in rows), *(sum(column) for column in zip(*rows, strict=True)), sum(cells)]
        allowed = [*(row[-1] for row in places[:-1]), *places[-1]]
        if all(low <= total <= high for total, (low, high) in zip(sums, allowed, strict=True)):
            possible.append(cells)
    assert possible
    for row, column in hidden_places(shown):
        values = {cells[row * width + column] for cells in possible}
        assert max(values) - min(values) >= 5


@settings(max_examples=500, deadline=None)
@given(tables(6, 4))
def test_what_is_shown_is_rounded_and_zero_stays_zero(table):
    shown = suppress(table)
    for counted, row in zip(table, shown.rows, strict=True):
        for count, cell in zip(counted, row, strict=True):
            if count == 0:
                assert (cell.words, cell.hidden) == ("0", False)
            elif count < 5:
                assert (cell.words, cell.amount) == (FEWER, 0)
            elif not cell.hidden:
                assert cell.amount % 5 == 0
                assert abs(cell.amount - count) <= 2
            else:
                assert (cell.words, cell.amount) == (NOT_SHOWN, 0)


@settings(max_examples=500, deadline=None)
@given(tables(5, 4))
def test_no_line_with_its_sum_shown_has_exactly_one_hidden_cell(table):
    shown = suppress(table)
    lines = list(zip(shown.rows, shown.row_totals, strict=True)) if shown.row_totals else []
    if shown.column_totals:
        lines += zip(map(list, zip(*shown.rows, strict=True)), shown.column_totals, strict=True)
    for cells, total in lines:
        assert total.hidden or sum(cell.hidden for cell in cells) != 1


def test_the_difference_to_the_sum_does_not_give_a_small_number_away():
    # Rounding alone would leave 10 - 10: the hidden number would be at most 4.
    shown = suppress([[3, 8]])
    assert [cell.words for cell in shown.rows[0]] == [FEWER, NOT_SHOWN]
    assert shown.total.words == "10"


def test_two_small_numbers_beside_a_large_one_are_not_narrowed_by_their_sum():
    # 20 - 20 says that the two hold 4 at most together; so the large one is hidden as well.
    shown = suppress([[1, 1, 20]])
    assert [cell.words for cell in shown.rows[0]] == [FEWER, FEWER, NOT_SHOWN]


def test_a_hidden_sum_never_says_that_it_is_small():
    # "Fewer than 5" for the sum would bound each of its parts by 3.
    assert suppress([[2, 2], [20, 30]]).row_totals[0].words == NOT_SHOWN


def test_the_sum_of_one_small_number_and_zeros_says_what_the_number_says():
    shown = suppress([[0, 2, 0], [20, 30, 40]])
    assert shown.row_totals[0].words == shown.rows[0][1].words == FEWER


def test_a_table_of_zeros_is_shown_as_it_is():
    shown = suppress([[0, 0], [0, 0]])
    assert {cell.words for cell in [*shown.rows[0], *shown.row_totals, *shown.column_totals, shown.total]} == {"0"}


def test_a_table_without_rows_has_a_total_of_nothing():
    assert suppress([]).total.words == "0"


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (1, FEWER), (4, FEWER), (5, "5"), (7, "5"), (8, "10"), (1234, "1,235")]
)
def test_a_count_alone_is_hidden_or_rounded(count, words):
    assert cell_of(count).words == words


def test_a_median_over_fewer_than_five_is_not_told():
    assert median_of([1, 2, 3, 4]) is None
    assert median_of([1, 2, 3, 4, 50]) == 3
