"""The figures a second time, in plain SQL over random lives, without the product's code."""

import re
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection

from kronoberg.statistics import indicators, indicators_afterwards
from kronoberg.statistics import police as p
from tests.figures import SCHOOL_YEAR as YEAR
from tests.figures import true_cells
from tests.stops import (
    COLLECTS,
    NO_ANSWER,
    REFUSES,
    annul,
    call,
    end,
    meet,
    notify,
    review,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)
from tests.stops import report as report_on


def some_lives(random: Random, n: int) -> None:
    """Cases that went as far as chance took them, at times that chance chose."""
    for _ in range(n):
        began_at = YEAR.months[0].begins_at + timedelta(minutes=random.randrange(1_000, 560_000))
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
            case = report_on(case, hours=13)
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
MINORS = COUNTED + "AND c.age_class IN ('under_15', '15_17', 'unknown')"


def shares(numerator: str, denominator: str = "1 = 1") -> str:
    """Ask for a numerator and its denominator, among those under 18."""
    return (
        f"SELECT SUM(CASE WHEN ({numerator}) AND ({denominator}) THEN 1 ELSE 0 END),"
        f" SUM(CASE WHEN {denominator} THEN 1 ELSE 0 END) {MINORS}"
    )


ANSWERED = """c.reported_at IS NOT NULL AND EXISTS (
      SELECT 1 FROM cases_custodiancontact k
      WHERE k.youth_case_id = c.id AND k.result NOT IN ('no_answer', 'wrong_number')
        AND SECONDS(c.opened_at, k.at) <= 43200)"""
SENT = "EXISTS (SELECT 1 FROM cases_journalentry j WHERE j.case_id = c.id AND j.action = 'notify'"
QUESTIONS = {
    indicators.custodian_reached: shares(ANSWERED),
    indicators_afterwards.notified_in_time: shares(
        f"{SENT} AND SECONDS(c.opened_at, j.happened_at) <= 86400)",
        "c.decision <> 'not_notify'",
    ),
    indicators_afterwards.receipted: shares("c.acknowledged_at IS NOT NULL", f"{SENT})"),
    indicators_afterwards.letters_in_time: shares("c.letters_settled_at IS NOT NULL"),
}


def ask(sql: str) -> list[tuple[Any, ...]]:
    """Ask the database about the interventions of the window, without the product's code."""
    difference = (
        r"(strftime('%%s', \2) - strftime('%%s', \1))"
        if connection.vendor == "sqlite"
        else r"EXTRACT(EPOCH FROM \2 - \1)"
    )
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            re.sub(r"SECONDS\((\S+), (\S+)\)", difference, sql),
            [adapt(YEAR.months[0].begins_at), adapt(YEAR.months[-1].ends_at)],
        )
        return list(cursor.fetchall())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_second_implementation_in_sql_agrees(seed):
    some_lives(Random(seed), 35)
    cells = true_cells()

    counts = ask(
        "SELECT c.age_class IN ('18_19', '20_plus'), c.category, COUNT(*)"
        + COUNTED
        + "GROUP BY 1, 2"
    )
    n_of = {(bool(is_of_age), category): n for is_of_age, category, n in counts}
    assert {c: n_of.get((False, c), 0) for c in "ABC"} == cells[p.categories_of_minors.key]
    assert {c: n_of.get((True, c), 0) for c in "AB"} == cells[p.categories_of_adults.key]
    for indicator, sql in QUESTIONS.items():
        found = indicator(cells)
        [(numerator, denominator)] = ask(sql)
        assert denominator > 0, indicator.__name__
        assert (found.numerator, found.denominator) == (numerator, denominator), indicator.__name__
