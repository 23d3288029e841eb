"""What came after a stop, worked out by hand: receipt, feedback, letters, meetings, records."""

from datetime import date

from cases.models import (
    FollowUp,
)
from kronoberg.statistics import afterwards as a
from kronoberg.statistics import indicators_afterwards
from tests.figures import lines, true_cells
from tests.stops import (
    DAY,
    EVENING,
    HOUR,
    call,
    end,
    meet,
    report,
    review,
    sent,
    step,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)


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
