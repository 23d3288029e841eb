"""The figures a second time, in plain SQL, over lives that went as far as both authorities go."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from cases.models import AlcoholSeizure
from cases.models.codes import Occasion
from kronoberg.statistics import crosses, marks, people
from kronoberg.statistics import indicators as i
from kronoberg.statistics import indicators_afterwards as after
from kronoberg.statistics import municipal as m
from kronoberg.statistics import police as p
from kronoberg.statistics.areas import area_of
from kronoberg.statistics.periods import Period, Span
from kronoberg.statistics.published import Frozen
from kronoberg.statistics.tables import Cells
from tests.figures import SCHOOL_YEAR as YEAR
from tests.figures import municipality, true_cells
from tests.lives import (
    ARRIVALS,
    MINORS,
    NOT_ASKED,
    STOPS,
    TAKEN,
    ask,
    ask_plain,
    counts,
    in_time,
    live,
    midnight_after,
    moments,
    next_weekday,
    when,
)
from tests.stops import HERE, NOW


@pytest.fixture
def cells() -> Cells:
    with time_machine.travel(NOW, tick=False):
        live(seed=5)
        return true_cells()


def test_a_second_reading_in_sql_of_every_indicator_agrees(cells):
    checks = (
        the_spot, the_waits, the_alcohol, the_poured_out, the_aftermath, the_letters,
        the_municipality, the_talks, the_seasons, the_people, the_cohorts,
    )  # fmt: skip
    for check in checks:
        check(cells)


def pair(found: Any) -> list[int]:
    return [found.numerator, found.denominator]


def the_spot(cells: Cells) -> None:
    collected = (
        "SUM(CASE WHEN c.outcome = 'collected' AND c.reported_at IS NOT NULL THEN 1 ELSE 0 END)"
    )
    assert pair(i.collected(cells)) == counts(f"SELECT {collected}, COUNT(*) {MINORS}")
    duty = "SUM(CASE WHEN c.outcome = 'duty_team' AND c.reported_at IS NOT NULL THEN 1 ELSE 0 END)"
    assert pair(i.handed_to_duty_team(cells)) == counts(f"SELECT {duty}, COUNT(*) {MINORS}")
    young = "SUM(CASE WHEN c.age_class = 'under_15' THEN 1 ELSE 0 END)"
    assert pair(i.age(cells)) == counts(f"SELECT {young}, COUNT(*) {STOPS}")
    in_pass = "SUM(CASE WHEN i.patrol_pass_id IS NOT NULL THEN 1 ELSE 0 END)"
    assert pair(i.per_hundred_hours(cells)) == counts(f"SELECT {in_pass}, COUNT(*) {STOPS}")
    places = dict(ask(f"SELECT i.place_type, COUNT(*) {STOPS} GROUP BY 1"))
    shown = i.place(cells).lines
    assert shown["Park"] == places.get("park", 0)
    assert shown["Annan plats"] == sum(places.get(p, 0) for p in ("home", "vehicle", "other"))
    began = [row[0] for row in moments(f"SELECT i.started_at {STOPS}")]
    fridays = sum(at is not None and at.weekday() == 4 and at.hour >= 22 for at in began)
    assert cells["veckodag-klockslag"]["fredag · 22–24"] == fridays
    custody = dict(ask(f"SELECT c.custody, COUNT(*) {STOPS} GROUP BY 1"))
    assert i.custody(cells).lines["Polislagen 12 §"] == custody.get("pl_12", 0)


def the_waits(cells: Cells) -> None:
    """3: minutes to the first attempt and the first answer, in the lines of the distribution."""
    ends = (5, 10, 15, 20, 30, 45, 60, 120, 720)
    first = """(SELECT MIN(k.at) FROM cases_custodiancontact k WHERE k.youth_case_id = c.id {})"""
    reached = "AND k.result NOT IN ('no_answer', 'wrong_number')"
    left = "c.state NOT IN ('draft', 'picked_up', 'contacting_custodians', 'handed_over')"
    for make, which, at_most in (
        (i.wait_for_attempt, "", None), (i.wait_for_answer, reached, timedelta(hours=12)),
    ):  # fmt: skip
        rows = moments(f"SELECT c.opened_at, {first.format(which)} {MINORS} AND {left}")
        waits = [
            done - began for began, done in rows
            if began and done and (at_most is None or done - began <= at_most)
        ]  # fmt: skip
        lines = Counter(
            next((end for end in ends if wait < timedelta(minutes=end)), ends[-1]) for wait in waits
        )
        assert waits
        assert [*make(cells).lines.values()][: len(ends)] == [lines[end] for end in ends]


def the_poured_out(cells: Cells) -> None:
    """18: litres and containers by drink, of the stops that are counted."""
    sql = """SELECT z.drink, SUM(z.volume_cl), COUNT(*) FROM cases_alcoholseizure z
        JOIN cases_youthcase c ON c.id = z.youth_case_id
        JOIN cases_incident i ON i.id = c.incident_id
        WHERE i.municipality_id = '0780' AND i.started_at >= %s AND i.started_at < %s
          AND c.state NOT IN ('annulled', 'merged', 'draft')
          AND z.measure = 'forfeited' GROUP BY 1"""
    poured = {drink: (round(volume / 100), n) for drink, volume, n in ask(sql)}
    assert poured
    for drink, label in AlcoholSeizure.Drink.choices:
        assert (cells["liter"][label], cells["behallare"][label]) == poured.get(drink, (0, 0))


def the_alcohol(cells: Cells) -> None:
    told = "SUM(CASE WHEN c.supply_answer = 'told' THEN 1 ELSE 0 END)"
    taken = f"{STOPS} AND {TAKEN}"
    assert pair(i.supplier_told(cells)) == counts(
        f"SELECT {told}, COUNT(*) {taken} AND c.supply_answer <> ''"
    )
    reported = """SUM(CASE WHEN EXISTS (SELECT 1 FROM cases_supplytip t
        WHERE t.incident_id = i.id AND t.crime_report <> '') THEN 1 ELSE 0 END)"""
    assert pair(i.crime_reported(cells)) == counts(f"SELECT {reported}, COUNT(*) {taken}")
    sql = """SELECT t.relation, COUNT(*) FROM cases_supplytip t, cases_youthcase c, cases_incident i
        WHERE t.incident_id = i.id AND c.incident_id = i.id AND c.supply_answer = 'told'
          AND i.municipality_id = '0780' AND i.started_at >= %s AND i.started_at < %s
          AND c.state NOT IN ('annulled', 'merged', 'draft') AND """
    relations = dict(ask(f"{sql} {TAKEN} GROUP BY 1"))
    assert i.supplier_relation(cells).lines["Kompis"] == relations.get("friend", 0)
    assert i.supplier_relation(cells).denominator == sum(relations.values())


def the_aftermath(cells: Cells) -> None:
    sent = moments(
        f"SELECT c.notified_at, c.acknowledged_at {MINORS} AND c.notified_at IS NOT NULL"
    )
    due = [(done, midnight_after(next_weekday(at.date()))) for at, done in sent if at]
    assert pair(after.receipted(cells)) == [in_time(due), len(sent)]
    answered = f"{MINORS} AND c.notified_at IS NOT NULL AND c.feedback <> ''"
    opened = "SUM(CASE WHEN c.feedback = 'opened' THEN 1 ELSE 0 END)"
    assert pair(after.feedback_received(cells)) == counts(f"SELECT {opened}, COUNT(*) {answered}")
    letters = moments(
        "SELECT (SELECT MIN(j.happened_at) FROM cases_journalentry j WHERE j.case_id = c.id"
        f" AND j.action = 'send_letters'), c.opened_at {MINORS}"
    )
    week = [(at, began and began + timedelta(days=7, seconds=1)) for at, began in letters]
    assert pair(after.letters_in_time(cells)) == [in_time(week), len(letters)]
    met = """SUM(CASE WHEN EXISTS (SELECT 1 FROM cases_followup f WHERE f.case_id = c.id
        AND f.kind = 'information_meeting' {}) THEN 1 ELSE 0 END)"""
    came = "AND (f.youth IN ('attended', 'late') OR f.custodians IN ('attended', 'late'))"
    sql = f"SELECT {met.format(came)}, {met.format('')} {MINORS}"
    assert pair(after.met_afterwards(cells)) == counts(sql)
    reviewed = "SUM(CASE WHEN c.reviewed_at IS NOT NULL THEN 1 ELSE 0 END)"
    assert pair(after.attested(cells)) == counts(f"SELECT {reviewed}, COUNT(*) {STOPS}")
    everybody = STOPS.replace("NOT IN ('annulled', 'merged', 'draft')", "<> 'draft'")
    annulled = "SUM(CASE WHEN c.state = 'annulled' THEN 1 ELSE 0 END)"
    assert pair(i.corrected(cells)) == counts(f"SELECT {annulled}, COUNT(*) {everybody}")


def the_letters(cells: Cells) -> None:
    """7, 14, 23, 24: the shift, who came, languages and returns, and the copies by LOB."""
    ended = "(SELECT COALESCE(x.ended_at, x.planned_to) FROM cases_patrolpass x WHERE x.id = "
    sql = f"c.notified_at, c.opened_at, {ended}i.patrol_pass_id) {MINORS}"
    rows = moments(f"SELECT {sql} AND c.decision <> 'not_notify'")
    [[hours]] = ask_plain("SELECT value FROM cases_rule WHERE key = 'report' ORDER BY id LIMIT 1")
    shift = sum(
        at is not None and began is not None and at - began <= timedelta(hours=24)
        and at <= (end or began + timedelta(hours=hours))
        for at, began, end in rows
    )  # fmt: skip
    assert pair(after.notified_in_shift(cells)) == [shift, len(rows)]
    came = """SUM(CASE WHEN EXISTS (SELECT 1 FROM cases_followup f WHERE f.case_id = c.id
        AND f.kind = 'information_meeting' AND f.{} {}) THEN 1 ELSE 0 END)"""
    for make, who in ((after.youth_met, "youth"), (after.custodian_met, "custodians")):
        yes = came.format(who, "IN ('attended', 'late')")
        called = came.format(who, "<> 'not_invited'")
        assert pair(make(cells)) == counts(f"SELECT {yes}, {called} {MINORS}")
    letter = "FROM notices_letter l WHERE l.case_id = c.id AND l.code = 'L1'"
    language = f"(SELECT l.language {letter} ORDER BY l.made_at, l.id LIMIT 1)"
    languages = dict(ask(f"SELECT {language}, COUNT(*) {MINORS} GROUP BY 1"))
    n_with = sum(n for code, n in languages.items() if code)
    assert n_with > 0
    assert after.letter_language(cells).denominator == n_with
    assert after.letter_language(cells).lines["Svenska"] == languages.get("sv", 0)
    back = f"""SUM(CASE WHEN EXISTS (SELECT 1 {letter} AND EXISTS (SELECT 1 FROM notices_posting g
        WHERE g.letter_id = l.id AND g.returned_on IS NOT NULL)) THEN 1 ELSE 0 END)"""
    assert pair(after.letters_returned(cells)) == [*counts(f"SELECT {back} {MINORS}"), n_with]
    lob = moments(
        f"SELECT COALESCE(c.custody_at, c.opened_at), c.custody_copied_at {STOPS}"
        " AND c.custody = 'lob'"
    )
    assert lob
    due = [(done, midnight_after(next_weekday(at.date()))) for at, done in lob if at]
    assert pair(after.custody_copied(cells)) == [in_time(due), len(lob)]


def the_municipality(cells: Cells) -> None:
    rows = moments(f"SELECT r.opened_at, r.protection_assessed_at {ARRIVALS}")
    due = [
        (done, midnight_after(at.date() + timedelta(days=at.hour >= 15))) for at, done in rows if at
    ]
    assert pair(m.protection_assessed(cells)) == [in_time(due), len(rows)]
    decided = moments(f"SELECT r.opened_at, r.decided_at {ARRIVALS} AND r.decision <> 'ongoing'")
    due = [(done, midnight_after(at.date() + timedelta(days=14))) for at, done in decided if at]
    assert pair(m.decided_in_time(cells)) == [in_time(due), len(decided)]
    opened = "SUM(CASE WHEN r.decision = 'opened' THEN 1 ELSE 0 END)"
    sql = f"SELECT {opened}, COUNT(*) {ARRIVALS} AND r.decided_at IS NOT NULL"
    assert pair(m.opened(cells)) == counts(sql)
    asked, due = f"{ARRIVALS} AND NOT EXISTS {NOT_ASKED}", []
    for sql, days in (
        ("r.decision <> 'ongoing'", 7),
        ("r.decision = 'ongoing' AND r.opened_at < '2026-01-15'", 7),
        ("r.decision = 'ongoing' AND r.opened_at >= '2026-01-15'", 0),
    ):
        told = moments(f"SELECT r.decided_at, r.feedback_at {asked} AND {sql}")
        due += [(done, midnight_after(at.date() + timedelta(days=days))) for at, done in told if at]
    assert pair(m.feedback_in_time(cells)) == [in_time(due), len(due)]
    [[n_not_asked]] = ask(f"SELECT COUNT(*) {ARRIVALS} AND EXISTS {NOT_ASKED}")
    assert n_not_asked
    assert m.feedback_in_time(cells).lines["Anmälaren ville inte ha någon"] == n_not_asked
    talk = """SUM(CASE WHEN EXISTS (SELECT 1 FROM cases_appointment t
        WHERE t.referral_id = r.id {}) THEN 1 ELSE 0 END)"""
    held = talk.format("AND t.result = 'held'")
    sql = f"SELECT {held}, {talk.format('')} {ARRIVALS}"
    assert pair(m.talks_held(cells)) == counts(sql)


def the_talks(cells: Cells) -> None:
    """13: talks called to, held and declined, by whether the number was known from the year before.

    A month of arrivals is read by itself, but the year before it is everything that ever arrived.
    """
    ever = ask_plain("""SELECT r.organisation_id, p.number_index, r.id, r.opened_at
        FROM cases_referral r JOIN cases_person p ON p.id = r.person_id""")
    known = [(unit, number, key, when(at)) for unit, number, key, at in ever]
    talk = """(SELECT COUNT(*) FROM cases_appointment t WHERE t.referral_id = r.id {})"""
    held = talk.format("AND t.result = 'held'")
    declined = talk.format("AND t.result = 'not_held' AND t.not_held_because = 'declined'")
    found: Counter[str] = Counter()
    for key, n_called, n_held, n_declined in ask(
        f"SELECT r.id, {talk.format('')}, {held}, {declined} {ARRIVALS}"
    ):
        [(unit, number, _, at)] = [row for row in known if row[2] == key]
        is_again = any(
            other != key and (unit2, number2) == (unit, number)
            and at and then and at - timedelta(days=365) <= then < at
            for unit2, number2, other, then in known
        )  # fmt: skip
        round_ = ("Upprepad" if is_again else "Första anmälan på tolv månader") if number else (
            "Går inte att följa: okänd identitet"
        )  # fmt: skip
        found[round_] += 1
        result = "Samtal hölls" if n_held else "Kallade, familjen avböjde" if n_declined else ""
        if n_called and result:
            found[f"{round_} · {result}"] += 1
    assert cells["gang-anmalan"] == {line: found[line] for line in cells["gang-anmalan"]}
    for line, n in cells["gang-samtal"].items():
        if line.endswith(("Samtal hölls", "Kallade, familjen avböjde")):
            assert n == found[line], line
    assert found["Upprepad · Samtal hölls"]


def the_seasons(cells: Cells) -> None:
    """21: by occasion, weekday and month, and the hours of effort at each occasion."""
    days = ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"]
    began = [at for [at] in moments(f"SELECT i.started_at {STOPS}") if at]
    weekdays, months = (Counter(map(of, began)) for of in (datetime.weekday, lambda at: at.month))
    occasions = dict(ask(f"SELECT i.occasion, COUNT(*) {STOPS} GROUP BY 1"))

    assert cells["veckodag"] == {day: weekdays[number] for number, day in enumerate(days)}
    assert cells[p.occasions.key] == {
        label: occasions.get(code, 0) for code, label in Occasion.choices
    }
    year = Frozen(area_of(municipality()), YEAR, NOW, {
        month: true_cells(Period(month.first, Span.MONTH)) for month in YEAR.months
    }, cells)  # fmt: skip
    shown = {row[0].text: row[1].value for row in crosses.season(year, ()).rows}
    assert sum(months.values()) == shown.pop("Samtliga (n)")
    for month in YEAR.months:
        n = months[month.first.month]
        assert shown[crosses.month_word(month)] == (n if n >= 5 else None), month.name


def the_people(cells: Cells) -> None:
    """Which time each stop was: the stops of the same number in the same unit's register before."""
    sql = """SELECT c.organisation_id, p.number_index, i.id, i.started_at
        FROM cases_youthcase c JOIN cases_incident i ON i.id = c.incident_id
        JOIN cases_person p ON p.id = c.person_id
        WHERE i.municipality_id = '0780' AND i.started_at >= %s AND i.started_at < %s
          AND c.state NOT IN ('annulled', 'merged', 'draft')"""
    rows = [(unit, number, key, when(at)) for unit, number, key, at in ask(sql)]
    nth = Counter(
        0 if not number else 1 + len({
            other for unit2, number2, other, then in rows
            if (unit2, number2) == (unit, number) and other != key
            and at and then and at - timedelta(days=365) <= then < at
        })
        for unit, number, key, at in rows
    )  # fmt: skip
    again = sum(n for time_, n in nth.items() if time_ > 1)
    assert pair(m.times_met(cells)) == [again, again + nth[1]]


