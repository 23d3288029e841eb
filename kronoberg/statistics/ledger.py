"""How far published figures are off so far, in each longer period and larger area they belong to.

`noise` keeps every such sum within reach, so it has to know. What is known here and what is
published give the truth together: so it is sealed, and erased when the period is frozen to its end.
"""

import json
from collections.abc import Mapping

from cases.models import Municipality
from kronoberg.statistics.models import RunningError
from kronoberg.statistics.noise import Errors
from kronoberg.statistics.periods import Month, Period, Span, period_of
from kronoberg.statistics.tables import Place

LONGER = (Span.QUARTER, Span.SCHOOL_YEAR, Span.YEAR)
BETWEEN = "|"


def sums_of(month: Month, area: Municipality, *, prefix: str = "") -> list[tuple[str, Period]]:
    """The sums that a month of an area is part of: whose, and of which period."""
    longer = [period_of(month.first, span) for span in LONGER]
    county = [period_of(month.first, Span.MONTH), *longer]
    return [(f"{prefix}{area.pk}", period) for period in longer] + [
        (f"{prefix}lan-{area.county_code}", period) for period in county
    ]


def running(month: Month, area: Municipality, *, prefix: str = "") -> list[Errors]:
    """How far each of these sums is off before the month is added."""
    return [_read(row) for row in _rows(month, area, prefix)]


def add(month: Month, area: Municipality, errors: Errors, *, prefix: str = "") -> None:
    """Add what a month was moved by to every sum that it is part of."""
    for row in _rows(month, area, prefix):
        sums = dict(_read(row))
        for place, by in errors.items():
            sums[place] = sums.get(place, 0) + by
        row.errors = json.dumps(
            {BETWEEN.join(place): n for place, n in sums.items() if n}, ensure_ascii=False
        )
        row.save()


def close(frozen_until: Mapping[str, Month], *, prefix: str = "") -> None:
    """Erase the sums of every period that is frozen to its end in all the areas it is a sum of."""
    areas = Municipality.objects.filter(pk__in=frozen_until)
    by_scope: dict[str, list[Month]] = {}
    for area in areas:
        for scope in (f"{prefix}{area.pk}", f"{prefix}lan-{area.county_code}"):
            by_scope.setdefault(scope, []).append(frozen_until[area.pk])
    for scope, months in by_scope.items():
        RunningError.objects.filter(scope=scope, last_month__lte=min(months).first).delete()


def _rows(month: Month, area: Municipality, prefix: str) -> list[RunningError]:
    """The row of every sum that the month is part of, in their order: one query."""
    wanted = sums_of(month, area, prefix=prefix)
    kept = {
        (row.scope, row.span, row.first): row
        for row in RunningError.objects.filter(
            scope__in={scope for scope, _ in wanted}, first__in={each.first for _, each in wanted}
        )
    }
    return [
        kept.get((scope, period.span, period.first))
        or RunningError(
            scope=scope, span=period.span, first=period.first,
            last_month=period.months[-1].first, errors="{}",
        )
        for scope, period in wanted
    ]  # fmt: skip


def _read(row: RunningError) -> dict[Place, int]:
    found: dict[str, int] = json.loads(row.errors)
    places = ((name.partition(BETWEEN), n) for name, n in found.items())
    return {(key, line): n for (key, _, line), n in places}
