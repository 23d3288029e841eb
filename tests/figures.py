"""Counts before anything is moved, and figures as the worker freezes them, for the tests."""

from collections.abc import Sequence
from datetime import date, datetime
from random import Random
from typing import Any

from cases.models import Municipality
from cases.models.codes import Occasion
from kronoberg.statistics import freezing, marks, people, published, sums
from kronoberg.statistics.areas import area_of
from kronoberg.statistics.arrivals import arrivals, arrived_in
from kronoberg.statistics.freezing import CONTAINERS, EFFORT, LITRES
from kronoberg.statistics.models import FrozenTable
from kronoberg.statistics.periods import Month, Period, named
from kronoberg.statistics.published import DRINKS, EFFORT_BY_OCCASION, Frozen
from kronoberg.statistics.stops import stops
from kronoberg.statistics.tables import Cells, Row, encode
from tests.factories import VAXJO
from tests.rows import some_rows

SCHOOL_YEAR = named("2025-2026")


def municipality(code: str = VAXJO) -> Municipality:
    return Municipality.objects.get(pk=code)


def true_rows(period: Period = SCHOOL_YEAR, code: str = VAXJO) -> dict[str, list[Row]]:
    """Whoever was met with, or whose notice arrived, in the period: by source."""
    area = municipality(code)
    marks.mark(area)
    begun = marks.on_record(area).filter(
        incident__started_at__gte=period.months[0].begins_at,
        incident__started_at__lt=period.months[-1].ends_at,
    )
    return {"stops": list(stops(begun)), "arrivals": [
        arrival for month in period.months for arrival in arrivals(arrived_in(month, area))
    ]}  # fmt: skip


def true_cells(period: Period = SCHOOL_YEAR, code: str = VAXJO) -> Cells:
    """The counts as they are, and the sums beside them."""
    rows, area = true_rows(period, code), municipality(code)
    passes = [
        each for each in freezing.passes_in(period.months[-1], area)
        if each.started_at and each.started_at >= period.months[0].begins_at
    ]  # fmt: skip
    poured = {
        LITRES: freezing.litres(rows["stops"]), CONTAINERS: freezing.containers(rows["stops"]),
    }  # fmt: skip
    return {
        **freezing.cells_of(rows),
        EFFORT: {freezing.HOURS: 0, freezing.PASSES: 0} | freezing.effort(passes),
        **{
            key: {DRINKS(code).label: each.get(code, 0) for code in DRINKS.values}
            for key, each in poured.items()
        },
    }


def nobody() -> dict[str, dict[str, int]]:
    """Every table, and nobody in any."""
    return {
        **freezing.cells_of({source: [] for source in freezing.SOURCES}),
        people.COHORT.key: {people.AGAIN: 0},
        EFFORT: {freezing.HOURS: 100, freezing.PASSES: 5},
        EFFORT_BY_OCCASION: dict.fromkeys(Occasion.labels, 20),
        LITRES: dict.fromkeys(DRINKS.labels, 0),
        CONTAINERS: dict.fromkeys(DRINKS.labels, 0),
    }


def freeze(today: date) -> None:
    """What the worker does every hour."""
    assert freezing.freeze_all(today) == []


def look(period: str = "2025-2026", code: str = VAXJO) -> Frozen | None:
    """The figures of a municipality as the page reads them."""
    return published.read(area_of(municipality(code)), named(period))


def freeze_some(
    random: Random, firsts: Sequence[date], *, n: int, code: str = VAXJO, at: datetime
) -> None:
    """Months of figures as the worker stores them, of `n` stops each that nobody registered."""
    for first in firsts:
        cells = freezing.cells_of(some_rows(random, n))
        kept = {t.key: (t.version, encode(t, cells[t.key])) for t in freezing.TABLES}
        kept[EFFORT] = 1, {freezing.HOURS: 4 * n, freezing.PASSES: n // 3}
        kept[LITRES] = 1, {"strong_beer": n, "spirits": n // 2}
        kept[CONTAINERS] = 1, {"strong_beer": 2 * n, "spirits": n // 2}
        kept[CONTAINERS] = 1, {"strong_beer": 2 * n, "spirits": n}
        rows = [
            FrozenTable(area=municipality(code), first=Month(first).first, key=key,
                        version=version, cells=lines, made_at=at)
            for key, (version, lines) in kept.items()
        ]  # fmt: skip
        FrozenTable.objects.bulk_create(rows)
        sums.add(municipality(code).county_code, rows)


def lines(found: Any) -> dict[str, int]:
    """The lines that anybody stands on."""
    return {line: n for line, n in found.lines.items() if n}
