"""The same figures on the page, in the drawing, in the tables and in the report, now and later."""

import csv
import io
import re
import zipfile
from datetime import date
from html import unescape
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PageObject, PdfReader

from cases.models import AccessEntry
from kronoberg.statistics.questions import QUESTIONS
from notices import handouts, rendering
from notices.models import Handout
from tests import cast
from tests.figures import freeze, freeze_some
from tests.stops import (
    NOW,
    annul,
    call,
    end,
    meet,
    report,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)

WHY = {"purpose": "reporting"}
SPRING = [date(2026, month, 1) for month in (4, 5, 6)]
QUARTER = "?omrade=0780&period=2026-k2"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# By question and by finding: the rows of its table, a label and the printed cells.
Tables = dict[str, dict[str, list[tuple[str, ...]]]]


def magnus() -> Client:
    client = Client()
    client.force_login(cast.person("magnus"))
    return client


def plain(text: str) -> str:
    """Without what is only typography: hard spaces, and how often a space is written."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", text))).strip()


def ordered(client: Client, route: str, query: str = QUARTER, *slug: str) -> bytes:
    """Order a file of everything, or of one page, let the worker make it, and open it."""
    page = client.post(reverse(route, args=slug) + query, WHY)["Location"]
    handouts.make_waiting()
    [address] = re.findall(r'button--large" href="([^"]+)"', client.get(page).content.decode())
    return bytes(client.get(address).content)


# What stands in each --------------------------------------------------------------------------


def on_pages(client: Client, query: str = QUARTER) -> Tables:
    found: Tables = {}
    for question in QUESTIONS:
        html = client.get(f"/statistik/{question.slug}/{query}").content.decode()
        sections = re.findall(r'<section class="figure".*?</section>', html, re.S)
        found[question.title] = {
            plain(title).split(" · ")[-1]: [
                tuple(map(plain, re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.S)))
                for row in re.findall(r"<tr>(.*?)</tr>", section, re.S)[1:]
            ]
            for section in sections
            for title in re.findall(r'<h2 class="figure__title".*?</h2>', section, re.S)
        }
    return found


def in_rows(rows: list[list[str]], pages: dict[str, list[tuple[str, ...]]]) -> Any:
    """The tables of one question in a file: below each title a sentence, a head, then the rows."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for at, row in enumerate(rows):
        title = re.sub(r"^\d+ ", "", row[0]) if len(row) == 1 else ""
        if title in pages and title not in found:
            n_rows = len(pages[title])
            found[title] = [tuple(map(plain, row)) for row in rows[at + 3 : at + 3 + n_rows]]
    return found


def in_csv(content: bytes, pages: Tables) -> Tables:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    begins = [at for at, row in enumerate(rows) if len(row) == 1 and row[0] in pages]
    ends = [*begins[1:], len(rows)]
    return {
        rows[at][0]: in_rows(rows[at:until], pages[rows[at][0]])
        for at, until in zip(begins, ends, strict=True)
    }


def in_xlsx(content: bytes, pages: Tables) -> Tables:
    found: Tables = {}
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert b"<f>" not in b"".join(book.read(name) for name in book.namelist())
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))  # noqa: S314
        words = ["".join(each.itertext()) for each in shared]
        for number in range(1, len(pages) + 1):
            sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))  # noqa: S314
            rows: dict[int, list[str]] = {}
            for cell in sheet.iter(f"{SHEET}c"):
                value = cell.findtext(f"{SHEET}v") or ""
                text = words[int(value)] if cell.get("t") == "s" else value.replace(".", ",")
                rows.setdefault(int(re.sub(r"\D", "", cell.get("r", ""))), []).append(text)
            lines = [rows.get(at, [""]) for at in range(1, max(rows) + 1)]
            found[lines[0][0]] = in_rows(lines, pages[lines[0][0]])
    return found


def same(page: str, file: str) -> bool:
    """Does a file, which has shares with a decimal, say what the page prints?"""
    if not re.fullmatch(r"[\d,]+", file):
        return page == file
    shown = float(re.sub(r"[^\d,]", "", page).replace(",", "."))
    there = float(file.replace(",", "."))
    return abs(shown - there) <= (0.5 if "%" in page else 0)


# Now ------------------------------------------------------------------------------------------


