"""Notices that have arrived at Växjö's social services, opened as the exchange opens them."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from cases import access, workflow
from cases.fictive import fictive_number
from cases.models import Custodian, Person, Protection, Referral
from tests import cast


def born(age: int) -> date:
    """A day of birth that makes somebody `age` years and some months today."""
    return timezone.localdate() - timedelta(days=round(age * 365.25) + 100)


def arrived(
    age: int | None = 15, *, at: datetime | None = None, home: str = "0780", **columns: Any
) -> Referral:
    """A referral that came in an hour ago (or `at`), about somebody whose age is `age` today."""
    person = Person(
        name="Alva Alvmarker",
        street="Exempelgatan 4",
        postal_code="35230",
        locality="Växjö",
        protection=Protection.NOT_PROTECTED,
        municipality_id=home,
    )
    if age is not None:
        person.birth_date = born(age).isoformat()
        person.personal_number = fictive_number(born(age), 0)
    columns = {
        "notice_id": uuid4(),
        "notice_sha256": "0" * 64,
        "sender": "Polismyndigheten, Lokalpolisområde Växjö",
        "sender_reference": "K-2026-000001",
    } | columns
    by = access.service_account(cast.person("ines").organisation)
    return workflow.open_referral(
        Referral(**columns), person, by=by, at=at or timezone.now() - timedelta(hours=1)
    )


def custodian(referral: Referral, **columns: Any) -> Custodian:
    columns = {"name": "Bo Alvmarker", "protection": Protection.NOT_PROTECTED} | columns
    return Custodian.objects.create(person=referral.person, **columns)


def assessed(referral: Referral) -> Referral:
    """Sara has made the protection assessment: no protection is needed at once."""
    return workflow.perform(
        referral,
        "assess_protection",
        by=cast.person("sara"),
        needs_protection=False,
        protection_reasons="Inget tyder på fara i hemmet.",
        protection_source="Anmälan.",
    )


def decided(referral: Referral, action: str = "decide_not_to_open", **facts: Any) -> Referral:
    """Acknowledged, assessed and decided on."""
    referral = workflow.perform(referral, "acknowledge", by=cast.person("ines"))
    decides = action in ("open_investigation", "decide_not_to_open")
    reasoned = {"delegation": "4.2", "decision_reasons": "Familjen ordnar stöd själv."}
    facts = reasoned | facts if decides else facts
    return workflow.perform(assessed(referral), action, by=cast.person("sara"), **facts)
