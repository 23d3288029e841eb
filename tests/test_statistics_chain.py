"""The figures about what came after the stop, and about the municipality: worked out by hand."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from cases import workflow
from cases.fictive import fictive_number
from cases.models import (
    AlcoholSeizure,
    Appointment,
    FollowUp,
    Referral,
    SupplyTip,
    YouthCase,
)
from kronoberg.statistics import afterwards as a
from kronoberg.statistics import indicators, indicators_afterwards, municipal
from kronoberg.statistics import police as p
from kronoberg.statistics.stops import stops
from tests import cast
from tests.factories import make_appointment, make_case, make_incident, make_person, make_referral
from tests.figures import true_cells
from tests.stops import (
    DAY,
    EVENING,
    HERE,
    HOUR,
    NOW,
    annul,
    call,
    end,
    meet,
    notify,
    report,
    review,
)


@pytest.fixture(autouse=True)
def _a_day_in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def lines(found: Any) -> dict[str, int]:
    """The lines that anybody stands on."""
    return {line: n for line, n in found.lines.items() if n}


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


# After the stop ---------------------------------------------------------------------------------


def test_a_receipt_is_in_time_until_the_end_of_the_next_weekday():
    # EVENING is a Friday at nine; the notice leaves at half past midnight on Saturday.
    step(sent(), "acknowledge", after=3 * DAY + 2.9 * HOUR, receipt_number="R-1")
    step(sent(), "acknowledge", after=3 * DAY + 3.1 * HOUR, receipt_number="R-2")
    sent()

    found = indicators_afterwards.receipted(true_cells())

    # Monday a few minutes to midnight, Tuesday a few minutes past, and none yet.
    assert (found.numerator, found.denominator) == (1, 3)
    assert lines(found) == {a.RECEIPT_IN_TIME: 1, a.RECEIPT_LATE: 1, a.NO_RECEIPT: 1}


def test_feedback_is_a_share_of_the_notices_that_have_an_answer():
    for answer in ("opened", "opened", "not_opened", "ongoing"):
        step(sent(), "receive_feedback", after=9 * DAY, feedback=answer,
             feedback_on=date(2026, 5, 24))  # fmt: skip
    sent()

    found = indicators_afterwards.feedback_received(true_cells())

    assert (found.numerator, found.denominator) == (2, 4)
    assert found.lines[a.NO_FEEDBACK] == 1


def test_letters_are_in_time_for_seven_days_and_waived_ones_stand_apart():
    step(sent(), "send_letters", after=7 * DAY)
    step(sent(), "send_letters", after=7 * DAY + HOUR)
    step(sent(), "waive_letters", after=DAY, reason="Okänd adress.")
    sent()
    meet(age=18)

    found = indicators_afterwards.letters_in_time(true_cells())

    assert (found.numerator, found.denominator) == (1, 4)
    assert list(found.lines.values()) == [1, 1, 1, 1]


def test_a_meeting_counts_whoever_came_of_those_that_are_on_record():
    for youth, adults in (
        ("attended", "late"), ("attended", "absent"), ("absent", "attended"), ("absent", "absent"),
    ):  # fmt: skip
        case = meet()
        FollowUp.objects.create(
            case_id=case.pk, kind="information_meeting", at=EVENING + 20 * DAY,
            youth=youth, custodians=adults, made_by=case.author,
        )  # fmt: skip
    for kind, youth in (("phone", "attended"), ("information_meeting", "not_invited")):
        FollowUp.objects.create(
            case_id=meet().pk, kind=kind, at=EVENING, youth=youth, custodians="not_invited",
            made_by=case.author,
        )  # fmt: skip
    FollowUp.objects.create(
        case_id=meet().pk, kind="information_meeting", at=EVENING, youth="not_invited",
        custodians="attended", made_by=case.author,
    )  # fmt: skip

    cells = true_cells()
    found, youth_came, custodian_came = (
        make(cells)
        for make in (
            indicators_afterwards.met_afterwards,
            indicators_afterwards.youth_met,
            indicators_afterwards.custodian_met,
        )
    )

    # Four of five meetings; a talk on the phone is none, and nobody was called to the last but one.
    assert (found.numerator, found.denominator) == (4, 5)
    assert list(found.lines.values()) == [1, 1, 2, 1, 2]
    # Two of the four youths who were called; three of the five families.
    assert (youth_came.numerator, youth_came.denominator) == (2, 4)
    assert (custodian_came.numerator, custodian_came.denominator) == (3, 5)


def test_records_are_complete_when_reported_and_reviewed():
    review(report(end(call(meet(), 5))))
    report(end(call(meet(), 5)))
    meet()

    found = indicators_afterwards.attested(true_cells())

    assert (found.numerator, found.denominator) == (1, 3)
    assert list(found.lines.values()) == [1, 1, 1]


LINKS = ("alcohol", "called", "collected", "asked", "notified", "letter", "meeting", "feedback",
         "followed_up")  # fmt: skip


def chain_of(broken: str = "") -> YouthCase:
    """A stop whose chain is whole but for one link."""
    case = meet(category="B")
    if broken != "alcohol":
        seize(case)
    if broken == "asked":
        # The machine lets no report through without an answer: this one is not reported yet.
        return end(call(case, 5))
    if broken == "called":
        case = call(end(case, "hospital"), 13 * 60)
    else:
        case = end(call(case, 5), "driven_home" if broken == "collected" else "collected")
    case = review(report(case, hours=14))
    case = notify(case, hours=25 if broken == "notified" else 15)
    case = step(case, "acknowledge", after=2 * DAY, receipt_number="R-1")
    if broken != "feedback":
        case = step(case, "receive_feedback", after=9 * DAY, feedback="opened",
                    feedback_on=date(2026, 5, 24))  # fmt: skip
    if broken == "letter":
        return case
    case = step(step(case, "send_letters", after=3 * DAY), "start_follow_up", after=10 * DAY)
    if broken != "meeting":
        invite(case)
    if broken != "followed_up":
        case = step(case, "record_follow_up", after=20 * DAY)
    return case


def invite(case: YouthCase) -> None:
    FollowUp.objects.create(
        case_id=case.pk, kind="information_meeting", at=EVENING + 20 * DAY,
        youth="absent", custodians="absent", made_by=case.author,
    )  # fmt: skip


@pytest.mark.parametrize("broken", LINKS)
def test_a_chain_that_breaks_at_one_link_is_counted_at_that_link(broken):
    chain_of(broken)

    cells = true_cells()

    [at] = [link for link in a.LINKS if link.code == broken]
    assert lines(indicators_afterwards.chain(cells)) == {at.broken: 1}
    assert cells[a.links[broken].key] == {at.kept: 0, at.broken: 1}
    # Whatever came before it was kept.
    for earlier in a.LINKS[: LINKS.index(broken)]:
        assert cells[a.links[earlier.code].key][earlier.kept] == 1


def test_a_chain_with_all_nine_links_is_whole():
    chain_of()
    # Nobody owes an answer about somebody who with a reason is not notified.
    case = review(report(end(call(meet(category="A"), 5))), "not_notify")
    invite(step(case, "waive_letters", after=DAY, reason="Okänd adress."))
    meet(age=18)

    found = indicators_afterwards.chain(true_cells())

    assert [link.code for link in a.LINKS] == list(LINKS)
    assert (found.numerator, found.denominator) == (1, 2)
    assert lines(found) == {a.WHOLE: 1, "Inte uppföljd när talen frystes": 1}


# On the spot ------------------------------------------------------------------------------------


def test_the_supplier_question_is_asked_of_those_who_had_alcohol():
    def answered(answer: str, relation: str = "", report_number: str = "") -> None:
        case = end(call(meet(), 5))
        seize(case)
        tips = [SupplyTip(
            organisation=case.organisation, incident=case.incident, relation=relation,
            crime_report=report_number, registered_at=case.opened_at,
        )] if relation else []  # fmt: skip
        workflow.perform(case, "answer_supply", by=case.author, records=tips, supply_answer=answer)

    answered("told", "friend", "5000-K1-26")
    answered("told", "car")
    answered("does_not_know")
    seize(meet())
    seize(meet(), measure="none", ground="none")
    meet()

    cells = true_cells()
    told, reported = indicators.supplier_told(cells), indicators.crime_reported(cells)

    # Whoever was not asked is not among those who were.
    assert (told.numerator, told.denominator) == (2, 3)
    assert told.lines[p.NOT_ASKED] == 1
    assert (reported.numerator, reported.denominator) == (1, 4)
    assert lines(indicators.supplier_relation(cells)) == {
        "Kompis": 1,
        "Langare via app, sociala medier eller bil": 1,
    }


def test_a_merged_case_counts_its_calls_and_its_alcohol_with_the_one_that_is_left_and_once():
    left, gone, mistaken = meet(), call(meet(), 5), meet()
    for case in (left, gone):
        seize(case, 700)
    seize(gone, 300, drink="wine")
    seize(mistaken, 900, drink="spirits")
    annul(mistaken, at=EVENING + DAY)
    workflow.perform(gone, "merge", by=cast.person("lena"), reason="Samma", merged_into=left)

    cells = true_cells()

    assert {drink: n for drink, n in cells["liter"].items() if n} == {
        "Cider eller alkoläsk": 7,
        "Vin": 3,
    }
    reached = {stop.pk: stop.is_reached for stop in stops(YouthCase.objects.all())}
    assert reached[left.pk]


def test_litres_count_what_was_poured_out_of_the_stops_that_are_counted():
    for volume_cl, columns in (
        (700, {}), (50, {}), (300, {"measure": "seized"}), (220, {"drink": "wine"}),
        (300, {"drink": "spirits"}),
    ):  # fmt: skip
        seize(meet(), volume_cl, **columns)

    litres = true_cells()["liter"]

    # 7.5 litres of cider, 2.2 of wine, 3 of spirits; what is seized is not destroyed.
    assert {drink: n for drink, n in litres.items() if n} == {
        "Cider eller alkoläsk": 8,
        "Vin": 2,
        "Sprit": 3,
    }


def test_place_month_weekday_and_hour_are_those_of_the_swedish_clock():
    # Half past midnight on Saturday 1 May in Sweden is still Friday in UTC.
    make_case("picked_up", incident=make_incident(
        started_at=datetime(2026, 5, 1, 0, 30, tzinfo=HERE), place_type="home", occasion="valborg",
    ))  # fmt: skip
    meet(datetime(2025, 12, 31, 21, 59, tzinfo=HERE))

    cells = true_cells()

    assert lines(indicators.place(cells)) == {"Park": 1, p.ELSEWHERE: 1}
    assert lines(indicators.occasion(cells)) == {"Valborg": 1, "Vanlig vardag": 1}
    assert {day for day, n in cells["veckodag"].items() if n} == {"fredag", "onsdag"}
    assert {cell for cell, n in cells["veckodag-klockslag"].items() if n} == {
        "fredag · 00–02",
        "onsdag · 20–22",
    }


def test_age_and_sex_come_from_the_number():
    for age, serial in ((13, 0), (16, 1), (17, 1), (18, 0)):
        born = EVENING.date().replace(year=EVENING.year - age) - timedelta(days=30)
        number = fictive_number(born, serial)
        meet(person=make_person(birth_date=born.isoformat(), personal_number=number),
             category="B")  # fmt: skip
    meet(person=make_person(None, estimated_age=16, personal_number=""))

    cells = true_cells()
    ages, sex = indicators.age(cells), indicators.sex(cells)

    assert (ages.numerator, ages.denominator) == (1, 5)
    assert lines(ages) == {p.UNDER_15: 1, p.FROM_15: 3, p.ADULT: 1}
    assert lines(sex) == {p.GIRLS: 2, p.BOYS: 2, p.UNKNOWN_SEX: 1}
    assert cells["alder-kon"][f"{p.FROM_15} · {p.BOYS}"] == 2


def test_custody_stands_on_its_ground():
    for custody in ("none", "none", "pl_12", "lob"):
        make_case("picked_up", custody=custody, incident=make_incident(started_at=EVENING))

    assert lines(indicators.custody(true_cells())) == {
        "Inget omhändertagande": 2,
        "Polislagen 12 §": 1,
        "LOB 1 §": 1,
    }


# The municipality -------------------------------------------------------------------------------

ARRIVED = datetime(2026, 5, 16, 9, tzinfo=HERE)
ASSESSED = {
    "needs_protection": False,
    "protection_reasons": "Ingen fara.",
    "protection_source": "Anmälan.",
}


def take(
    referral: Referral, action: str, *, at: datetime, by: str = "sara", **facts: Any
) -> Referral:
    with workflow.told_afterwards():
        return workflow.perform(referral, action, by=cast.person(by), at=at, **facts)


def assess(arrived_at: datetime = ARRIVED, *, after: timedelta = HOUR) -> Referral:
    referral = make_referral(arrived_at=arrived_at)
    take(referral, "acknowledge", at=arrived_at, by="ines")
    referral.refresh_from_db()
    return take(referral, "assess_protection", at=arrived_at + after, **ASSESSED)


def decide(action: str = "decide_not_to_open", *, after: timedelta = 5 * DAY) -> Referral:
    referral = take(assess(), "start_assessment", at=ARRIVED + 2 * HOUR)
    facts = {"delegation": "4.2", "decision_reasons": "Ett tillfälle."}
    if after > 14 * DAY:
        facts["overrun_reasons"] = "Bortresta."
    if action == "note_ongoing":
        facts = {"ongoing_reference": "2026/17"}
    return take(referral, action, at=ARRIVED + after, **facts)


def test_protection_is_assessed_the_same_day_or_the_next_when_the_notice_came_late():
    midnight = ARRIVED.replace(hour=23, minute=59)
    late_in_the_day = ARRIVED.replace(hour=15)
    assess(after=midnight - ARRIVED)
    assess(after=midnight - ARRIVED + HOUR)
    assess(late_in_the_day, after=24 * HOUR)
    make_referral(arrived_at=ARRIVED)
    make_referral(arrived_at=datetime(2026, 7, 1, 9, tzinfo=HERE))

    found = municipal.protection_assessed(true_cells())

    # The last arrived in the next school year.
    assert (found.numerator, found.denominator) == (2, 4)
    assert list(found.lines.values()) == [2, 1, 1]


@pytest.mark.parametrize("action", ["open_investigation", "decide_not_to_open"])
def test_a_decision_dated_back_into_time_is_counted_as_late(action):
    referral = take(assess(), "start_assessment", at=ARRIVED + 2 * HOUR)
    why = {
        "delegation": "4.2",
        "decision_reasons": "Ett tillfälle.",
        "overrun_reasons": "Skrevs ned i efterhand.",
    }

    workflow.perform(referral, action, by=cast.person("sara"), at=ARRIVED + 5 * DAY, **why)

    found = municipal.decided_in_time(true_cells())
    assert (found.numerator, found.denominator) == (0, 1)


def test_an_ongoing_investigation_is_no_preliminary_assessment_to_decide():
    decide(after=14 * DAY)
    decide(after=16 * DAY)
    decide("open_investigation")
    decide("note_ongoing")
    assess()

    cells = true_cells()
    in_time, decisions = municipal.decided_in_time(cells), municipal.opened(cells)

    # Two in time, one late, one undecided; the ongoing one is left out.
    assert (in_time.numerator, in_time.denominator) == (2, 4)
    assert (decisions.numerator, decisions.denominator) == (1, 4)
    assert list(decisions.lines.values()) == [1, 2, 1]


def test_feedback_to_the_notifier_is_due_a_week_after_the_decision():
    def answer(after: timedelta) -> None:
        referral = decide()
        take(referral, "give_feedback", at=ARRIVED + 5 * DAY + after)

    answer(7 * DAY)
    answer(8 * DAY + HOUR)
    take(decide(), "withhold_feedback", at=ARRIVED + 6 * DAY, reason="Kan skada barnet.")
    decide()
    assess()

    found = municipal.feedback_in_time(true_cells())

    # One in time of three that were to have it; the withheld and the undecided are none of them.
    assert (found.numerator, found.denominator) == (1, 3)
    assert list(found.lines.values()) == [1, 1, 1, 1, 0]


def test_a_talk_counts_as_far_as_it_came():
    def called(*results: str) -> None:
        referral = assess()
        for result in results:
            make_appointment(referral, result=result).save()

    called(Appointment.Result.NOT_HELD, Appointment.Result.HELD)
    called(Appointment.Result.NOT_HELD)
    called("")
    called()
    declined = assess()
    make_appointment(declined, result="not_held", not_held_because="declined").save()

    found = municipal.talks_held(true_cells())

    # One held of four that somebody was called to: one declined, one came to nothing, one waits.
    assert (found.numerator, found.denominator) == (1, 4)
    assert list(found.lines.values()) == [1, 1, 1, 1, 1]
