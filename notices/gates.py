"""May this letter go to this person at all? Each gate opens, or says why not and what else to do.

A gate looks at one addressee on one day. No letter passes by them.
"""

from dataclasses import dataclass
from datetime import date

from cases import rules
from cases.identity import AgeClass
from cases.models import Custodian, Organisation, Person, Referral, YouthCase
from notices import posting
from notices.posting import Posting


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
NO_ADDRESS = Obstacle(
    "Kommunens adress finns inte här, så kuvertets fönster visar bara kommunens namn.",
    "Skriv adressen på kuvertet, och be administratören lägga in funktionen.",
)
NO_CONSENT = Obstacle(
    "Ungdomen har fyllt 18 år och har inte samtyckt till att kommunen får veta mer.",
    "Fråga ungdomen, eller svara att inget mer lämnas.",
)
NOBODY_ON_RECORD = Obstacle(
    "Ingen vårdnadshavare är registrerad.",
    "Lägg till vårdnadshavarna, eller avstå från brev och skriv varför.",
)


def without_address(office: Organisation) -> tuple[Obstacle, ...]:
    """What must be seen to when a letter to `office` leaves on paper without an address."""
    is_missing = not office.is_connected and not office.street
    return (NO_ADDRESS,) if is_missing else ()


def to_custodian(case: AnyCase, custodian: Custodian, *, on: date) -> list[Obstacle]:
    """Every reason why a letter about the case may not go to this custodian on that day."""
    found = (
        custody_lasts(case, on=on),
        child_is_safe(case),
        has_custody(custodian, on=on),
        custodian_may_know(custodian),
        not_under_investigation(case),
        address_is_open(custodian),
        home_is_open(case, custodian),
        address_is_known(custodian),
        address_has_held(case, custodian),
    )
    return [obstacle for obstacle in found if obstacle]


def to_family(case: AnyCase, custodian: Custodian | None, *, on: date) -> list[Obstacle]:
    """What stops a letter to the custodian, or to the youth when None."""
    return to_custodian(case, custodian, on=on) if custodian else to_youth(case, on=on)


def to_youth(case: AnyCase, *, on: date) -> list[Obstacle]:
    """Every reason why a letter may not go to the youth on that day.

    A letter to a child who lives at home is a letter to the home.
    """
    found = (
        home_is_safe(case, on=on),
        not_under_investigation(case),
        address_is_open(case.person),
        home_is_open(case, case.person),
        address_is_known(case.person),
        address_has_held(case, case.person),
    )
    return [obstacle for obstacle in found if obstacle]


def is_a_party(case: AnyCase, *, on: date) -> Obstacle | None:
    """From fifteen the youth is a party of their own (SoL 3:4); an unknown age proves nothing."""
    age = case.age_today(on)
    if rules.age_class_on(age, on=on) not in (AgeClass.UNDER_15, AgeClass.UNKNOWN):
        return None
    return Obstacle(
        "Ungdomen har inte fyllt 15 år, eller så är åldern okänd.",
        "Berätta för ungdomen själv, tillsammans med en vårdnadshavare.",
    )


def home_is_safe(case: AnyCase, *, on: date) -> Obstacle | None:
    """Whoever may not be told could open the letter; from eighteen the youth decides alone."""
    if not (case.may_be_harmed_if_told and is_child(case, on=on)):
        return None
    return Obstacle(
        "Barnet kan fara illa om någon hemma läser brevet.",
        "Tala med ungdomen där det är tryggt, till exempel i skolan.",
    )


def is_child(case: AnyCase, *, on: date) -> bool:
    """Is the youth under age (FB 6:2) by the rules of that day? An unknown age is a child's."""
    age = case.age_today(on)
    return age is None or age < rules.rule("age_majority", on=on).value


def custody_lasts(case: AnyCase, *, on: date) -> Obstacle | None:
    """Custody ends at eighteen (FB 6:2), also when the birthday comes during the case."""
    if is_child(case, on=on):
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


def has_custody(custodian: Custodian, *, on: date) -> Obstacle | None:
    if custodian.has_custody(on):
        return None
    return Obstacle(
        "Personen är inte längre vårdnadshavare.",
        "Skriv till den som har vårdnaden nu.",
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


def home_is_open(case: AnyCase, to: Person | Custodian) -> Obstacle | None:
    """A letter to the home prints its address, and every letter tells where the child was met or
    which municipality has the matter: whoever somebody there is hidden from would know where to
    look. An addressee who is protected too is told so by `address_is_open`.
    """
    if to.is_protected or not case.person.home_is_secret:
        return None
    who = "Ungdomen" if case.person.is_protected else "Någon i ungdomens hem"
    return Obstacle(
        f"{who} har skyddade personuppgifter, eller så är det inte kontrollerat.",
        "Kontrollera i folkbokföringen; är uppgifterna skyddade avgör socialtjänsten vem som "
        "får veta.",
    )


def address_is_known(person: Person | Custodian) -> Obstacle | None:
    if person.name and person.street and person.postal_code:
        return None
    return Obstacle("Adressen saknas.", "Rätta personuppgifterna, så går brevet.")


def address_has_held(case: AnyCase, person: Person | Custodian) -> Obstacle | None:
    """A letter that came back stops the next to the same address, until somebody has looked."""
    key = posting.address_key(person.name, person.street, person.postal_line)
    returned = Posting.objects.filter(
        organisation_id=case.organisation_id, state=posting.State.RETURNED, address_key=key
    )
    if not key or not returned.exists():
        return None
    return Obstacle(
        "Ett brev till adressen har kommit i retur.",
        "Rätta adressen, eller avsluta returen och skriv varför.",
    )
