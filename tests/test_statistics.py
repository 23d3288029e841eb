"""The figures are right: worked out by hand, and a second time in plain SQL."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection

from cases import workflow
from cases.models import Municipality, YouthCase
from kronoberg.models import EffortHours
from kronoberg.statistics import indicators
from kronoberg.statistics.figures import closed_year
from kronoberg.statistics.indicators import (
    AGAIN,
    COLLECTED,
    DRIVEN,
    ELSEWHERE,
    IN_TIME,
    LATE,
    NOT_AGAIN,
    NOT_KNOWN,
    NOT_NOTIFIED,
    NOT_REACHED,
    NOT_SENT,
    OTHER_ADULT,
    UNFINISHED,
)
from tests import cast
from tests.factories import ALVESTA, VAXJO, make_person
from tests.stops import (
    COLLECTS,
    DAY,
    EVENING,
    HOUR,
    MINUTE,
    NO_ANSWER,
    NOW,
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

YEAR = closed_year(date(2026, 11, 24))


@pytest.fixture(autouse=True)
def _a_day_in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def area(code: str = VAXJO) -> Municipality:
    return Municipality.objects.get(pk=code)


# The period -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 11, 8), date(2025, 11, 1), date(2026, 10, 31)),
        (date(2026, 11, 7), date(2025, 10, 1), date(2026, 9, 30)),
        (date(2026, 1, 8), date(2025, 1, 1), date(2025, 12, 31)),
        (date(2024, 3, 31), date(2023, 3, 1), date(2024, 2, 29)),
    ],
)
def test_the_period_is_twelve_whole_months_closed_for_a_week(today, first, last):
    period = closed_year(today)

    assert (period.first, period.last, period.months) == (first, last, 12)
    assert last < period.frozen_on <= today


def test_nobody_is_counted_in_two_periods_or_in_none():
    earlier = closed_year(YEAR.first + timedelta(days=7))
    meet(YEAR.begins_at)
    meet(YEAR.begins_at - MINUTE)
    meet(YEAR.ends_at - MINUTE)
    meet(YEAR.ends_at)

    assert indicators.interventions(YEAR, area()).numerator == 2
    assert indicators.interventions(earlier, area()).numerator == 1


# The indicators, by hand ------------------------------------------------------------------------


def test_interventions_count_youths_by_category_and_age():
    for category in "AAB":
        meet(category=category)
    meet(category="C", age=17)
    meet(category="B", age=18)
    meet(category="A", municipality=ALVESTA)

    found = indicators.interventions(YEAR, area())

    # 2 + 1 + 1 under 18, and one of age; the youth in Alvesta is Alvesta's.
    assert found.minors == {"A": 2, "B": 1, "C": 1}
    assert found.of_age == {"A": 0, "B": 1, "C": 0}
    assert found.numerator == 5


def test_drafts_and_mistakes_are_never_counted():
    survivor = meet()
    draft()
    annul(meet(), at=EVENING + DAY)
    workflow.perform(meet(), "merge", by=cast.person("lena"), reason="Samma", merged_into=survivor)

    assert indicators.interventions(YEAR, area()).numerator == 1


def test_an_annulment_after_the_freeze_still_takes_the_case_away():
    annul(meet(), at=NOW)

    assert indicators.interventions(YEAR, area()).numerator == 0


def test_hours_of_effort_stand_beside_the_count():
    unit = cast.person("karin").organisation
    EffortHours.objects.create(organisation=unit, month=YEAR.first, hours=70)
    EffortHours.objects.create(organisation=unit, month=date(2026, 10, 1), hours=30)
    EffortHours.objects.create(organisation=unit, month=date(2026, 11, 1), hours=900)

    found = indicators.interventions(YEAR, area())

    # 70 + 30; November is not in the period, and ten of its twelve months are not logged.
    assert (found.hours, found.denominator, found.months_missing) == (100, 100, 10)


def test_waits_are_minutes_from_the_event_to_try_and_to_answer():
    report(end(call(call(meet(), 5, NO_ANSWER), 25)))
    report(end(call(meet(), 10)))
    report(end(call(call(call(meet(), 7, NO_ANSWER), 9, NO_ANSWER), 30, NO_ANSWER), "hospital"))
    call(meet(), 1)
    meet(age=18)

    found = indicators.waits(YEAR, area())

    # The third was never reached, the fourth is not reported yet, the fifth is of age.
    assert sorted(found.attempts) == [5, 7, 10]
    assert sorted(found.answers) == [10, 25]
    assert (found.parts[NOT_REACHED], found.parts[UNFINISHED]) == (1, 1)
    assert (found.numerator, found.denominator) == (2, 4)


def test_an_answer_within_twelve_hours_is_the_same_night():
    report(end(call(meet(), 12 * 60), minutes=13 * 60), hours=14)
    report(end(call(meet(), 12 * 60 + 1), minutes=13 * 60), hours=14)
    report(end(call(meet(), 20, REFUSES), "duty_team"))
    call(meet(), 5)
    meet(age=19)

    found = indicators.custodian_reached(YEAR, area())

    # The first and the third of four under 18; the second came a minute late.
    assert (found.numerator, found.denominator) == (2, 4)
    assert (found.parts[NOT_REACHED], found.parts[UNFINISHED]) == (1, 1)


def test_collected_counts_the_custodian_who_came_and_splits_the_others():
    report(end(call(meet(), 5)))
    report(end(call(meet(), 5)))
    report(end(call(meet(), 5), "driven_home"))
    report(end(call(meet(), 5, REFUSES), "duty_team"))
    meet()

    found = indicators.collected(YEAR, area())

    assert (found.numerator, found.denominator) == (2, 5)
    assert found.parts == {
        COLLECTED: 2, DRIVEN: 1, OTHER_ADULT: 0, ELSEWHERE: 1, NOT_REACHED: 0, UNFINISHED: 1,
    }  # fmt: skip


def test_a_notice_is_in_time_until_the_twenty_fourth_hour_is_over():
    def decided(decision: str = "notify") -> YouthCase:
        return review(report(end(call(meet(), 5))), decision)

    notify(decided(), hours=24)
    notify(decided(), hours=24.1)
    decided()
    decided("not_notify")
    meet()

    found = indicators.notified_in_time(YEAR, area())

    # One in time of four with a duty; the fourth was decided not to be notified, with a reason.
    assert (found.numerator, found.denominator) == (1, 4)
    assert found.parts == {IN_TIME: 1, LATE: 1, NOT_SENT: 2, NOT_NOTIFIED: 1}


def test_figures_stay_as_they_were_on_the_day_of_the_freeze():
    last_night = YEAR.ends_at - HOUR
    case = call(meet(last_night), 5)
    case = report(end(case), hours=8 * 24)
    notify(review(case, hours=8 * 24), hours=8 * 24)

    # Reported and sent a day after the freeze: still open in the figures of that period.
    assert indicators.collected(YEAR, area()).parts[UNFINISHED] == 1
    assert indicators.notified_in_time(YEAR, area()).parts[NOT_SENT] == 1


def test_repeat_means_met_again_within_365_days_of_the_first_time():
    def again(first: datetime, *later: timedelta) -> None:
        person = make_person(15, on=first.date())
        number, born = person.personal_number, person.birth_date
        meet(first, person=person)
        for wait in later:
            meet(first + wait, person=make_person(personal_number=number, birth_date=born))

    first = datetime(2025, 9, 5, 21, tzinfo=UTC)
    again(first, 365 * DAY)
    again(first, 366 * DAY)
    again(first, 30 * DAY, 60 * DAY)
    again(first)
    again(EVENING, 3 * DAY)
    meet(first, person=make_person(None, estimated_age=15, personal_number=""))

    found = indicators.repeated(YEAR, area())

    # The fifth was first met with in the period itself: the twelve months are not over.
    assert found.parts == {AGAIN: 2, NOT_AGAIN: 2, NOT_KNOWN: 1}
    assert (found.numerator, found.denominator) == (2, 4)


def test_nobody_is_followed_from_one_unit_to_another():
    first = datetime(2025, 9, 5, 21, tzinfo=UTC)
    person = make_person(15, on=first.date())
    number, born = person.personal_number, person.birth_date
    meet(first, person=person)
    meet(first + DAY, person=make_person(personal_number=number, birth_date=born), by="per")

    assert indicators.repeated(YEAR, area()).parts == {AGAIN: 0, NOT_AGAIN: 2, NOT_KNOWN: 0}


# The indicators, a second time in plain SQL ------------------------------------------------------


def some_lives(random: Random, n: int) -> None:
    """Cases that went as far as chance took them, at times that chance chose."""
    for _ in range(n):
        began_at = YEAR.begins_at + timedelta(minutes=random.randrange(-30_000, 540_000))
        age = random.choice((13, 15, 16, 17, 17, 18, 19))
        case = meet(began_at, age=age, category=random.choice("ABC" if age < 18 else "AB"))
        stage = random.choice((1, 2, 3, 4, 5, 5, 6, 6, 6, 6))
        if age >= 18 or stage == 1:
            continue
        results = random.choices((COLLECTS, REFUSES, NO_ANSWER), k=random.choice((1, 3)))
        for number, result in enumerate(results):
            case = call(case, random.choice((4, 9, 719, 720, 721)) + number, result)
        if stage >= 3:
            case = end(case, "hospital", minutes=730)
        if stage >= 4:
            case = report(case, hours=13)
        if stage >= 5:
            case = review(case, random.choice(("notify", "notify", "not_notify")), hours=14)
        if stage >= 6 and case.decision == "notify":
            case = notify(case, hours=random.choice((15, 24, 24, 25, 200)))
        if random.random() < 0.15:
            annul(case)


COUNTED = """
    FROM cases_youthcase c JOIN cases_incident i ON i.id = c.incident_id
    WHERE i.municipality_id = '0780' AND i.started_at >= %s AND i.started_at < %s
      AND c.state NOT IN ('annulled', 'merged')
      AND EXISTS (SELECT 1 FROM cases_journalentry p
                  WHERE p.case_id = c.id AND p.action = 'pick_up')
