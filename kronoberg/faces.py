"""A person of a case as a page may show them: in full, with what was corrected, or masked."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils import timezone

from cases import identity
from cases.models import Custodian, FormerFacts, LegalSex, Person, Protection
from cases.models.moves import AnyCase
from kronoberg.case_parts import Face

WORDS = {
    "name": "Namn",
    "personal_number": "Nummer",
    "birth_date": "Född",
    "estimated_age": "Uppskattad ålder",
    "identified_by": "Identiteten kontrollerad",
    "legal_sex": "Juridiskt kön",
    "protection": "Skydd",
    "language": "Språk",
    "relation": "Relation",
    "custody_ended_on": "Vårdnaden upphörde",
    "is_barred": "Fick inte informeras",
}
SHOWN: dict[str, dict[Any, str]] = {
    "protection": dict(Protection.choices),
    "legal_sex": dict(LegalSex.choices),
    "relation": dict(Custodian.Relation.choices),
    "is_barred": {True: "ja", False: "nej"},
}


HIDDEN_HOME = "Adressen visas inte: någon i hemmet är skyddad eller inte kontrollerad"

History = dict[Person | Custodian, tuple[str, ...]]


def history_of(case: AnyCase) -> History:
    """Whose row -> what it said before, oldest first. For whoever may read who they are."""
    found: History = {}
    history = FormerFacts.objects.filter(person=case.person_id)
    for former in history.select_related("custodian", "person", "changed_by"):
        row = former.custodian or former.person
        found[row] = (*found.get(row, ()), f"Före rättelsen {_when(former)}: {said_before(former)}")
    return found


def _when(former: FormerFacts) -> str:
    day: date = timezone.localdate(former.changed_at)
    return f"{day} av {former.changed_by.name}"


def said_before(former: FormerFacts) -> str:
    """What the row said before that correction, in words."""
    return ", ".join(f"{WORDS[name].lower()} {text}" for name, text in _texts(former.said))


def _texts(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in said.items():
        text = str(SHOWN.get(name, {}).get(value, value))
        yield name, identity.shown(text) if name == "personal_number" else text


def face(
    person: Person | Custodian,
    relation: str,
    history: History,
    *,
    is_hidden: bool,
    hides_home: bool = False,
) -> Face:
    """A person in full, or masked, past and all: protected and not checked are masked for all but
    the named. With `hides_home` the address alone is left out: somebody hidden lives there.
    """
    if is_hidden:
        return Face("Skyddad identitet", relation, (), is_masked=True)
    details = (*_details(person, hides_home=hides_home), *history.get(person, ()))
    return Face(person.name or "Okänd", relation, details, is_masked=False)


def _details(person: Person | Custodian, *, hides_home: bool) -> Iterator[str]:
    if person.personal_number:
        yield identity.shown(person.personal_number)
    elif isinstance(person, Person) and person.legal_sex:
        yield f"Juridiskt kön: {person.get_legal_sex_display().lower()}"
    if person.phone:
        yield identity.shown_phone(person.phone)
    if person.street:
        yield HIDDEN_HOME if hides_home else f"{person.street}, {person.postal_line}"
    if person.needs_interpreter:
        yield f"Behöver tolk: {person.language}"
    if isinstance(person, Custodian):
        yield "Bor med ungdomen" if person.lives_with_youth else "Bor inte med ungdomen"
        if person.custody_ended_on:
            yield f"Inte vårdnadshavare från och med {person.custody_ended_on}"
        if person.is_barred:
            yield "Får inte informeras"
    if person.is_protected:
        yield person.get_protection_display()
