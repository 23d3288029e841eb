"""Invented lives, the municipality's side: one referral from arrival to the end."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases import workflow
from cases.models import Appointment, Attendee, FollowUp, Referral, User
from cases.models.codes import Attendance, Talk
from cases.models.referral_record import End, SupportAnswer
from kronoberg.demo_town import Moment, Town, fresh
from notices import dispatch


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
        fresh(referral), "assess_protection", by=sara, at=time.later(hours=2), **facts
    )
    yield workflow.perform(fresh(referral), "start_assessment", by=sara, at=time.later(hours=1))
    talk = _call_in(town, referral, time, by=sara)
    yield referral
    _hold(talk, referral, time, by=sara)
    yield referral
    opens = town.random.random() < 0.38  # the national share of 2018
    decide = "open_investigation" if opens else "decide_not_to_open"
    reasons = "Familjen har stöd av släkt och skola." if not opens else "Oron behöver utredas."
    time.later(days=2)
    yield workflow.perform(fresh(referral), decide, by=sara, at=time.at, decision_reasons=reasons)
    dispatch.take(fresh(referral), "give_feedback", by=sara, at=time.later(days=1))
    yield referral
    yield from _after_decision(referral, time, by=sara, opened=opens)


def _after_decision(
    referral: Referral, time: Moment, *, by: User, opened: bool
) -> Iterator[Referral]:
    if opened:
        workflow.perform(fresh(referral), "conclude_investigation", by=by, at=time.later(days=60))
        yield referral
    workflow.perform(
        fresh(referral),
        "decline_support",
        by=by,
        at=time.later(days=3),
        support_answer=SupportAnswer.DECLINED,
    )
    yield referral
    workflow.perform(fresh(referral), "start_follow_up", by=by, at=time.later(days=1))
    yield referral
    note = FollowUp(
        case_id=referral.pk,
        kind=Talk.PHONE,
        at=time.later(days=60),
        youth=Attendance.ATTENDED,
        custodians=Attendance.ATTENDED,
        note="Det går bra. Inga nya händelser.",
        made_by=by,
    )
    workflow.perform(fresh(referral), "record_follow_up", by=by, at=time.at, records=[note])
    yield referral
    yield workflow.perform(fresh(referral), "close", by=by, at=time.later(days=1), end=End.TALKED)


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
        fresh(referral),
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
    workflow.perform(fresh(referral), "record_talk", by=by, at=time.at, records=[talk, *attendees])
