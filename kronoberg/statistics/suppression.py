"""The only road from figures to a page, a chart, a file or the API.

No count of 1–4 people leaves the product, and none can be worked out from what does leave it.
Every figure in `protect` stands on one proof: a hidden small count is the corner of a rectangle of
four hidden figures. Moving a person round the rectangle (one up, its neighbours down, the opposite
one up) changes none of the sums that are shown, and there is room to do so at least three times; so
whoever adds and subtracts is left with four or more possible values. Totals can be corners too.

Not promised: somebody who reruns this very code over every table with the same totals can settle
about one small count in a hundred in small sparse tables, from which neighbours were chosen.

Two rules for callers, since a single table is all that this module sees:
- tables on one page may share their grand total and nothing else; split the population (under 18,
  the others) rather than the margin;
- show closed periods only: a total that grows by one from one day to the next tells who came.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

SMALL_BELOW = 5  # domain.md 6.1: 1–4 are never shown; 0 says nothing about a person
ROOM = 3  # a hidden small count may lie anywhere in a span of at least this length
MARGIN_COST = 3  # a total is read more often than a cell, so it is hidden last
SMALLEST_BASE = 10  # for percentages and medians
VALUES_ON_EACH_SIDE = 5  # of a median or percentile: ten for a median, fifty for the ninetieth

HIDDEN = ".."
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"

# One reason for both kinds of hidden figure: to tell which is the small one would undo the rest.
REASON = "Dolt: antalet är 1–4, eller så skulle det avslöja ett annat antal som är 1–4."
REASON_BASE = "Visas inte: underlaget är mindre än tio."
REASON_SHARE = "Dolt: andelen skulle avslöja ett antal som är 1–4."
REASON_SPREAD = "Visas inte: för få värden för att skydda den enskilde."
REASON_HOURS = "Visas inte: inga insatstimmar är loggade."

Place = tuple[int, int]
Grid = list[list[int]]


@dataclass(frozen=True)
class Cell:
    """One count as it may be shown; `count` is None when hidden, so that nothing can slip out."""

    count: int | None
    text: str
    is_hidden: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Figure:
    """A percentage, median or rate as it may be shown, with its base `n` beside it."""

    value: float | None
    text: str
    n: Cell
    is_hidden: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Table:
    """Counts with totals, safe to print as they stand."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    row_totals: tuple[Cell, ...]
    column_totals: tuple[Cell, ...]
    total: Cell

    @property
    def lines(self) -> Iterator[tuple[str, tuple[Cell, ...], Cell]]:
        """Yield label, cells and total of each row, for a template."""
        return zip(self.rows, self.cells, self.row_totals, strict=True)

    @property
    def has_hidden(self) -> bool:
        """Say whether the foot of the page must explain the dots."""
        return self.total.is_hidden or any(cell.is_hidden for row in self.cells for cell in row)


def protect(
    counts: Sequence[Sequence[int]], *, rows: Sequence[str], columns: Sequence[str]
) -> Table:
    """Return the table of counts with every small count and what would reveal it hidden.

    Raises ValueError when the labels do not fit the counts or a count is negative.
    """
    widths = {len(row) for row in counts}
    if not counts or len(counts) != len(rows) or widths != {len(columns)} or not columns:
        raise ValueError("labels and counts do not fit each other")
    if any(n < 0 for row in counts for n in row):
        raise ValueError("a count cannot be negative")

    grid = _with_totals(counts)
    hidden = _hidden_places(grid)
    shown = [
        tuple(_cell(n, is_hidden=(row, column) in hidden) for column, n in enumerate(line))
        for row, line in enumerate(grid)
    ]
    return Table(
        rows=tuple(rows),
        columns=tuple(columns),
        cells=tuple(line[:-1] for line in shown[:-1]),
        row_totals=tuple(line[-1] for line in shown[:-1]),
        column_totals=shown[-1][:-1],
        total=shown[-1][-1],
    )


def count(n: int) -> Cell:
    """Return a count that stands alone on its page."""
    return _cell(n, is_hidden=_is_small(n))


def percentage(numerator: int, denominator: int) -> Figure:
    """Return a share in whole percent, when neither those in it nor those outside are few."""
    if not 0 <= numerator <= denominator:
        raise ValueError("the numerator must lie between zero and the denominator")
    base = count(denominator)
    if denominator < SMALLEST_BASE:
        return _hidden_figure(base, REASON_BASE)
    if _is_small(numerator) or _is_small(denominator - numerator):
        return _hidden_figure(base, REASON_SHARE)

    percent = _rounded(100 * numerator / denominator)
    text = f"{percent}{NO_BREAK_SPACE}%"
    if percent == 0 and numerator:
        text = f"under 1{NO_BREAK_SPACE}%"
    elif percent == 100 and numerator < denominator:
        text = f"över 99{NO_BREAK_SPACE}%"
    return Figure(value=percent, text=text, n=base)


