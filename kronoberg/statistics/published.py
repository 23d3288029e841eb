"""Reading frozen figures: of an area or several, of a month or of months together.

Everything longer or larger than a month of a municipality is a sum of published cells, and a filter
picks among them: so nothing here can tell more than the months did when they were made.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import starmap
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta
from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.models import AlcoholSeizure
from cases.models.codes import Occasion
from kronoberg.statistics import freezing, people, police, sums
from kronoberg.statistics.areas import Area
from kronoberg.statistics.freezing import CONTAINERS, EFFORT, HOURS, LITRES, PASSES
from kronoberg.statistics.models import CountySum, FrozenTable
from kronoberg.statistics.periods import Month, Period, Span, period_of
from kronoberg.statistics.tables import Cells, Counted, Table, decode, filtered, under_key

TABLES: dict[str, Table] = {table.key: table for table in (*freezing.TABLES, people.COHORT)}
DRINKS = AlcoholSeizure.Drink
OCCASION = "tillfalle"
# Read out of the stored hours; no table of its own.
EFFORT_BY_OCCASION = "insatstid-tillfalle"


class _Row(NamedTuple):
    """One table of a month: of one area, or of all of a county."""

    first: date
    key: str
    version: int
    cells: dict[str, int]
    made_at: datetime
    n_areas: int = 1


@dataclass(frozen=True)
class Frozen:
    """The figures of an area and a period, as far as its months are frozen, and when they were."""

    area: Area
    period: Period
    made_at: datetime
    by_month: dict[Month, Cells]
    cells: Cells
    occasion: str = ""

    @property
    def is_whole(self) -> bool:
        return len(self.by_month) == len(self.period.months)

    @property
    def months(self) -> list[Month]:
        return sorted(self.by_month)

    def __str__(self) -> str:
        """Which months the figures hold, when they were frozen, and whether any are missing."""
        days = f"{self.months[0].first:%Y-%m-%d} – {self.months[-1].last:%Y-%m-%d}"
        said = f"{days}, fryst {timezone.localdate(self.made_at):%Y-%m-%d}"
        if self.is_whole:
            return said
        return f"{said} ({len(self.by_month)} av {len(self.period.months)} månader är frysta)"


def frozen_months(area: Area) -> list[Month]:
    """The months of which anything is frozen, newest first."""
    firsts = _stored(area).filter(key=EFFORT).order_by("-first").values_list("first", flat=True)
    return [Month(first) for first in firsts.distinct()]


def _stored(area: Area) -> "QuerySet[Any]":
    """The rows of frozen cells that the area's figures are the sums of: the fewest there are."""
    if area.county_code:
        return CountySum.objects.filter(county_code=area.county_code)
    return FrozenTable.objects.filter(area__in=area.municipalities)


def periods(months: Iterable[Month], span: Span) -> list[Period]:
    """The periods of that length in which any of the months lie, newest first."""
    found = {period_of(month.first, span) for month in months}
    return sorted(found, reverse=True)


def read(
    area: Area, period: Period, *, keys: Collection[str] = (), occasion: str = ""
) -> Frozen | None:
    """The figures of an area and period; None when no month of it is frozen.

    `keys` are the tables to read, all when empty. With an `occasion` (its code): of the stops at it
    alone, in the tables that are counted by occasion.

    Raises:
        UnknownLine: a stored cell that today's table has no line for.
    """
    return read_each(area, [period], keys=keys, occasion=occasion)[0]


def read_each(
    area: Area, periods_: Sequence[Period], *, keys: Collection[str] = (), occasion: str = ""
) -> list[Frozen | None]:
    """The same of several periods at once: one query, however many they are.

    Raises:
        UnknownLine: as `read`.
    """
    rows = _stored(area).filter(_inside(periods_))
    if keys:
        under = {under_key(OCCASION, key) for key in keys} if occasion else set()
        rows = rows.filter(key__in={EFFORT, *keys, *under})
    stored: dict[date, dict[str, list[_Row]]] = defaultdict(lambda: defaultdict(list))
    for row in starmap(_Row, rows.values_list(*_Row._fields[:5], *_more(area))):
        stored[row.first][row.key].append(row)
    return [_frozen(area, period, stored, occasion) for period in periods_]


