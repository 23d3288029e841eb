"""Findings that set one thing beside another: an occasion beside the year before, a first talk
beside a repeated one. Worked out from the frozen cells alone, like every other finding.
"""

from kronoberg.statistics import arrivals as a
from kronoberg.statistics import charts, figures
from kronoberg.statistics import police as p
from kronoberg.statistics.figures import ARRIVAL, SMALL_BELOW, number
from kronoberg.statistics.findings import NO_ANSWER, WHAT_SMALL_MEANS, Entry, Finding, counted
from kronoberg.statistics.freezing import EFFORT, HOURS
from kronoberg.statistics.indicators import effort
from kronoberg.statistics.published import EFFORT_BY_OCCASION, Frozen
from kronoberg.statistics.tables import Cells, Split

REFERENCE = " Referensdatum: händelsens början."


def occasions_by_year(frozen: Frozen, before: Frozen | None) -> Finding:
    """21: each occasion beside the year before, with the hours of effort at it."""
    hours = frozen.cells[EFFORT_BY_OCCASION]
    then = _same_months(frozen, before)
    return _beside(
        frozen, then, p.occasions,
        key="occasions-by-year", title="Tillfällen mot året före", what="Tillfälle",
        hours=[hours, then.cells[EFFORT_BY_OCCASION] if then else {}],
        definition=(
            "Ingripanden per tillfälle, och per hundra insatstimmar vid samma tillfälle, mot samma "
            "månader året före."
        ),
    )  # fmt: skip


def weekdays_by_year(frozen: Frozen, before: Frozen | None) -> Finding:
    """21: each weekday beside the same weekday the year before; of one occasion if chosen."""
    return _beside(
        frozen, _same_months(frozen, before), p.weekdays,
        key="weekdays-by-year", title="Samma veckodag året före", what="Veckodag", hours=[{}, {}],
        definition=(
            "Ingripanden per veckodag mot samma veckodag i samma månader året före. Välj ett "
            "tillfälle för att se en valborg på en torsdag mot en valborg på en fredag."
        ),
    )  # fmt: skip


def _same_months(frozen: Frozen, before: Frozen | None) -> Frozen | None:
    """The year before, when it has every month that this year has."""
    if before is None or {m.first.month for m in before.by_month} != {
        m.first.month for m in frozen.by_month
    }:
        return None
    return before


def _beside(
    frozen: Frozen, then: Frozen | None, table: Split, *, key: str, title: str, what: str,
    hours: list[dict[str, int]], definition: str,
) -> Finding:  # fmt: skip
    now, earlier = frozen.cells[table.key], then.cells[table.key] if then else {}
    largest = max((*now.values(), *earlier.values(), 1))
    rows, bars = [], []
    for line, n in now.items():
        rates = [
            figures.rate(lines.get(line, 0), each.get(line, 0))
            for lines, each in zip((now, earlier), hours, strict=True)
        ]
        told = [Entry(rate.text, rate.value) for rate in rates[: 2 if then else 1]]
        rows.append((
            Entry(line), counted(n), *([counted(earlier[line])] if then else []),
            *(told if any(hours) else ()),
        ))  # fmt: skip
        bars.append(charts.Bar(
            line, number(n) + (f" (före: {number(earlier[line])})" if then else ""),
            None if n < SMALL_BELOW else n / largest,
            earlier[line] / largest if then and earlier[line] >= SMALL_BELOW else None,
        ))  # fmt: skip
    sentence = _most(now, earlier)
    years = ("Antal", "Året före") if then else ("Antal",)
    per_hour = ("Per 100 timmar", "Året före") if then else ("Per 100 timmar",)
    notes = [effort(frozen.cells), WHAT_SMALL_MEANS]
    if then:
        notes.insert(1, f"Året före: {number(then.cells[EFFORT][HOURS])} timmar.")
    return Finding(
        key=key, number=21, title=title, sentence=sentence,
        columns=(what, *years, *(per_hour if any(hours) else ())),
        rows=tuple(rows), definition=definition + REFERENCE, notes=tuple(notes),
        chart=charts.Bars(sentence, tuple(bars)),
    )  # fmt: skip


def _most(now: dict[str, int], earlier: dict[str, int]) -> str:
    top = max(now, key=lambda line: now[line])
    if now[top] < SMALL_BELOW:
        return NO_ANSWER
    said = f"Flest ingripanden: {top.lower()}, {number(now[top])}"
    return f"{said}; året före {number(earlier[top])}." if earlier else f"{said}."


def talks_by_round(cells: Cells) -> Finding:
    """13: talks held of those to which somebody was called, the first time and again."""
    cross, called = a.talks_by_round, (a.HELD, a.DECLINED, a.NOT_HELD, a.CALLED)
    rows, bars, said = [], [], []
    for part in cross.rows:
        lines = {column.line: cross.read(cells, part, column) for column in cross.columns}
        n = sum(lines[line] for line in called)
        kept = figures.share(lines[a.HELD], n)
        rows.append((
            Entry(part.line), counted(n), *(counted(lines[line]) for line in called),
            Entry(kept.text, kept.value),
        ))  # fmt: skip
        bars.append(charts.Bar(part.line, kept.text, kept.value and kept.value / 100))
        if kept.text != figures.HIDDEN:
            said.append(f"{part.line.lower()} {kept.text} av {number(n)}")
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
