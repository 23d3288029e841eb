"""A county's figures are added up once, when they are made; and making them stops in time."""

from datetime import date
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kronoberg import tasks
from kronoberg.models import CountySum, FrozenTable
from kronoberg.statistics import freezing, published, sums
from kronoberg.statistics.areas import Area, area_of
from kronoberg.statistics.periods import named
from tests.factories import ALVESTA, VAXJO
from tests.figures import freeze, freeze_some, municipality
from tests.stops import (
    NOW,
    meet,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)

SPRING = [date(2026, month, 1) for month in (4, 5, 6)]
COUNTY = Area("lan-07", "Kronobergs län", (VAXJO, ALVESTA))
SAME_AREAS = Area("", "Båda", (VAXJO, ALVESTA))


@pytest.mark.parametrize("occasion", ["", "weekend"])
def test_a_county_is_what_its_areas_add_up_to(occasion):
    for code, seed in ((VAXJO, 1), (ALVESTA, 2)):
        freeze_some(Random(seed), SPRING, n=9, code=code, at=NOW)

    for name in ("2026-05", "2026-k2", "2026"):
        county, areas = (
            published.read(area, named(name), occasion=occasion) for area in (COUNTY, SAME_AREAS)
        )
        assert county and areas
        assert (county.cells, county.by_month) == (areas.cells, areas.by_month)


def test_a_county_is_read_without_its_areas_however_many_there_are():
    for code in (VAXJO, ALVESTA):
        freeze_some(Random(1), SPRING, n=3, code=code, at=NOW)

    with CaptureQueriesContext(connection) as asked:
        published.read(COUNTY, named("2026-k2"))

    assert [query for query in asked if "frozentable" in query["sql"]] == []
    assert CountySum.objects.filter(key="kon").count() == len(SPRING)


def test_what_one_area_has_not_counted_or_counts_otherwise_the_county_does_not_have():
    for code in (VAXJO, ALVESTA):
        freeze_some(Random(1), SPRING[:1], n=9, code=code, at=NOW)
    more = {"area": municipality(VAXJO), "first": SPRING[0], "cells": {"again": 5}, "made_at": NOW}
    sums.add("07", [FrozenTable(key="igen", version=1, **more)])
    newer = {"area": municipality(ALVESTA), "first": SPRING[0], "cells": {}, "made_at": NOW}
    sums.add("07", [FrozenTable(key="plats", version=2, **newer)])

    county = published.read(COUNTY, named("2026-04"))

    assert county
    assert "igen" not in county.cells
    assert "plats" not in county.cells
    assert "kon" in county.cells


def test_the_worker_s_own_months_are_in_the_sum_and_the_last_one_dates_it():
    for _ in range(6):
        meet()
        meet(municipality=ALVESTA)
    freeze(date(2026, 8, 1))

    county = published.read(COUNTY, named("2026-05"))
    parts = [published.read(area_of(municipality(code)), named("2026-05"))
             for code in (VAXJO, ALVESTA)]  # fmt: skip

    assert county
    for key in ("kon", "registrering", "insatstid"):
        together = sums.together(*(part.cells[key] for part in parts if part))
        assert together == county.cells[key]
    assert county.made_at == max(part.made_at for part in parts if part)


# A round ends in time -------------------------------------------------------------------------


def test_a_round_that_is_out_of_time_leaves_the_rest_to_the_next_one():
    meet()
    meet(municipality=ALVESTA)
    today = date(2026, 8, 1)

    assert freezing.freeze_all(today, seconds=0) == []
    assert not FrozenTable.objects.exists()
    assert freezing.is_due(today)
    assert not freezing.is_due(today, but_not_in=[VAXJO, ALVESTA])
    freezing.freeze_all(today)

    assert not freezing.is_due(today)
    assert set(FrozenTable.objects.values_list("area_id", flat=True)) == {VAXJO, ALVESTA}


def test_the_worker_goes_on_until_nothing_is_due(monkeypatch):
    meet()
    meet(municipality=ALVESTA)
    rounds: list[float] = []
    real = freezing.freeze_all

    def a_month_at_a_time(today: date, *, seconds: float) -> list[str]:
        rounds.append(seconds)
        return real(today, seconds=1e-9 if len(rounds) == 1 else seconds)

    monkeypatch.setattr(freezing, "freeze_all", a_month_at_a_time)
    again = iter([tasks.freeze_figures])
    monkeypatch.setattr(tasks.freeze_figures, "delay", lambda: next(again).run())

    tasks.freeze_figures.run()

    assert len(rounds) == 2
    assert not freezing.is_due(NOW.date())
