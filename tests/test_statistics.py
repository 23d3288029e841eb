"""The figures are right, before they are moved: worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from cases import workflow
from cases.models import PatrolPass, YouthCase
from kronoberg.statistics import afterwards as a
from kronoberg.statistics import indicators, indicators_afterwards, municipal, people
from kronoberg.statistics import police as p
from kronoberg.statistics.periods import closed_months, last_closed, named, period_of
from tests import cast
from tests.factories import ALVESTA, VAXJO, make_person
from tests.figures import true_cells
from tests.stops import (
    DAY,
    EVENING,
    HOUR,
    NO_ANSWER,
    REFUSES,
    annul,
    call,
    draft,
    end,
    meet,
    notify,
    report,
    review,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)

# The periods ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "first", "last", "said"),
    [
        ("2026-05", date(2026, 5, 1), date(2026, 5, 31), "maj 2026"),
        ("2026-k2", date(2026, 4, 1), date(2026, 6, 30), "andra kvartalet 2026"),
        ("2023-2024", date(2023, 7, 1), date(2024, 6, 30), "läsåret 2023/2024"),
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "år 2024"),
    ],
)
def test_a_period_is_whole_months_under_a_name_that_an_address_can_hold(name, first, last, said):
    period = named(name)

    assert (period.first, period.last, str(period), period.name) == (first, last, said, name)
    assert period_of(first, period.span) == period_of(last, period.span) == period
    ends = [(month.ends_at, after.begins_at) for month, after in pairwise(period.months)]
    assert all(end == begins for end, begins in ends)


@pytest.mark.parametrize("name", ["", "2026-13", "2026-k5", "2025-2027", "0000", "2026-05-01"])
def test_no_other_address_is_a_period(name):
    with pytest.raises(ValueError, match=r".*"):
        named(name)


@pytest.mark.parametrize(
    ("today", "names"),
    [
        (date(2026, 7, 31), ["2026-03", "2026-04"]),
        (date(2026, 8, 1), ["2026-03", "2026-04", "2026-05"]),
    ],
)
def test_a_month_is_closed_two_months_after_its_end(today, names):
    closed = closed_months(today, since=date(2026, 3, 15))

    assert [month.name for month in closed] == names
    assert last_closed(today) == closed[-1]


# The indicators, by hand ------------------------------------------------------------------------


def test_interventions_count_youths_by_category_and_age():
    for category in "AAB":
        meet(category=category)
    meet(category="C", age=17)
    meet(category="B", age=18)
    meet(category="A", municipality=ALVESTA)

    found = indicators.interventions(true_cells())

    # 2 + 1 + 1 under 18, and one of age; the youth in Alvesta is Alvesta's.
    assert list(found.lines.values()) == [2, 1, 1, 0, 1]
    assert found.denominator == 5


def test_drafts_and_mistakes_are_never_counted():
    survivor = meet()
    draft()
    annul(draft(), at=EVENING + DAY)
    annul(meet(), at=EVENING + DAY)
    workflow.perform(meet(), "merge", by=cast.person("lena"), reason="Samma", merged_into=survivor)

    cells = true_cells()

    assert indicators.interventions(cells).denominator == 1
    # One annulled and one merged of three that were registered; drafts never were.
    assert indicators.corrected(cells).lines == {"Gäller": 1, "Annullerade": 1, "Sammanförda": 1}
    assert indicators.corrected(cells).denominator == 3


def test_the_rate_is_that_of_the_passes_whose_time_is_known():
    case = meet()
    meet()
    begun = {"started_at": EVENING, "ended_at": EVENING + 4 * HOUR, "effort_minutes": 8 * 60}
    made_in = PatrolPass.objects.create(
        organisation=case.organisation,
        municipality_id=VAXJO,
        planned_from=EVENING,
        planned_to=EVENING + 4 * HOUR,
        planned_by=case.author,
        closed_by=case.author,
        **begun,
    )
    case.incident.patrol_pass = made_in
    case.incident.save()

    cells = true_cells()

    # One of two stops was made in the pass, which took two officers four hours.
    found = indicators.per_hundred_hours(cells)
    assert (found.numerator, found.denominator) == (1, 2)
    assert (cells["insatstid"]["hours"], cells["insatstid"]["passes"]) == (8, 1)


def test_waits_are_minutes_from_the_event_to_try_and_to_answer():
    report(end(call(call(meet(), 5, NO_ANSWER), 25)))
    report(end(call(meet(), 14.9)))
    report(end(call(call(call(meet(), 7, NO_ANSWER), 9, NO_ANSWER), 30, NO_ANSWER), "hospital"))
    call(meet(), 1)
    meet(age=18)

    attempts = indicators.wait_for_attempt(true_cells())
    answers = indicators.wait_for_answer(true_cells())

    # The third was never reached, the fourth is not reported yet, the fifth is of age.
    assert {w: n for w, n in attempts.lines.items() if n} == {"5–9 min": 2, "10–14 min": 1}
    assert {w: n for w, n in answers.lines.items() if n} == {
        "10–14 min": 1,
        "20–29 min": 1,
        p.NOT_REACHED: 1,
        p.UNFINISHED: 1,
    }
    assert answers.denominator == 2


def test_an_answer_within_twelve_hours_is_the_same_night():
    report(end(call(meet(), 12 * 60), minutes=13 * 60), hours=14)
    report(end(call(meet(), 12 * 60 + 1), minutes=13 * 60), hours=14)
    report(end(call(meet(), 20, REFUSES), "duty_team"))
    call(meet(), 5)
    meet(age=19)

    found = indicators.custodian_reached(true_cells())

    # The first and the third of four under 18; the second came a minute late.
    assert (found.numerator, found.denominator) == (2, 4)
    assert (found.lines[p.NOT_REACHED], found.lines[p.UNFINISHED]) == (1, 1)


def test_collected_counts_the_custodian_who_came_and_splits_the_others():
    report(end(call(meet(), 5)))
    report(end(call(meet(), 5)))
    report(end(call(meet(), 5), "driven_home"))
    report(end(call(meet(), 5, REFUSES), "duty_team"))
    report(end(call(call(meet(), 5, NO_ANSWER), 6, NO_ANSWER), "no_duty_team"))
    meet()

    cells = true_cells()
    found, duty = indicators.collected(cells), indicators.handed_to_duty_team(cells)

    assert (found.numerator, found.denominator) == (2, 6)
    assert found.lines["Körd hem och överlämnad till vårdnadshavare"] == 1
    assert found.lines[p.UNFINISHED] == 1
    assert list(duty.lines.values()) == [1, 1, 4]


def test_a_notice_is_in_time_until_the_twenty_fourth_hour_is_over():
    def decided(decision: str = "notify") -> YouthCase:
        return review(report(end(call(meet(), 5))), decision)

    notify(decided(), hours=24)
    notify(decided(), hours=24.1)
    decided()
    decided("not_notify")
    meet()

    found = indicators_afterwards.notified_in_time(true_cells())

    # One in time of four with a duty; the fourth was decided not to be notified, with a reason.
    assert (found.numerator, found.denominator) == (1, 4)
    assert found.lines == {a.IN_TIME: 1, a.LATE: 1, a.NOT_SENT: 2, a.NOT_NOTIFIED: 1}


def test_who_has_no_number_is_counted_by_the_legal_sex_that_was_written_down():
    for legal_sex in ("girl", "boy", ""):
        meet(person=make_person(None, estimated_age=15, personal_number="", legal_sex=legal_sex))

    found = indicators.sex(true_cells())

    assert list(found.lines.values()) == [1, 1, 1]


def test_which_time_it_was_is_counted_within_twelve_months_and_one_unit():
    first = datetime(2025, 9, 5, 21, tzinfo=UTC)
    person = make_person(15, on=first.date())
    number, born = person.personal_number, person.birth_date

    def again(wait: timedelta, by: str = "karin") -> None:
        same = make_person(personal_number=number, birth_date=born)
        meet(first + wait, person=same, by=by)

    meet(first, person=person)
    again(30 * DAY)
    again(60 * DAY)
    again(90 * DAY, by="per")
    meet(first, person=make_person(None, estimated_age=15, personal_number=""))

    found = municipal.times_met(true_cells())

    # The other unit's register knows of no earlier time.
    assert found.lines == {people.FIRST: 2, people.SECOND: 1, people.OFTEN: 1, people.NOT_KNOWN: 1}
    assert (found.numerator, found.denominator) == (2, 4)
