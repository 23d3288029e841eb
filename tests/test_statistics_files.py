"""Files say what the page says: the same tables and numbers, to whoever said why."""

import csv
import re
import zipfile
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.test import Client
from pypdf import PdfReader

from cases.models import AccessEntry
from kronoberg.statistics import exports
from kronoberg.statistics.areas import Area
from kronoberg.statistics.findings import Entry, Finding
from kronoberg.statistics.periods import Month, named
from kronoberg.statistics.published import Frozen
from kronoberg.statistics.questions import QUESTIONS
from notices import sheets
from tests import cast
from tests.figures import freeze
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
from tests.test_handouts import ordered

WHY = {"purpose": "reporting"}
JUNE = Month(date(2026, 6, 1))


@pytest.fixture
def client() -> Client:
    for _ in range(12):
        report(end(call(meet(), 5)))
    freeze(date(2026, 9, 1))
    client = Client()
    client.force_login(cast.person("magnus"))
    return client


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


def test_a_workbook_is_set_for_a_reader_with_its_heads_and_columns_and_on_paper():
    longest = "En mening som är så lång att den behöver flera rader i den första kolumnen. " * 3
    rows: list[list[sheets.Cell]] = [
        ["Rubrik"], [longest], [], ["Tabell"], ["Vad", "Antal", "Andel (%)", *"abc"],
        ["A", 20.0, 20.0, *"abc"], ["B", 7.0, 40.5, *"abc"], ["C", "0–4", "högst 8 %", *"abc"],
    ]  # fmt: skip
    with zipfile.ZipFile(BytesIO(sheets.as_xlsx([("Sida", rows)]))) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    look = dict(re.findall(r'<c r="(\w+)" s="(\d+)"', xml))

    # The same decimals in all of a column, whatever its numbers happen to be.
    assert look["B6"] == look["B7"] != look["C6"] == look["C7"]
    assert all(look[at] != look["A6"] for at in ("A1", "A4", "A5", "B5"))
    assert look["B8"] == look["C8"] and look["B8"] not in (look["D8"], look["B7"])
    # Words keep off the number beside them.
    assert 'horizontal="left" vertical="top" indent="1"' in styles
    heights = {
        int(row): float(ht) for row, ht in re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"', xml)
    }
    assert heights[2] >= 3 * heights[6] > 0
    assert 'orientation="landscape"' in xml and 'fitToHeight="0"' in xml


def test_a_sheet_is_named_in_whole_words_and_no_more_than_excel_takes():
    assert sheets.sheet_name("Följs ungdomarna upp, och kommer de igen?") == "Följs ungdomarna upp"
    assert sheets.sheet_name("Var brister kedjan?") == "Var brister kedjan"
    assert sheets.sheet_name("x" * 40) == "x" * 31


def test_a_large_number_is_written_with_all_its_digits():
    [row] = csv.reader(StringIO(sheets.as_csv([("x", [[1234567.0, 20.5]])]).decode("utf-8-sig")),
                       delimiter=";")  # fmt: skip

    assert row == ["1234567", "20,5"]


def test_a_column_of_shares_says_so_since_its_numbers_have_no_sign():
    girls, all_ = (Entry("Flickor"), Entry("15", 15), Entry("75 %", 75.0)), (
        Entry("Samtliga (n)"), Entry("20", 20), Entry("–"),
    )  # fmt: skip
    found = Finding("sex", 20, "Kön", "", ("Kön", "Antal", "Andel"), (girls, all_), "", ())
    frozen = Frozen(Area("", "Växjö", ()), named("2026-06"), NOW, {JUNE: {}}, {})

    _, rows = exports.sheet(QUESTIONS[0], [found], frozen)

    *_, heading, first, _, _ = rows
    assert (heading, first) == (["Kön", "Antal", "Andel (%)"], ["Flickor", 15.0, 75.0])


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
    assert re.search(r'<c r="B\d+" s="\d+"><v>1\d</v></c>', sheet)


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
