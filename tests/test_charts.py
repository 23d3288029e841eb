"""Charts and files say what the page says: the same numbers, in a form that anybody can read."""

import csv
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from cases.models import AccessEntry
from kronoberg.statistics import afterwards as a
from kronoberg.statistics import charts, crosses
from kronoberg.statistics import police as p
from kronoberg.statistics.areas import Area
from kronoberg.statistics.charts import Bar, Bars, Grid, draw
from kronoberg.statistics.periods import Month, named
from kronoberg.statistics.published import Frozen, together
from kronoberg.statistics.questions import QUESTIONS
from kronoberg.statistics.tables import Cells
from notices import sheets
from tests import cast
from tests.figures import freeze, nobody
from tests.stops import NOW, call, end, meet, report
from tests.test_handouts import ordered

WHY = {"purpose": "reporting"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _a_day_in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client() -> Client:
    for _ in range(12):
        report(end(call(meet(), 5)))
    freeze(date(2026, 9, 1))
    client = Client()
    client.force_login(cast.person("magnus"))
    return client


def parsed(drawing: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)  # noqa: S314  (we have just drawn it)


def texts(drawing: str) -> list[str]:
    return [element.text or "" for element in parsed(drawing).iter(f"{SVG}text")]


# The drawing ------------------------------------------------------------------------------------


def test_every_bar_carries_its_label_and_its_number():
    drawn = draw(
        charts.bars_of("Flest i maj", [("maj", 30, "30"), ("juni", None, "0–4")]), name="x"
    )

    assert texts(drawn) == ["maj", "30", "juni", "0–4"]


def test_bars_are_as_long_as_their_counts_and_small_ones_are_not_drawn():
    lines = [("maj", 40, "40"), ("juni", 10, "10"), ("juli", None, "0–4")]
    root = parsed(draw(charts.bars_of("", lines), name="x"))

    drawn = [r.get("width") for r in root.iter(f"{SVG}rect") if r.get("class") == "chart__bar"]

    assert drawn == ["400.0", "100.0"]


def test_a_label_never_runs_into_its_number():
    long = "Hämtad av annan vuxen med vårdnadshavares medgivande"

    [label, value] = texts(draw(charts.bars_of("", [(long, 5, "5 · 2 %")]), name="x"))

    assert label.endswith("…") and len(label) + len(value) <= charts.LINE


def test_every_square_carries_its_number_and_small_ones_a_dot():
    grid = Grid("Flest på fredagar", ("fre", "lör"), ("20–22", "22–24"), ((5, None), (20, 9)))

    assert texts(draw(grid, name="x")) == ["20–22", "22–24", "fre", "5", "·", "lör", "20", "9"]


@pytest.mark.parametrize(
    "chart",
    [
        Bars('Fler än <10> & "fler"', (Bar("<b>maj</b>", "30", 1.0, 0.5),)),
        Grid("Flest", ("fre",), ("20–22",), ((5,),)),
    ],
)
def test_a_drawing_has_a_title_and_nothing_that_the_policy_refuses(chart):
    drawn = draw(chart, name="x")

    root = parsed(drawn)
    title = root.find(f"{SVG}title")
    assert title is not None and title.text == chart.title
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", title.get("id"))
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=|href", drawn)


def test_the_year_before_is_told_by_a_dashed_outline_not_by_colour():
    drawn = draw(Bars("", (Bar("maj", "30", 1.0, 0.5),)), name="x")

    [before] = [
        rect for rect in parsed(drawn).iter(f"{SVG}rect") if rect.get("class") == "chart__before"
    ]
    assert (before.get("fill"), before.get("width")) == ("none", "199.0")


# What stands in two directions ------------------------------------------------------------------


def with_chain(**counts: int) -> dict[str, dict[str, int]]:
    lines = dict.fromkeys(a.chain.lines, 0) | {a.WHOLE: counts.pop("whole")}
    for number, n in counts.items():
        lines[a.BREAKS[int(number[1:])]] = n
    return nobody() | {a.chain.key: lines}


def test_the_funnel_loses_each_youth_at_the_first_link_that_broke():
    cells = with_chain(whole=50, b0=10, b1=25, b5=15)
    cells[a.links["feedback"].key] = dict(zip(a.links["feedback"].lines, (30, 70), strict=True))

    found = crosses.funnel(cells)

    left = [row[2].text for row in found.rows]
    assert left == ["90", "65", "65", "65", "65", "50", "50", "50", "50", "100"]
    # Each link by itself, also where the chain had broken before.
    assert [row[1].text for row in found.rows if row[0].text == "Återkoppling kom"] == ["30\u00a0%"]
    assert found.sentence == (
        "Kedjan brister oftast först här: vårdnadshavare ringdes inte samma natt, i 25 av 100 "
        "ingripanden."
    )


def of_months(**chains: dict[str, int]) -> Frozen:
    """A school year in which some months are frozen, with these chains in them."""
    by_month: dict[Month, Cells] = {}
    for name, lines in chains.items():
        month = nobody()
        month[a.chain.key] |= lines
        month[p.registrations.key] |= {p.VALID: sum(lines.values())}
        by_month[Month(date(2026, int(name[1:]), 1))] = month
    cells = together(list(by_month.values()))
    return Frozen(Area("", "", ()), named("2025-2026"), NOW, by_month, cells)


def test_the_share_of_whole_chains_needs_ten_in_the_month():
    year = of_months(
        m4={a.WHOLE: 10, a.BREAKS[0]: 10}, m5={a.WHOLE: 15, a.BREAKS[1]: 5}, m6={a.WHOLE: 8}
    )

    found = crosses.chain_by_month(year, ())

    shares = {row[0].text: row[3].text for row in found.rows}
    assert (shares["maj"], shares["juni"]) == ("75\u00a0%", "..")
    assert found.sentence == (
        "Hela kedjan höll oftast här: maj (75\u00a0%), och mest sällan här: april (50\u00a0%)."
    )


def test_one_month_alone_is_told_as_it_is_and_compared_with_none():
    june = of_months(m6={a.WHOLE: 15, a.BREAKS[0]: 5})

    assert crosses.season(june, ()).sentence == "20 ingripanden i juni."
    assert crosses.chain_by_month(june, ()).sentence == "Hela kedjan höll i 75\u00a0% här: juni."
    few = of_months(m5={a.WHOLE: 3}, m6={a.WHOLE: 15, a.BREAKS[0]: 5})
    assert crosses.chain_by_month(few, ()).sentence.endswith("talen för små för en andel.")


def test_the_season_stands_beside_the_same_months_of_the_year_before():
    now, before = of_months(m4={a.WHOLE: 40}, m5={a.WHOLE: 20}), of_months(
        m4={a.WHOLE: 10}, m5={a.WHOLE: 0}
    )  # fmt: skip

    found = crosses.season(now, [before])

    [april] = [row for row in found.rows if row[0].text == "april"]
    assert [entry.text for entry in april] == ["april", "40", "10"]
    assert found.sentence == "Flest ingripanden i april: 40 av 60. Samma tid året före var de 10."
    assert "200 timmar, året före 200 timmar" in found.notes[0]
    assert len(crosses.season(now, ()).columns) == 2
    # Two months are not compared with one.
    assert len(crosses.season(now, [of_months(m4={a.WHOLE: 10})]).columns) == 2


def test_litres_are_whole_fives_and_need_ten_times_that_alcohol_was_taken():
    cells = nobody()
    cells["liter"] |= {"Vin": 12, "Sprit": 3}
    cells["behallare"] |= {"Vin": 16, "Sprit": 4}
    cells[p.forfeitures.key] |= {p.TAKEN: 9}
    assert {row[1].text for row in crosses.destroyed(cells).rows} == {".."}

    cells[p.forfeitures.key] |= {p.TAKEN: 10}

    litres = {row[0].text: row[1].text for row in crosses.destroyed(cells).rows}
    assert (litres["Vin"], litres["Sprit"], litres["Folköl"]) == ("10", "5", "0")
    assert crosses.destroyed(cells).sentence == (
        "Omkring 15 liter i 20 poster hälldes ut, mest vin."
    )


# The files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+46",
        "-5",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\u00a0=1",
        "'=1",
        "＝1",
        "\r=1",
        "|cmd",
        "%0A=",
    ],
)
def test_nothing_in_a_file_can_become_a_formula(text):
    assert sheets.guarded(text) == f"'{text}"
    [[cell]] = list(
        csv.reader(StringIO(sheets.as_csv([("x", [[text]])]).decode("utf-8-sig")), delimiter=";")
    )
    assert cell.startswith("'")
    with zipfile.ZipFile(BytesIO(sheets.as_xlsx([("x", [[text]])]))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.slug)
