"""Invented lives for the demo: every case walked through real steps, as the demo's own people.

Deterministic from a seed. A life is a generator that takes one step at a time, so a case can be
left anywhere in it.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from cases import workflow
from cases.models import (
    AlcoholSeizure,
    Custodian,
    CustodianContact,
    FollowUp,
    Incident,
    Referral,
    SupplyTip,
    User,
    YouthCase,
)
from cases.models.codes import (
    Attendance,
    Decision,
    Harm,
    Intoxication,
    Outcome,
    SupplyAnswer,
    Talk,
    Told,
)
from kronoberg.demo_social import social_life
from kronoberg.demo_town import Moment, Town, fresh
from notices import dispatch
from notices.gates import GateClosed

Result = CustodianContact.Result
PLACES = (
    ("Stortorget", "centre"),
    ("Linnéparken", "park"),
    ("Växjö resecentrum", "station"),
    ("Evedals badplats", "beach"),
    ("Systembolaget, Storgatan", "systembolaget"),
    ("Teleborgs centrum", "centre"),
)


def evening(day: date, random: Random) -> datetime:
    """Some time between five in the afternoon and one at night."""
    start = timezone.make_aware(datetime.combine(day, time(17, 0)))
    return start + timedelta(minutes=random.randint(0, 8 * 60))


def police_life(town: Town, met_at: datetime, *, age: int, category: str) -> Iterator[YouthCase]:
    """One police case from the stop to the end, a step at a time."""
    karin, lena, omar = (town.staff[name] for name in ("karin", "lena", "omar"))
    time = Moment(met_at)
    youth, custodians = town.person(age, timezone.localdate(met_at))
    place, place_type = town.random.choice(PLACES)
    incident = Incident(
        started_at=met_at,
        place=place,
        place_type=place_type,
        municipality_id="0780",
        occasion="weekend" if met_at.weekday() >= 4 else "weekday",
        call_sign="32-4210",
        participants="Karin Ek, Jonas Rask",
        circumstances="Patrullen såg flera unga med påsar och gick fram.",
    )
    draft = YouthCase(category=category, intoxication=_intoxication(town, category))
    [case] = workflow.open_incident(incident, [(youth, draft)], by=karin)
    for custodian in custodians:
        custodian.save()
    case = workflow.perform(case, "pick_up", by=karin, at=time.at)
    yield case
    if category != "C":
        case = _take_alcohol(town, case, time, by=karin)
    yield from _call_home(town, case, custodians, time, by=karin)
    case.refresh_from_db()
    case = _report(town, case, time, by=karin)
    yield case
    minor = case.is_minor
    case = workflow.perform(
        case,
        "review",
        by=lena,
        at=time.later(hours=town.random.randint(2, 14)),
        decision=Decision.NOTIFY if minor else Decision.NOT_NOTIFY,
        decision_reason="" if minor else "Har fyllt 18 år och har inte samtyckt till anmälan.",
    )
    yield case
    if minor:
        yield from _notify_and_follow_up(town, case, time, by=omar)
    else:
        yield workflow.perform(case, "close", by=omar, at=time.later(days=1))


def _intoxication(town: Town, category: str) -> str:
    if category != "A":
        return Intoxication.NONE
    return town.random.choice((Intoxication.SLIGHT, Intoxication.CLEAR, Intoxication.STRONG))


def _take_alcohol(town: Town, case: YouthCase, time: Moment, *, by: User) -> YouthCase:
    drink = town.random.choice(("strong_beer", "cider", "spirits", "wine"))
    seizure = AlcoholSeizure(
        youth_case=case,
        drink=drink,
        volume_cl=town.random.choice((33, 50, 70, 150, 300)),
        is_opened=True,
        decided_at=time.later(minutes=3),
        decided_by=by,
    )
    return workflow.perform(case, "record_seizure", by=by, at=time.at, records=[seizure])


def _call_home(
    town: Town, case: YouthCase, custodians: list[Custodian], time: Moment, *, by: User
) -> Iterator[YouthCase]:
    """Call until somebody comes; sometimes nobody does, and the duty team takes over."""
    if not custodians:
        at = time.later(minutes=20)
        yield workflow.perform(case, "hand_over", by=by, at=at, outcome=Outcome.RELEASED)
        return
    someone_comes = town.random.random() < 0.7
    for attempt in range(3):
        custodian = custodians[attempt % len(custodians)]
        comes = someone_comes and (attempt == len(custodians) - 1 or town.random.random() < 0.6)
        call = CustodianContact(
            youth_case=case,
            custodian=custodian,
            phone=custodian.phone,
            at=time.later(minutes=town.random.randint(4, 14)),
            result=Result.WILL_COLLECT if comes else Result.NO_ANSWER,
            made_by=by,
        )
        case = workflow.perform(case, "record_contact", by=by, at=time.at, records=[call])
        yield case
        if comes:
            break
    reached = any(contact.reached for contact in case.contacts.all())
    facts: dict[str, Any] = (
        {"outcome": Outcome.COLLECTED, "handed_over_to": custodian.name, "id_checked": True}
        if reached
        else {"outcome": Outcome.DUTY_TEAM, "handed_over_to": "Socialjouren"}
    )
    yield workflow.perform(case, "hand_over", by=by, at=time.later(minutes=35), **facts)


def _report(town: Town, case: YouthCase, time: Moment, *, by: User) -> YouthCase:
    answer = town.random.choice(list(SupplyAnswer))
    tips = []
    if answer == SupplyAnswer.TOLD:
        relation = town.random.choice(("friend", "sibling", "adult", "online", "car"))
        tips = [
            SupplyTip(
                organisation=case.organisation,
                incident=case.incident,
                relation=relation,
                registered_at=time.at,
            )
        ]
    case = workflow.perform(
        case, "answer_supply", by=by, at=time.at, records=tips, supply_answer=answer
    )
    case = workflow.perform(
        case,
        "complete_record",
        by=by,
        at=time.later(minutes=10),
        observations="Luktade alkohol, gick ostadigt och var kallt klädd.",
        hearsay="En vän sade att de hade druckit sedan eftermiddagen.",
        child_words="Vill inte att föräldrarna blir arga.",
        concern="Drack utomhus i kylan, ensam en del av tiden." if case.is_minor else "",
        why_now="Andra gången i höst enligt ungdomen själv." if case.is_minor else "",
        told_of_notice=Told.BOTH if case.is_minor else "",
        harm_if_told=Harm.NO if case.is_minor else "",
    )
    return workflow.perform(case, "report", by=by, at=time.later(minutes=20))


def _notify_and_follow_up(
    town: Town, case: YouthCase, time: Moment, *, by: User
) -> Iterator[YouthCase]:
    taken = dispatch.take(case, "notify", by=by, at=time.later(hours=1))
    yield case
    referral = Referral.objects.get(notice_id=fresh(taken.case).notice_id)
    social = social_life(town, referral, Moment(time.at))
    for _ in range(3):
        next(social, None)
        yield case
    _write_home(fresh(case), time, by=by)
    yield case
    for _ in social:
        yield case
    workflow.perform(fresh(case), "start_follow_up", by=by, at=time.later(days=20))
    yield case
    meeting = FollowUp(
        case_id=case.pk,
        kind=Talk.INFORMATION_MEETING,
        at=time.later(days=10),
        youth=Attendance.ATTENDED,
        custodians=Attendance.ATTENDED,
        note="Familjen kom. Pratade om tider och vänner.",
        made_by=by,
    )
    workflow.perform(fresh(case), "record_follow_up", by=by, at=time.at, records=[meeting])
    yield case
    yield workflow.perform(fresh(case), "close", by=by, at=time.later(days=1))


def _write_home(case: YouthCase, time: Moment, *, by: User) -> None:
    try:
        dispatch.take(case, "send_letters", by=by, at=time.later(days=2))
    except GateClosed as closed:
        dispatch.take(case, "waive_letters", by=by, at=time.at, reason=str(closed))
