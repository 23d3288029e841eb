"""Whose figures a reader may choose among: the unit's municipality, and the county it lies in."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from cases.models import Municipality, User
from kronoberg.statistics.models import FrozenTable

COUNTIES = {
    "01": "Stockholms", "03": "Uppsala", "04": "Södermanlands", "05": "Östergötlands",
    "06": "Jönköpings", "07": "Kronobergs", "08": "Kalmar", "09": "Gotlands", "10": "Blekinge",
    "12": "Skåne", "13": "Hallands", "14": "Västra Götalands", "17": "Värmlands", "18": "Örebro",
    "19": "Västmanlands", "20": "Dalarnas", "21": "Gävleborgs", "22": "Västernorrlands",
    "23": "Jämtlands", "24": "Västerbottens", "25": "Norrbottens",
}  # fmt: skip

COUNTY = "lan-"


@dataclass(frozen=True)
class Area:
    """One municipality, or those of a county together."""

    code: str
    name: str
    municipalities: tuple[str, ...]

    @property
    def county_code(self) -> str:
        """The county, where the area is a whole one; else empty."""
        return self.code.removeprefix(COUNTY) if self.code.startswith(COUNTY) else ""

    def __str__(self) -> str:
        return self.name


def area_of(municipality: Municipality) -> Area:
    return Area(municipality.pk, municipality.name, (municipality.pk,))


def remit(user: User) -> list[Area]:
    """The areas whose figures the reader may see, their own first.

    Everybody may read the whole county beside their own municipality. The police, whose districts
    are larger than a municipality, may also read each of the county's municipalities.
    """
    own = user.organisation.municipality
    if own is None:
        return []
    county = Municipality.objects.filter(county_code=own.county_code).order_by("name")
    # One probe of the index for each, however much is frozen.
    made = county.filter(Exists(FrozenTable.objects.filter(area=OuterRef("pk"))))
    inside = [area for area in made if area != own]
    found = [area_of(own)]
    if inside:
        codes = tuple(sorted({own.pk, *(area.pk for area in inside)}))
        found.append(Area(f"{COUNTY}{own.county_code}", f"{COUNTIES[own.county_code]} län", codes))
    if user.organisation.is_police:
        found += [area_of(area) for area in inside]
    return found
