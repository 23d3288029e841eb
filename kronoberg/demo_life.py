"""Invented lives for the demo: every case walked through real steps, as the demo's own people.

Deterministic from a seed. A life is a generator that takes one step at a time, so a case can be
left anywhere in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from cases import workflow
from cases.fictive import fictive_name, fictive_number, fictive_phones, fictive_street_address
from cases.models import (
    AlcoholSeizure,
    Appointment,
    Attendee,
    Custodian,
    CustodianContact,
    FollowUp,
    Incident,
    Organisation,
    Person,
    Protection,
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
from cases.models.referral_record import End, SupportAnswer
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
MOTHER, FATHER = Custodian.Relation.MOTHER, Custodian.Relation.FATHER


@dataclass
class Town:
    """Who works in the demo, and the chance that decides what happens."""

    staff: dict[str, User]
    random: Random
    phones: Iterator[str] = field(default_factory=fictive_phones)
    used: set[str] = field(default_factory=set)

    def person(self, age: int, on: date) -> tuple[Person, list[Custodian]]:
        """A young person of `age` and the custodians; nobody here exists."""
        first, last = fictive_name(self.random)
        home = {"street": fictive_street_address(self.random), "postal_code": "35230"}
        address = home | {"locality": "Växjö", "protection": Protection.NOT_PROTECTED}
        born, number = self._number(age, on)
        youth = Person(
            name=f"{first} {last}",
            personal_number=number,
            birth_date=born.isoformat(),
            phone=next(self.phones),
            municipality_id="0780",
            identified_by="Legitimation",
            **address,
        )
        if age >= 18:
            return youth, []
        parents = [self._custodian(youth, last, MOTHER, **address)]
        if self.random.random() < 0.6:
            apart = address | {
                "street": fictive_street_address(self.random),
                "postal_code": "35246",
            }
            parents.append(self._custodian(youth, last, FATHER, lives_with_youth=False, **apart))
        return youth, parents

    def _number(self, age: int, on: date) -> tuple[date, str]:
        # Two numbers a day are in the test series: look for a day that has one left.
        while True:
            born = on - timedelta(days=int(age * 365.25) + self.random.randint(20, 340))
            for serial in (0, 1):
                number = fictive_number(born, serial)
                if number not in self.used:
                    self.used.add(number)
                    return born, number

    def _custodian(self, youth: Person, last: str, relation: str, **columns: Any) -> Custodian:
        first, _ = fictive_name(self.random)
        return Custodian(
            person=youth,
            name=f"{first} {last}",
            relation=relation,
            phone=next(self.phones),
            **columns,
        )


@dataclass
class Moment:
    """The time as it passes in one life; never later than now."""

    at: datetime

    def later(self, **passed: float) -> datetime:
        self.at = min(self.at + timedelta(**passed), timezone.now())
        return self.at


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
    someone_comes = town.random.random() < 0.85
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
    referral = Referral.objects.get(notice_id=_fresh(taken.case).notice_id)
    social = social_life(town, referral, Moment(time.at))
    for _ in range(3):
        next(social, None)
        yield case
    _write_home(_fresh(case), time, by=by)
    yield case
    for _ in social:
        yield case
    workflow.perform(_fresh(case), "start_follow_up", by=by, at=time.later(days=20))
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
    workflow.perform(_fresh(case), "record_follow_up", by=by, at=time.at, records=[meeting])
    yield case
    yield workflow.perform(_fresh(case), "close", by=by, at=time.later(days=1))


def _write_home(case: YouthCase, time: Moment, *, by: User) -> None:
    try:
        dispatch.take(case, "send_letters", by=by, at=time.later(days=2))
    except GateClosed as closed:
        dispatch.take(case, "waive_letters", by=by, at=time.at, reason=str(closed))


def _fresh(case: Any) -> Any:
    return type(case)._default_manager.get(pk=case.pk)


def social_life(town: Town, referral: Referral, time: Moment) -> Iterator[Referral]:
    """One referral from arrival to the end, a step at a time."""
    ines, sara = town.staff["ines"], town.staff["sara"]
    dispatch.take(referral, "acknowledge", by=ines, at=time.later(hours=3))
    yield referral
    facts: dict[str, Any] = {
        "needs_protection": False,
        "protection_reasons": "Hämtades av vårdnadshavare, ingen akut fara.",
        "protection_source": "Anmälan och samtal med anmälaren.",
    }
    yield workflow.perform(
        _fresh(referral), "assess_protection", by=sara, at=time.later(hours=2), **facts
    )
    yield workflow.perform(_fresh(referral), "start_assessment", by=sara, at=time.later(hours=1))
    talk = _call_in(town, referral, time, by=sara)
    yield referral
    _hold(talk, referral, time, by=sara)
    yield referral
    opens = town.random.random() < 0.38  # the national share of 2018
    decide = "open_investigation" if opens else "decide_not_to_open"
    reasons = "Familjen har stöd av släkt och skola." if not opens else "Oron behöver utredas."
    time.later(days=2)
    yield workflow.perform(_fresh(referral), decide, by=sara, at=time.at, decision_reasons=reasons)
    dispatch.take(_fresh(referral), "give_feedback", by=sara, at=time.later(days=1))
    yield referral
    if opens:
        workflow.perform(
            _fresh(referral), "conclude_investigation", by=sara, at=time.later(days=60)
        )
        yield referral
    workflow.perform(
        _fresh(referral),
        "decline_support",
        by=sara,
        at=time.later(days=3),
        support_answer=SupportAnswer.DECLINED,
    )
    yield referral
    workflow.perform(_fresh(referral), "start_follow_up", by=sara, at=time.later(days=1))
    yield referral
    note = FollowUp(
        case_id=referral.pk,
        kind=Talk.PHONE,
        at=time.later(days=60),
        youth=Attendance.ATTENDED,
        custodians=Attendance.ATTENDED,
        note="Det går bra. Inga nya händelser.",
        made_by=sara,
    )
    workflow.perform(_fresh(referral), "record_follow_up", by=sara, at=time.at, records=[note])
    yield referral
    yield workflow.perform(
        _fresh(referral), "close", by=sara, at=time.later(days=1), end=End.TALKED
    )


def _call_in(town: Town, referral: Referral, time: Moment, *, by: User) -> Appointment:
    talk = Appointment(
        referral=referral,
        at=time.at + timedelta(days=town.random.randint(3, 6)),
        place="Kommunhuset, Västra Esplanaden 18, rum 214",
        caseworker=by,
    )
    custodians = referral.person.custodians.all()
    called = [Attendee(appointment=talk, custodian=custodian) for custodian in custodians]
    dispatch.take(
        _fresh(referral),
        "call_to_talk",
        by=by,
        at=time.later(hours=1),
        records=[talk, Attendee(appointment=talk, custodian=None), *called],
    )
    return talk


def _hold(talk: Appointment, referral: Referral, time: Moment, *, by: User) -> None:
    time.at = min(max(time.at, talk.at), timezone.now())
    talk.result = Appointment.Result.HELD
    attendees = list(talk.attendees.all())
    for attendee in attendees:
        attendee.attendance = Attendance.ATTENDED
    workflow.perform(_fresh(referral), "record_talk", by=by, at=time.at, records=[talk, *attendees])


def unit(**columns: Any) -> Organisation:
    """One of the demo's units, made once."""
    return Organisation.objects.get_or_create(
        authority=columns.pop("authority"), name=columns.pop("name"), defaults=columns
    )[0]
