"""What is counted of a stop itself, worked out by hand: the alcohol, place, hour, age, custody."""

from datetime import datetime, timedelta

from cases import workflow
from cases.fictive import fictive_number
from cases.models import (
    SupplyTip,
    YouthCase,
)
from kronoberg.statistics import indicators
from kronoberg.statistics import police as p
from kronoberg.statistics.stops import stops
from tests import cast
from tests.factories import make_case, make_incident, make_person
from tests.figures import lines, true_cells
from tests.stops import (
    DAY,
    EVENING,
    HERE,
    annul,
    call,
    end,
    meet,
    seize,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)


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
    assert {each for each, n in cells["tillfalle"].items() if n} == {"Valborg", "Vanlig vardag"}
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

    found = indicators.custody(true_cells())

    assert (found.numerator, found.denominator) == (2, 4)
    assert lines(found) == {
        "Inget omhändertagande": 2,
        "Polislagen 12 §": 1,
        "LOB 1 §": 1,
    }
