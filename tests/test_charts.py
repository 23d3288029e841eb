"""Charts say what the page says: the same numbers, in a form that anybody can read."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest

from kronoberg.statistics import afterwards as a
from kronoberg.statistics import charts, crosses
from kronoberg.statistics import police as p
from kronoberg.statistics.areas import Area
from kronoberg.statistics.charts import Bar, Bars, Grid, draw
from kronoberg.statistics.periods import Month, named
from kronoberg.statistics.published import Frozen, together
from kronoberg.statistics.tables import Cells
from tests.figures import nobody
from tests.stops import NOW

SVG = "{http://www.w3.org/2000/svg}"


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


def test_a_long_label_goes_on_under_itself_and_never_into_its_number():
    long, value = "Hämtad av annan vuxen med vårdnadshavares medgivande", "5 · högst 2 %"
    chart = charts.bars_of("", [(long, 5, value), ("Annat", 5, "5")])

    root = parsed(draw(chart, name="x"))

    [*label, number, _, _] = texts(draw(chart, name="x"))
    assert (" ".join(label), number) == (long, value)
    assert all(len(line) + len(value) <= charts.LINE for line in label)
    tops = [int(text.get("y") or 0) for text in root.iter(f"{SVG}text")]
    bars = [int(r.get("y") or 0) for r in root.iter(f"{SVG}rect") if r.get("class") == "chart__bar"]
    assert tops[0] == tops[2] < tops[1] < bars[0] < tops[3] < bars[1] < chart.height


def test_labels_beside_and_over_squares_are_whole_and_keep_to_their_own():
    rows = ("Langare via app, sociala medier eller bil", "Stulet")
    columns = ("Centrum", "Strand eller badplats", "Systembolaget", *"abcde")
    chart = Grid("Flest", rows, columns, ((9,) * 8,) * 2)

    found = list(parsed(draw(chart, name="x")).iter(f"{SVG}text"))

    words = " ".join(text.text or "" for text in found)
    assert all(label in words for label in (*rows, *columns))
    # Headings wider than their squares stand on end, each line over its own square.
    upright = [float(text.get("x") or 0) for text in found if text.get("transform")]
    assert len(upright) == len(columns) + 1 and upright == sorted(upright)
    labels = [t for t in found if t.get("class") == "chart__label"]
    assert [int(t.get("y") or 0) for t in labels] == sorted({int(t.get("y") or 0) for t in labels})
    assert all(len(t.text or "") * charts.LETTER <= charts.LABEL_WIDTH for t in labels)


def test_headings_that_fit_over_their_squares_lie_down():
    assert "rotate" not in draw(Grid("", ("fre",), ("20–22", "22–24"), ((5, 9),)), name="x")


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
    chart = Bars("", (Bar("maj", "30", 1.0, 0.5), Bar("juni", "9", 0.3)))
    drawn = draw(chart, name="x")

    [before] = [
        rect for rect in parsed(drawn).iter(f"{SVG}rect") if rect.get("class") == "chart__before"
    ]
    assert (before.get("fill"), before.get("width")) == ("none", "199.0")
    # Under the bar and not on it, where no colour could be told from both bar and track.
    [bar, _] = [r for r in parsed(drawn).iter(f"{SVG}rect") if r.get("class") == "chart__bar"]
    assert int(before.get("y") or 0) > int(bar.get("y") or 0) + int(bar.get("height") or 0)
    # Nor in the label that follows.
    [*_, following, _] = parsed(drawn).iter(f"{SVG}text")
    ends = int(before.get("y") or 0) + int(before.get("height") or 0)
    assert int(following.get("y") or 0) - charts.SIZE > ends + 5


def test_a_square_is_the_stronger_the_more_there_are_in_five_steps():
    assert [charts.shade(n, 50) for n in (5, 10, 11, 20, 30, 31, 41, 50)] == [
        0.12, 0.12, 0.23, 0.23, 0.34, 0.84, 1.0, 1.0,
    ]  # fmt: skip


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


def test_the_funnel_draws_no_bar_for_those_too_few_to_be_told_apart():
    found = crosses.funnel(with_chain(whole=3, b0=97))

    assert isinstance(found.chart, Bars)
    assert {bar.text.split(" · ")[0] for bar in found.chart.bars} == {"0–4"}
    assert {bar.length for bar in found.chart.bars} == {None}


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
    # What it is a share of stands beside it in the drawing too.
    assert isinstance(found.chart, Bars)
    assert [bar.text for bar in found.chart.bars] == ["50\u00a0% av 20", "75\u00a0% av 20", ".."]
    assert found.sentence == (
        "Hela kedjan höll oftast i maj (75\u00a0% av 20) och mest sällan i april (50\u00a0% av 20)."
    )


def test_a_share_that_is_shown_as_a_bound_is_neither_left_out_nor_said_to_be_more_than_it_tells():
    few = {a.WHOLE: 0, a.BREAKS[0]: 20}  # högst 20 %
    year = of_months(m4={a.WHOLE: 10, a.BREAKS[0]: 10}, m5=few, m6={a.WHOLE: 40})

    found = crosses.chain_by_month(year, ())

    assert found.sentence.replace("\u00a0", " ") == (
        "Hela kedjan höll oftast i juni (minst 90 % av 40) och mest sällan i maj (högst 20 % av "
        "20)."
    )
    assert isinstance(found.chart, Bars)
    assert [bar.length for bar in found.chart.bars] == [0.5, None, 0.9]
    # A bound that reaches over another share tells of no more and no less than that one.
    unsure = of_months(m4={a.WHOLE: 80, a.BREAKS[0]: 20}, m5={a.WHOLE: 12}, m6={a.WHOLE: 40})
    assert crosses.chain_by_month(unsure, ()).sentence.replace("\u00a0", " ") == (
        "Så ofta höll hela kedjan: juni minst 90 % av 40, april 80 % av 100."
    )


def test_those_whose_share_reads_the_same_are_named_together():
    half, less = {a.WHOLE: 15, a.BREAKS[0]: 15}, {a.WHOLE: 10, a.BREAKS[0]: 30}

    found = crosses.chain_by_month(of_months(m4=half, m5=less, m6=half), ())

    assert found.sentence.replace("\u00a0", " ") == (
        "Hela kedjan höll oftast i april (50 % av 30) och juni (50 % av 30) och mest sällan i maj "
        "(25 % av 40)."
    )


def test_one_month_alone_is_told_as_it_is_and_compared_with_none():
    june = of_months(m6={a.WHOLE: 15, a.BREAKS[0]: 5})

    assert crosses.season(june, ()).sentence == "20 ingripanden i juni."
    assert crosses.chain_by_month(june, ()).sentence == (
        "I juni höll hela kedjan i 75\u00a0% av 20 ingripanden."
    )
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


def test_two_months_of_a_year_are_compared_with_the_same_two_of_a_whole_one():
    now = of_months(m4={a.WHOLE: 40}, m5={a.WHOLE: 20})
    whole = of_months(m3={a.WHOLE: 90}, m4={a.WHOLE: 10}, m5={a.WHOLE: 7}, m6={a.WHOLE: 90})

    found = crosses.season(now, [whole])

    assert found.columns == ("Månad", "Antal", "Året före")
    assert found.sentence == "Flest ingripanden i april: 40 av 60. Samma tid året före var de 17."


def test_those_who_share_the_most_are_named_together():
    alike = of_months(m4={a.WHOLE: 20}, m5={a.WHOLE: 20}, m6={a.WHOLE: 9})
    assert crosses.season(alike, ()).sentence == (
        "Flest ingripanden i april och maj: 20 av 49 i vardera."
    )
    cells = nobody()
    cells["veckodag-klockslag"] |= {"fredag · 20–22": 8, "lördag · 22–24": 8, "lördag · 20–22": 6}
    assert crosses.weekday_by_hour(cells).sentence == (
        "Flest: fredag, 20–22; lördag, 22–24 (8 av 22 vardera)."
    )
    cells["veckodag-klockslag"] |= {"söndag · 20–22": 8, "söndag · 22–24": 8}
    assert crosses.weekday_by_hour(cells).sentence == (
        "Flest lika på 4 ställen: 8 av 38 på vart och ett."
    )
    first, second = a.BREAKS[0], a.BREAKS[1]
    cells[a.chain.key] |= {a.WHOLE: 10, first: 6, second: 6}
    assert crosses.funnel(cells).sentence == (
        f"Kedjan brister oftast först här: {first[:1].lower()}{first[1:]} och "
        f"{second[:1].lower()}{second[1:]}, i vardera 6 av 22 ingripanden."
    )


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
