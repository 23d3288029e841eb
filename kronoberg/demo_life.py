"""Invented lives for the demo: every case walked through real steps, as the demo's own people.

Deterministic from a seed. A life is a generator that takes one step at a time, so a case can be
left anywhere in it. What happens is drawn in `demo_fate`.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases import workflow
from cases.models import (
    AlcoholSeizure,
    Custodian,
    CustodianContact,
    CustodyCheck,
    FollowUp,
    Incident,
    Referral,
    SupplyTip,
    User,
    YouthCase,
)
from cases.models.codes import (
    Attendance,
    Custody,
    Decision,
    Harm,
    Intoxication,
    Outcome,
    SupplyAnswer,
    Talk,
    Told,
)
from kronoberg.demo_fate import PLACES, Fate, occasion_of
from kronoberg.demo_social import social_life
from kronoberg.demo_town import Moment, Town, fresh
from kronoberg.demo_words import told
from notices import dispatch
from notices.gates import GateClosed


def police_life(town: Town, fate: Fate) -> Iterator[YouthCase]:
    """One police case from the stop to the end, a step at a time."""
    karin, lena, omar = (town.staff[name] for name in ("karin", "lena", "omar"))
    time = Moment(fate.met_at)
    youth, custodians = town.person(fate)
    [case] = workflow.open_incident(
        incident_of(town, fate), [(youth, draft_of(town, fate))], by=karin
    )
    for custodian in custodians:
        custodian.save()
    case = workflow.perform(case, "pick_up", by=karin, at=time.at)
    yield case
    if fate.drink:
        case = _take_alcohol(case, fate, time, by=karin)
    yield from _call_home(case, custodians, fate, time, by=karin)
    case.refresh_from_db()
    case = _report(case, fate, time, by=karin)
    yield case
    if fate.is_mistake:
        yield _annul(case, time, by=lena)
        return
    case = workflow.perform(
        case,
        "review",
        by=lena,
        at=time.later(hours=fate.hours_to_review),
        decision=Decision.NOTIFY if fate.notifies else Decision.NOT_NOTIFY,
        decision_reason="" if fate.notifies else _why_not(case),
    )
    yield case
    if fate.notifies:
        yield from _notify_and_follow_up(town, case, fate, time, by=omar)
    elif case.is_minor:
        _write_home(fresh(case), fate, time, by=omar)
        yield from _follow_up(fresh(case), fate, time, by=omar)
    else:
        yield workflow.perform(case, "close", by=omar, at=time.in_office(days=1))


def incident_of(town: Town, fate: Fate) -> Incident:
    return Incident(
        started_at=fate.met_at,
        patrol_pass=town.pass_of(fate.met_at),
        place=fate.place,
        place_type=PLACES[fate.place][0],
        municipality_id="0780",
        occasion=occasion_of(timezone.localdate(fate.met_at)),
        found_by=town.random.choice(("patrol", "patrol", "outreach", "alarm", "tip", "guard")),
        call_sign="32-4210",
        participants="Karin Ek, Jonas Rask",
        circumstances="Patrullen såg flera unga med påsar och gick fram.",
    )


def draft_of(town: Town, fate: Fate) -> YouthCase:
    sober = fate.category != "A"
    case = YouthCase(
        category=fate.category,
        intoxication=Intoxication.NONE
        if sober
        else town.random.choice((Intoxication.SLIGHT, Intoxication.CLEAR, Intoxication.STRONG)),
        custody=fate.custody,
        wants_feedback=fate.wants_feedback,
    )
    if fate.custody != Custody.NONE:
        case.custody_at = case.reason_told_at = fate.met_at
        case.custody_decided_by = "Karin Ek"
        case.custody_criteria = "Kunde inte ta hand om sig själv i kylan."
        case.superior_reviewed_at = min(fate.met_at + timedelta(minutes=30), timezone.now())
    return case


def _why_not(case: YouthCase) -> str:
    if not case.is_minor:
        return "Har fyllt 18 år och har inte samtyckt till anmälan."
    return "Var nykter, i sällskap med äldre syskon, och hämtades genast. Ingen oro."


def _annul(case: YouthCase, time: Moment, *, by: User) -> YouthCase:
    return dispatch.take(
        case,
        "annul",
        by=by,
        at=time.later(hours=8),
        reason="Samma ungdom är registrerad två gånger.",
        annul_reason="duplicate",
    ).case  # type: ignore[return-value]


def _take_alcohol(case: YouthCase, fate: Fate, time: Moment, *, by: User) -> YouthCase:
    is_lawful = fate.drink != "folkol" or case.is_minor
    seizure = AlcoholSeizure(
        youth_case=case,
        drink=fate.drink or "unknown",
        volume_cl=fate.volume_cl,
        is_opened=True,
        measure="forfeited" if is_lawful else "none",
        ground="al_12_1" if is_lawful else "none",
        decided_at=time.later(minutes=3),
        decided_by=by,
    )
    return workflow.perform(case, "record_seizure", by=by, at=time.at, records=[seizure])


def _call_home(
    case: YouthCase, custodians: list[Custodian], fate: Fate, time: Moment, *, by: User
) -> Iterator[YouthCase]:
    """Call until somebody answers, and hand over to whoever comes."""
    custodian = custodians[-1] if custodians else None
    for call in fate.calls:
        custodian = custodians[0 if call.to_first else -1]
        leave = "Morbror får hämta." if fate.outcome == Outcome.OTHER_ADULT else ""
        contact = CustodianContact(
            youth_case=case,
            custodian=custodian,
            phone=custodian.phone,
            at=time.later(minutes=call.after),
            result=call.result,
            leave_for_other_adult=leave if call is fate.calls[-1] else "",
            made_by=by,
        )
        case = workflow.perform(case, "record_contact", by=by, at=time.at, records=[contact])
        yield case
    receivers = {
        # Whoever was called last said that they would come, or are at home.
        Outcome.COLLECTED: custodian.name if custodian else "",
        Outcome.DRIVEN_HOME: custodian.name if custodian else "",
        Outcome.OTHER_ADULT: "Morbror",
        Outcome.DUTY_TEAM: "Socialjouren",
        Outcome.HOSPITAL: "Akutmottagningen, Växjö",
        Outcome.LOB: "Arresten, Växjö",
    }
    facts: dict[str, Any] = {"outcome": fate.outcome, "id_checked": True}
    if fate.outcome in receivers:
        facts["handed_over_to"] = receivers[Outcome(fate.outcome)]
    case = workflow.perform(case, "hand_over", by=by, at=time.later(minutes=35), **facts)
    yield case
    if fate.outcome == Outcome.LOB:
        ended = time.later(minutes=90)
        look = CustodyCheck(
            youth_case=case, at=ended, condition=CustodyCheck.Condition.AWAKE, made_by=by
        )
        yield workflow.perform(
            case, "record_supervision", by=by, at=ended, records=[look], custody_ended_at=ended
        )


def _report(case: YouthCase, fate: Fate, time: Moment, *, by: User) -> YouthCase:
    tips = []
    if fate.supply_answer == SupplyAnswer.TOLD:
        tips = [
            SupplyTip(
                organisation=case.organisation,
                incident=case.incident,
                relation=fate.relation,
                crime_report="5000-K1234567-26" if fate.is_crime_reported else "",
                registered_at=time.at,
            )
        ]
    case = workflow.perform(
        case, "answer_supply", by=by, at=time.at, records=tips, supply_answer=fate.supply_answer
    )
    minor, words = case.is_minor, told(case)
    case = workflow.perform(
        case,
        "complete_record",
        by=by,
        at=time.later(minutes=10),
        observations=words.observations,
        hearsay=words.hearsay,
        child_words=words.child_words,
        concern=words.concern if minor else "",
        why_now=words.why_now if minor else "",
        told_of_notice=Told.BOTH if minor else "",
        harm_if_told=Harm.NO if minor else "",
    )
    return workflow.perform(case, "report", by=by, at=time.later(minutes=20))


def _notify_and_follow_up(
    town: Town, case: YouthCase, fate: Fate, time: Moment, *, by: User
) -> Iterator[YouthCase]:
    taken = dispatch.take(case, "notify", by=by, at=time.later(hours=fate.hours_to_notice))
    yield case
    referral = Referral.objects.get(notice_id=fresh(taken.case).notice_id)
    social = social_life(town, referral, fate, Moment(time.at))
    for _ in range(3):
        next(social, None)
        yield case
    _write_home(fresh(case), fate, time, by=by)
    yield case
    for _ in social:
        yield case
    yield from _follow_up(fresh(case), fate, time, by=by)


def _follow_up(case: YouthCase, fate: Fate, time: Moment, *, by: User) -> Iterator[YouthCase]:
    workflow.perform(case, "start_follow_up", by=by, at=time.in_office(days=12))
    yield case
    youth, adults = fate.meeting or (Attendance.ATTENDED, Attendance.NOT_INVITED)
    meeting = FollowUp(
        case_id=case.pk,
        kind=Talk.INFORMATION_MEETING if fate.meeting else Talk.PHONE,
        at=time.in_office(days=10),
        youth=youth,
        custodians=adults,
        note="Pratade om tider och vänner.",
        made_by=by,
    )
    workflow.perform(fresh(case), "record_follow_up", by=by, at=time.at, records=[meeting])
    yield case
    yield workflow.perform(fresh(case), "close", by=by, at=time.in_office(days=1))


def _write_home(case: YouthCase, fate: Fate, time: Moment, *, by: User) -> None:
    # Counted from the stop, whenever the notice went.
    time.at = max(time.at, min(fate.met_at + timedelta(days=fate.days_to_letters), timezone.now()))
    time.in_office()
    try:
        dispatch.take(case, "send_letters", by=by, at=time.at)
    except GateClosed as closed:
        dispatch.take(case, "waive_letters", by=by, at=time.at, reason=str(closed))
