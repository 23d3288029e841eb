"""The demo's other municipalities: each with a police unit and an office, where nobody logs in.

Lives that were walked in Växjö are repeated there too (`demo_history`), so that a county adds up
and one municipality can be set beside another.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Count

from cases import access
from cases.fictive import fictive_name
from cases.models import Kind, Municipality, Organisation, PostalCode, Role, User
from kronoberg.demo_town import VAXJO, Town, Where, unit

# So many cases for each municipality, or the figures of most would be nobody's.
CASES_A_TOWN = 60
# Where the demo's people work more is known than its size says.
AT_HOME = 2
# What the first town's places and houses are called in another.
ELSEWHERE = {
    "Växjö resecentrum": "Resecentrum",
    "Teleborgs centrum": "Centrum",
    "Linnéparken": "Stadsparken",
    "Evedals badplats": "Badplatsen",
    "Systembolaget, Storgatan": "Systembolaget",
    "Skolgården vid Norrtull": "Skolgården",
    "Festplatsen vid Arenastaden": "Festplatsen",
    "En villa på Hovshaga": "En villa",
    "Akutmottagningen, Växjö": "Akutmottagningen",
    "Arresten, Växjö": "Arresten",
    "Kommunhuset, Västra Esplanaden 18, rum 214": "Kommunhuset, rum 214",
}
POLICE, SOCIAL = ("karin", "lena", "omar"), ("ines", "sara")
MACHINES = ("police machine", "social machine")


def towns(home: Town, n_cases: int) -> list[Town]:
    """Home, and as many others as the cases are enough for: its own county first."""
    found = list(_places(home.where.code))[: max(1, n_cases // CASES_A_TOWN)]
    home.where = found[0]
    home.staff |= _machines(home.staff)
    return [home, *(_another(home, where) for where in found[1:])]


def renamed(home: Town, town: Town) -> dict[str, str]:
    """What somebody in another town calls what is called so at home; the units among it."""
    if town is home:
        return {}
    words = ELSEWHERE | {
        home.where.code: town.where.code,
        home.where.postal_code: town.where.postal_code,
        home.where.locality: town.where.locality,
    }
    for username in (POLICE[0], SOCIAL[0]):
        here, there = (each.staff[username].organisation for each in (home, town))
        for column in ("authority", "name", "street", "postal_line", "phone", "email", "website"):
            before, after = getattr(here, column), getattr(there, column)
            if before and after:
                words[before] = after
        words[here.postal_line] = there.postal_line or town.where.postal_line
    return words | {home.staff[name].name: town.staff[name].name for name in (*POLICE, *SOCIAL)}


def retold(text: str, words: dict[str, str]) -> str:
    """A text in which the same names stand in the middle of sentences; numbers are left alone."""
    for before in sorted(words, key=len, reverse=True):
        if not before.isdecimal():
            text = text.replace(before, words[before])
    return text


def moved(home: Town, town: Town) -> dict[Any, Any]:
    """Whose keys stand for whose: units and people by those of another town."""
    names = (*POLICE, *SOCIAL, *MACHINES)
    pairs = [(home.staff[name], town.staff[name]) for name in names]
    return {here.pk: there.pk for here, there in pairs} | {
        here.organisation_id: there.organisation_id for here, there in pairs
    }


def _places(code: str) -> Iterator[Where]:
    """The municipality itself, the others of its county, and then county by county; large first."""
    sizes = Municipality.objects.annotate(n=Count("postalcode"))
    county = Municipality.objects.get(pk=code).county_code
    first = {
        each.municipality_id: each for each in PostalCode.objects.order_by("-postal_code", "-pk")
    }
    order = sorted(
        sizes, key=lambda m: (m.pk != code, m.county_code != county, m.county_code, -m.n, m.pk)
    )
    for place in order:
        if place.pk == code:
            yield Where(code, VAXJO.postal_code, VAXJO.locality, AT_HOME * place.n)
        elif place.pk in first:
            postal = first[place.pk]
            yield Where(place.pk, postal.postal_code, postal.locality, place.n)


def _another(home: Town, where: Where) -> Town:
    """A town with its own youths, and one person for each of its two units."""
    municipality = Municipality.objects.get(pk=where.code)
    police = _unit_of(where, Kind.POLICE, "Polismyndigheten", f"Polisen i {municipality}")
    social = _unit_of(where, Kind.SOCIAL, municipality.name, "Mottagning barn och unga")
    officer = _somebody(home, police, Role.YOUTH_OFFICER)
    worker = _somebody(home, social, Role.SOCIAL_WORKER)
    staff = dict.fromkeys(POLICE, officer) | dict.fromkeys(SOCIAL, worker)
    return Town(staff | _machines(staff), home.random, where, phones=home.phones)


def _machines(staff: dict[str, User]) -> dict[str, User]:
    """The account of each unit that receives what crosses the border."""
    units = (staff[names[0]].organisation for names in (POLICE, SOCIAL))
    return dict(zip(MACHINES, map(access.service_account, units), strict=True))


def _unit_of(where: Where, kind: Kind, authority: str, name: str) -> Organisation:
    found = Organisation.objects.filter(kind=kind, municipality=where.code).first()
    if found is None:
        found = unit(
            authority=authority,
            name=name,
            kind=kind,
            municipality_id=where.code,
            postal_line=where.postal_line,
        )
    return found


def _somebody(home: Town, organisation: Organisation, role: Role) -> User:
    """Whose name stands in the journal; without a password and without rights."""
    first, last = fictive_name(home.random)
    return User.objects.get_or_create(
        username=f"{role}-{organisation.municipality_id}",
        defaults={
            "password": make_password(None),
            "name": f"{first} {last}",
            "title": role.label,
            "role": role,
            "organisation": organisation,
        },
    )[0]
