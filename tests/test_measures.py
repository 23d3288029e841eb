"""What the figures say of a measure: worked out by hand, of published cells, and no more."""

import re
from datetime import date
from math import exp, sqrt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import AccessEntry
from kronoberg.measures.effects import (
    NO_HOURS,
    NOT_YET,
    TOO_FEW,
    WARNING,
    Side,
    before_after,
    ratio_of,
)
from kronoberg.measures.models import Measure
from tests import cast
from tests.factories import ALVESTA, VAXJO
from tests.measures import make_measure, months, publish
from tests.stops import (
    a_day_in_november as a_day_in_november,
)

LJUNGBY = "0781"


def spring(year: int, n: int, hours: int, code: str = VAXJO) -> None:
    """April, May and June."""
    for month in months(date(year, 4, 1), 3):
        publish(month.first, n, hours, code=code)


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(cast.person(username))
    return client


# The ratio, by hand -----------------------------------------------------------------------------


def test_the_ratio_is_that_of_the_rates_here_by_that_of_the_rates_there():
    here, there = Side("Här", 60, 30, 100, 100), Side("Där", 40, 40, 50, 100)

    found = ratio_of(here, there, n_months=3)

    # Here 30/100 by 60/100 = 0.5. There 40/100 by 40/50 = 0.5. 0.5 by 0.5 = 1: half everywhere.
    assert found.value == 1
    # 1/60 + 1/30 + 1/40 + 1/40 = 0.1, and what three months were moved by: 3/3600 + 3/900 + 6/1600.
    by = exp(1.96 * sqrt(0.1 + 3 / 3600 + 3 / 900 + 2 * 3 / 1600))
    assert (found.low, found.high) == pytest.approx((1 / by, by))


def test_more_hours_do_not_look_like_more_youths():
    more_work = Side("Här", 50, 100, 100, 200)

    assert more_work.ratio == 1


def test_spring_is_compared_with_the_spring_before_of_published_cells():
    spring(2025, 40, 100)
    spring(2026, 20, 100)
    spring(2025, 40, 100, ALVESTA)
    spring(2026, 40, 100, ALVESTA)
    publish(date(2026, 3, 1), 90, 10)

    found = before_after(make_measure())

    # 60 youths in 300 hours after, 120 in 300 before; Alvesta 120 and 120: 0.5 by 1.
    rows = {row[0].text: [entry.text for entry in row[1:]] for row in found.rows}
    assert rows["Växjö kommun: ungdomar (n)"] == ["120", "60", "–"]
    assert rows["Växjö kommun: per 100 timmar"] == ["40,0", "20,0", "0,50"]
    assert rows["Övriga Kronobergs län: per 100 timmar"] == ["40,0", "40,0", "1,00"]
    # sqrt(1/120 + 1/60 + 2/120 + 3 (1/14400 + 1/3600 + 2/14400)) = 0.2082; exp(1.96 × that) = 1.50.
    assert "kvoten är 0,50 (0,33–0,75)" in found.sentence
    assert "minskade mer här" in found.sentence
    assert "inte att åtgärden är orsaken" in found.sentence
    assert "april 2026–juni 2026 (3 månader)" in found.definition


@pytest.mark.parametrize(
    ("here", "there", "way"),
    [
        ((80, 20), (80, 80), "minskade mer"),
        ((40, 60), (20, 120), "ökade mindre"),
        ((20, 80), (40, 50), "ökade mer"),
        ((80, 60), (120, 20), "minskade mindre"),
    ],
)
def test_which_way_it_went_is_said_of_here_and_not_of_the_ratio_alone(here, there, way):
    for year, mine, theirs in zip((2025, 2026), here, there, strict=True):
        spring(year, mine, 100)
        spring(year, theirs, 100, ALVESTA)

    assert f"per insatstimme {way} här än i jämförelsen" in before_after(make_measure()).sentence


def test_no_difference_is_called_none():
    for year in (2025, 2026):
        for code in (VAXJO, ALVESTA):
            spring(year, 40 + year - 2025, 100, code)

    assert "ingen säker skillnad" in before_after(make_measure()).sentence


