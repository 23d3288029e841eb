"""The pages of figures: who sees them, what they say, and that they point nobody out."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import AccessEntry
from kronoberg.models import FrozenTable
from kronoberg.statistics import figures
from kronoberg.statistics.areas import Area, remit
from kronoberg.statistics.figures import Indicator
from kronoberg.statistics.findings import NO_ANSWER, publish
from kronoberg.statistics.periods import Month, Span, named, period_of
from kronoberg.statistics.published import Frozen
from kronoberg.statistics.questions import QUESTIONS, answers
from notices.models import Handout
from tests import cast
from tests.factories import ALVESTA
from tests.figures import freeze, nobody
from tests.stops import (
    NOW,
    call,
    end,
    meet,
    report,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)

PAGE = "/statistik/"
SMALL = {"1", "2", "3", "4"}


@pytest.fixture
def frozen() -> None:
    for _ in range(6):
        report(end(call(meet(), 3)))
    freeze(date(2026, 9, 1))


def html_for(username: str, page: str = PAGE) -> str:
    client = Client()
    client.force_login(cast.person(username))
    html = client.get(page).content.decode()
    return re.sub(r'<span class="nowrap">(.*?)</span>', r"\1", html)


def cells_of(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", html)]


def spaced(text: str) -> str:
    return text.replace(figures.NO_BREAK_SPACE, " ")


def share(**lines: int) -> Indicator:
    return Indicator(
        number=5,
        title="Hämtad",
        definition="Hämtade av alla.",
        lines=lines,
        counted=("hämtad",),
        sentence="I {share} av {n} hämtades ungdomen.",
    )


# What may be shown ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "outside", "said"),
    [
        (30, 30, "I 50 % av 60 hämtades ungdomen."),
        (6, 25, "I 19 % av 31 hämtades ungdomen."),
        (30, 4, "I minst 88 % av 34 hämtades ungdomen."),
        (40, 0, "I minst 90 % av 40 hämtades ungdomen."),
        (2, 38, "I högst 10 % av 40 hämtades ungdomen."),
        (5, 4, NO_ANSWER),
        (0, 0, NO_ANSWER),
    ],
)
def test_a_share_stands_beside_its_n_and_is_a_bound_where_few_are(inside, outside, said):
    found = publish(share(hämtad=inside, annat=outside), key="x")

    assert spaced(found.sentence) == said


def test_small_counts_all_look_the_same():
    rows = publish(share(hämtad=20, a=0, b=1, c=4, d=5), key="x").rows

    assert [row[1].text for row in rows] == ["20", "0–4", "0–4", "0–4", "5", "30"]
    assert [row[1].value for row in rows] == [20, None, None, None, 5, 30]


@pytest.mark.parametrize(
    ("counts", "tenths", "text"),
    [
        ([10, 10], 5, "10 min"),
        ([0, 10], 5, "15 min"),
        ([25, 25], 9, "18 min"),
        ([4, 5], 5, ".."),
        ([20, 20], 9, ".."),
    ],
)
def test_a_median_is_read_off_the_distribution(counts, tenths, text):
    assert spaced(figures.quantile(counts, (10, 20), tenths).text) == text


def test_a_rate_needs_hours_and_more_than_a_few():
    assert figures.rate(12, 160).text == "7,5"
    assert figures.rate(4, 160).value is None
    assert figures.rate(12, 0).value is None


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

    for page in (PAGE, f"{PAGE}vardnadshavare/"):
        assert client.get(page).status_code == 403


def test_nobody_sees_the_page_without_logging_in(client):
    assert client.get(PAGE).status_code == 302


def test_the_address_chooses_area_period_and_occasion_and_nothing_else(client, frozen):
    client.force_login(cast.person("klara"))

    assert client.post(PAGE).status_code == 405
    assert client.get(f"{PAGE}2026-10/").status_code == 404
    for refused in (
        {"period": "2026-2027"}, {"period": "maj"}, {"omrade": ALVESTA}, {"tillfalle": "x"},
    ):  # fmt: skip
        assert client.get(PAGE, refused).status_code == 404
    page = client.get(PAGE, {"period": "2026-k2", "tillfalle": "weekday", "from": "2026-01-01"})
    shown = page.context["frozen"]
    assert (shown.period.name, shown.area.code, shown.occasion) == ("2026-k2", "0780", "weekday")
    assert 'option value="2026-k2" selected' in page.content.decode()


def test_what_is_not_counted_of_one_occasion_is_called_as_when_it_is(frozen):
    for question in QUESTIONS:
        page = f"{PAGE}{question.slug}/?period=2026-05"
        titles, of_one = (
            re.findall(r'<h2 class="figure__title"[^>]*>(?:\d+ · )?(.*?)</h2>', html)
            for html in (html_for("magnus", page), html_for("magnus", f"{page}&tillfalle=weekend"))
        )

        assert titles and of_one == titles


def test_a_page_says_whether_it_is_the_occasion_or_the_months_that_a_figure_is_missing_for(frozen):
    """A reader who can choose otherwise is told so; nothing stands as if it were a finding."""
    occasion, months = (
        html_for("magnus", f"{PAGE}platser/?period=2026-05{more}")
        for more in ("&tillfalle=weekend", "")
    )

    assert occasion.count("räknas inte för ett tillfälle för sig: välj alla tillfällen.") == 2
    assert "figure__finding figure__finding--none" in occasion
    assert "välj alla tillfällen" not in months


def test_a_link_to_another_question_keeps_what_was_chosen(client, frozen):
    client.force_login(cast.person("klara"))

    html = client.get(PAGE, {"period": "2026-05", "tillfalle": "valborg"}).content.decode()

    assert "/statistik/platser/?omrade=0780&amp;period=2026-05&amp;tillfalle=valborg" in html


def test_the_police_may_read_the_municipalities_of_their_county_others_only_the_sum(frozen):
    meet(municipality=ALVESTA)
    freeze(NOW.date())

    def areas(username: str) -> list[str]:
        return [area.code for area in remit(cast.person(username))]

    assert areas("magnus") == ["0780", "lan-07", ALVESTA]
    assert areas("klara") == areas("hanna") == ["0780", "lan-07"]


def test_looking_never_makes_figures():
    meet()

    html_for("klara")

    assert not FrozenTable.objects.exists()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.slug)
def test_every_question_has_its_page(question, client, frozen):
    client.force_login(cast.person("magnus"))

    response = client.get(f"{PAGE}{question.slug}/")

    assert question.title in response.content.decode()
    assert len(response.context["figures"]) >= len(question.indicators)


def test_who_supplies_is_told_to_whoever_holds_that_right_and_in_no_file_of_the_others(frozen):
    page, files = f"{PAGE}alkoholen/", ("tabeller.csv", "tabeller.xlsx")
    clients = {who: Client() for who in ("magnus", "klara", "hanna")}
    for who, client in clients.items():
        client.force_login(cast.person(who))

    seen = {who: client.get(page).status_code for who, client in clients.items()}
    menus = {who: page in client.get(PAGE).content.decode() for who, client in clients.items()}
    report = {"purpose": "reporting"}
    taken = {
        who: {client.post(page + name, report).status_code for name in files}
        for who, client in clients.items()
    }
    clients["klara"].post(f"{PAGE}rapport/", report)

    assert seen == {"magnus": 200, "klara": 403, "hanna": 403}
    assert menus == {"magnus": True, "klara": False, "hanna": False}
    assert taken == {"magnus": {200}, "klara": {403}, "hanna": {403}}
    assert "Varifrån kommer alkoholen?" not in Handout.objects.get().html


def test_every_look_is_logged(client):
    klara = cast.person("klara")
    client.force_login(klara)

    client.get(PAGE)

    [entry] = AccessEntry.objects.filter(actor=klara)
    assert (entry.kind, entry.subject_id, entry.page) == ("statistics", None, "statistics")


def test_nothing_yet_is_said_in_words():
    meet(municipality=ALVESTA)
    freeze(NOW.date())

    html = html_for("klara")

    assert "Inga tal ännu" in html
    assert "september 2026, den 2026-12-01" in html
    assert "<table" not in html


def test_the_page_prints_its_period_its_freeze_and_what_it_counts_from():
    for _ in range(20):
        meet()
    freeze(date(2026, 9, 1))

    html = html_for("magnus", f"{PAGE}ingripanden/")

    assert "2026-05-01 – 2026-06-30, fryst 2026-11-24" in html
    assert "(2 av 12 månader är frysta)" in html
    assert "Referensdatum: händelsens början." in html
    assert "Inga insatstimmar är antecknade" in html


def test_a_handful_is_never_a_figure_on_any_page():
    for category in "AAAAAAAABBBCCCCCC":
        case = meet(category=category)
    report(end(call(case, 3)))
    freeze(date(2026, 9, 1))

    cells = [
        cell
        for question in QUESTIONS
        for cell in cells_of(html_for("klara", f"{PAGE}{question.slug}/"))
    ]

    assert "0–4" in cells
    assert not SMALL & set(cells)


def test_no_name_number_or_case_is_on_any_page():
    for _ in range(6):
        case = report(end(call(meet(), 3)))
    freeze(date(2026, 9, 1))

    hidden = [case.person.name, case.person.personal_number, case.reference, str(case.pk)]
    for question in QUESTIONS:
        html = html_for("klara", f"{PAGE}{question.slug}/")
        assert not [text for text in hidden if text in html]
        assert "/arenden/" not in html


def test_both_authorities_see_the_same_figures():
    for _ in range(6):
        meet()
    freeze(date(2026, 9, 1))

    assert cells_of(html_for("magnus")) == cells_of(html_for("klara")) != []


def test_more_cases_ask_no_more_of_the_database(client):
    client.force_login(cast.person("magnus"))
    meet()
    client.get(PAGE)

    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for _ in range(6):
        report(end(call(meet(), 3)))
    with CaptureQueriesContext(connection) as more:
        client.get(PAGE)

    assert len(few) == len(more)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.slug)
def test_every_finding_about_stops_has_the_hours_beside_it(question):
    year = Frozen(
        Area("", "", ()), named("2025-2026"), NOW, {Month(date(2026, 5, 1)): nobody()}, nobody()
    )

    about_stops = [
        found for found in answers(question, year) if "händelsens början" in found.definition
    ]

    assert all(any("timmar" in note for note in found.notes) for found in about_stops)
    assert about_stops or question.slug == "socialtjansten"


def test_every_period_of_every_month_has_a_name_and_is_found_by_it() -> None:
    """December is the twelfth month: a list of four quarters has no fifth."""
    for month in range(1, 13):
        for span in Span:
            period = period_of(date(2025, month, 15), span)
            assert named(period.name) == period
            assert str(period)