def the_cohorts(_: Cells) -> None:
    """15: of those first met with in a month, how many were met with again within 365 days."""
    area, over = municipality(), datetime(2027, 8, 1, tzinfo=HERE)
    sql = """SELECT c.id, c.organisation_id, p.number_index, i.id, i.started_at
        FROM cases_youthcase c JOIN cases_incident i ON i.id = c.incident_id
        JOIN cases_person p ON p.id = c.person_id
        WHERE i.municipality_id = '0780' AND i.started_at >= %s AND i.started_at < %s
          AND c.state NOT IN ('annulled', 'merged', 'draft')"""
    rows = [(key, unit, number, incident, when(at)) for key, unit, number, incident, at in ask(sql)]
    first, again = set(), set()
    for key, unit, number, incident, at in rows:
        others = [
            then - at for _, unit2, number2, other, then in rows
            if (unit2, number2) == (unit, number) and other != incident and at and then
        ]  # fmt: skip
        year = timedelta(days=365)
        if number and not any(-year <= wait < timedelta() for wait in others):
            first.add(key)
            if any(timedelta() < wait <= year for wait in others):
                again.add(key)
    for month in YEAR.months:
        keys = [key for key, *_, at in rows if at and month.begins_at <= at < month.ends_at]
        marks.count_in(month, [UUID(str(key)) for key in keys])
    people.settle(area, over)
    told = {month.name: people.n_again(month, area) for month in YEAR.months}
    assert again
    assert told == {
        month.name: sum(
            key in again for key, *_, at in rows if at and month.begins_at <= at < month.ends_at
        )
        for month in YEAR.months
    }
