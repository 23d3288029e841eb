"""No count of 1–4 gets out: the rules, and three attackers who try to work one out.

The first attacker (attacker.py) finds the exact bounds of every hidden figure, the second knows
besides that hidden figures are hardly ever zero, the third tries every table there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kronoberg.statistics import suppression
from kronoberg.statistics.suppression import Cell, Table, protect
from tests.attacker import FOREVER, Counts, Flow, Published, with_totals


def release(counts: Sequence[Sequence[int]]) -> Table:
    rows, columns = len(counts), len(counts[0])
    return protect(counts, rows=["rad"] * rows, columns=["kolumn"] * columns)


def published(table: Table) -> Published:
    """What a reader has: all counts and totals, None where hidden."""

    def numbers(cells: Sequence[Cell]) -> tuple[int | None, ...]:
        return tuple(cell.count for cell in cells)

    lines = [
        numbers((*cells, total)) for cells, total in zip(table.cells, table.row_totals, strict=True)
    ]
    return (*lines, numbers((*table.column_totals, table.total)))


def spans_of_small(counts: Sequence[Sequence[int]], *, floor: int = 0) -> list[int]:
    """The attacker's uncertainty about each count of 1–4 in the table, totals included."""
    seen = published(release(counts))
    flow = Flow(counts, seen, floor=floor)
    grid = flow.grid
    if 0 < grid[-1][-1] < 5:
        return []  # a population of 1–4: all is hidden, there is no sum to start from
    return [
        flow.span(row, column)
        for row, column in product(range(len(grid)), range(len(grid[0])))
        if 0 < grid[row][column] < 5
    ]


def tables_of(total: int, *, places: int) -> Iterator[list[int]]:
    """Every way to place a population."""
    if places == 1:
        yield [total]
        return
    for n in range(total + 1):
        for rest in tables_of(total - n, places=places - 1):
            yield [n, *rest]


def tables(largest: int, *, side: int) -> st.SearchStrategy[Counts]:
    return st.integers(1, side).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, largest), min_size=width, max_size=width),
            min_size=1,
            max_size=side,
        )
    )


# The rules


@given(tables(9, side=5))
@settings(max_examples=200, deadline=None)
def test_no_small_count_is_shown(counts: Counts) -> None:
    for line in published(release(counts)):
        assert all(n is None or n == 0 or n >= 5 for n in line)


@given(tables(12, side=5))
@settings(max_examples=100, deadline=None)
def test_what_is_shown_is_true(counts: Counts) -> None:
    for line, true_line in zip(published(release(counts)), with_totals(counts), strict=True):
        assert all(n is None or n == true for n, true in zip(line, true_line, strict=True))


@given(tables(30, side=4))
@settings(max_examples=100, deadline=None)
def test_grand_total_is_hidden_only_when_small_itself(counts: Counts) -> None:
    # Two tables over the same population therefore hide it both or neither.
    total = sum(map(sum, counts))

    assert release(counts).total.is_hidden == (0 < total < 5)


@given(tables(12, side=4))
@example([[3, 9, 9], [9, 0, 9]])
@settings(max_examples=100, deadline=None)
def test_zero_is_hidden_only_together_with_everything(counts: Counts) -> None:
    seen = published(release(counts))

    n_shown = sum(n is not None for line in seen for n in line)
    zeros = [
        (row, column) for row, line in enumerate(counts) for column, n in enumerate(line) if not n
    ]
    assert n_shown <= 1 or all(seen[row][column] == 0 for row, column in zeros)


def test_table_without_small_counts_is_shown_whole() -> None:
    table = release([[5, 0, 7], [1200, 9, 6]])

    assert not table.has_hidden
    assert table.cells[1][0].text == "1\N{NO-BREAK SPACE}200"
    assert table.cells[0][1].text == "0"


def test_one_small_count_costs_three_neighbours_and_no_total() -> None:
    table = release([[3, 8, 20], [12, 40, 9], [7, 9, 11]])

    assert published(table) == (
        (None, None, 20, 31),
        (None, None, 9, 61),
        (7, 9, 11, 27),
        (22, 57, 40, 119),
    )


def test_small_and_protecting_counts_look_the_same() -> None:
    hidden = [cell for row in release([[3, 8], [12, 40]]).cells for cell in row]

    assert len(set(hidden)) == 1
    assert hidden[0].text == ".."
    assert "1–4" in hidden[0].reason


def test_population_of_one_to_four_is_hidden_whole_even_its_zeros() -> None:
    table = release([[0, 2], [1, 0]])

    assert {n for line in published(table) for n in line} == {None}


def test_lines_carry_label_cells_and_total() -> None:
    table = protect([[5, 6], [7, 8]], rows=["A", "B"], columns=["pojkar", "flickor"])

    assert [(label, total.count) for label, _, total in table.lines] == [("A", 11), ("B", 15)]


@pytest.mark.parametrize("counts", [[], [[]], [[1, 2], [3]], [[1]], [[5, -1], [5, 5]]])
def test_malformed_table_is_refused(counts: Counts) -> None:
    with pytest.raises(ValueError, match="count"):
        protect(counts, rows=["A", "B"], columns=["a", "b"])


# The attackers


