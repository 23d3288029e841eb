"""The page of figures: who sees it, and that nothing on it points somebody out."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from cases.models import AccessEntry, Municipality
from kronoberg.models import EffortHours
from kronoberg.statistics import findings, indicators, suppression
from kronoberg.statistics.figures import Interventions, Share, Waits, closed_year
from kronoberg.statistics.findings import Entry, Finding
from kronoberg.statistics.indicators import COLLECTED, DRIVEN, ENDINGS, NOT_REACHED, UNFINISHED
from tests import cast
from tests.factories import ALVESTA, VAXJO
from tests.stops import NOW, call, end, meet, report

YEAR = closed_year(date(2026, 11, 24))
PAGE = "/statistik/"
SMALL = {"1", "2", "3", "4"}


@pytest.fixture(autouse=True)
def _a_day_in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def html_for(username: str) -> str:
    client = Client()
    client.force_login(cast.person(username))
    return client.get(PAGE).content.decode()


def cells_of(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", html)]


@cache
def defined(number: int) -> Share:
    """An indicator as the product defines it."""
    make = {
        4: indicators.custodian_reached,
        5: indicators.collected,
        7: indicators.notified_in_time,
        15: indicators.repeated,
    }[number]
    return make(YEAR, Municipality.objects.get(pk=VAXJO))


def share(number: int, **counts: int) -> Share:
    """The same with people in it; the parts are named as in `indicators`."""
    parts = dict.fromkeys(defined(number).parts, 0)
    parts |= {getattr(indicators, name): n for name, n in counts.items()}
    return replace(defined(number), parts=parts)


def waits(parts: dict[str, int], *, attempts: int, answers: int) -> Waits:
    return Waits(
        number=3,
        title="",
        definition="",
        period=YEAR,
        parts=dict.fromkeys(ENDINGS, 0) | parts,
        attempts=tuple(range(attempts)),
        answers=tuple(range(answers)),
    )


def rows(finding: Finding) -> dict[str, list[str]]:
    return {line.text: [entry.text for entry in entries] for line, *entries in finding.rows}


# What may be shown ------------------------------------------------------------------------------


def test_a_share_stands_beside_its_count_and_its_n():
    found = findings.publish(share(5, COLLECTED=30, DRIVEN=10, NOT_REACHED=20))

    assert found.finding == "I 50 % av 60 ingripanden hämtade en vårdnadshavare ungdomen.".replace(
        " %", f"{suppression.NO_BREAK_SPACE}%"
    )
    assert rows(found)[COLLECTED] == ["30", f"50{suppression.NO_BREAK_SPACE}%"]
    assert rows(found)["Samtliga (n)"] == ["60", "–"]


def test_a_count_of_three_takes_a_neighbour_and_both_shares_with_it():
    found = findings.publish(share(5, COLLECTED=30, DRIVEN=3, NOT_REACHED=20))

    assert rows(found)[DRIVEN] == rows(found)[COLLECTED] == ["..", ".."]
    assert suppression.REASON in found.note


def test_a_sum_is_shown_where_the_reader_could_add_it_up():
    hidden_inside = share(4, COLLECTED=30, DRIVEN=3, NOT_REACHED=20)
    hidden_across = share(4, COLLECTED=30, UNFINISHED=3, NOT_REACHED=20)

    assert rows(findings.publish(hidden_inside))["Nådd samma natt"][0] == "33"
    assert rows(findings.publish(hidden_across))["Nådd samma natt"][0] == "30"
    assert rows(findings.publish(hidden_across))[UNFINISHED] == ["..", ".."]


def test_few_without_a_notice_hide_the_share_but_not_the_count():
    found = findings.publish(share(7, IN_TIME=40, LATE=9, NOT_NOTIFIED=2))

    assert found.finding.startswith("Skickad inom 24 timmar: 40 av samtliga 51.")
    assert rows(found)["Underlag för andelen (n)"][0] == ".."


def test_a_hidden_repeat_hides_the_number_of_persons_too():
    found = findings.publish(share(15, AGAIN=3, NOT_AGAIN=50))

    assert {entry.text for row in found.rows for entry in row[1:]} <= {"..", "–"}
    assert "53" not in found.finding


def test_a_median_needs_a_base_that_the_table_shows():
    shown = waits({COLLECTED: 60, NOT_REACHED: 6}, attempts=66, answers=60)
    hidden = waits({COLLECTED: 60, NOT_REACHED: 2}, attempts=62, answers=60)
    one_never_tried = waits({COLLECTED: 60, NOT_REACHED: 6}, attempts=65, answers=60)

    minutes = f"{suppression.NO_BREAK_SPACE}min"
    assert rows(findings.publish(shown))["Första svaret"] == [f"30{minutes}", f"53{minutes}", "60"]
    assert rows(findings.publish(hidden))["Första svaret"] == ["..", "..", ".."]
    assert rows(findings.publish(one_never_tried))["Första försöket"] == ["..", "..", "66"]


@pytest.mark.parametrize(
    ("months_missing", "rate", "note"),
    [(0, "4,0", "Loggade insatstimmar under perioden: 500."), (1, "..", findings.NO_HOURS)],
)
def test_a_count_has_its_hours_or_says_that_they_lack(months_missing, rate, note):
    counts = {"A": 20, "B": 0, "C": 0}
    found = Interventions(
        number=1, title="", definition="", period=YEAR, minors=counts,
        of_age=dict.fromkeys("ABC", 0), hours=500, months_missing=months_missing,
    )  # fmt: skip

    published = findings.publish(found)

    assert rows(published)["Under 18 år"][-1] == rate
    assert note in published.note


counts = st.one_of(st.integers(0, 6), st.integers(0, 80))


@given(n=st.tuples(*[counts] * len(ENDINGS)))
def test_no_page_of_figures_shows_a_small_count_or_a_sum_that_gives_one(n):
    parts = dict(zip(ENDINGS, n, strict=True))
    published = [findings.publish(replace(defined(number), parts=parts)) for number in (4, 5)]
    published.append(findings.publish(waits(parts, attempts=sum(n), answers=0)))
    known = {line: int(entry.text) for entry, line in numbers(published[1].rows)}
    total = known.pop("Samtliga (n)", None)
    hidden = set(ENDINGS) - set(known)

    # The finer table tells everything: the coarser ones show only what can be added up from it.
    for finding in published:
        for entry, line in numbers(finding.rows):
            assert entry.text not in SMALL, line
    coarse = {line: int(entry.text) for entry, line in numbers(published[0].rows)}
    if "Nådd samma natt" in coarse:
        reached = set(indicators.REACHED)
        assert not reached & hidden or (total is not None and hidden <= reached)


def numbers(table: tuple[tuple[Entry, ...], ...]) -> Iterator[tuple[Entry, str]]:
    """The counts that a table shows, each with its label."""
    for label, *entries in table:
        yield from ((entry, label.text) for entry in entries if entry.text.isdigit())


# The page ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["magnus", "hanna", "klara"])
def test_those_who_follow_up_see_the_page(username, client):
    client.force_login(cast.person(username))

    response = client.get(PAGE)

    assert response.status_code == 200
    assert "Statistik för Växjö" in response.content.decode()


@pytest.mark.parametrize(
    "username", ["karin", "omar", "lena", "per", "ines", "sara", "nils", "asta", "alva"]
)
def test_everybody_else_is_refused(username, client):
    client.force_login(cast.person(username))

    assert client.get(PAGE).status_code == 403


def test_nobody_sees_the_page_without_logging_in(client):
    assert client.get(PAGE).status_code == 302


def test_the_page_takes_no_period_of_the_readers_choice(client):
    client.force_login(cast.person("klara"))

    assert client.post(PAGE).status_code == 405
    assert client.get(f"{PAGE}2026-10/").status_code == 404
    assert client.get(PAGE, {"from": "2026-10-01"}).context["period"] == YEAR


def test_every_look_is_logged(client):
    klara = cast.person("klara")
    client.force_login(klara)

    client.get(PAGE)

    [entry] = AccessEntry.objects.filter(actor=klara)
    assert (entry.kind, entry.subject_id, entry.page) == ("statistics", None, "statistics")


def test_nothing_yet_is_said_in_words():
    meet(municipality=ALVESTA)

    html = html_for("klara")

    assert "Inga tal ännu" in html
    assert "<table" not in html


def test_the_page_prints_its_period_its_freeze_and_what_it_counts_from():
    for _ in range(5):
        meet()

    html = html_for("magnus")

    assert "2025-11-01 – 2026-10-31, fryst 2026-11-08" in html
    assert "Referensdatum: händelsens början." in html
    assert "5 ingripanden" in html


def test_three_youths_are_never_a_figure_on_the_page():
    for category in "AAAAAABBBCCCCCC":
        case = meet(category=category)
    report(end(call(case, 3)))

    html = html_for("klara")
    cells = cells_of(html)

    # 6 A, 3 B and 6 C: B goes with a neighbour; one of fifteen is finished, and it is not shown.
    assert "15" in cells
    assert not SMALL & set(cells)
    assert "..dolt" in cells


def test_no_name_number_or_case_is_on_the_page():
    for _ in range(6):
        case = report(end(call(meet(), 3)))

    html = html_for("klara")

    hidden = [case.person.name, case.person.personal_number, case.reference, str(case.pk)]
    assert "Hämtad av vårdnadshavare" in html
    assert not [text for text in hidden if text in html]
    assert "/arenden/" not in html


def test_both_authorities_see_the_same_figures():
    for _ in range(6):
        meet()

    assert cells_of(html_for("magnus")) == cells_of(html_for("klara")) != []


def test_more_cases_ask_no_more_of_the_database(client):
    client.force_login(cast.person("magnus"))
    client.get(PAGE)

    def n_queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    meet()
    few = n_queries()
    for _ in range(6):
        report(end(call(meet(), 3)))

    assert n_queries() == few


def test_every_month_of_hours_gives_a_rate_on_the_page():
    for _ in range(6):
        meet()
    unit = cast.person("magnus").organisation
    for month in range(1, 13):
        year = 2025 if month > 10 else 2026
        EffortHours.objects.create(organisation=unit, month=date(year, month, 1), hours=10)

    # 6 / 120 hours x 100
    assert "6 ingripanden (5,0 per 100 insatstimmar)" in html_for("magnus")
