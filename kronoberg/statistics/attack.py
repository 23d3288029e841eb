"""An adversary who adds, subtracts and compares everything that was ever published.

Each count is an unknown whole number; all that is published, and how it was made, is a set of
limits and sums. A count is determined when only one number fits. To show that it is not, the
adversary has to find other complete truths that fit: nothing here trusts the argument in `noise`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from kronoberg.statistics.noise import LINK_REACH, REACH, Link
from kronoberg.statistics.tables import Cells, Cross, Part, Table, cell_name, under_key

Place = tuple[str, str, str]  # which release, which table, which line
SMALL = range(1, 5)
# A complete search that turns back this often gives up: the count then passes for determined.
PATIENCE = 4000


@dataclass
class Puzzle:
    """What is known: limits of every unknown, and which are the sums of which."""

    low: dict[Place, int] = field(default_factory=dict)
    high: dict[Place, int] = field(default_factory=dict)
    sums: list[tuple[Place, tuple[Place, ...]]] = field(default_factory=list)
    # A value that is known to fit: what was published is itself a possible truth.
    fits: dict[Place, int] = field(default_factory=dict)

    def add(self, release: str, tables: Sequence[Table], limits: "Limits") -> None:
        """Add one release: the cells of one window of one area, by what is known of each."""
        for table in tables:
            for line in table.lines:
                low, high = limits[table.key][line]
                self.low[release, table.key, line] = low
                self.high[release, table.key, line] = high
        for table in tables:
            self.sums += [(whole, parts) for whole, parts in _sums(release, table)
                          if whole in self.low]  # fmt: skip

    def publish(self, release: str, tables: Sequence[Table], cells: Cells) -> None:
        """Add one release by its published cells."""
        self.add(release, tables, limits_of(cells))
        self.fits |= {(release, table.key, line): cells[table.key][line]
                      for table in tables for line in table.lines}  # fmt: skip

    def together(self, name: str, releases: Sequence[str]) -> None:
        """Add that a sum of releases (months of a year, areas of a county) is within reach."""
        for release, key, line in list(self.low):
            if release == releases[0]:
                parts = tuple((each, key, line) for each in releases)
                n = sum(self.fits[part] for part in parts)
                whole = (name, key, line)
                self.low[whole], self.high[whole] = max(0, n - REACH), n + REACH
                self.fits[whole] = n
                self.sums.append((whole, parts))

    def equal(self, one: Place, other: Place) -> None:
        """Add that two cells are the same count, in the registers of both authorities."""
        self.sums.append((one, (other,)))


Limits = Mapping[str, Mapping[str, tuple[int, int]]]


def limits_of(cells: Cells) -> Limits:
    """What is known from published cells: how far each may have been moved.

    More than any reader has: he does not see the cells that are printed as 0–4.
    """
    return {
        # Rows are left out or repeated, never made up: where somebody is shown, somebody was.
        key: {line: (max(n > 0, n - REACH), n + REACH) for line, n in lines.items()}
        for key, lines in cells.items()
    }


def limits_if_small_are_hidden(counts: Cells) -> Limits:
    """What would be known if true counts were printed and 1–4 alone hidden: for comparison."""
    return {
        key: {line: (1, 4) if n in SMALL else (n, n) for line, n in lines.items()}
        for key, lines in counts.items()
    }


@dataclass(frozen=True)
class Verdict:
    """What the adversary could tell of the small counts: how many values each may still have."""

    possible: Mapping[Place, frozenset[int]]

    @property
    def exact(self) -> int:
        return sum(len(values) <= 1 for values in self.possible.values())

    @property
    def n(self) -> int:
        return len(self.possible)

    @property
    def within_one(self) -> int:
        """Counts that are known up to one: the span of their values is two or less."""
        return sum(max(values) - min(values) <= 2 for values in self.possible.values())

    @property
    def fewest(self) -> int:
        return min(map(len, self.possible.values()), default=0)


def attack(
    puzzle: Puzzle, targets: Iterable[Place], *, random: Random, enough: int | None = None
) -> Verdict:
    """Try to tell each of the targets: find every number that it can be in some whole truth.

    With `enough`, a target is left alone when it can be as many numbers as that.
    """
    found: dict[Place, set[int]] = {place: set() for place in targets}
    search = _Search(puzzle, random)

    def learn(fixed: Mapping[Place, int]) -> None:
        if truth := search.run(fixed):
            for place, values in found.items():
                values.add(truth[place])

    learn({})
    for place, values in found.items():
        for value in range(puzzle.high[place], puzzle.low[place] - 1, -1):
            if enough is not None and len(values) >= enough:
                break
            if value not in values:
                learn({place: value})
    return Verdict({place: frozenset(values) for place, values in found.items()})


def small_in(release: str, counts: Cells) -> list[Place]:
    """The places of the counts of 1–4."""
    return [
        (release, key, line)
        for key, lines in counts.items()
        for line, n in lines.items()
        if n in SMALL
    ]


def perhaps_small_in(release: str, cells: Cells) -> list[Place]:
    """The places that may hold 1–4, as far as published cells tell."""
    return [
        (release, key, line)
        for key, lines in limits_of(cells).items()
        for line, (low, high) in lines.items()
        if low <= SMALL[-1] and high >= SMALL[0]
    ]


def one_more(puzzle: Puzzle, before: str, after: str) -> None:
    """Tie two releases together: between them somebody, or nobody, was added to each cell."""
    for release, key, line in list(puzzle.low):
        if release == before:
            new = (f"{before}+", key, line)
            puzzle.low[new], puzzle.high[new] = 0, 1
            puzzle.sums.append(((after, key, line), ((before, key, line), new)))


def everything(
    leaves: Mapping[tuple[str, str], Cells], tables: Sequence[Table], links: Iterable[Link]
) -> Puzzle:
    """All that is known of some areas and months: every sum that a page can show, and the links.

    `leaves` are the published cells by area and month. A period is any run of months, here the
    months together; whatever lies between them is within reach of the months alone.
    """
    puzzle = Puzzle()
    areas, months = sorted({a for a, _ in leaves}), sorted({m for _, m in leaves})
    for (area, month), cells in leaves.items():
        puzzle.publish(f"{area} {month}", tables, cells)
        for link in links:
            here, there = (
                (f"{area} {month}", part.table.key, part.line) for part in (link.here, link.there)
            )
            if abs(puzzle.fits[here] - puzzle.fits[there]) <= LINK_REACH:
                puzzle.equal(here, there)
    for area in areas:
        inside = [f"{area} {month}" for month in months if (area, month) in leaves]
        if len(inside) > 1:
            puzzle.together(area, inside)
    for month in months:
        across = [f"{area} {month}" for area in areas if (area, month) in leaves]
        if len(across) > 1:
            puzzle.together(month, across)
    if len(areas) > 1 and len(months) > 1:
        puzzle.together("all", [f"{area} {month}" for area, month in sorted(leaves)])
    return puzzle


def _sums(release: str, table: Table) -> list[tuple[Place, tuple[Place, ...]]]:
    def place(part: Part) -> Place:
        return release, part.table.key, part.line

    if isinstance(table, Cross):
        across = [
            (
                _whole_of(release, table, row),
                tuple((release, table.key, cell_name(row, c)) for c in table.columns),
            )
            for row in table.rows
        ]
        down = [
            (place(column), tuple((release, table.key, cell_name(r, column)) for r in table.rows))
            for column in table.columns
        ]
        return across + down
    if table.within is None:
        return []
    return [(place(table.within), tuple((release, table.key, line) for line in table.lines))]


def _whole_of(release: str, cross: Cross, row: Part) -> Place:
    """What the cells of a row add up to: the row, or the part of it that its columns divide.

    A table by occasion divides a cell of another table by occasion: those under 18 at Valborg.
    """
    name, _, _ = cross.key.rpartition("/")
    within = cross.columns[0].table.within
    if not name or within is None or within == row.table.within:
        return release, row.table.key, row.line
    return release, under_key(name, within.table.key), cell_name(row, within)


class _Search:
    """Depth first, with every limit drawn in after each guess; guesses are undone by the trail."""

    def __init__(self, puzzle: Puzzle, random: Random) -> None:
        self.random = random
        self.places = list(puzzle.low)
        number = {place: n for n, place in enumerate(self.places)}
        self.low = [puzzle.low[place] for place in self.places]
        self.high = [puzzle.high[place] for place in self.places]
        self.sums = [(number[whole], [number[p] for p in parts]) for whole, parts in puzzle.sums]
        self.sums_of: list[list[int]] = [[] for _ in self.places]
        for n, (whole, parts) in enumerate(self.sums):
            for variable in (whole, *parts):
                self.sums_of[variable].append(n)
        self.number = number
        middle = [(low + high) // 2 for low, high in zip(self.low, self.high, strict=True)]
        self.fits = [puzzle.fits.get(place, middle[n]) for place, n in number.items()]
        self.trail: list[tuple[int, int, int]] = []
        self.is_possible = self._narrow(range(len(self.sums)))
        self.trail.clear()

    def run(self, fixed: Mapping[Place, int]) -> dict[Place, int] | None:
        """One complete truth that fits, with some unknowns fixed; None when there is none."""
        self._undo(0)
        if not self.is_possible:
            return None
        for place, value in fixed.items():
            if not self._guess(self.number[place], value):
                return None
        guesses: list[tuple[int, list[int], int]] = []
        turns, variable = 0, 0
        while variable < len(self.places):
            if self.low[variable] == self.high[variable]:
                variable += 1
                continue
            guesses.append((variable, self._values(variable), len(self.trail)))
            while not self._next_guess(guesses):
                turns += 1
                if not guesses or turns > PATIENCE:
                    return None
            variable = guesses[-1][0]
        return dict(zip(self.places, self.low, strict=True))

    def _next_guess(self, guesses: list[tuple[int, list[int], int]]) -> bool:
        """Take the next value of the last guess; drop the guess when it has none left."""
        variable, values, mark = guesses[-1]
        self._undo(mark)
        if not values:
            guesses.pop()
            return False
        return self._guess(variable, values.pop())

    def _values(self, variable: int) -> list[int]:
        """The values to try, the last first: those that are known to fit somewhere come early."""
        fits = self.fits[variable]
        values = range(self.low[variable], self.high[variable] + 1)
        return sorted(values, key=lambda value: -abs(value - fits) * self.random.random())

    def _guess(self, variable: int, value: int) -> bool:
        if not self.low[variable] <= value <= self.high[variable]:
            return False
        self._set(variable, value, value)
        return self._narrow(self.sums_of[variable])

    def _set(self, variable: int, low: int, high: int) -> None:
        self.trail.append((variable, self.low[variable], self.high[variable]))
        self.low[variable], self.high[variable] = low, high

    def _undo(self, mark: int) -> None:
        while len(self.trail) > mark:
            variable, low, high = self.trail.pop()
            self.low[variable], self.high[variable] = low, high

    def _narrow(self, first: Iterable[int]) -> bool:
        """Draw in the limits of everything in the sums until nothing changes; False: no fit."""
        waiting = list(first)
        while waiting:
            whole, parts = self.sums[waiting.pop()]
            least = sum(self.low[part] for part in parts)
            most = sum(self.high[part] for part in parts)
            low, high = self.low[whole], self.high[whole]
            changes = [(whole, max(low, least), min(high, most))]
            changes += [
                (
                    part,
                    max(self.low[part], low - most + self.high[part]),
                    min(self.high[part], high - least + self.low[part]),
                )
                for part in parts
            ]
            for variable, lower, upper in changes:
                if lower > upper:
                    return False
                if (lower, upper) != (self.low[variable], self.high[variable]):
                    self._set(variable, lower, upper)
                    waiting += self.sums_of[variable]
        return True
