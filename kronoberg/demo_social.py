"""Invented lives, the municipality's side: one referral from arrival to the end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from cases import workflow
from cases.models import (
    Appointment,
    Attendee,
    FollowUp,
    FollowUpCheck,
    InformationMeeting,
    RecordEntry,
    Referral,
    User,
)
from cases.models import referral as social
from cases.models.codes import Attendance, Feedback, Talk
from cases.models.referral_record import End, FollowUpAnswer, SupportAnswer
from kronoberg.demo_fate import Fate
from kronoberg.demo_town import Moment, Town, fresh, office_hour
from notices import dispatch


def social_life(town: Town, referral: Referral, fate: Fate, time: Moment) -> Iterator[Referral]:
    """One referral from arrival to the end, a step at a time."""
    ines, sara = town.staff["ines"], town.staff["sara"]
    began_at = time.at
    dispatch.take(referral, "acknowledge", by=ines, at=time.later(hours=fate.hours_to_receipt))
    yield referral
    facts: dict[str, Any] = {
        "needs_protection": False,
        "protection_reasons": "Hämtades av vårdnadshavare, ingen akut fara.",
        "protection_source": "Anmälan och samtal med anmälaren.",
    }
    yield workflow.perform(
        fresh(referral), "assess_protection", by=sara, at=time.later(hours=2), **facts
    )
    yield workflow.perform(fresh(referral), "start_assessment", by=sara, at=time.in_office(hours=1))
    talk = _call_in(town, referral, time, by=sara)
    yield referral
    _hold(talk, referral, time, by=sara, is_held=fate.talk_is_held)
    yield referral
    time.at = max(time.at, min(began_at + timedelta(days=fate.days_to_decision), timezone.now()))
    time.in_office()
    _decide(referral, fate, time, by=sara)
    yield referral
    # Where an investigation is ongoing the police are answered at once (SoL 19:6).
    is_ongoing = fate.feedback == Feedback.ONGOING
    at = time.in_office(minutes=20) if is_ongoing else time.in_office(days=fate.days_to_feedback)
    dispatch.take(fresh(referral), "give_feedback", by=sara, at=at)
    yield referral
    yield from _after_decision(referral, fate, time, by=sara)


DECISIONS = {
    Feedback.OPENED: ("open_investigation", "Oron behöver utredas."),
    Feedback.NOT_OPENED: ("decide_not_to_open", "Familjen har stöd av släkt och skola."),
    Feedback.ONGOING: ("note_ongoing", ""),
}


# From eighteen nobody answers but the youth: yes and no to support, yes to follow-up.
ANSWERS = {
    False: (SupportAnswer.CUSTODIANS, SupportAnswer.NO_CUSTODIANS, FollowUpAnswer.CUSTODIANS),
    True: (SupportAnswer.YOUTH, SupportAnswer.NO_YOUTH, FollowUpAnswer.YOUTH),
}


def _decide(referral: Referral, fate: Fate, time: Moment, *, by: User) -> None:
    """Decide; what comes after the fourteen days says why."""
    action, reasons = DECISIONS[Feedback(fate.feedback)]
    facts: dict[str, Any] = {"delegation": "4.2", "decision_reasons": reasons}
    if fate.feedback == Feedback.ONGOING:
        facts = {"ongoing_reference": "BoU 2026-114"}
    elif time.at > referral.decide_before:
        facts["overrun_reasons"] = "Familjen var bortrest och gick inte att nå i tid."
    with workflow.told_afterwards():
        dispatch.take(fresh(referral), action, by=by, at=time.at, **facts)


def _after_decision(
    referral: Referral, fate: Fate, time: Moment, *, by: User
) -> Iterator[Referral]:
    if fate.feedback == Feedback.OPENED:
        at = time.in_office(days=fate.days_of_investigation)
        workflow.perform(fresh(referral), "conclude_investigation", by=by, at=at)
        yield referral
    accepts = fate.support == SupportAnswer.CUSTODIANS
    at = time.in_office(days=3)
    yes, no, _ = ANSWERS[_is_adult(referral, at)]
    workflow.perform(
        fresh(referral),
        "start_support" if accepts else "decline_support",
        by=by,
        at=at,
        support_answer=yes if accepts else no,
    )
    yield referral
    check = FollowUpCheck(
        referral=referral,
        months=3,
        due_on=timezone.localdate(time.in_office(days=1)) + relativedelta(months=3),
    )
    workflow.perform(
        fresh(referral),
        "start_follow_up",
        by=by,
        at=time.at,
        records=[check],
        follow_up_answer=ANSWERS[_is_adult(referral, time.at)][2],
    )
    yield referral
    note = FollowUp(
        case_id=referral.pk,
        kind=Talk.PHONE,
        at=time.in_office(days=fate.days_to_follow_up),
        youth=Attendance.ATTENDED,
        custodians=Attendance.ATTENDED,
        outcome=FollowUp.Outcome.BETTER,
        note="Det går bra. Inga nya händelser.",
        made_by=by,
    )
    check.done_by = note
    workflow.perform(fresh(referral), "record_follow_up", by=by, at=time.at, records=[note, check])
    yield referral
    end = End.SUPPORT_DONE if accepts else End.TALKED
    yield workflow.perform(fresh(referral), "close", by=by, at=time.in_office(days=1), end=end)


def meet(town: Town) -> None:
    """An information meeting next week, and two families who are invited to it."""
    sara = town.staff["sara"]
    day = office_hour(town.random, timezone.now() + timedelta(days=6))
    meeting = InformationMeeting.objects.create(
        organisation=sara.organisation,
        at=timezone.localtime(day).replace(hour=18, minute=0),
        place="Kommunhuset, samlingssalen",
        made_by=sara,
    )
    decided = Referral.objects.filter(organisation=sara.organisation, state__in=social.DECIDED)
    for referral in decided.order_by("reference")[:2]:
        talk = Appointment(
            referral=referral, kind=Talk.INFORMATION_MEETING, meeting=meeting, at=meeting.at,
            place=meeting.place, caseworker=sara,
        )  # fmt: skip
        records = [talk, *_called(talk, referral)]
        dispatch.take(fresh(referral), "call_to_talk", by=sara, records=records)


def _is_adult(referral: Referral, at: datetime) -> bool:
    age = referral.person.age_on(timezone.localdate(at))
    return age is not None and age >= 18


def _call_in(town: Town, referral: Referral, time: Moment, *, by: User) -> Appointment:
    talk = Appointment(
        referral=referral,
        at=office_hour(town.random, time.at + timedelta(days=town.random.randint(2, 5))),
        place="Kommunhuset, Västra Esplanaden 18, rum 214",
        caseworker=by,
    )
    dispatch.take(
        fresh(referral),
        "call_to_talk",
        by=by,
        at=time.in_office(hours=1),
        records=[talk, *_called(talk, referral)],
    )
    return talk


def _called(talk: Appointment, referral: Referral) -> list[Attendee]:
    whom = [None, *referral.person.custodians.all()]
    return [Attendee(appointment=talk, custodian=custodian) for custodian in whom]


def _hold(talk: Appointment, referral: Referral, time: Moment, *, by: User, is_held: bool) -> None:
    if talk.at > timezone.now():
        return
    time.at = max(time.at, talk.at)
    talk.result = Appointment.Result.HELD if is_held else Appointment.Result.NOT_HELD
    attendees = list(talk.attendees.all())
    for attendee in attendees:
        attendee.attendance = Attendance.ATTENDED if is_held else Attendance.ABSENT
    said = RecordEntry(
        referral=referral,
        kind=RecordEntry.Kind.HAPPENED,
        text="Pratade om kvällen och om vad som kan bli annorlunda." if is_held else "Ingen kom.",
        appointment=talk,
        author=by,
        happened_at=talk.at,
        written_at=time.at,
    )
    records = [talk, *attendees, said]
    workflow.perform(fresh(referral), "record_talk", by=by, at=time.at, records=records)
