"""The chain municipality by municipality, and the sources by place and hour: worked out by hand."""

from datetime import date

import pytest
from django.test import Client

from kronoberg.statistics import afterwards as a
from kronoberg.statistics import crosses
from kronoberg.statistics import police as p
from kronoberg.statistics.areas import area_of, remit
from kronoberg.statistics.by_area import chain_by_area
from kronoberg.statistics.periods import named
from kronoberg.statistics.published import read
from kronoberg.statistics.tables import NotCounted
from tests import cast
from tests.factories import ALVESTA, VAXJO
from tests.figures import municipality, nobody
from tests.measures import publish
from tests.stops import (
    a_day_in_november as a_day_in_november,
)

YEAR = named("2025-2026")


def two_months() -> None:
    broken = a.BREAKS[4]
    for month in (4, 5):
        publish(date(2026, month, 1), 20, 80, chain={a.WHOLE: 8, broken: 12})
        publish(date(2026, month, 1), 10, 40, code=ALVESTA, chain={a.WHOLE: 6, a.BREAKS[1]: 4})


def test_each_municipality_has_its_share_of_whole_chains_and_where_it_broke():
    two_months()
    areas = [area_of(municipality(code)) for code in (VAXJO, ALVESTA)]
    [county] = [area for area in remit(cast.person("magnus")) if area.county_code]
    frozen = read(county, YEAR)
    assert frozen is not None

    found = chain_by_area(frozen, areas)

    # 16 of 40 and 12 of 20 in two months; the eight of Alvesta's break are shown, by their line.
    rows = [[entry.text.replace("\xa0", " ") for entry in row] for row in found.rows]
    assert rows == [
        ["Växjö kommun", "40", "16", "40 %", a.BREAKS[4]],
        ["Alvesta kommun", "20", "12", "60 %", a.BREAKS[1]],
    ]
    assert found.sentence.replace("\xa0", " ") == (
        "Hela kedjan höll oftast i Alvesta kommun (60 % av 20) och mest sällan i Växjö kommun "
        "(40 % av 40)."
    )


def test_equal_shares_have_no_best_and_no_worst():
    lines = [(name, {a.WHOLE: 12, **dict.fromkeys(a.BREAKS, 1)}) for name in ("Park", "Skola")]

    found = crosses.chain_by(lines, nobody(), "place", "plats", "Plats för plats")

    # 12 of 21 at both.
    assert found.sentence.replace("\xa0", " ") == (
        "Hela kedjan höll i 57 % överallt där det går att säga."
    )


def test_of_one_occasion_alone_it_is_not_told():
    two_months()
    frozen = read(area_of(municipality()), YEAR, occasion="valborg")

    assert frozen is not None
    with pytest.raises(NotCounted):
        chain_by_area(frozen, [area_of(municipality())])


def test_who_may_not_read_the_municipalities_one_by_one_sees_the_county_alone():
    two_months()
    seen = {}
    for who in ("magnus", "klara"):
        client = Client()
        client.force_login(cast.person(who))
        page = client.get("/statistik/kedjan/?omrade=lan-07&period=2025-2026")
        seen[who] = "Hela kedjan, kommun för kommun" in page.content.decode()

    assert seen == {"magnus": True, "klara": False}


def test_sources_are_mapped_by_place_and_hour_and_everybody_stands_in_a_row():
    cells = nobody()
    cells["langare-plats"] |= {"Kompis · Park": 12, "Stulet · Park": 3, f"{p.NOT_TAKEN} · Park": 9}
    cells["langare-klockslag"] |= {"Kompis · 20–22": 11, "Kompis · 22–24": 4}

    where, when = crosses.supply_by_place(cells), crosses.supply_by_hour(cells)

    assert where.sentence == "Flest: kompis, park (12 av 15)."
    assert when.sentence == "Flest: kompis, 20–22 (11 av 15)."
    assert len(where.rows) == len(p.supply_relations.lines)
    assert {"0–4", "12"} <= {entry.text for row in where.rows for entry in row}