def test_the_file_holds_what_the_page_shows_and_no_more(question, client):
    page = client.get(f"/statistik/{question.slug}/").content.decode()
    file = client.post(f"/statistik/{question.slug}/tabeller.csv", WHY).content.decode("utf-8-sig")

    cells = re.findall(r"<td[^>]*>(.*?)</td>", page)
    rows = list(csv.reader(StringIO(file), delimiter=";"))
    headings = re.findall(r'<th scope="row">(.*?)</th>', page)
    tabled = [row[1:] for row in rows if row and row[0] in headings and len(row) > 1]
    assert cells
    assert len([cell for row in tabled for cell in row]) == len(cells)
    assert not {"1", "2", "3", "4"} & {cell for row in tabled for cell in row}


def test_a_workbook_has_numbers_where_the_page_has_and_words_where_it_is_small(client):
    file = client.post("/statistik/ungdomarna/tabeller.xlsx", WHY).content

    with zipfile.ZipFile(BytesIO(file)) as book:
        words = book.read("xl/sharedStrings.xml").decode()
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "0–4" in words
    assert re.search(r'<c r="B\d+"><v>1\d</v></c>', sheet)


def test_every_file_says_of_when_it_is_and_its_making_is_logged(client):
    for ending in ("csv", "xlsx"):
        response = client.post(f"/statistik/kedjan/tabeller.{ending}?period=2025-2026", WHY)
        disposition = response.headers["Content-Disposition"]
        assert disposition == f'attachment; filename="statistik-kedjan-0780-2025-2026.{ending}"'
    text = client.post("/statistik/kedjan/tabeller.csv", WHY).content.decode("utf-8-sig")

    assert "2026-05-01 – 2026-06-30, fryst 2026-11-24" in text
    logged = AccessEntry.objects.filter(kind="export").values_list("page", "purpose")
    assert list(logged) == [
        ("statistics-csv", "reporting"),
        ("statistics-xlsx", "reporting"),
        ("statistics-csv", "reporting"),
    ]


