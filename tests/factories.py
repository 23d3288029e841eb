"""Cases at any point of their life, walked there through real steps: no fixture can be illegal.

The people of the cast take the steps they take in earnest: Karin in the field, Lena reviews, Omar
sends and follows up; Ines receives, Sara assesses and supports.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

from dateutil.relativedelta import relativedelta
from django.db import models
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from cases import workflow
from cases.fictive import fictive_number, fictive_phones
from cases.models import (
    Appointment,
    Custodian,
    CustodianContact,
    FollowUp,
    FollowUpCheck,
    Incident,
    Municipality,
    Person,
    Protection,
    Referral,
    SupplyTip,
    YouthCase,
)
from tests import cast

C = TypeVar("C", YouthCase, Referral)
Road = dict[str, list[tuple[str, str, dict[str, Any]]]]

VAXJO, ALVESTA = "0780", "0764"
Result = CustodianContact.Result

# What is on record about a minor before the report can leave.
REPORTABLE: dict[str, Any] = {
    "observations": "Luktade alkohol och gick ostadigt.",
    "concern": "Berusad ensam i parken.",
    "told_of_notice": "both",
    "harm_if_told": "no",
}

_numbers = count()
_phones = fictive_phones()


def born(age: int, on: date) -> date:
    """A day of birth that gives `age` on the day `on`, some months before the next birthday."""
    return on.replace(year=on.year - age, day=1) - timedelta(days=100)


def make_person(
    age: int | None = 15, *, on: date | None = None, municipality: str = VAXJO, **columns: Any
) -> Person:
    """An unsaved young person; `age` None is somebody whose age nobody knows."""
    columns = {
        "name": "Alva Alvmarker",
        "street": "Exempelgatan 4",
        "postal_code": "35230",
        "locality": "Växjö",
        "protection": Protection.NOT_PROTECTED,
        "municipality_id": municipality,
    } | columns
    if age is not None and "estimated_age" not in columns:
        birth_date = born(age, on or timezone.localdate()) - timedelta(days=next(_numbers) % 90)
        number = fictive_number(birth_date, next(_numbers) % 2)
        columns = {"birth_date": birth_date.isoformat(), "personal_number": number} | columns
    return Person(**columns)


def make_custodian(person: Person, **columns: Any) -> Custodian:
    """A saved custodian with a phone of the fiction series."""
    columns = {
        "name": "Bo Alvmarker",
        "phone": next(_phones),
        "protection": Protection.NOT_PROTECTED,
    } | columns
    return Custodian.objects.create(person=person, **columns)


def make_incident(*, started_at: datetime | None = None, **columns: Any) -> Incident:
    """An unsaved stop in a park in Växjö, two hours ago."""
    columns = {
        "place": "Linnéparken",
        "place_type": "park",
        "municipality_id": VAXJO,
        "participants": "Karin Ek och en kollega",
    } | columns
    return Incident(started_at=started_at or timezone.now() - timedelta(hours=2), **columns)


def contact(case: YouthCase, result: str = Result.WILL_COLLECT, **columns: Any) -> CustodianContact:
    """An unsaved attempt to reach a custodian."""
    columns = {"phone": next(_phones), "at": timezone.now(), "made_by": case.author} | columns
    return CustodianContact(youth_case=case, result=result, **columns)


def call(case: YouthCase, result: str = Result.WILL_COLLECT, **columns: Any) -> YouthCase:
    """Log one call as a step."""
    return workflow.perform(
        case, "record_contact", by=case.author, records=[contact(case, result, **columns)]
    )


def make_case(
    at: str = "handed_over",
    *,
    age: int | None = 15,
    category: str = "A",
    by: str = "karin",
    person: Person | None = None,
    incident: Incident | None = None,
    **record: Any,
) -> YouthCase:
    """A police case in the state `at`; `record` is what the officer wrote down on the spot.

    Whoever is 18 or 19 goes the shorter way: released, no notice, from reviewed straight on.
    """
    incident = incident or make_incident()
    person = person or make_person(age, on=timezone.localdate(incident.started_at))
    draft = YouthCase(category=category, **REPORTABLE | record)
    [case] = workflow.open_incident(incident, [(person, draft)], by=cast.person(by))
    if at in MISTAKES:
        return MISTAKES[at](case)
    return _walk(case, at, YOUTH_ROAD if case.is_minor else ADULT_ROAD)


def make_referral(
    at: str = "received",
    *,
    age: int | None = 15,
    by: str = "ines",
    person: Person | None = None,
    arrived_at: datetime | None = None,
    **columns: Any,
) -> Referral:
    """A referral in the state `at`, received by `by`; `columns` come with the notice."""
    arrived_at = arrived_at or timezone.now() - timedelta(hours=2)
    columns = {
        "notice_id": uuid4(),
        "notice_sha256": "0" * 64,
        "sender": "Polismyndigheten, Lokalpolisområde Växjö",
        "sender_reference": "K-2026-000001",
        "category": "A",
    } | columns
    referral = workflow.open_referral(
        Referral(**columns),
        person or make_person(age, on=timezone.localdate(arrived_at)),
        by=cast.person(by),
        at=arrived_at,
    )
    return _walk(referral, at, REFERRAL_ROADS.get(at, DECIDED_ROAD))


def make_tip(**columns: Any) -> SupplyTip:
    """Where the alcohol came from: a friend, in Karin's unit, unless something else is said."""
    given = {
        "organisation": cast.person("karin").organisation,
        "relation": "friend",
        "registered_at": timezone.now(),
    }
    return SupplyTip.objects.create(**given | columns)