@given(tables(9, side=4))
@settings(max_examples=300, deadline=None)
def test_exact_bounds_of_a_small_count_span_at_least_four_values(counts: Counts) -> None:
    assert min(spans_of_small(counts), default=FOREVER) >= 3


@given(tables(40, side=6))
@settings(max_examples=100, deadline=None)
def test_bounds_span_four_values_in_larger_tables_too(counts: Counts) -> None:
    assert min(spans_of_small(counts), default=FOREVER) >= 3


@given(tables(9, side=4))
@settings(max_examples=200, deadline=None)
def test_knowing_that_hidden_means_not_zero_does_not_help(counts: Counts) -> None:
    seen = published(release(counts))
    n_shown = sum(n is not None for line in seen for n in line)
    # Where nothing but the grand total is shown, zeros are hidden too, and that is plain to see.
    if n_shown > 1:
        assert min(spans_of_small(counts, floor=1), default=FOREVER) >= 3


@pytest.mark.parametrize(
    ("rows", "columns", "total"), [(1, 3, 9), (2, 2, 5), (2, 2, 9), (3, 1, 12), (2, 3, 6)]
)
def test_trying_every_table_leaves_four_values(rows: int, columns: int, total: int) -> None:
    every = [
        [flat[row * columns : (row + 1) * columns] for row in range(rows)]
        for flat in tables_of(total, places=rows * columns)
    ]
    releases = {published(release(counts)) for counts in every}

    for seen in releases:
        possible = [
            grid
            for grid in map(with_totals, every)
            if all(
                shown is None or shown == n
                for line, shown_line in zip(grid, seen, strict=True)
                for n, shown in zip(line, shown_line, strict=True)
            )
        ]
        for row, column in product(range(rows + 1), range(columns + 1)):
            values = {grid[row][column] for grid in possible}
            if seen[row][column] is None and values & {1, 2, 3, 4}:
                assert max(values) - min(values) >= 3


def test_naive_hiding_would_have_been_broken_by_the_same_attacker() -> None:
    # The attacker must be able to win: with the small count alone hidden, it does.
    counts = [[3, 8], [12, 40]]
    seen = tuple(
        tuple(None if n == 3 else n for n in line) for line in map(tuple, with_totals(counts))
    )

    assert Flow(counts, seen, floor=0).span(0, 0) == 0


def test_reader_who_reruns_the_algorithm_on_four_cells_of_fourteen_learns_no_count() -> None:
    by_release: dict[Published, list[Counts]] = defaultdict(list)
    for a, b, c, d in tables_of(14, places=4):
        grid = with_totals([[a, b], [c, d]])
        by_release[published(release([[a, b], [c, d]]))].append(grid)

    for seen, grids in by_release.items():
        for row, column in product(range(3), range(3)):
            values = {grid[row][column] for grid in grids}
            assert seen[row][column] is not None or len(values) > 1


# Figures that stand alone


@given(st.integers(0, 400), st.integers(0, 400))
@settings(deadline=None)
def test_percentage_hides_few_inside_and_few_outside(inside: int, outside: int) -> None:
    figure = suppression.percentage(inside, inside + outside)

    must_hide = inside + outside < 10 or 0 < inside < 5 or 0 < outside < 5
    assert figure.is_hidden == must_hide
    assert (figure.value is None) == must_hide
    assert bool(figure.reason) == must_hide


@pytest.mark.parametrize(
    ("numerator", "denominator", "text", "n"),
    [
        (12, 30, "40 %", "30"),
        (0, 12, "0 %", "12"),
        (12, 12, "100 %", "12"),
        (5, 2000, "under 1 %", "2 000"),
        (1995, 2000, "över 99 %", "2 000"),
        (57, 200, "29 %", "200"),
        (4, 9, "..", "9"),
        (1, 3, "..", ".."),
        (0, 0, "..", "0"),
    ],
)
def test_percentage_is_whole_and_has_its_base_beside(
    numerator: int, denominator: int, text: str, n: str
) -> None:
    figure = suppression.percentage(numerator, denominator)

    assert figure.text.replace("\N{NO-BREAK SPACE}", " ") == text
    assert figure.n.text.replace("\N{NO-BREAK SPACE}", " ") == n


def test_percentage_above_the_whole_is_an_error() -> None:
    with pytest.raises(ValueError, match="numerator"):
        suppression.percentage(11, 10)


def test_median_needs_ten_values_and_is_whole() -> None:
    assert suppression.median([18.0] * 9).is_hidden
    assert suppression.median(range(1, 11), unit="min").text == "6\N{NO-BREAK SPACE}min"
    assert suppression.median([]).n.text == "0"


def test_ninetieth_percentile_needs_five_values_above_it() -> None:
    assert suppression.ninetieth(range(49)).is_hidden
    assert suppression.ninetieth(range(51), unit="min").text == "45\N{NO-BREAK SPACE}min"


def test_rate_follows_the_count_and_needs_hours() -> None:
    assert suppression.rate(12, 160.0).text == "7,5"
    assert suppression.rate(3, 160.0).is_hidden
    assert suppression.rate(12, 0).is_hidden
    assert suppression.rate(0, 8).text == "0,0"


@pytest.mark.parametrize(("n", "text"), [(0, "0"), (1, ".."), (4, ".."), (5, "5")])
def test_count_of_one_to_four_is_hidden(n: int, text: str) -> None:
    assert suppression.count(n).text == text
