"""Figures about the shift, the letters, the copies and the talks of a second time, by hand."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import time_machine
from django.utils import timezone

from cases.models import PatrolPass, Referral, YouthCase
from kronoberg.statistics import afterwards as a
from kronoberg.statistics import arrivals, comparisons, indicators_afterwards, municipal
from kronoberg.statistics import police as p
from kronoberg.statistics.areas import Area, area_of
from kronoberg.statistics.choices import Chosen
from kronoberg.statistics.freezing import EFFORT, HOURS, PASSES
from kronoberg.statistics.periods import Month, named
from kronoberg.statistics.published import EFFORT_BY_OCCASION, Frozen
from kronoberg.statistics.questions import PAGES, answers
from notices import composing, letters, outbox, postroom, samples
from notices.models import Document, Letter, Message, Posting
from tests import cast
from tests.factories import (
    VAXJO,
    make_appointment,
    make_case,
    make_incident,
    make_person,
    make_referral,
)
from tests.figures import freeze_some, municipality, nobody, true_cells
from tests.stops import (
    DAY,
    EVENING,
    HERE,
    HOUR,
    MINUTE,
    NOW,
    call,
    end,
    meet,
    notify,
    report,
    review,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)


def write(case: YouthCase, language: str, *, code: str = "L1", returned: bool = False) -> None:
    letter = Letter.objects.create(
        organisation=case.organisation, case_id=case.pk, reference=f"B-{uuid4().hex[:12]}",
        code=code, language=language, addressee="vårdnadshavare 1", template_version="1",
        window="H2", state="ready", pdf_sha256="0" * 64, facts="{}", facts_sha256="0" * 64,
        made_by=case.author, made_at=timezone.now(),
    )  # fmt: skip
    if returned:
        Document.objects.create(letter=letter, content=b"%PDF")
        omar, paper = cast.person("omar"), Posting.objects.create(
            letter=letter, organisation=case.organisation,
            address_key=outbox.address_key(composing.to_person(case.person)),
        )  # fmt: skip
        postroom.take(paper, "print_letter", by=omar)
        postroom.take(paper, "post_letter", by=omar, posted_on=NOW.date(), posted_how="post")
        postroom.take(paper, "return_letter", by=omar, returned_on=NOW.date(),
                      return_reason="unknown")  # fmt: skip


def test_a_notice_is_sent_within_the_shift_by_the_pass_or_by_the_rule_of_the_report():
    begun = {"started_at": EVENING, "ended_at": EVENING + 4 * HOUR, "effort_minutes": 480}
    karin = cast.person("karin")
    made_in = PatrolPass.objects.create(
        organisation=karin.organisation, municipality_id=VAXJO, planned_by=karin, closed_by=karin,
        planned_from=EVENING, planned_to=EVENING + 4 * HOUR, **begun,
    )  # fmt: skip
    for hours in (3.5, 5):
        case = end(call(meet(), 5))
        case.incident.patrol_pass = made_in
        case.incident.save()
        notify(review(report(case)), hours=hours)
    notify(review(report(end(call(meet(), 5)))), hours=3.5)
    notify(review(report(end(call(meet(), 5)))), hours=30)
    review(report(end(call(meet(), 5))), "not_notify")

    found = indicators_afterwards.notified_in_shift(true_cells())

    # In the pass: one before it ended at one, one after. Outside: one within the rule's time, one
    # after a day. Whoever with a reason is not notified is none of the four.
    assert (found.numerator, found.denominator) == (2, 4)
    assert list(found.lines.values()) == [2, 1, 1, 0]


def test_letters_are_counted_by_the_language_of_the_first_and_by_what_came_back():
    somali, swedish, none = meet(), meet(), meet()
    write(somali, "so")
    with time_machine.travel(NOW + MINUTE, tick=False):
        write(somali, "sv", returned=True)
    write(swedish, "sv")
    write(none, "sv", code="L3")
    meet(age=18)

    cells = true_cells()
    language, returned = (
        indicators_afterwards.letter_language(cells),
        indicators_afterwards.letters_returned(cells),
    )

    # The youth's own letter is none to a custodian; whoever is 18 is not among them.
    assert {line: n for line, n in language.lines.items() if n} == {"Somaliska": 1, "Svenska": 1}
    assert (returned.numerator, returned.denominator) == (1, 2)
    assert returned.lines[a.NO_LETTER_YET] == 1


def test_a_copy_of_the_protocol_leaves_by_the_next_weekday():
    # EVENING is a Friday: the next weekday is Monday.
    monday = EVENING.replace(day=18, hour=23, minute=59)
    for copied_at in (monday, monday + HOUR, None):
        make_case(
            "picked_up", custody="lob", custody_copied_at=copied_at, custody_at=EVENING,
            incident=make_incident(started_at=EVENING),
        )  # fmt: skip
    make_case("picked_up", custody="pl_12", incident=make_incident(started_at=EVENING))

    found = indicators_afterwards.custody_copied(true_cells())

    assert (found.numerator, found.denominator) == (1, 3)
    assert list(found.lines.values()) == [1, 1, 1]


def test_talks_are_told_apart_by_whether_the_youth_was_known_from_the_year_before():
    arrived = datetime(2026, 9, 10, 9, tzinfo=HERE)
    again, known_long_ago, unknown = make_person(15), make_person(16), make_person(None)
    make_referral(person=again, arrived_at=arrived - timedelta(days=300))
    make_referral(person=known_long_ago, arrived_at=arrived - timedelta(days=366))

    def called(person: Any, result: str) -> None:
        make_appointment(make_referral(person=person, arrived_at=arrived), result=result).save()

    called(again, "held")
    called(known_long_ago, "not_held")
    called(unknown, "held")
    cells = true_cells(named("2026-2027"))

    def of(line: str) -> dict[str, int]:
        row = arrivals.rounds.part(line)
        cross = arrivals.talks_by_round
        found = {column.line: cross.read(cells, row, column) for column in cross.columns}
        return {line: n for line, n in found.items() if n}

    assert of(arrivals.ANOTHER_NOTICE) == {arrivals.HELD: 1}
    # 366 days before is not within the year.
    assert of(arrivals.FIRST_NOTICE) == {arrivals.NOT_HELD: 1}
    assert of(arrivals.UNKNOWN_YOUTH) == {arrivals.HELD: 1}


def test_talks_held_are_a_share_of_those_called_in_each_row():
    cells = nobody()
    for line, held, declined in (
        (arrivals.FIRST_NOTICE, 12, 8), (arrivals.ANOTHER_NOTICE, 6, 9),
    ):  # fmt: skip
        cells["gang-samtal"] |= {
            f"{line} · {arrivals.HELD}": held, f"{line} · {arrivals.DECLINED}": declined,
        }  # fmt: skip

    found = comparisons.talks_by_round(cells)

    # 12 of 20, and 6 of 15.
    assert found.sentence.replace("\xa0", " ") == (
        "Samtal hölls: första anmälan på tolv månader 60 % av 20, upprepad 40 % av 15."
    )


def test_no_feedback_is_owed_to_whoever_did_not_ask_for_it():
    referral = make_referral(arrived_at=EVENING + DAY)
    text = letters.to_json(replace(samples.concern(), feedback_requested=False))
    Message.objects.create(
        notice_id=referral.notice_id, kind="notice", direction="in", case_id=referral.pk,
        organisation=referral.organisation, counterpart=cast.person("karin").organisation,
        payload=text, payload_sha256=letters.sha256(text), legal_ground="SoL 19:1",
        made_by=referral.author, made_at=timezone.now(),
    )  # fmt: skip
    [arrival] = arrivals.arrivals(Referral.objects.filter(pk=referral.pk))

    asked = arrivals.feedback_given.sort(replace(arrival, is_feedback_asked=True))

    assert not arrival.is_feedback_asked
    assert arrivals.feedback_given.sort(arrival) == arrivals.NOT_ASKED_FOR
    assert asked == arrivals.NOT_YET
    assert arrivals.NOT_ASKED_FOR not in municipal.feedback_in_time(nobody()).base


def year(first: date, valborg: int, hours: int) -> Frozen:
    cells = nobody()
    cells[p.occasions.key] |= {"Valborg": valborg, "Vanlig helgkväll": 30}
    cells[p.weekdays.key] |= {"torsdag": valborg, "fredag": 30}
    cells[EFFORT] = {HOURS: 400, PASSES: 5}
    cells[EFFORT_BY_OCCASION] |= {"Valborg": hours}
    month = Month(first)
    return Frozen(Area("", "", ()), named(f"{first:%Y-%m}"), NOW, {month: cells}, cells)


def test_an_occasion_stands_beside_the_years_before_with_its_hours():
    found = comparisons.occasions_by_year(
        year(date(2026, 4, 1), 40, 200),
        [year(date(2025, 4, 1), 20, 50), None, year(date(2023, 4, 1), 30, 100)],
    )

    # 40 in 200 hours is 20 per hundred; 20 in 50 was 40: twice the youths, half as many an hour.
    [valborg] = [row for row in found.rows if row[0].text == "Valborg"]
    assert [entry.text for entry in valborg[1:]] == ["40", "20", "30", "20,0", "40,0", "30,0"]
    assert [entry.text for entry in found.rows[-1]] == ["Samtliga (n)", "70", "50", "60"] + 3 * [
        "–"
    ]
    # Two years before nothing was frozen: the column says how far back it lies.
    assert found.columns == (
        "Tillfälle", "Antal", "Året före", "3 år före", "Per 100 timmar",
        "Året före, per 100 timmar", "3 år före, per 100 timmar",
    )  # fmt: skip
    assert found.sentence == "Flest ingripanden: valborg, 40; åren före 20 och 30."
    assert {"Året före: 400 timmar.", "3 år före: 400 timmar."} <= set(found.notes)


def test_a_weekday_stands_beside_the_same_weekday_the_years_before():
    now, then = year(date(2026, 4, 1), 40, 200), year(date(2025, 4, 1), 20, 50)

    found = comparisons.weekdays_by_year(now, [then, year(date(2024, 4, 1), 10, 50)])
    rows = {row[0].text: [entry.text for entry in row[1:]] for row in found.rows}
    alone = comparisons.weekdays_by_year(now, [year(date(2025, 5, 1), 20, 50)])

    assert rows["torsdag"] == ["40", "20", "10"]
    assert rows["fredag"] == ["30", "30", "30"]
    # April is not compared with May.
    assert alone.columns == ("Veckodag", "Antal")


def test_a_page_reads_three_years_back_and_only_what_it_compares(django_assert_num_queries):
    random, at = Random(4), datetime(2026, 11, 1, 9, tzinfo=HERE)
    freeze_some(random, [date(n, 4, 1) for n in range(2022, 2027)], n=30, at=at)
    where = area_of(municipality())
    choice = Chosen([where], [Month(date(2026, 4, 1))], where, named("2026-04"), "")
    pages = {each.slug: each for each in PAGES}

    with django_assert_num_queries(2):
        now, earlier = choice.read(pages["ingripanden"])
    with django_assert_num_queries(1):
        _, none = choice.read(pages["kedjan"])

    assert now is not None
    assert [each and each.period.name for each in earlier] == ["2025-04", "2024-04", "2023-04"]
    assert {key for each in earlier if each for key in each.cells} < set(now.cells)
    assert none == []
    columns = {found.key: found.columns for found in answers(pages["ingripanden"], now, earlier)}
    assert columns["season"] == ("Månad", "Antal", "Året före", "2 år före", "3 år före")