def make_appointment(referral: Referral, **columns: Any) -> Appointment:
    """An unsaved talk in three days."""
    columns = {
        "at": timezone.now() + timedelta(days=3),
        "place": "Stadshuset, rum 3",
        "caseworker": cast.person("sara"),
    } | columns
    return Appointment(referral=referral, **columns)


def make_check(referral: Referral, months: int = 3, **columns: Any) -> FollowUpCheck:
    """An unsaved check, agreed on today for `months` from now."""
    due_on = timezone.localdate() + relativedelta(months=months)
    columns = {"due_on": due_on} | columns
    return FollowUpCheck(referral=referral, months=months, **columns)


def request_of(username: str, method: str = "get") -> HttpRequest:
    """A request by somebody of the cast, as a view gets it."""
    request: HttpRequest = getattr(RequestFactory(), method)("/")
    request.user = cast.person(username)
    return request


def _walk(case: C, at: str, road: Road) -> C:
    """Take the steps of `road` until the case is in the state `at`."""
    if at != str(case.state) and at not in road:
        raise ValueError(f"{at} does not lie on this road")
    actors = {"": case.author}
    for state, steps in road.items():
        if str(case.state) == at:
            break
        for by, action, facts in steps:
            # A fact may depend on the case; then it is a function of it.
            known = {name: fact(case) if callable(fact) else fact for name, fact in facts.items()}
            if by not in actors:
                actors[by] = cast.person(by)
            case = workflow.perform(case, action, by=actors[by], **known)
        assert str(case.state) == state, f"{case.state} is not {state}"
    return case


def _first_call(case: YouthCase) -> list[models.Model]:
    return [contact(case, custodian=make_custodian(case.person))]


def _first_check_done(case: Referral) -> list[models.Model]:
    check = case.checks.earliest("due_on")
    check.done_by = FollowUp(
        case_id=case.pk, kind="phone", at=timezone.now(), youth="attended", custodians="attended",
        made_by=cast.person("sara"),
    )  # fmt: skip
    return [check.done_by, check]


def _merged(case: YouthCase) -> YouthCase:
    survivor = make_case("picked_up", by=case.author.username)
    return workflow.perform(
        case, "merge", by=cast.person("lena"), merged_into=survivor, reason="Samma ingripande"
    )


def _annulled(case: YouthCase) -> YouthCase:
    return workflow.perform(
        case, "annul", by=cast.person("lena"), annul_reason="exercise", reason="Övning"
    )


MISTAKES: dict[str, Callable[[YouthCase], YouthCase]] = {"annulled": _annulled, "merged": _merged}

# The way of a life: state -> the steps that lead there, as (who, action, facts); "" is the author.
YOUTH_ROAD: Road = {
    "picked_up": [("", "pick_up", {})],
    "contacting_custodians": [("", "record_contact", {"records": _first_call})],
    "handed_over": [
        ("", "hand_over", {"outcome": "collected", "handed_over_to": "Bo", "id_checked": True})
    ],
    "reported": [("", "answer_supply", {"supply_answer": "refuses"}), ("", "report", {})],
    "reviewed": [("lena", "review", {"decision": "notify"})],
    "notified": [("omar", "notify", {"notice_id": lambda case: uuid4()})],
    "acknowledged": [("omar", "acknowledge", {"receipt_number": "R-1"})],
    "follow_up": [("omar", "send_letters", {}), ("omar", "start_follow_up", {})],
    "closed": [
        (
            "omar",
            "receive_feedback",
            {"feedback": "opened", "feedback_on": lambda _: timezone.localdate()},
        ),
        ("omar", "record_follow_up", {}),
        ("omar", "close", {}),
    ],
}
ADULT_ROAD: Road = {
    "picked_up": [("", "pick_up", {})],
    "handed_over": [("", "hand_over", {"outcome": "released"})],
    "reported": [("", "answer_supply", {"supply_answer": "refuses"}), ("", "report", {})],
    "reviewed": [("lena", "review", {"decision": "not_notify"})],
    "closed": [("omar", "close", {})],
}
_ASSESSED: Road = {
    "protection_assessed": [
        ("ines", "acknowledge", {}),
        (
            "sara",
            "assess_protection",
            {
                "needs_protection": False,
                "protection_reasons": "Hämtad av en nykter förälder.",
                "protection_source": "Anmälan.",
            },
        ),
    ],
    "preliminary_assessment": [("sara", "start_assessment", {})],
}
_REASONS = {"delegation": "4.2", "decision_reasons": "Ett enstaka tillfälle."}
DECIDED_ROAD: Road = _ASSESSED | {
    "not_opened": [("sara", "decide_not_to_open", _REASONS)],
    "support": [
        ("sara", "give_feedback", {}),
        ("sara", "start_support", {"support_answer": "custodians"}),
    ],
    "follow_up": [
        (
            "sara",
            "start_follow_up",
            {"follow_up_answer": "custodians", "records": lambda case: [make_check(case)]},
        )
    ],
    "closed": [
        ("sara", "record_follow_up", {"records": _first_check_done}),
        ("sara", "close", {"end": "support_done"}),
    ],
}
REFERRAL_ROADS: dict[str, Road] = {
    "investigation_opened": _ASSESSED
    | {"investigation_opened": [("sara", "open_investigation", _REASONS)]},
    "already_ongoing": _ASSESSED
    | {"already_ongoing": [("sara", "note_ongoing", {"ongoing_reference": "2026/17"})]},
    "transferred": {
        "protection_assessed": _ASSESSED["protection_assessed"],
        "transferred": [
            (
                "sara",
                "request_transfer",
                {"transfer_to": lambda _: Municipality.objects.get(pk=ALVESTA), "reason": "Flytt"},
            ),
            ("sara", "transfer", {}),
        ],
    },
}
