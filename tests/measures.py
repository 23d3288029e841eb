"""Measures and promises, and published cells written by hand, for the tests."""

from datetime import date, datetime
from typing import Any

from cases.models import Municipality
from kronoberg.measures.models import CitizenPromise, Measure
from kronoberg.models import FrozenTable
from kronoberg.statistics import afterwards, freezing, police, sums
from kronoberg.statistics.periods import Month
from kronoberg.statistics.tables import encode
from tests import cast
from tests.factories import VAXJO
from tests.stops import NOW


def make_measure(by: str = "klara", **columns: Any) -> Measure:
    user = cast.person(by)
    return Measure.objects.create(
        **{
            "organisation": user.organisation, "made_by": user, "area_id": VAXJO,
            "title": "Föräldravandring i parken", "words": "Vuxna på plats.", "who": "others",
            "kind": "presence", "term": "long", "place_type": "park", "hours": "22–24",
            "starts_on": date(2026, 4, 1),
        } | columns
    )  # fmt: skip


def make_promise(by: str = "klara", **columns: Any) -> CitizenPromise:
    user = cast.person(by)
    return CitizenPromise.objects.create(
        **{
            "organisation": user.organisation, "made_by": user, "area_id": VAXJO,
            "title": "Fler vuxna i centrum", "problem": "Oro vid resecentrum.",
            "target": "80 träningspass", "target_number": 80,
            "starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31),
        } | columns
    )  # fmt: skip


def publish(
    first: date, n: int, hours: int, *, code: str = VAXJO, at: datetime = NOW,
    spot: tuple[str, str] = ("Park", "22–24"), chain: dict[str, int] | None = None,
) -> None:  # fmt: skip
    """The published cells of a month: `n` youths at one spot, and the hours of effort."""
    area = Municipality.objects.get(pk=code)
    place, hour = spot
    lines: dict[str, dict[str, int]] = {
        police.registrations.key: {police.VALID: n},
        police.ages.key: {police.MINOR: n},
        police.categories_of_minors.key: {"A": n},
        police.passes.key: {police.IN_PASS: n},
        police.places.key: {place: n},
        police.hours.key: {hour: n},
        afterwards.chain.key: chain or {},
        police.place_by_hour.key: {f"{place} · {hour}": n},
    }
    rows = [
        FrozenTable(
            area=area, first=first, key=table.key, made_at=at, version=table.version,
            cells=encode(table, dict.fromkeys(table.lines, 0) | lines.get(table.key, {})),
        )
        for table in freezing.PLAIN
    ]  # fmt: skip
    cells = {"hours": hours, "passes": 1} if hours else {}
    rows.append(FrozenTable(area=area, first=first, key=freezing.EFFORT, cells=cells, made_at=at))
    FrozenTable.objects.bulk_create(rows)
    sums.add(area.county_code, rows)


def months(first: date, n: int) -> list[Month]:
    found = [Month(first)]
    while len(found) < n:
        found.append(found[-1].after)
    return found
