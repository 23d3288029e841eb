"""What was once published stays: late cases, corrections, erasure and new words change nothing."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, transaction

from cases.models import PatrolPass, YouthCase
from kronoberg import erasure
from kronoberg.models import CohortTally, CountedStop, FrozenTable, RunningError
from kronoberg.statistics import freezing, indicators, municipal, people, police, published
from kronoberg.statistics.areas import area_of, remit
from kronoberg.statistics.noise import REACH
from kronoberg.statistics.periods import Month, named
from kronoberg.statistics.questions import QUESTIONS, answers
from kronoberg.statistics.tables import Split, UnknownLine
from tests import cast
from tests.factories import ALVESTA, VAXJO, make_person
from tests.figures import freeze, look, municipality
from tests.stops import (
    EVENING,
    HERE,
    NOW,
    annul,
    draft,
    meet,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)

MAY, JUNE = Month(date(2026, 5, 1)), Month(date(2026, 6, 1))
MAY_IS_DUE, JUNE_IS_DUE = date(2026, 8, 1), date(2026, 9, 1)
IN_JUNE = datetime(2026, 6, 12, 22, tzinfo=HERE)


def n_waiting(month: Month, code: str = VAXJO) -> int:
    """How many stops a month counts, before anything is moved."""
    return len(freezing.population(month, municipality(code))["stops"])


# When -------------------------------------------------------------------------------------------


def test_a_month_is_made_two_months_after_its_end_and_not_before():
    meet()

    freeze(date(2026, 7, 31))
    assert look("2026-05") is None
    freeze(MAY_IS_DUE)

    frozen = look("2025-2026")
    assert frozen and frozen.months == [MAY]
    assert not frozen.is_whole


def test_whatever_happens_since_the_figures_are_the_same():
    cases = [meet() for _ in range(8)]
    freeze(MAY_IS_DUE)
    first = look("2026-05")

    for case in cases[:4]:
        annul(case)
    meet()
    freeze(MAY_IS_DUE)

    assert look("2026-05") == first
    assert n_waiting(MAY) == 8


def test_the_figures_are_near_the_truth_of_the_day_they_were_made():
    for _ in range(8):
        meet()
    freeze(MAY_IS_DUE)

    frozen = look("2026-05")

    assert frozen and abs(police.VALID_STOPS.read(frozen.cells) - 8) <= REACH


def test_what_is_registered_late_is_counted_in_the_next_month_and_once():
    meet()
    freeze(MAY_IS_DUE)
    late, own = meet(), meet(IN_JUNE)

    assert {row.pk for row in freezing.population(JUNE, municipality())["stops"]} == {
        late.pk, own.pk,
    }  # fmt: skip
    freeze(JUNE_IS_DUE)
    # Both are somewhere now, and nobody waits for July.
    assert n_waiting(JUNE.after) == 0
    assert set(CountedStop.objects.values_list("counted_in", flat=True)) == {MAY.first, JUNE.first}


def test_a_draft_waits_and_an_hour_that_was_closed_late_is_counted_with_the_late_stops():
    case = meet()
    draft()
    closed = {"effort_minutes": 120, "ended_at": EVENING + timedelta(hours=1)}

    def go(**columns: Any) -> PatrolPass:
        return PatrolPass.objects.create(
            organisation=case.organisation, municipality_id=VAXJO, planned_from=EVENING,
            planned_to=EVENING + timedelta(hours=1), planned_by=case.author, started_at=EVENING,
            closed_by=case.author, **columns,
        )  # fmt: skip

    go(**closed)
    late = go()
    freeze(MAY_IS_DUE)
    PatrolPass.objects.filter(pk=late.pk).update(**closed)
    freeze(JUNE_IS_DUE)

    hours = [look(name).cells["insatstid"]["hours"] for name in ("2026-05", "2026-06")]  # type: ignore[union-attr]
    assert hours == [2, 2]


# Sums -------------------------------------------------------------------------------------------


def test_every_longer_period_and_the_county_are_the_sums_of_what_was_published():
    for _ in range(7):
        meet()
        meet(IN_JUNE)
        meet(municipality=ALVESTA)
    freeze(JUNE_IS_DUE)

    months = [look(name).cells for name in ("2026-05", "2026-06")]  # type: ignore[union-attr]
    for name in ("2026-k2", "2025-2026", "2026"):
        cells = look(name).cells  # type: ignore[union-attr]
        assert all(
            n == sum(month[key][line] for month in months)
            for key, lines in cells.items() for line, n in lines.items()
        )  # fmt: skip
    _, county, _ = remit(cast.person("magnus"))
    together = published.read(county, named("2026-05"))
    alvesta = published.read(area_of(municipality(ALVESTA)), named("2026-05"))
    assert together and alvesta
    n = police.VALID_STOPS.read
    assert n(together.cells) == n(months[0]) + n(alvesta.cells)


def test_a_choice_of_occasion_shows_those_stops_and_their_hours_alone():
    for occasion in ("valborg", "weekend"):
        for _ in range(6):
            case = meet()
            case.incident.occasion = occasion
            case.incident.save()
    freeze(MAY_IS_DUE)

    every, area = look("2026-05"), area_of(municipality())
    some = published.read(area, named("2026-05"), occasion="valborg")

    assert every and some
    n = police.occasions.part("Valborg").read(every.cells)
    assert police.VALID_STOPS.read(some.cells) == sum(some.cells["kon"].values()) == n
    # What was not counted by occasion says so, and does not disappear.
    [where] = [question for question in QUESTIONS if question.slug == "platser"]
    found = {finding.key: finding for finding in answers(where, some)}
    assert found["place"].rows and not found["weekday-by-hour"].rows


# What cannot be changed -------------------------------------------------------------------------


def test_a_frozen_figure_cannot_be_changed_or_removed():
    meet()
    freeze(MAY_IS_DUE)

    for change in (
        lambda: FrozenTable.objects.update(cells={}),
        lambda: FrozenTable.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()


def test_what_is_stored_is_codes_so_a_new_word_changes_no_figure(monkeypatch):
    for _ in range(6):
        meet()
    freeze(MAY_IS_DUE)
    before = look("2026-05")

    words = tuple(f"Nytt ord {number}" for number in range(len(police.places.lines)))
    renamed = Split(
        key="plats", source="stops", lines=words, codes=police.places.codes, sort=police.places.sort
    )
    monkeypatch.setitem(published.TABLES, "plats", renamed)

    after = look("2026-05")
    assert before and after
    assert list(after.cells["plats"].values()) == list(before.cells["plats"].values())
    assert tuple(after.cells["plats"]) == words


def test_a_code_that_nobody_knows_is_an_error_and_another_version_a_table_not_made(monkeypatch):
    meet()
    freeze(MAY_IS_DUE)
    FrozenTable.objects.create(
        area=municipality(), first=JUNE.first, key="insatstid", cells={}, made_at=NOW
    )
    FrozenTable.objects.create(
        area=municipality(), first=JUNE.first, key="plats", cells={"moon": 9}, made_at=NOW
    )

    with pytest.raises(UnknownLine, match="plats: moon"):
        look("2026-06")
    newer = Split(
        key="plats", source="stops", lines=("Månen",), codes=("moon",), sort=str, version=2
    )
    monkeypatch.setitem(published.TABLES, "plats", newer)
    assert "plats" not in look("2026-06").cells  # type: ignore[union-attr]


def test_how_far_off_the_figures_are_is_sealed_and_gone_when_the_year_is_over():
    for month in range(7, 13):
        meet(datetime(2025, month, 4, 21, tzinfo=HERE))
    freeze(date(2026, 2, 1))
    spans = set(RunningError.objects.values_list("span", "first"))
    assert ("year", date(2025, 1, 1)) in spans

    freeze(date(2026, 3, 1))

    left = set(RunningError.objects.filter(scope=VAXJO).values_list("span", "first"))
    # December was the last of its quarter and year; the school year goes on.
    assert left == {("school_year", date(2025, 7, 1))}


# The worker -------------------------------------------------------------------------------------


def test_what_is_wrong_in_one_area_keeps_no_other_waiting(monkeypatch, caplog):
    meet(municipality=ALVESTA)
    meet()
    real = freezing.freeze

    def freeze_but_not_alvesta(month: Month, area: Any) -> None:
        if area.pk == ALVESTA:
            raise RuntimeError("out of order")
        real(month, area)

    monkeypatch.setattr(freezing, "freeze", freeze_but_not_alvesta)

    assert freezing.freeze_all(MAY_IS_DUE) == [ALVESTA]
    assert set(FrozenTable.objects.values_list("area_id", flat=True)) == {VAXJO}
    assert "0764" in caplog.text


def test_nothing_is_erased_whose_figures_could_not_be_made(monkeypatch):
    with time_machine.travel(EVENING + timedelta(days=1), tick=False):
        case = annul(meet(), at=EVENING + timedelta(days=1))
    later = EVENING + timedelta(days=400)
    with time_machine.travel(later, tick=False):
        [batch] = erasure.propose(later.date())
        erasure.approve(batch, by=cast.person("lena"))
        batch.refresh_from_db()
        with monkeypatch.context() as broken:
            broken.setattr(freezing, "freeze_due", lambda *_, **__: 1 / 0)
            assert erasure.carry_out(batch) == 0

        assert erasure.carry_out(batch) == 1
    batch.refresh_from_db()
    assert batch.done_at and not YouthCase.objects.filter(pk=case.pk).exists()


def test_one_case_more_would_draw_all_the_chance_anew():
    for _ in range(30):
        meet()
    rows = freezing.population(MAY, municipality())

    def drawn() -> dict[str, list[Any]]:
        return freezing.protected(MAY, municipality(), freezing.population(MAY, municipality()))

    assert freezing.protected(MAY, municipality(), rows) == drawn()
    before = [rows["stops"].index(stop) for stop in drawn()["stops"]]
    assert before != list(range(len(rows["stops"]))), "as they are, nobody is hidden"
    meet()
    after = freezing.population(MAY, municipality())["stops"]
    # So the difference between two prints would not tell where the new case stands.
    assert before != [after.index(stop) for stop in drawn()["stops"]]


# The cohort -------------------------------------------------------------------------------------


def test_who_was_met_with_again_is_counted_though_every_row_is_erased_before_the_freeze():
    first = datetime(2025, 9, 5, 21, tzinfo=HERE)

    def met(at: datetime, person: Any) -> YouthCase:
        with time_machine.travel(at + timedelta(hours=1), tick=False):
            return meet(at, person=person)

    again = [make_person(15, on=first.date()) for _ in range(9)]
    for person in again:
        met(first, person)
        same = make_person(personal_number=person.personal_number, birth_date=person.birth_date)
        met(first + timedelta(days=3), same)
    for _ in range(4):
        met(first, make_person(15, on=first.date()))
    with time_machine.travel(datetime(2025, 12, 1, 3, tzinfo=HERE), tick=False):
        freeze(date(2025, 12, 1))
    # The 365 days are over on the night that the rows may be erased, and so they are.
    with time_machine.travel(datetime(2026, 9, 12, 3, tzinfo=HERE), tick=False):
        freeze(date(2026, 9, 12))
        for case in YouthCase.objects.all():
            erasure.erase(case)
    assert not CountedStop.objects.exists()
    tally = CohortTally.objects.get()
    assert (tally.first, tally.n_again) == (date(2025, 9, 1), "9")

    with time_machine.travel(datetime(2026, 11, 1, 3, tzinfo=HERE), tick=False):
        freeze(date(2026, 11, 1))

    frozen = look("2025-09")
    assert frozen
    found = municipal.repeated(frozen.cells)
    first_times = frozen.cells["gang"][people.FIRST]
    assert abs(found.numerator - 9) <= REACH and abs(found.denominator - 13) <= REACH
    assert found.denominator == first_times
    assert not CohortTally.objects.exists()


@pytest.mark.parametrize(("days", "n_again"), [(365, "1"), (366, "0")])
def test_again_means_within_365_days(days, n_again):
    first = datetime(2025, 9, 5, 21, tzinfo=HERE)
    person = make_person(15, on=first.date())
    meet(first, person=person)
    same = make_person(personal_number=person.personal_number, birth_date=person.birth_date)
    meet(first + timedelta(days=days), person=same)

    freeze(date(2025, 12, 1))

    assert CohortTally.objects.get().n_again == n_again


def test_until_a_year_has_passed_the_page_says_that_the_cohort_is_not_counted_yet():
    meet()
    freeze(MAY_IS_DUE)
    [question] = [q for q in QUESTIONS if municipal.repeated in q.indicators]

    frozen = look("2026-05")

    assert frozen
    [found] = [f for f in answers(question, frozen) if f.key == "repeated"]
    assert not found.rows and "tretton månader efter" in found.sentence
    assert not found.is_answer
    assert indicators.interventions(frozen.cells).denominator <= 1 + REACH


# The adversary ----------------------------------------------------------------------------------


def test_the_attack_as_a_command_tells_nothing_of_all_that_is_published(capsys):
    for category in "AAB":
        meet(category=category)
    freeze(MAY_IS_DUE)

    call_command("attack_statistics", area=VAXJO, more=1, sample=3)

    *said, verdict = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Seed 2026: \d+ counts attacked, 0 told, [\d.]+ s\.", verdict)
    # All tables at once; then before and after one case more, and what hiding alone would give.
    assert [line.split(":")[0] for line in said if "told exactly" in line] == [
        f"Växjö kommun, 1 months, {sum(len(t.lines) for t in freezing.PLAIN)} cells",
        "Växjö kommun, before and after one case more",
        "Växjö kommun, for comparison",
    ]
