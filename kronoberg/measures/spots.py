"""Where a measure could begin: the busiest squares of the maps of place, weekday and hour."""

from dataclasses import dataclass
from urllib.parse import urlencode

from kronoberg.statistics import police
from kronoberg.statistics.figures import SMALL_BELOW
from kronoberg.statistics.published import Frozen
from kronoberg.statistics.tables import NotCounted

MOST = 3
PLACE, WEEKDAY, HOURS, AREA = "plats", "veckodag", "klockslag", "omrade"
# The words of the address, and the fields of the form that they fill in.
FIELDS = {PLACE: "place_type", WEEKDAY: "weekday", HOURS: "hours", AREA: "area"}


@dataclass(frozen=True)
class Spot:
    """A place or weekday at some hours, how many were met with there, and the form's address."""

    label: str
    n: int
    query: str


def spots(frozen: Frozen) -> list[Spot]:
    """The busiest squares, larger than small; those of a place first. Homes are among none."""
    found = []
    for name, cross in ((PLACE, police.place_by_hour), (WEEKDAY, police.weekday_by_hour)):
        try:
            cells = [
                Spot(f"{row.line[:1].upper()}{row.line[1:]}, {column.line}",
                     cross.read(frozen.cells, row, column),
                     urlencode(_area(frozen) | {name: row.code, HOURS: column.code}))
                for row in cross.rows for column in cross.columns
                if row.line != police.ELSEWHERE
            ]  # fmt: skip
        except NotCounted:
            continue
        large = [spot for spot in cells if spot.n >= SMALL_BELOW]
        found += sorted(large, key=lambda spot: -spot.n)[:MOST]
    return found


def _area(frozen: Frozen) -> dict[str, str]:
    """The municipality; a whole county is nobody's measure."""
    return {AREA: frozen.area.code} if len(frozen.area.municipalities) == 1 else {}