@pytest.mark.skipif(not rendering.can_render(), reason="WeasyPrint's libraries are missing")
def test_page_drawing_csv_workbook_and_report_hold_the_same_figures_and_hide_the_same():
    freeze_some(Random(5), SPRING, n=14, at=NOW)
    client = magnus()

    pages = on_pages(client)
    tables = in_csv(ordered(client, "statistics-all-csv"), pages)
    book = in_xlsx(ordered(client, "statistics-all-xlsx"), pages)
    pdf = ordered(client, "statistics-pdf")
    printed = plain(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))

    cells = [cell for each in pages.values() for rows in each.values()
             for row in rows for cell in row[1:]]  # fmt: skip
    assert len(cells) > 300
    assert {"0–4", ".."} <= set(cells)
    assert not {"1", "2", "3", "4"} & set(cells)
    for question, findings in pages.items():
        for title, rows in findings.items():
            for file in (tables, book):
                assert len(file[question][title]) == len(rows)
                for shown, there in zip(rows, file[question][title], strict=True):
                    assert shown[0] == there[0].removeprefix("'")
                    assert all(map(same, shown[1:], there[1:])), (title, shown, there)
            for row in rows:
                assert " ".join(row) in printed, (title, row)


def test_a_drawing_shows_the_counts_of_its_table_and_none_that_the_table_hides():
    freeze_some(Random(5), SPRING, n=14, at=NOW)
    client, n_drawn, n_small = magnus(), 0, 0

    for question in QUESTIONS:
        page = client.get(f"/statistik/{question.slug}/{QUARTER}")
        for shown in page.context["figures"]:
            table = {plain(entry.text) for row in shown.finding.rows for entry in row[1:]}
            values = r'<text class="chart__(?:value|on-bar|quiet)"[^>]*>([^<]*)</text>'
            for text in re.findall(values, shown.chart):
                for part in re.split(" · | av ", plain(text)):
                    # Hours of the day and, in the funnel, shares of what is left are no cells.
                    is_share = "%" in part and "Andel" in shown.finding.columns
                    if re.fullmatch(r"[\d ]+", part) or is_share:
                        assert part in table, (shown.finding.title, part)
                        n_drawn += 1
            n_small += shown.chart.count(">·<") + shown.chart.count("0–4")
    assert n_drawn > 100
    assert n_small > 10


def test_the_report_has_the_drawings_of_the_pages():
    freeze_some(Random(5), SPRING, n=14, at=NOW)
    client = magnus()
    drawn = [
        str(shown.chart)
        for question in QUESTIONS
        for shown in client.get(f"/statistik/{question.slug}/{QUARTER}").context["figures"]
        if shown.chart
    ]

    client.post(reverse("statistics-pdf") + QUARTER, WHY)

    report_ = Handout.objects.get().html
    assert len(drawn) > 20
    assert [chart for chart in drawn if chart not in report_] == []


@pytest.mark.skipif(not rendering.can_render(), reason="WeasyPrint's libraries are missing")
def test_no_sheet_of_the_report_is_half_empty_and_nothing_runs_off_it():
    freeze_some(Random(5), SPRING, n=14, at=NOW)

    reader = PdfReader(io.BytesIO(ordered(magnus(), "statistics-pdf")))

    width, height = (float(side) for side in reader.pages[0].mediabox[2:])
    placed = [written(page) for page in reader.pages]
    assert [n for n, at in enumerate(placed[:-1], 1) if min(y for _, y in at) > height / 2] == []
    assert {x for at in placed for x, _ in at if not 0 < x < 0.95 * width} == set()


@pytest.mark.skipif(not rendering.can_render(), reason="WeasyPrint's libraries are missing")
def test_the_basis_for_the_lagesbild_is_a_report_of_its_own_that_says_what_it_covers():
    freeze_some(Random(5), SPRING[:2], n=14, at=NOW)

    pdf = PdfReader(io.BytesIO(ordered(magnus(), "statistics-page-pdf", QUARTER, "lagesbild")))

    first = plain(pdf.pages[0].extract_text())
    assert "Underlag till lägesbild Växjö kommun, andra kvartalet 2026" in first
    assert "(2 av 3 månader är frysta)" in first
    told = plain(" ".join(page.extract_text() for page in pdf.pages))
    assert "Åtgärder i perioden" in told and "Platsernas timmar" in told
    assert "Varifrån kommer alkoholen" not in told
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Underlag till lägesbild · Växjö kommun, andra kvartalet 2026"


