"""How a population is split into the cells that are frozen and shown.

Every table divides one cell of another table, down to one root; a cross divides the same people in
two ways at once. So all tables of a month form one system of sums. A line has a code, which is what
is frozen, and a label, which is what the screen says today.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

# The cells of one period: by table, by line.
Cells = Mapping[str, dict[str, int]]
Row = Any
BY = " · "
Place = tuple[str, str]  # a table's key and one of its lines
# On which line of each table one row stands.
Standing = dict[str, str]


class NotCounted(LookupError):
    """The table was not made, or was made in another way, in some month that is asked for."""


class UnknownLine(ValueError):
    """A frozen code that no line of today's table has: the definition changed without a version."""


class Counted(dict[str, dict[str, int]]):
    """Cells by table; a table that is not there says so by name, and can be waited for."""

    def __missing__(self, key: str) -> dict[str, int]:
        raise NotCounted(key)


@dataclass(frozen=True, kw_only=True)
class Split:
    """A population in disjoint lines: `sort` says on which line a row stands."""

    key: str
    source: str
    lines: tuple[str, ...]
    codes: tuple[str, ...]
    sort: Callable[[Row], str]
    # The cell of another table whose people these are; None for a root.
    within: "Part | None" = None
    # Raised when the same code begins to mean something else.
    version: int = 1

    def part(self, line: str) -> "Part":
        if line not in self.lines:
            raise KeyError(line)
        return Part(self, line)

    @property
    def parts(self) -> "tuple[Part, ...]":
        return tuple(Part(self, line) for line in self.lines)

    def stand(self, row: Row, standing: Standing) -> str | None:
        """The line of a row that stands on `standing` in the tables before this one."""
        if self.within and standing.get(self.within.table.key) != self.within.line:
            return None
        return self.sort(row)


@dataclass(frozen=True)
class Part:
    """One cell of a split."""

    table: Split
    line: str

    @property
    def code(self) -> str:
        return self.table.codes[self.table.lines.index(self.line)]

    def read(self, cells: Cells) -> int:
        return cells[self.table.key][self.line]


@dataclass(frozen=True, kw_only=True)
class Cross:
    """The same people in two ways: the rows and the columns are cells of splits."""

    key: str
    source: str
    rows: tuple[Part, ...]
    columns: tuple[Part, ...]
    version: int = 1

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(cell_name(r, c) for r in self.rows for c in self.columns)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(f"{r.code}·{c.code}" for r in self.rows for c in self.columns)

    def stand(self, row: Row, standing: Standing) -> str | None:
        across = self._found(standing, self._splits[0])
        down = across and self._found(standing, self._splits[1])
        return f"{across}{BY}{down}" if down else None

    @cached_property
    def _splits(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """The lines of the rows and of the columns, by the split that they are of."""
        found: tuple[dict[str, set[str]], dict[str, set[str]]] = {}, {}
        for parts, lines in zip((self.rows, self.columns), found, strict=True):
            for part in parts:
                lines.setdefault(part.table.key, set()).add(part.line)
        return found

    @staticmethod
    def _found(standing: Standing, splits: dict[str, set[str]]) -> str | None:
        for key, lines in splits.items():
            line = standing.get(key)
            if line in lines:
                return line
        return None

    def read(self, cells: Cells, row: Part, column: Part) -> int:
        return cells[self.key][cell_name(row, column)]


Table = Split | Cross


def cell_name(row: Part, column: Part) -> str:
    return f"{row.line}{BY}{column.line}"


def split(
    key: str,
    lines: Mapping[str, str],
    *,
    within: Part | None = None,
    source: str = "stops",
    version: int = 1,
) -> Callable[[Callable[[Row], str]], Split]:
    """Make a split of a function from a row to its line; `lines` are labels by code."""
    return lambda sort: Split(
        key=key,
        source=source,
        lines=tuple(lines.values()),
        codes=tuple(lines),
        sort=sort,
        within=within,
        version=version,
    )


def labelled(codes: str, labels: Iterable[str]) -> dict[str, str]:
    """Labels by their codes, which are given as words of one string, in the same order."""
    return dict(zip(codes.split(), labels, strict=True))


def stand(tables: Iterable[Table], row: Row) -> Standing:
    """On which line of each table a row stands. Parents come before their parts."""
    standing: Standing = {}
    for table in tables:
        line = table.stand(row, standing)
        if line is not None:
            standing[table.key] = line
    return standing


def count(tables: Sequence[Table], standings: Iterable[Standing]) -> dict[str, dict[str, int]]:
    """How many stand on each line of each table."""
    cells = {table.key: dict.fromkeys(table.lines, 0) for table in tables}
    for standing in standings:
        for key, line in standing.items():
            cells[key][line] += 1
    return cells


def under(tables: Iterable[Split], parts: Sequence[Part], *, name: str) -> tuple[Cross, ...]:
    """Each table once more under every cell of another: what a filter by those cells reads."""
    return tuple(
        Cross(key=under_key(name, table.key), source=table.source, rows=tuple(parts),
              columns=table.parts)
        for table in tables
    )  # fmt: skip


def under_key(name: str, key: str) -> str:
    return f"{name}/{key}"


def filtered(cells: Cells, crosses: Iterable[Cross], part: Part, *, name: str) -> Counted:
    """The cells of those who stand on `part` alone, of the tables that are counted under it."""
    prefix = under_key(name, "")
    return Counted(
        {
            cross.key.removeprefix(prefix): {
                column.line: cross.read(cells, part, column) for column in cross.columns
            }
            for cross in crosses
            if cross.key in cells
        }
    )


def encode(table: Table, lines: Mapping[str, int]) -> dict[str, int]:
    """What is stored of a table: the codes of the lines that anybody stands on."""
    return {code: n for code, line in zip(table.codes, table.lines, strict=True)
            if (n := lines[line])}  # fmt: skip


def decode(table: Table, stored: Mapping[str, int]) -> dict[str, int]:
    """The lines of a stored table, in their own order.

    Raises:
        UnknownLine: a stored code that the table of today does not have.
    """
    if unknown := set(stored) - set(table.codes):
        raise UnknownLine(f"{table.key}: {', '.join(sorted(unknown))}")
    return {line: stored.get(code, 0) for code, line in zip(table.codes, table.lines, strict=True)}