@pytest.mark.parametrize("given", [{}, {"purpose": "other", "words": "Så"}, {"purpose": "duty"}])
@pytest.mark.parametrize("file", ["kedjan/tabeller.csv", "kedjan/tabeller.xlsx", "rapport/"])
def test_without_a_reason_no_file_is_taken_out(client, file, given):
    answer = client.post(f"/statistik/{file}", given)

    assert answer.status_code == 422
    assert "Varför tar du ut" in answer.content.decode()
    assert not AccessEntry.objects.filter(kind="export").exists()


@pytest.mark.parametrize("file", ["kedjan/tabeller.csv", "kedjan/tabeller.xlsx", "rapport/"])
def test_an_old_login_takes_nothing_out(client, settings, file):
    settings.FRESH_MINUTES = 5

    answer = client.post(f"/statistik/{file}", WHY)

    assert answer.url.startswith("/sakerhet/bekrafta/")


def test_the_report_holds_every_question_and_its_drawings(client):
    reader = PdfReader(BytesIO(ordered(client, "/statistik/rapport/", WHY)))

    text = " ".join(page.extract_text() for page in reader.pages)
    assert all(question.title in " ".join(text.split()) for question in QUESTIONS)
    assert "/StructTreeRoot" in reader.root_object


@pytest.mark.parametrize("file", ["kedjan/tabeller.csv", "kedjan/tabeller.xlsx"])
def test_there_is_no_file_before_anything_is_frozen(file):
    client = Client()
    client.force_login(cast.person("klara"))

    assert client.post(f"/statistik/{file}", WHY).status_code == 404
    assert client.post("/statistik/rapport/", WHY).status_code == 404
