"""Figures are moved so little that they still answer, and so that nothing tells a count exactly.

Everything here is asked of the real tables. The adversary (kronoberg.statistics.attack) knows every
cell that was published, even those printed as 0–4, and every sum; what it may not do is to tell a
count of 1–4.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kronoberg.statistics import attack, freezing, noise
from kronoberg.statistics.attack import Puzzle
from kronoberg.statistics.freezing import LINKS, TABLES, cells_of, standings
from kronoberg.statistics.noise import LINK_REACH, LINKED, REACH
from kronoberg.statistics.tables import Cells, Cross, Place, Row, Split
from tests.rows import some_rows

seeds = st.integers(0, 10_000)
Rows = dict[str, list[Row]]


def moved(rows: Rows, random: Random, running: list[Mapping[Place, int]] | None = None) -> Rows:
    chosen = noise.likeness(standings(rows), random=random, running=running or [], links=LINKS)
    return {source: [rows[source][at] for at in places] for source, places in chosen.items()}


def off(rows: Rows, likeness: Rows) -> dict[Place, int]:
    return noise.errors(standings(rows), standings(likeness), LINKS)


@given(st.integers(0, 20), seeds)
@settings(max_examples=40, deadline=None)
def test_however_few_there_are_figures_can_be_made_and_no_cell_is_moved_further_than_promised(
    n, seed
):
    random = Random(seed)
    rows = some_rows(random, n)

    errors = off(rows, moved(rows, random))

    assert all(abs(by) <= REACH for by in errors.values())
    assert abs(errors.get((LINKED, LINKS[0].name), 0)) <= LINK_REACH


@given(seeds)
@settings(max_examples=5, deadline=None)
def test_nor_is_any_sum_of_months_or_areas_however_long_it_goes_on(seed):
    random = Random(seed)
    sums: dict[str, Counter[Place]] = defaultdict(Counter)
    for month, area in product(range(6), ("a", "b")):
        running = [sums[name] for name in (area, f"all {month}", "all")]
        rows = some_rows(random, 8)
        for name in running:
            name.update(off(rows, moved(rows, Random(seed + month), list(running))))

    assert max(abs(by) for name in sums.values() for by in name.values()) <= REACH


@given(st.integers(1, 25), seeds)
@settings(max_examples=15, deadline=None)
def test_every_table_adds_up_to_the_cell_it_divides(n, seed):
    random = Random(seed)
    cells = cells_of(moved(some_rows(random, n), random))

    for table in TABLES:
        if isinstance(table, Split) and table.within:
            assert sum(cells[table.key].values()) == table.within.read(cells)
        if isinstance(table, Cross):
            for row in table.rows:
                across = sum(table.read(cells, row, column) for column in table.columns)
                assert across <= row.read(cells)


def test_the_mean_error_of_what_is_shown_is_at_most_one_in_months_quarters_years_and_counties():
    random = Random(7)
    sums: dict[str, Counter[Place]] = defaultdict(Counter)
    true: dict[str, Counter[Place]] = defaultdict(Counter)
    for month, area in product(range(12), ("a", "b")):
        names = [f"quarter {month // 3} {area}", f"year {area}", f"county {month}", "county"]
        rows = some_rows(random, 12)
        errors = off(rows, moved(rows, random, [sums[name] for name in names]))
        counts = {(key, line): n for key, lines in cells_of(rows).items()
                  for line, n in lines.items()}  # fmt: skip
        for name in [*names, f"month {month} {area}"]:
            sums[name].update(errors)
            true[name].update(counts)

    for kind in ("month", "quarter", "year", "county"):
        shown = [
            abs(sums[name][place])
            for name, cells in true.items() if name.startswith(kind)
            for place, n in cells.items() if n + sums[name][place] >= 5
        ]  # fmt: skip
        assert 0.1 < sum(shown) / len(shown) <= 1, kind


def small_county(seed: int) -> tuple[dict[tuple[str, str], Cells], dict[tuple[str, str], Cells]]:
    """What is true and what is published of two areas and two months, as they would be frozen."""
    random = Random(seed)
    sums: dict[str, Counter[Place]] = defaultdict(Counter)
    true: dict[tuple[str, str], Cells] = {}
    published: dict[tuple[str, str], Cells] = {}
    for month, area in product(("m1", "m2"), ("a", "b")):
        rows = some_rows(random, 4)
        running = [sums[name] for name in (area, month, "all")]
        likeness = moved(rows, random, list(running))
        for name in running:
            name.update(off(rows, likeness))
        true[area, month], published[area, month] = cells_of(rows), cells_of(likeness)
    return true, published


def test_every_sum_that_the_adversary_uses_holds_in_what_is_published():
    puzzle = Puzzle()
    puzzle.publish("a", TABLES, cells_of(some_rows(Random(1), 60)))

    wrong = [
        whole for whole, parts in puzzle.sums
        if puzzle.fits[whole] != sum(puzzle.fits[part] for part in parts)
    ]  # fmt: skip

    assert wrong == []
    assert len(puzzle.sums) > 700


def test_no_pair_of_filters_tells_a_small_count():
    # Every month, both areas, their sums, every occasion, and what both authorities count.
    true, published = small_county(seed=2)
    tables = [t for t in TABLES if t.key in ATTACKED]
    only = {place: {t.key: cells[t.key] for t in tables} for place, cells in published.items()}

    puzzle = attack.everything(only, tables, LINKS)
    targets = [
        place for (area, month), cells in true.items()
        for place in attack.small_in(f"{area} {month}", {t.key: cells[t.key] for t in tables})
    ]  # fmt: skip
    some = Random(1).sample(targets, 24)
    verdict = attack.attack(puzzle, some, random=Random(1), enough=4)

    assert len(puzzle.low) > 500
    assert verdict.exact == 0
    assert verdict.fewest >= 2


# The root of each source, what hangs on what, a cross, an occasion, and both ends of the link; the
# command `attack_statistics` takes all of them.
ATTACKED = {
    "registrering", "alder", "aldersklass", "kon", "alder-kon", "anmalan", "gang",
    "tillfalle", "tillfalle/kon", "mottagna", "beslutade", "beslut",
}  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_nor_does_comparing_with_the_figures_of_one_case_more(seed):
    random = Random(seed)
    rows = some_rows(random, 12)
    more = {**rows, "stops": [*rows["stops"], random.choice(rows["stops"])]}
    before, after = cells_of(moved(rows, Random(seed))), cells_of(moved(more, Random(seed + 1)))
    tables = [t for t in TABLES if t.key in ATTACKED and t.source == "stops"]

    both = Puzzle()
    both.publish("a", tables, before)
    both.publish("b", tables, after)
    attack.one_more(both, "a", "b")
    targets = [place for place in attack.small_in("a", cells_of(rows)) if place in both.low]
    verdict = attack.attack(both, Random(1).sample(targets, 20), random=Random(1), enough=4)

    assert verdict.exact == 0


def test_the_same_adversary_breaks_tables_where_only_small_counts_are_hidden():
    # The adversary must be able to win.
    counts = freezing.cells_of(some_rows(Random(3), 40))
    naive = Puzzle()
    naive.add("", TABLES, attack.limits_if_small_are_hidden(counts))

    verdict = attack.attack(naive, attack.small_in("", counts), random=Random(1), enough=2)

    assert verdict.exact > verdict.n / 4


@pytest.mark.parametrize("seed", range(4))
def test_the_adversary_finds_all_that_fits_and_nothing_else(seed):
    # A small table, where every truth can be tried.
    random = Random(seed)
    lines = tuple(f"t{number}" for number in range(4))
    root = Split(key="rot", source="", lines=("alla",), codes=("a",), sort=str)
    parts = Split(
        key="tid", source="", lines=lines, codes=lines, sort=str, within=root.part("alla")
    )
    true = [random.randint(1, 4) for _ in lines]
    near = [max(0, n + random.randint(-1, 1)) for n in true]
    limits = {line: (max(0, n - 1), n + 1) for line, n in zip(lines, near, strict=True)}
    total = sum(true)
    found = Puzzle()
    found.add("", (root,), {"rot": {"alla": (total, total)}})
    found.add("", (parts,), {"tid": limits})

    verdict = attack.attack(found, [("", "tid", line) for line in lines], random=random)

    fits = [
        values
        for values in product(*(range(low, high + 1) for low, high in limits.values()))
        if sum(values) == total
    ]
    for number, line in enumerate(lines):
        assert verdict.possible["", "tid", line] == {values[number] for values in fits}
