"""The figures of the municipality, worked out by hand: protection, decisions, feedback, talks."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from cases import workflow
from cases.models import (
    Appointment,
    Referral,
)
from kronoberg.statistics import municipal
from tests import cast
from tests.factories import make_appointment, make_referral
from tests.figures import true_cells
from tests.stops import (
    DAY,
    HERE,
    HOUR,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)

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