def test_under_twenty_there_is_a_warning_and_under_five_no_ratio():
    for year, n in ((2025, 6), (2026, 6)):
        spring(year, n, 100)
        spring(year, 40, 100, ALVESTA)
    warned = before_after(make_measure())
    untold = before_after(make_measure(place_type="beach"))

    # 18 before and after.
    assert warned.sentence.startswith(WARNING)
    assert untold.sentence == TOO_FEW
    assert {entry.text for row in untold.rows for entry in row if entry.is_small} == {"0–4"}
    assert not any("Kvot" in row[0].text for row in untold.rows)


def test_without_hours_there_is_no_ratio():
    for year in (2025, 2026):
        spring(year, 40, 0 if year == 2025 else 100)
        spring(year, 40, 100, ALVESTA)

    assert before_after(make_measure()).sentence == NO_HOURS


def test_nothing_is_said_before_both_springs_are_frozen():
    spring(2026, 20, 100)
    spring(2026, 20, 100, ALVESTA)

    assert before_after(make_measure()).sentence == NOT_YET


def test_the_rest_of_the_county_is_the_same_municipalities_before_and_after():
    for year in (2025, 2026):
        spring(year, 40, 100)
        spring(year, 40, 100, ALVESTA)
    spring(2026, 500, 100, LJUNGBY)

    rows = [[entry.text for entry in row] for row in before_after(make_measure()).rows]

    assert ["Övriga Kronobergs län: ungdomar (n)", "120", "120", "–"] in rows


def test_a_measure_of_one_month_is_compared_by_that_month():
    for year, n in ((2025, 30), (2026, 25)):
        for code in (VAXJO, ALVESTA):
            spring(year, n, 100, code)
    measure = make_measure(starts_on=date(2026, 4, 30), ends_on=date(2026, 4, 30))

    found = before_after(measure)

    assert [entry.text for entry in found.rows[0][1:3]] == ["30", "25"]


def test_nothing_but_published_cells_is_read_for_it():
    spring(2025, 40, 100)
    spring(2026, 20, 100)
    spring(2025, 40, 100, ALVESTA)
    spring(2026, 40, 100, ALVESTA)
    measure = make_measure()
    kept = {"kronoberg_frozentable", "kronoberg_countysum", "cases_municipality"}

    with CaptureQueriesContext(connection) as asked:
        assert before_after(measure).rows

    assert {name for query in asked for name in re.findall(r'FROM "(\w+)"', query["sql"])} <= kept
    assert len(asked) < 20


# The pages --------------------------------------------------------------------------------------

GIVEN = {
    "title": "Ljus i parken", "words": "Nya lyktor.", "kind": "place", "term": "long",
    "who": "municipality", "area": VAXJO, "place_type": "park", "hours": "22–24",
    "starts_on": "2026-12-01",
}  # fmt: skip


@pytest.mark.parametrize("username", ["magnus", "hanna", "klara"])
def test_whoever_steers_plans_a_measure_and_sees_what_the_figures_say(username):
    client = client_of(username)

    made = client.post("/atgarder/ny/", GIVEN, follow=True)

    measure = Measure.objects.get()
    assert measure.organisation == cast.person(username).organisation
    assert NOT_YET in made.content.decode()
    assert "Ljus i parken" in client.get("/atgarder/").content.decode()


def test_a_spot_of_the_map_fills_in_the_form():
    publish(date(2026, 5, 1), 14, 100)

    page = client_of("klara").get("/statistik/platser/?period=2026-05").content.decode()

    assert "Park, 22–24</a>" in page
    address = "/atgarder/ny/?omrade=0780&amp;plats=park&amp;klockslag=22%E2%80%9324"
    assert address in page
    form = client_of("klara").get(address.replace("&amp;", "&")).context["form"]
    assert (form["place_type"].value(), form["hours"].value()) == ("park", "22–24")


