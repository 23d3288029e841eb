"""An attacker who works out hidden counts from a published table, without the product's code.

The bounds are exact: which values a hidden figure can take is a flow problem, so its bounds are
whole numbers and every value between them can be reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

Counts = list[list[int]]
Published = tuple[tuple[int | None, ...], ...]

FOREVER = 10**6


def with_totals(counts: Sequence[Sequence[int]]) -> Counts:
    grid = [[*row, sum(row)] for row in counts]
    return [*grid, [sum(column) for column in zip(*grid, strict=True)]]


class Flow:
    """The hidden figures as a network: a line of the table is a node, a hidden figure an edge.

    To push one unit along an edge and back round a cycle is to change the figure by one and leave
    every shown sum as it is. Cells run from row to column, totals the other way.
    """

    def __init__(self, counts: Sequence[Sequence[int]], seen: Published, *, floor: int) -> None:
        self.grid = with_totals(counts)
        self.bottom, self.right = len(self.grid) - 1, len(self.grid[0]) - 1
        self.capacity: dict[tuple[str, str], int] = {}
        for row, column in product(range(self.bottom + 1), range(self.right + 1)):
            if seen[row][column] is None:
                start, end = self.edge(row, column)
                is_total = row == self.bottom or column == self.right
                least = 0 if is_total else min(floor, self.grid[row][column])
                self.capacity[start, end] = FOREVER
                self.capacity[end, start] = self.grid[row][column] - least

    def edge(self, row: int, column: int) -> tuple[str, str]:
        ends = (f"row{row}", f"column{column}")
        is_margin = (row == self.bottom) != (column == self.right)
        return (ends[1], ends[0]) if is_margin else ends

    def span(self, row: int, column: int) -> int:
        """How many values beside the true one the figure can take."""
        start, end = self.edge(row, column)
        rise = self._cycle(start, end)
        fall = self._cycle(end, start)
        return rise + fall

    def _cycle(self, start: str, end: str) -> int:
        """The most that can go along start→end and return by other edges."""
        capacity = dict(self.capacity)
        first = capacity.pop((start, end))
        capacity.pop((end, start))
        pushed = 0
        while pushed < first and (path := self._path(capacity, end, start)):
            step = min(first - pushed, *(capacity[edge] for edge in path))
            for tail, head in path:
                capacity[tail, head] -= step
                capacity[head, tail] += step
            pushed += step
        return pushed

    @staticmethod
    def _path(capacity: dict[tuple[str, str], int], start: str, goal: str) -> list[tuple[str, str]]:
        came_by: dict[str, tuple[str, str] | None] = {start: None}
        queue = [start]
        for node in queue:
            for (tail, head), left in capacity.items():
                if tail == node and left > 0 and head not in came_by:
                    came_by[head] = (tail, head)
                    queue.append(head)
        path = []
        step = came_by.get(goal)
        while step is not None:
            path.append(step)
            step = came_by[step[0]]
        return path