def _inside(periods_: Sequence[Period]) -> Q:
    """As one stretch of the index where the periods follow on one another, as years do."""
    firsts = sorted(month.first for period in periods_ for month in period.months)
    is_one = firsts[-1] < firsts[0] + relativedelta(months=len(firsts))
    return Q(first__range=(firsts[0], firsts[-1])) if is_one else Q(first__in=firsts)


def _more(area: Area) -> tuple[Any, ...]:
    return ("n_areas",) if area.county_code else ()


def _frozen(
    area: Area, period: Period, found: dict[date, dict[str, list["_Row"]]], occasion: str
) -> Frozen | None:
    stored = {month.first: found[month.first] for month in period.months if month.first in found}
    if not stored:
        return None
    by_month: dict[Month, Cells] = {
        Month(first): _month(tables, occasion) for first, tables in stored.items()
    }
    made_at = max(row.made_at for tables in stored.values() for row in tables[EFFORT])
    return Frozen(area, period, made_at, by_month, together(list(by_month.values())), occasion)


def together(parts: Sequence[Cells]) -> Cells:
    """The sum of cells, of the tables that all of them have."""
    keys = set.intersection(*(set(cells) for cells in parts)) if parts else set()
    found = Counted()
    for key in keys:
        lines: dict[str, int] = {}
        for cells in parts:
            for line, n in cells[key].items():
                lines[line] = lines.get(line, 0) + n
        found[key] = lines
    return found


def part(frozen: Frozen, months: Collection[Month]) -> Frozen:
    """The figures of some of the months alone."""
    kept = {month: cells for month, cells in frozen.by_month.items() if month in months}
    return replace(frozen, by_month=kept, cells=together(list(kept.values())))


def _month(tables: dict[str, list[_Row]], occasion: str) -> Cells:
    """One month's cells: the areas together, of the tables that all of them have."""
    n_areas = sum(row.n_areas for row in tables[EFFORT])
    cells = Counted()
    for key, rows in tables.items():
        table = TABLES.get(key)
        if table is None or sum(row.n_areas for row in rows) != n_areas:
            continue
        if all(row.version == table.version for row in rows):
            cells[key] = _added(table, rows)
    picked = cells if not occasion else _at(cells, occasion)
    picked[EFFORT] = {
        what: sum(row.cells.get(freezing.effort_code(what, occasion), 0) for row in tables[EFFORT])
        for what in (HOURS, PASSES)
    }
    if not occasion:
        picked[EFFORT_BY_OCCASION] = {
            each.label: sum(
                row.cells.get(freezing.effort_code(HOURS, each), 0) for row in tables[EFFORT]
            )
            for each in Occasion
        }
        for key in {LITRES, CONTAINERS} & set(tables):
            picked[key] = {
                DRINKS(code).label: sum(row.cells.get(code, 0) for row in tables[key])
                for code in DRINKS.values
            }
    return picked


def _at(cells: Cells, occasion: str) -> Counted:
    part_ = police.occasions.part(Occasion(occasion).label)
    found = filtered(cells, freezing.BY_OCCASION, part_, name=OCCASION)
    if police.occasions.key in cells:
        # Everybody here is valid: the others have no line under an occasion.
        n = part_.read(cells)
        lines = dict.fromkeys(police.registrations.lines, 0) | {police.VALID: n}
        found[police.registrations.key] = lines
    return found


def _added(table: Table, rows: list[_Row]) -> dict[str, int]:
    stored: dict[str, int] = {}
    for row in rows:
        stored = sums.together(stored, row.cells)
    return decode(table, stored)
