"""May this letter go to this person at all? Each gate opens, or says why not and what else to do.

A gate looks at one addressee on one day. No letter passes by them.
"""

from dataclasses import dataclass
from datetime import date

from cases.models import Custodian, Person, Referral, YouthCase

MAJORITY = 18  # FB 6:2; the age rule itself is in the rulebook, custody ends by this paragraph


@dataclass(frozen=True)
class Obstacle:
    """Why a letter may not go, and the lawful other way. Names nobody."""

    reason: str
    other_way: str


class GateClosed(Exception):
    """No letter may go to anybody; every reason is on it."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        self.obstacles = obstacles
        # Two custodians are often stopped by the same thing: said once.
        said = dict.fromkeys(f"{each.reason} {each.other_way}" for each in obstacles)
        super().__init__(" ".join(said))


AnyCase = YouthCase | Referral


HAS_HAD_IT = Obstacle(
    "Den kommunen har redan haft anmälan och flyttat den vidare.",
    "Kom överens med kommunen om vem som har ärendet, och behåll det tills dess.",
)
ON_PAPER = Obstacle(
    "Mottagaren är inte ansluten, så anmälan har inte gått fram än.",
    "Skriv ut anmälan och skicka den med post.",
)
NOBODY_ON_RECORD = Obstacle(
    "Ingen vårdnadshavare är registrerad.",
    "Lägg till vårdnadshavarna, eller avstå från brev och skriv varför.",
)


def to_custodian(case: AnyCase, custodian: Custodian, *, on: date) -> list[Obstacle]:
    """Every reason why a letter about the case may not go to this custodian on that day."""
    found = (
        custody_lasts(case, on=on),
        child_is_safe(case),
        custodian_may_know(custodian),
        not_under_investigation(case),
        address_is_open(custodian),
        child_is_not_hidden(case),
        address_is_known(custodian),
    )
    return [obstacle for obstacle in found if obstacle]


def to_youth(case: AnyCase) -> list[Obstacle]:
    """Every reason why a letter may not go to the youth."""
    found = (address_is_open(case.person), address_is_known(case.person))
    return [obstacle for obstacle in found if obstacle]


def custody_lasts(case: AnyCase, *, on: date) -> Obstacle | None:
    """Custody ends at eighteen (FB 6:2), also when the birthday comes during the case."""
    age = case.age_today(on)
    if age is None or age < MAJORITY:
        return None
    return Obstacle(
        "Ungdomen har fyllt 18 år: vårdnaden har upphört.",
        "Skriv bara till ungdomen själv.",
    )


def child_is_safe(case: AnyCase) -> Obstacle | None:
    """A custodian is told nothing that may harm the child (OSL 12:3); unknown counts as yes."""
    if not case.may_be_harmed_if_told:
        return None
    return Obstacle(
        "Barnet kan fara illa av att vårdnadshavarna får veta.",
        "Socialtjänsten talar med barnet först och avgör när vårdnadshavarna får veta.",
    )


def custodian_may_know(custodian: Custodian) -> Obstacle | None:
    if not custodian.is_barred:
        return None
    return Obstacle(
        "Vårdnadshavaren får inte kontaktas (kontaktförbud eller annat skydd).",
        "Fråga socialtjänsten innan något skickas.",
    )


def not_under_investigation(case: AnyCase) -> Obstacle | None:
    """LUL 5 §: when the youth is suspected, the investigation's leader decides who is told."""
    if not (isinstance(case, YouthCase) and case.is_suspect):
        return None
    return Obstacle(
        "Ungdomen är också föremål för en brottsutredning.",
        "Förundersökningsledaren avgör när vårdnadshavarna får veta.",
    )


def address_is_open(person: Person | Custodian) -> Obstacle | None:
    """A protected address is in no letter; unknown protection is handled as protected."""
    if not person.is_protected:
        return None
    return Obstacle(
        "Skyddade personuppgifter, eller inte kontrollerat.",
        "Kontrollera i folkbokföringen; skyddad post går genom Skatteverkets förmedling.",
    )


def child_is_not_hidden(case: AnyCase) -> Obstacle | None:
    """Every letter tells where the child was met or which municipality has the matter: whoever
    the child is hidden from would know where to look.
    """
    if not case.person.is_protected:
        return None
    return Obstacle(
        "Ungdomen har skyddade personuppgifter, eller så är det inte kontrollerat.",
        "Kontrollera i folkbokföringen; är uppgifterna skyddade avgör socialtjänsten vem som "
        "får veta.",
    )


def address_is_known(person: Person | Custodian) -> Obstacle | None:
    if person.name and person.street and person.postal_code:
        return None
    return Obstacle("Adressen saknas.", "Rätta personuppgifterna, så går brevet.")