def rate(events: int, hours: float, *, per: int = 100) -> Figure:
    """Return events per hundred hours of effort, with one decimal."""
    base = count(events)
    if hours <= 0:
        return _hidden_figure(base, REASON_HOURS)
    if base.is_hidden:
        return _hidden_figure(base, REASON)

    value = round(events / hours * per, 1)
    return Figure(value=value, text=f"{value:.1f}".replace(".", ","), n=base)


def median(values: Sequence[float], *, unit: str = "") -> Figure:
    """Return the median in whole units."""
    return _decile(values, 5, unit=unit)


def ninetieth(values: Sequence[float], *, unit: str = "") -> Figure:
    """Return the value, in whole units, that nine of ten do not exceed."""
    return _decile(values, 9, unit=unit)


def _is_small(n: int) -> bool:
    return 0 < n < SMALL_BELOW


def _with_totals(counts: Sequence[Sequence[int]]) -> Grid:
    """Return the counts with row totals as last column and column totals as last row."""
    grid = [[*row, sum(row)] for row in counts]
    grid.append([sum(column) for column in zip(*grid, strict=True)])
    return grid


def _hidden_places(grid: Grid) -> set[Place]:
    """Return which places to hide; the grand total is hidden only when it is small itself."""
    everything = set(product(range(len(grid)), range(len(grid[0]))))
    grand_total = (len(grid) - 1, len(grid[0]) - 1)
    if _is_small(grid[-1][-1]):
        return everything

    small = sorted((row, column) for row, column in everything if _is_small(grid[row][column]))
    hidden = set(small)
    for place in small:
        rectangle = _cheapest_rectangle(grid, place, hidden)
        if rectangle is None:
            # With nothing but a grand total of five or more, each figure may be 0 to that total.
            return everything - {grand_total}
        hidden |= rectangle
    return hidden


def _cheapest_rectangle(grid: Grid, place: Place, hidden: set[Place]) -> set[Place] | None:
    """Return the rectangle with room through a place that hides the least more, nearest first.

    The choice goes by position and not by size: to hide the smallest neighbour would tell that the
    others are larger.
    """
    best: tuple[tuple[int, int, Place], set[Place]] | None = None
    bottom, right = len(grid) - 1, len(grid[0]) - 1
    for opposite in product(range(bottom + 1), range(right + 1)):
        corners = {place, opposite, (place[0], opposite[1]), (opposite[0], place[1])}
        if len(corners) < 4 or (bottom, right) in corners or _room(grid, place, opposite) < ROOM:
            continue
        cost = sum(
            MARGIN_COST if row == bottom or column == right else 1
            for row, column in corners - hidden
        )
        distance = abs(place[0] - opposite[0]) + abs(place[1] - opposite[1])
        key = (cost, distance, opposite)
        if best is None or key < best[0]:
            best = key, corners
    return best[1] if best else None


def _room(grid: Grid, place: Place, opposite: Place) -> int:
    """Return how many times people can be moved round a rectangle, both ways together.

    A count is not moved below one: zeros are usually shown, so a reader takes a hidden figure to
    be at least one. Totals set no limit, they follow their cells.
    """
    with_place = _limit(grid, (place, opposite))
    against_place = _limit(grid, ((place[0], opposite[1]), (opposite[0], place[1])))
    return with_place + against_place if min(with_place, against_place) >= 0 else -1


def _limit(grid: Grid, corners: tuple[Place, Place]) -> int:
    """Return how far two opposite corners can fall together; one of them is always a cell."""
    bottom, right = len(grid) - 1, len(grid[0]) - 1
    return min(grid[row][column] - 1 for row, column in corners if row < bottom and column < right)


def _cell(n: int, *, is_hidden: bool) -> Cell:
    if is_hidden:
        return Cell(count=None, text=HIDDEN, is_hidden=True, reason=REASON)
    return Cell(count=n, text=f"{n:,}".replace(",", NO_BREAK_SPACE))


def _hidden_figure(base: Cell, reason: str) -> Figure:
    return Figure(value=None, text=HIDDEN, n=base, is_hidden=True, reason=reason)


def _decile(values: Sequence[float], tenth: int, *, unit: str) -> Figure:
    base = count(len(values))
    if len(values) < SMALLEST_BASE:
        return _hidden_figure(base, REASON_BASE)
    if len(values) * min(tenth, 10 - tenth) < 10 * VALUES_ON_EACH_SIDE:
        return _hidden_figure(base, REASON_SPREAD)

    # Inclusive: the values are everybody's, not a sample's.
    value = _rounded(statistics.quantiles(values, n=10, method="inclusive")[tenth - 1])
    return Figure(value=value, text=f"{value}{NO_BREAK_SPACE}{unit}".strip(), n=base)


def _rounded(value: float) -> int:
    """Round half upwards, as people do."""
    return int(value + 0.5) if value >= 0 else -int(0.5 - value)
