"""One family in two homes, its case and its notice, for the tests of letters and messages.

Every fact about them is a canary: it stands nowhere else in the database.
"""

import re
from datetime import date
from typing import Any

from cases import workflow
from cases.fictive import fictive_number
from cases.identity import shown, shown_phone
from cases.models import (
    Attendee,
    Custodian,
    CustodianContact,
    Municipality,
    Person,
    Protection,
    Referral,
    YouthCase,
)
from notices import dispatch
from notices.dispatch import Taken
from tests import cast, factories

YOUTH: dict[str, Any] = {
    "name": "Moa Ekgren",
    "street": "Björkvägen 7",
    "postal_code": "35562",
    "locality": "Gemla",
    "phone": "+46701740611",
    "school": "Kungsmadskolan",
}
MOTHER = {
    "name": "Ylva Holmer",
    "street": "Björkvägen 7",
    "postal_code": "35562",
    "locality": "Gemla",
    "phone": "+46701740612",
    "personal_number": fictive_number(date(1985, 4, 9), 0),
}
FATHER = {
    "name": "Tage Rosvall",
    "street": "Fyrgatan 12",
    "postal_code": "34132",
    "locality": "Ljungby",
    "phone": "+46701740613",
    "personal_number": fictive_number(date(1983, 9, 2), 1),
}
PLACE = ("street", "postal_code", "locality", "phone", "school")


def canaries(row: dict[str, str], *columns: str) -> set[str]:
    """Every fact of the row (or the named columns) as it is stored and as people write it."""
    facts = {name: value for name, value in row.items() if name in (columns or row)}
    found = set(facts.values()) | {value.upper() for value in facts.values()}
    if "postal_code" in facts:
        found.add(f"{facts['postal_code'][:3]} {facts['postal_code'][3:]}")
    if "phone" in facts:
        found |= {shown_phone(facts["phone"]), facts["phone"].replace("+46", "0")}
    if "personal_number" in facts:
        found.add(shown(facts["personal_number"]))
    return found


def leaked(texts: list[str], secrets: set[str]) -> set[str]:
    """Which of the secrets stand in the texts.

    Digits are looked for as a word of their own, for five of them stand by chance in many ids;
    a secret so short that it stands in a time of day (4.2 in 14.207 s) is no canary and refused.
    """
    short = {secret for secret in secrets if len(secret) < 5}
    assert not short, f"Too short to be told from chance: {short}"
    return {secret for secret in secrets if any(_stands(secret, text) for text in texts)}


def _stands(secret: str, text: str) -> bool:
    if not secret.isdigit():
        return secret in text
    return re.search(rf"(?<![0-9A-Za-z]){secret}(?![0-9A-Za-z])", text) is not None


def reviewed(*, protection: str = Protection.NOT_PROTECTED, **record: Any) -> YouthCase:
    """A case whose notice is decided; the parents live apart and only the mother answered."""
    person = factories.make_person(15, protection=protection, **YOUTH)
    case = factories.make_case("reviewed", person=person, **record)
    at_home = person.custodians.get()
    for column, value in MOTHER.items():
        setattr(at_home, column, value)
    at_home.save()
    apart = factories.make_custodian(person, **FATHER, lives_with_youth=False)
    factories.contact(case, CustodianContact.Result.NO_ANSWER, custodian=apart).save()
    return case


def mother(person: Person) -> Custodian:
    return person.custodians.get(lives_with_youth=True)


def father(person: Person) -> Custodian:
    return person.custodians.get(lives_with_youth=False)


def police(case: YouthCase, action: str, *, by: str = "omar", **step: Any) -> Taken:
    """A step of the police, as it is taken in earnest, on the row as it is now."""
    return dispatch.take(fresh(case), action, by=cast.person(by), **step)


def social(referral: Referral, action: str, *, by: str = "sara", **step: Any) -> Taken:
    """A step of the social services, likewise."""
    return dispatch.take(fresh(referral), action, by=cast.person(by), **step)


def fresh(case: Any) -> Any:
    return type(case)._default_manager.get(pk=case.pk)


def notified(**columns: Any) -> tuple[YouthCase, Referral]:
    """The police's case whose notice has left, and what it became in Växjö."""
    case = fresh(police(reviewed(**columns), "notify").case)
    return case, referral_of(case)


def referral_of(case: YouthCase, *, at: str = "ines") -> Referral:
    """What the case's notice became where `at` works."""
    office = cast.person(at).organisation
    referral: Referral = Referral.objects.get(notice_id=str(case.notice_id), organisation=office)
    return referral


def assessed(referral: Referral, *, by: str = "sara") -> Referral:
    """Acknowledged and assessed."""
    social(referral, "acknowledge", by=by)
    facts = {"needs_protection": False, "protection_reasons": "Ingen fara i hemmet."}
    facts["protection_source"] = "Anmälan."
    social(referral, "assess_protection", by=by, **facts)
    return referral


def decided(
    referral: Referral, action: str = "decide_not_to_open", *, by: str = "sara", **facts: Any
) -> Referral:
    """Acknowledged, assessed and decided on."""
    facts = facts or {"delegation": "4.2", "decision_reasons": "Stöd finns."}
    social(assessed(referral, by=by), action, by=by, **facts)
    return referral


def called(referral: Referral) -> list[Any]:
    """The records of a call to a talk: everybody is called."""
    talk = factories.make_appointment(referral)
    custodians = list(referral.person.custodians.all())
    whom = [Attendee(appointment=talk, custodian=row) for row in custodians]
    return [talk, *whom, Attendee(appointment=talk, custodian=None)]


def moved(referral: Referral, municipality: str, *, by: str = "sara") -> Taken:
    """The referral is handed to another municipality, which has said yes."""
    asked = workflow.perform(
        fresh(assessed(referral, by=by)),
        "request_transfer",
        by=cast.person(by),
        transfer_to=Municipality.objects.get(pk=municipality),
        reason="Familjen bor där.",
    )
    return social(asked, "transfer", by=by)
