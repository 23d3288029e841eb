"""What protects the one behind a figure: every count is of a population slightly unlike the true.

A few rows are taken out and a few are counted twice, by a walk of chance that begins at the truth
and never leaves `REACH`: no cell of the month is moved further, and no cell of any longer period or
larger area either, since what was moved before is taken into account (`ledger`). What is published
is then itself a possible truth, in every table and every sum at once, and so is the same with one,
two or three people more of any kind: no adding and subtracting tells a count exactly. That does
not depend on which cells are printed, nor on the reader not knowing this text. The truth itself is
always within reach, so there are always figures to publish.

The chance comes from a key outside the database and from the very cases that are counted: the same
cases give the same figures, and with one case more everything is drawn anew.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from random import Random

from kronoberg.statistics.tables import Part, Place, Standing

REACH = 3
# Two counts of the same events in two registers part by so little that neither tells the other.
LINK_REACH = 1
LINKED = "="
# How many times chance tries to change something: for a month, and for each row in it.
TRIES, TRIES_A_ROW = 6, 1
Errors = Mapping[Place, int]
# The cells that a row stands on, and how it counts there: once, or against, in a link.
Weights = list[tuple[Place, int]]


@dataclass(frozen=True)
class Link:
    """Two cells of different sources that count the same events, like sent and received."""

    name: str
    here: Part
    there: Part

    def weight(self, standing: Standing) -> int:
        return sum(
            sign
            for sign, part in ((1, self.here), (-1, self.there))
            if standing.get(part.table.key) == part.line
        )


def likeness(
    standings: Mapping[str, Sequence[Standing]],
    *,
    random: Random,
    running: Sequence[Errors] = (),
    links: Sequence[Link] = (),
) -> dict[str, list[int]]:
    """Return which rows make a population like the one given, by source: some out, some twice.

    `running` is how far the figures of each longer period and larger area are off already.
    """
    walk = _Walk(running)
    live = {source: list(range(len(each))) for source, each in standings.items()}
    for source, each in standings.items():
        weights = [_weights(standing, links) for standing in each]
        for _ in range(TRIES + TRIES_A_ROW * len(each) if each else 0):
            _try(walk, weights, live[source], random)
    return live


def errors(true: Mapping[str, Sequence[Standing]], moved: Mapping[str, Sequence[Standing]],
           links: Sequence[Link] = ()) -> dict[Place, int]:  # fmt: skip
    """How far each cell was moved, the links among them."""
    found: dict[Place, int] = defaultdict(int)
    for sign, rows in ((-1, true), (1, moved)):
        for standing in (row for each in rows.values() for row in each):
            for place, weight in _weights(standing, links):
                found[place] += sign * weight
    return {place: n for place, n in found.items() if n}


def _try(walk: "_Walk", kinds: list[Weights], live: list[int], random: Random) -> None:
    """Leave a row out, count one twice, or count one in the place of another."""
    leaves, enters = random.choice(((True, False), (False, True), (True, True), (True, True)))
    change: dict[Place, int] = defaultdict(int)
    at = random.randrange(len(live)) if leaves and live else None
    if leaves and at is None:
        return
    if at is not None:
        _add(change, kinds[live[at]], -1)
    new = random.randrange(len(kinds)) if enters else None
    if new is not None:
        _add(change, kinds[new], 1)
    if not walk.step(change, random):
        return
    if new is not None and at is not None:
        live[at] = new
    elif new is not None:
        live.append(new)
    elif at is not None:
        live[at] = live[-1]
        live.pop()


@dataclass
class _Walk:
    """How far every cell is off by now, and how far it may be."""

    running: Sequence[Errors]
    off: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    limits: dict[Place, tuple[int, int]] = field(default_factory=dict)

    def step(self, change: Mapping[Place, int], random: Random) -> bool:
        """Take the step if every cell stays within reach, the likelier the nearer to the truth."""
        moved = [(place, by) for place, by in change.items() if by]
        cost = 0
        for place, by in moved:
            low, high = self.limits.get(place) or self._limits(place)
            before, after = self.off[place], self.off[place] + by
            if not low <= after <= high:
                return False
            cost += self._cost(place, after) - self._cost(place, before)
        n_sums = len(moved) * (1 + len(self.running))
        if not moved or (cost > 0 and random.random() > exp(-cost / n_sums)):
            return False
        for place, by in moved:
            self.off[place] += by
        return True

    def _limits(self, place: Place) -> tuple[int, int]:
        reach = LINK_REACH if place[0] == LINKED else REACH
        already = [0, *(sums.get(place, 0) for sums in self.running)]
        # The truth of this month is always allowed, whatever an earlier rule left behind.
        found = min(0, -reach - min(already)), max(0, reach - max(already))
        self.limits[place] = found
        return found

    def _cost(self, place: Place, off: int) -> int:
        return off * off + sum((sums.get(place, 0) + off) ** 2 for sums in self.running)


def _add(change: dict[Place, int], weights: Weights, sign: int) -> None:
    for place, weight in weights:
        change[place] += sign * weight


def _weights(standing: Standing, links: Sequence[Link]) -> Weights:
    found: Weights = [(place, 1) for place in standing.items()]
    for link in links:
        weight = link.weight(standing)
        if weight:
            found.append(((LINKED, link.name), weight))
    return found