"""
ONE = "SELECT c.age_class IN ('18_19', '20_plus'), c.category, COUNT(*)" + COUNTED + "GROUP BY 1, 2"
MINORS = COUNTED + "AND c.age_class IN ('under_15', '15_17', 'unknown')"
FOUR = (
    """SELECT COUNT(*), SUM(CASE WHEN c.reported_at IS NOT NULL AND EXISTS (
      SELECT 1 FROM cases_custodiancontact k
      WHERE k.youth_case_id = c.id AND k.result NOT IN ('no_answer', 'wrong_number')
        AND SECONDS(c.opened_at, k.at) <= 43200) THEN 1 ELSE 0 END)"""
    + MINORS
)
SEVEN = (
    """SELECT SUM(CASE WHEN c.decision = 'not_notify' THEN 0 ELSE 1 END), SUM(CASE WHEN EXISTS (
      SELECT 1 FROM cases_journalentry j WHERE j.case_id = c.id AND j.action = 'notify'
        AND SECONDS(c.opened_at, j.happened_at) <= 86400) THEN 1 ELSE 0 END)"""
    + MINORS
)


def ask(sql: str) -> list[tuple[Any, ...]]:
    """Ask the database about the interventions of the period, without the product's code."""
    difference = (
        r"(strftime('%%s', \2) - strftime('%%s', \1))"
        if connection.vendor == "sqlite"
        else r"EXTRACT(EPOCH FROM \2 - \1)"
    )
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            re.sub(r"SECONDS\((\S+), (\S+)\)", difference, sql),
            [adapt(YEAR.begins_at), adapt(YEAR.ends_at)],
        )
        return list(cursor.fetchall())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_second_implementation_in_sql_agrees(seed):
    some_lives(Random(seed), 35)

    n_of = {(bool(is_of_age), category): n for is_of_age, category, n in ask(ONE)}
    [(minors, reached)], [(with_duty, in_time)] = ask(FOUR), ask(SEVEN)

    one = indicators.interventions(YEAR, area())
    four = indicators.custodian_reached(YEAR, area())
    seven = indicators.notified_in_time(YEAR, area())
    assert 0 < reached < minors
    assert 0 < in_time < with_duty < minors
    assert {category: n_of.get((False, category), 0) for category in "ABC"} == one.minors
    assert {category: n_of.get((True, category), 0) for category in "ABC"} == one.of_age
    assert (four.numerator, four.denominator) == (reached, minors)
    assert (seven.numerator, seven.denominator) == (in_time, with_duty)
