"""A police case, step by step, each at the time it happened: what statistics are made of."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from cases import workflow
from cases.models import AlcoholSeizure, CustodianContact, Person, YouthCase
from tests import cast
from tests.factories import REPORTABLE, VAXJO, contact, make_incident, make_person

HERE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 24, 12, tzinfo=HERE)
EVENING = datetime(2026, 5, 15, 21, tzinfo=HERE)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
COLLECTS, NO_ANSWER = CustodianContact.Result.WILL_COLLECT, CustodianContact.Result.NO_ANSWER
REFUSES = CustodianContact.Result.REFUSES


@pytest.fixture(autouse=True)
def a_day_in_november() -> Iterator[None]:
    """For the files that take it by name: each of their tests is held on that day."""
    with time_machine.travel(NOW, tick=False):
        yield


def meet(
    began_at: datetime = EVENING,
    *,
    age: int = 15,
    category: str = "A",
    person: Person | None = None,
    municipality: str = VAXJO,
    by: str = "karin",
) -> YouthCase:
    """An intervention on record."""
    person = person or make_person(age, on=began_at.date())
    case = draft(began_at, person=person, category=category, municipality=municipality, by=by)
    return workflow.perform(case, "pick_up", by=case.author, at=began_at)


def draft(
    began_at: datetime = EVENING,
    *,
    person: Person | None = None,
    category: str = "A",
    municipality: str = VAXJO,
    by: str = "karin",
) -> YouthCase:
    """Begun, but not yet on record."""
    person = person or make_person(15, on=began_at.date())
    incident = make_incident(started_at=began_at, municipality_id=municipality)
    youth = (person, YouthCase(category=category, **REPORTABLE))
    [case] = workflow.open_incident(incident, [youth], by=cast.person(by))
    return case


def call(case: YouthCase, minutes: float, result: str = COLLECTS) -> YouthCase:
    at = case.opened_at + minutes * MINUTE
    call = contact(case, result, at=at)
    return workflow.perform(case, "record_contact", by=case.author, at=at, records=[call])


def end(case: YouthCase, outcome: str = "collected", *, minutes: float = 60) -> YouthCase:
    return workflow.perform(
        case, "hand_over", by=case.author, at=case.opened_at + minutes * MINUTE,
        outcome=outcome, handed_over_to="Bo", id_checked=True,
    )  # fmt: skip


def report(case: YouthCase, *, hours: float = 2) -> YouthCase:
    at = case.opened_at + hours * HOUR
    case = workflow.perform(case, "answer_supply", by=case.author, at=at, supply_answer="refuses")
    return workflow.perform(case, "report", by=case.author, at=at)


def review(case: YouthCase, decision: str = "notify", *, hours: float = 3) -> YouthCase:
    return workflow.perform(
        case, "review", by=cast.person("lena"), at=case.opened_at + hours * HOUR,
        decision=decision, decision_reason="Redan känt hos socialtjänsten.",
    )  # fmt: skip


def notify(case: YouthCase, *, hours: float) -> YouthCase:
    at = case.opened_at + hours * HOUR
    return workflow.perform(case, "notify", by=cast.person("omar"), at=at, notice_id=case.pk)


def annul(case: YouthCase, *, at: datetime = NOW) -> YouthCase:
    lena = cast.person("lena")
    return workflow.perform(case, "annul", by=lena, at=at, reason="Övning", annul_reason="exercise")


def sent(began_at: datetime = EVENING) -> YouthCase:
    """A notice sent three and a half hours after the stop."""
    return notify(review(report(end(call(meet(began_at), 5)))), hours=3.5)


def step(case: YouthCase, action: str, *, after: timedelta, **facts: Any) -> YouthCase:
    omar = cast.person("omar")
    return workflow.perform(case, action, by=omar, at=case.opened_at + after, **facts)


def seize(case: YouthCase, volume_cl: int = 100, **columns: Any) -> None:
    AlcoholSeizure.objects.create(
        **{"youth_case": case, "drink": "cider", "volume_cl": volume_cl,
           "decided_at": case.opened_at, "decided_by": case.author} | columns
    )  # fmt: skip