def written(page: PageObject) -> list[tuple[float, float]]:
    """Where each text of the page begins, from the left and from below; neither in its drawings,
    which measure otherwise, nor the number of the page."""
    found: list[tuple[float, float]] = []

    def note(text: str, cm: list[float], tm: list[float], *_: Any) -> None:
        x, y = (cm[n] * tm[4] + cm[n + 2] * tm[5] + cm[n + 4] for n in (0, 1))
        if text.strip() and cm[0] == pytest.approx(0.75) and y > 60:
            found.append((x, y))

    page.extract_text(visitor_text=note)
    return found


@pytest.mark.parametrize(
    "route",
    [
        "statistics-pdf",
        "statistics-all-csv",
        "statistics-all-xlsx",
        "rapport/",
        "tabeller.csv",
        "tabeller.xlsx",
    ],
)
def test_every_file_is_logged_with_its_purpose_and_none_is_made_without(route):
    freeze_some(Random(5), SPRING, n=14, at=NOW)
    client = magnus()
    address = f"/statistik/kedjan/{route}" if "-" not in route else reverse(route)

    assert client.post(address, {}).status_code == 422
    assert not Handout.objects.exists()
    client.post(address + QUARTER, WHY)

    entry = AccessEntry.objects.filter(kind=AccessEntry.Kind.EXPORT).get()
    assert (entry.purpose, entry.actor.username) == ("reporting", "magnus")
    assert client.get(address).status_code == 405


def test_no_page_and_no_file_asks_anything_but_the_frozen_tables():
    """So the adversary of `attack`, who has every frozen cell, has all that any of them tells."""
    freeze_some(Random(5), SPRING, n=14, at=NOW)
    client = magnus()
    asked: list[tuple[Any, str, Any]] = [
        (client.get, f"/statistik/{question.slug}/{QUARTER}", None) for question in QUESTIONS
    ]
    asked += [(client.post, f"/statistik/{question.slug}/tabeller.{form}{QUARTER}", WHY)
              for question in QUESTIONS for form in ("csv", "xlsx")]  # fmt: skip
    asked += [(client.post, f"/statistik/lagesbild/rapport/{QUARTER}", WHY)]
    asked += [(client.post, reverse(f"statistics-{name}") + QUARTER, WHY)
              for name in ("pdf", "all-csv", "all-xlsx")]  # fmt: skip

    with CaptureQueriesContext(connection) as queries:
        for ask, address, given in asked:
            assert ask(address, given).status_code in (200, 302)

    tables = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', " ".join(q["sql"] for q in queries)))
    of_people = {"youthcase", "referral", "person", "custodian", "incident", "countedstop",
                 "runningerror", "cohorttally", "message", "journalentry"}  # fmt: skip
    assert "kronoberg_frozentable" in tables
    assert not {name.partition("_")[2] for name in tables} & of_people


# Later ----------------------------------------------------------------------------------------


@pytest.mark.skipif(not rendering.can_render(), reason="WeasyPrint's libraries are missing")
def test_a_report_that_is_printed_later_has_the_same_figures():
    cases = [report(end(call(meet(), 5))) for _ in range(9)]
    freeze(date(2026, 8, 1))
    client, month = magnus(), "?omrade=0780&period=2026-05"
    routes = ("statistics-pdf", "statistics-all-xlsx", "statistics-all-csv")
    first = [ordered(client, route, month) for route in routes]

    # Meanwhile: mistakes are annulled, somebody is registered late, and June is made.
    for case in cases[:5]:
        annul(case)
    for _ in range(4):
        meet()
    freeze(date(2026, 9, 1))
    later = [ordered(client, route, month) for route in routes]

    assert re.search(r"Samtliga \(n\);\d+", first[-1].decode())
    for before, after in zip(first, later, strict=True):
        assert text_of(after) == text_of(before)


def text_of(content: bytes) -> Any:
    """What a file says: all of it, but the minute in which it was made."""
    if content.startswith(b"%PDF"):
        return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return {n: book.read(n) for n in book.namelist() if n.startswith("xl/")}
    return content
