"""Findings that set one thing beside another: an occasion beside the year before, a first talk
beside a repeated one. Worked out from the frozen cells alone, like every other finding.
"""

from collections.abc import Sequence

from kronoberg.statistics import arrivals as a
from kronoberg.statistics import charts, figures
from kronoberg.statistics import police as p
from kronoberg.statistics.figures import ARRIVAL, SMALL_BELOW, number
from kronoberg.statistics.findings import (
    NO_ANSWER,
    NOTHING,
    WHAT_SMALL_MEANS,
    Entry,
    Finding,
    counted,
    largest,
    listed,
)
from kronoberg.statistics.freezing import EFFORT, HOURS
from kronoberg.statistics.indicators import effort
from kronoberg.statistics.published import EFFORT_BY_OCCASION, Frozen, part
from kronoberg.statistics.tables import Cells, Split

REFERENCE = " Referensdatum: händelsens början."


# Beside so many years before, as far as they are frozen (domain 6, no. 21: "previous years").
YEARS_BACK = 3
Earlier = Sequence[Frozen | None]
NO_YEARS = "Inget år före är fryst i samma månader: här finns ännu inget att jämföra med."


def occasions_by_year(frozen: Frozen, earlier: Earlier) -> Finding:
    """21: each occasion beside the years before, with the hours of effort at it."""
    return _beside(
        frozen, earlier, p.occasions,
        key="occasions-by-year", title="Tillfällen mot åren före", what="Tillfälle",
        has_hours=True,
        definition=(
            "Ingripanden per tillfälle, som patrullen angav det, och per hundra insatstimmar vid "
            "samma tillfälle, mot samma månader upp till tre år före."
        ),
    )  # fmt: skip


def weekdays_by_year(frozen: Frozen, earlier: Earlier) -> Finding:
    """21: each weekday beside the same weekday in the years before; of one occasion if chosen."""
    return _beside(
        frozen, earlier, p.weekdays,
        key="weekdays-by-year", title="Samma veckodag åren före", what="Veckodag",
        has_hours=False,
        definition=(
            "Ingripanden per veckodag mot samma veckodag i samma månader upp till tre år före. "
            "Välj ett tillfälle för att se en valborg på en torsdag mot en valborg på en fredag."
        ),
    )  # fmt: skip


def same_months(frozen: Frozen, earlier: Earlier) -> dict[str, Frozen]:
    """The same months of the years before, by what a column calls them.

    Of a year that does not have them all there is nothing to compare with.
    """
    months, found = {month.first.month for month in frozen.by_month}, {}
    for back, each in enumerate(earlier, start=1):
        kept = [month for month in each.months if month.first.month in months] if each else []
        if each and len(kept) == len(months):
            name = "Året före" if back == 1 else f"{back} år före"
            found[name] = each if len(kept) == len(each.by_month) else part(each, kept)
    return found


def years_before(counts: Sequence[int], verb: str = "") -> str:
    """Those of the years before in words, the nearest first."""
    if not counts:
        return ""
    *first, last = map(number, counts)
    when, said = ("åren före", f"{', '.join(first)} och {last}") if first else ("året före", last)
    return f"{when} {verb}{said}"


def bars_beside(years: Sequence[dict[str, int]]) -> tuple[charts.Bar, ...]:
    """A bar for each line of the first year, with that of the year before under it."""
    most = max(1, *(n for year in years for n in year.values()))
    bars = []
    for line in years[0]:
        n, *before = (year[line] for year in years)
        bars.append(charts.Bar(
            line, number(n) + (f" (före: {number(before[0])})" if before else ""),
            None if n < SMALL_BELOW else n / most,
            before[0] / most if before and before[0] >= SMALL_BELOW else None,
        ))  # fmt: skip
    return tuple(bars)


def _beside(
    frozen: Frozen, earlier: Earlier, table: Split, *, key: str, title: str, what: str,
    has_hours: bool, definition: str,
) -> Finding:  # fmt: skip
    then = same_months(frozen, earlier)
    years = [frozen, *then.values()]
    lines = [year.cells[table.key] for year in years]
    hours = [year.cells[EFFORT_BY_OCCASION] if has_hours else {} for year in years]
    rows = []
    for line in lines[0]:
        n, *before = (each[line] for each in lines)
        rates = [
            figures.rate(each[line], at.get(line, 0))
            for each, at in zip(lines, hours, strict=True) if has_hours
        ]  # fmt: skip
        rows.append((
            Entry(line), *map(counted, (n, *before)),
            *(Entry(rate.text, rate.value) for rate in rates),
        ))  # fmt: skip
    totals = [counted(sum(each.values())) for each in lines]
    untold = [Entry(NOTHING)] * (len(years) if has_hours else 0)
    rows.append((Entry("Samtliga (n)"), *totals, *untold))
    sentence = _most(lines)
    notes = [
        effort(frozen.cells),
        *(f"{name}: {number(each.cells[EFFORT][HOURS])} timmar." for name, each in then.items()),
        *(() if then else (NO_YEARS,)),
        WHAT_SMALL_MEANS,
    ]
    per_hour = ("Per 100 timmar", *(f"{name}, per 100 timmar" for name in then))
    return Finding(
        key=key, number=21, title=title, sentence=sentence,
        columns=(what, "Antal", *then, *(per_hour if has_hours else ())),
        rows=tuple(rows), definition=definition + REFERENCE, notes=tuple(notes),
        chart=charts.Bars(sentence, bars_beside(lines)),
    )  # fmt: skip


def _most(years: Sequence[dict[str, int]]) -> str:
    now, *earlier = years
    tops, n = largest(now)
    if n < SMALL_BELOW:
        return NO_ANSWER
    said = f"Flest ingripanden: {listed(tops).lower()}, {number(n)}"
    if len(tops) > 1:
        return f"{said} vardera."
    before = years_before([each[tops[0]] for each in earlier])
    return f"{said}; {before}." if before else f"{said}."


def talks_by_round(cells: Cells) -> Finding:
    """13: talks held of those to which somebody was called, the first time and again."""
    cross, called = a.talks_by_round, (a.HELD, a.DECLINED, a.NOT_HELD, a.CALLED)
    rows, bars, said = [], [], []
    for turn in cross.rows:
        lines = {column.line: cross.read(cells, turn, column) for column in cross.columns}
        n = sum(lines[line] for line in called)
        kept = figures.share(lines[a.HELD], n)
        rows.append((
            Entry(turn.line), counted(n), *(counted(lines[line]) for line in called),
            Entry(kept.text, kept.value),
        ))  # fmt: skip
        bars.append(charts.Bar(turn.line, figures.of(kept, n), kept.drawn))
        if kept.text != figures.HIDDEN:
            said.append(f"{turn.line.lower()} {kept.text} av {number(n)}")
    sentence = f"Samtal hölls: {', '.join(said)}." if said else NO_ANSWER
    return Finding(
        key="talks-by-round", number=13, title="Samtal första gången och igen", sentence=sentence,
        columns=("Anmälan", "Kallade (n)", "Hölls", "Avböjde", "Hölls inte", "Inte varit än",
                 "Andel som hölls"),
        rows=tuple(rows),
        definition=(
            "Mottagna anmälningar där någon kallades till samtal, efter om en annan anmälan om "
            "samma nummer kom till enheten under året före. Andelen är hållna samtal av kallade. "
            f"Referensdatum: {ARRIVAL}."
        ),
        notes=(WHAT_SMALL_MEANS,), chart=charts.Bars(sentence, tuple(bars)),
    )  # fmt: skip