def test_once_begun_a_measure_keeps_where_it_is_seen_and_with_what_it_is_compared():
    measure = make_measure()
    client = client_of("klara")

    client.post(f"/atgarder/{measure.pk}/andra/", GIVEN | {
        "title": "Nytt namn", "place_type": "beach", "starts_on": "2026-01-01",
        "comparison": ALVESTA, "outcome": "Tre kvällar.",
    })  # fmt: skip

    measure.refresh_from_db()
    assert (measure.title, measure.outcome) == ("Nytt namn", "Tre kvällar.")
    assert (measure.place_type, measure.starts_on) == ("park", date(2026, 4, 1))
    assert measure.comparison is None


def test_before_it_begins_everything_may_change():
    measure = make_measure(starts_on=date(2026, 12, 1))

    client_of("klara").post(f"/atgarder/{measure.pk}/andra/", GIVEN | {"place_type": "beach"})

    measure.refresh_from_db()
    assert measure.place_type == "beach"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"place_type": "park", "weekday": "fri"}, "Välj en av dem"),
        ({"ends_on": "2026-11-01"}, "Sista dagen ligger före den första"),
        ({"title": ""}, "Det här behöver rättas"),
        ({"area": ALVESTA}, "Det här behöver rättas"),
    ],
)
def test_what_cannot_be_is_refused_in_words(given, said):
    answer = client_of("klara").post("/atgarder/ny/", GIVEN | given)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Measure.objects.exists()


def test_both_authorities_of_the_area_read_it_and_its_own_unit_changes_it():
    measure = make_measure("klara")

    seen = {who: client_of(who).get(f"/atgarder/{measure.pk}/").status_code
            for who in ("magnus", "hanna", "klara", "omar")}  # fmt: skip
    changed = {who: client_of(who).get(f"/atgarder/{measure.pk}/andra/").status_code
               for who in ("magnus", "hanna", "klara")}  # fmt: skip

    assert seen == {"magnus": 200, "hanna": 200, "klara": 200, "omar": 403}
    assert changed == {"magnus": 403, "hanna": 200, "klara": 200}


def test_a_measure_of_another_municipality_is_not_there():
    measure = make_measure(area_id=ALVESTA)

    assert client_of("klara").get(f"/atgarder/{measure.pk}/").status_code == 404


def test_what_was_noted_after_it_began_says_so():
    late, ahead = make_measure(), make_measure(starts_on=date(2026, 12, 1))
    client = client_of("klara")

    pages = [client.get(f"/atgarder/{each.pk}/").content.decode() for each in (late, ahead)]

    assert ["efter att åtgärden började" in page for page in pages] == [True, False]


def test_every_look_at_the_figures_of_a_measure_is_logged():
    measure = make_measure()

    client_of("klara").get(f"/atgarder/{measure.pk}/")

    assert AccessEntry.objects.filter(kind="statistics", page="measure").count() == 1


def test_without_a_measure_the_basis_has_no_empty_table():
    publish(date(2026, 5, 1), 14, 100)

    html = client_of("klara").get("/statistik/lagesbild/?period=2026-05").content.decode()

    assert "Ingen åtgärd är antecknad i området under perioden." in html
    assert ">Vad talen säger</th>" not in html


def test_the_basis_for_the_situation_holds_the_measures_and_no_supplier_and_is_a_file_too():
    publish(date(2026, 5, 1), 14, 100)
    make_measure()
    make_measure(title="Efteråt", starts_on=date(2026, 6, 1))
    page, client = "/statistik/lagesbild/", client_of("klara")

    html = client.get(f"{page}?period=2026-05").content.decode()
    file = client.post(
        f"{page}tabeller.csv?period=2026-05", {"purpose": "reporting"}
    ).content.decode("utf-8-sig")

    for text in (html, file):
        assert "Föräldravandring i parken (Park, 22–24)" in text
        assert NOT_YET in text
        assert "Efteråt" not in text
        assert "langning" not in text.lower().replace("frågan om langning", "")
    assert "Underlag till lägesbild" in html


def test_on_a_phone_a_table_of_words_has_its_headings_in_every_row_and_one_of_numbers_does_not():
    publish(date(2026, 5, 1), 14, 100)
    make_measure()

    html = client_of("klara").get("/statistik/lagesbild/?period=2026-05").content.decode()

    assert 'data-label="Vad talen säger"' in html
    assert html.count("table--stack") == 1 and 'data-label="Antal"' not in html
