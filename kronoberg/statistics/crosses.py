"""Findings that stand on two divisions at once, or on two years: the funnel, the season, the maps.

Each is worked out from the frozen cells alone, like every other finding.
"""

from kronoberg.statistics import afterwards as a
from kronoberg.statistics import charts, figures
from kronoberg.statistics import police as p
from kronoberg.statistics.comparisons import (
    NO_YEARS,
    Earlier,
    bars_beside,
    same_months,
    years_before,
)
from kronoberg.statistics.figures import HIDDEN, SMALL_BELOW, SMALLEST_BASE, Figure, number
from kronoberg.statistics.findings import (
    NO_ANSWER,
    WHAT_SMALL_MEANS,
    Entry,
    Finding,
    counted,
    largest,
    listed,
)
from kronoberg.statistics.freezing import CONTAINERS, EFFORT, HOURS, LITRES
from kronoberg.statistics.indicators import effort
from kronoberg.statistics.periods import MONTHS, Month
from kronoberg.statistics.published import Frozen
from kronoberg.statistics.tables import Cells, Cross, Part

REFERENCE = " Referensdatum: händelsens början."
# A single bottle must not be told apart: litres and containers are rounded to whole fives.
ROUNDED_TO = 5
# Squares that share the most, named one by one in a sentence.
MOST_NAMED = 3
WHAT_A_POINT_MEANS = f"{WHAT_SMALL_MEANS} I bilden står en punkt."


def funnel(cells: Cells) -> Finding:
    """Each of the nine links: how often it was kept, and how many chains first broke there."""
    lines = cells[a.chain.key]
    n = sum(lines.values())
    left, rows, bars = n, [], []
    for link in a.LINKS:
        kept = figures.share(cells[a.links[link.code].key][link.kept], n)
        broke_here = lines[link.broken]
        left -= broke_here
        rows.append((Entry(link.kept), Entry(kept.text, kept.value), counted(left),
                     counted(broke_here)))  # fmt: skip
        bars.append(charts.Bar(link.kept, f"{number(left)} · {figures.share(left, n).text}",
                               left / n if left >= SMALL_BELOW else None))  # fmt: skip
    worst, n_worst = largest({link.broken: lines[link.broken] for link in a.LINKS})
    where = listed([f"{each[:1].lower()}{each[1:]}" for each in worst])
    each_of = "vardera " if len(worst) > 1 else ""
    sentence = (
        f"Kedjan brister oftast först här: {where}, i {each_of}{number(n_worst)} av {number(n)} "
        "ingripanden."
        if n_worst >= SMALL_BELOW
        else NO_ANSWER
    )
    return Finding(
        key="funnel",
        number=0,
        title="Länk för länk",
        sentence=sentence,
        columns=("Länk", "Länken höll", "Kvar i kedjan", "Brast först här"),
        rows=(*rows, (Entry("Samtliga (n)"), Entry("–"), counted(n), Entry("–"))),
        definition=(
            "Ingripanden mot unga under 18 år. Länken höll: andelen av alla där just den länken "
            "höll. Kvar i kedjan: så många där den och alla före den höll. Den som en patrull "
            "körde hem, eller som togs till sjukhus, har ingen kommit och hämtat. Den som med skäl "
            "inte anmäls väntar inte på återkoppling. Läs antalen mot insatstimmarna."
            f"{REFERENCE}"
        ),
        notes=(effort(cells), WHAT_SMALL_MEANS),
        chart=charts.Bars(sentence, tuple(bars)),
    )


def chain_by_month(frozen: Frozen, _earlier: Earlier) -> Finding:
    """The share of whole chains, month by month."""
    lines = [
        (month_word(month), cells[a.chain.key]) for month, cells in sorted(frozen.by_month.items())
    ]
    return chain_by(lines, frozen.cells, "month", "månad", "Hela kedjan, månad för månad")


def chain_by_place(cells: Cells) -> Finding:
    """The share of whole chains, by the kind of place."""
    cross = a.chain_by_place
    lines = [
        (row.line, {c.line: cross.read(cells, row, c) for c in cross.columns if c != p.ADULTS})
        for row in cross.rows
    ]
    return chain_by(lines, cells, "place", "plats", "Hela kedjan, plats för plats")


def chain_by(
    lines: list[tuple[str, dict[str, int]]], cells: Cells, key: str, what: str, title: str
) -> Finding:
    """The share of whole chains, line by line; `lines` are those under 18 by how far they came."""
    rows, bars = [], []
    shares: dict[str, tuple[Figure, str]] = {}
    for name, minors in lines:
        n, whole = sum(minors.values()), minors[a.WHOLE]
        kept = figures.share(whole, n)
        broken, n_broken = largest({line: minors[line] for line in a.BREAKS})
        where = ", ".join(broken) if n_broken >= SMALL_BELOW else "–"
        rows.append((Entry(name), counted(n), counted(whole), Entry(kept.text, kept.value),
                     Entry(where)))  # fmt: skip
        bars.append(charts.Bar(name, figures.of(kept, n), kept.drawn))
        # A month and a kind of place are common nouns, a municipality is a name.
        shares[name if what == "kommun" else name.lower()] = kept, figures.of(kept, n)
    sentence = _best_and_worst(shares)
    return Finding(
        key=f"chain-by-{key}",
        number=0,
        title=title,
        sentence=sentence,
        columns=(what.capitalize(), "Samtliga (n)", "Hela kedjan", "Andel", "Brast oftast"),
        rows=tuple(rows),
        definition=(
            f"Ingripanden mot unga under 18 år där varje länk höll, av alla per {what}. Andelen "
            f"visas när minst tio finns att räkna på: skillnader mellan få betyder lite.{REFERENCE}"
        ),
        notes=(effort(cells), WHAT_SMALL_MEANS),
        chart=charts.Bars(sentence, tuple(bars)),
    )


def _best_and_worst(shares: dict[str, tuple[Figure, str]]) -> str:
    """Where the chain held most and least often; of the one that has a share, its share.

    Each share comes with how it reads beside its n. Of shares that are shown as bounds it is said
    only as far as the bounds tell.
    """
    told = {name: (share.bounds, share.text) for name, (share, _) in shares.items() if share.bounds}
    if not told:
        return NO_ANSWER
    if len(told) == 1:
        [name] = told
        others = "" if len(shares) == 1 else " I övrigt är talen för små för en andel."
        return f"I {name} höll hela kedjan i {shares[name][1]} ingripanden.{others}"
    if len({text for _, text in told.values()}) == 1:
        return f"Hela kedjan höll i {next(iter(told.values()))[1]} överallt där det går att säga."
    best = max(told, key=lambda name: told[name][0])
    worst = min((name for name in told if name != best), key=lambda name: told[name][0][::-1])
    (at_least, _), best_text = told[best]
    (_, at_most), worst_text = told[worst]
    between = [bounds for name, (bounds, _) in told.items() if name not in {best, worst}]
    # Also those whose share reads the same.
    most, least = (
        [(name, shares[name][1]) for name in told if told[name][1] == text]
        for text in (best_text, worst_text)
    )
    if at_most <= at_least and all(at_most <= low <= high <= at_least for low, high in between):
        often, seldom = (listed([f"{name} ({of})" for name, of in each]) for each in (most, least))
        return f"Hela kedjan höll oftast i {often} och mest sällan i {seldom}."
    return f"Så ofta höll hela kedjan: {', '.join(f'{name} {of}' for name, of in most + least)}."


def weekday_by_hour(cells: Cells) -> Finding:
    """19: when, in a week."""
    return _map(
        cells, p.weekday_by_hour, number_=19, key="weekday-by-hour", title="Veckans timmar",
        corner="Veckodag",
        definition="Ingripanden efter veckodag och klockslag då händelsen började.",
    )  # fmt: skip


def place_by_hour(cells: Cells) -> Finding:
    """19: where and when."""
    return _map(
        cells, p.place_by_hour, number_=19, key="place-by-hour", title="Platsernas timmar",
        corner="Plats",
        definition="Ingripanden efter slag av plats och klockslag. Bostäder visas inte för sig.",
    )  # fmt: skip


def supply_by_place(cells: Cells) -> Finding:
    """17: who supplied, and where the alcohol was found."""
    return _map(
        cells, p.supply_by_place, rows=p.supply_relations.parts, number_=17,
        key="supply-by-place", title="Källorna och platserna", corner="Varifrån",
        definition="Ungdomar som berättade varifrån alkoholen kom, efter slag av plats.",
    )  # fmt: skip


def supply_by_hour(cells: Cells) -> Finding:
    """17: who supplied, and when the alcohol was found."""
    return _map(
        cells, p.supply_by_hour, rows=p.supply_relations.parts, number_=17,
        key="supply-by-hour", title="Källorna och klockslagen", corner="Varifrån",
        definition="Ungdomar som berättade varifrån alkoholen kom, efter klockslag.",
    )  # fmt: skip


def age_by_sex(cells: Cells) -> Finding:
    """20: age and sex together."""
    return _map(
        cells, p.age_by_sex, number_=20, key="age-by-sex", title="Ålder och kön",
        corner="Ålder",
        definition="Ingripanden efter åldersgrupp och juridiskt kön.",
    )  # fmt: skip


def _map(
    cells: Cells,
    cross: Cross,
    *,
    number_: int,
    key: str,
    title: str,
    corner: str,
    definition: str,
    rows: tuple[Part, ...] = (),
) -> Finding:
    """Squares of two divisions; `rows` are those that are shown, all when there are none."""
    shown = rows or cross.rows
    grid = [[cross.read(cells, row, column) for column in cross.columns] for row in shown]
    sentence = _where_most(
        {
            f"{row.line.lower()}, {column.line.lower()}": n
            for row, line in zip(shown, grid, strict=True)
            for column, n in zip(cross.columns, line, strict=True)
        },
        n=sum(map(sum, grid)),
    )
    return Finding(
        key=key,
        number=number_,
        title=title,
        sentence=sentence,
        columns=(corner, *(column.line for column in cross.columns), "Samtliga (n)"),
        rows=tuple(
            (Entry(row.line), *map(counted, line), counted(row.read(cells)))
            for row, line in zip(shown, grid, strict=True)
        ),
        definition=definition + REFERENCE,
        notes=(effort(cells), WHAT_A_POINT_MEANS),
        chart=charts.Grid(
            sentence,
            tuple(row.line for row in shown),
            tuple(column.line for column in cross.columns),
            tuple(tuple(n if n >= SMALL_BELOW else None for n in line) for line in grid),
        ),
    )


def _where_most(squares: dict[str, int], *, n: int) -> str:
    tops, most = largest(squares)
    if most < SMALL_BELOW:
        return NO_ANSWER
    if len(tops) > MOST_NAMED:
        return f"Flest lika på {len(tops)} ställen: {number(most)} av {number(n)} på vart och ett."
    each = " vardera" if len(tops) > 1 else ""
    return f"Flest: {'; '.join(tops)} ({number(most)} av {number(n)}{each})."


def season(frozen: Frozen, earlier: Earlier) -> Finding:
    """21: month by month, beside the same months of the years before that are frozen too."""
    then = same_months(frozen, earlier)
    years = [
        {month_word(month): p.VALID_STOPS.read(cells)
         for month, cells in sorted(year.by_month.items())}
        for year in (frozen, *then.values())
    ]  # fmt: skip
    now, totals = years[0], [sum(year.values()) for year in years]
    tops, n = largest(now)
    each = " i vardera" if len(tops) > 1 else ""
    sentence = f"Flest ingripanden i {listed(tops)}: {number(n)} av {number(totals[0])}{each}."
    if len(now) == 1:
        sentence = f"{number(n)} ingripanden i {tops[0]}."
    if then:
        sentence += f" Samma tid {years_before(totals[1:], 'var de ')}."
    hours = [f"{number(frozen.cells[EFFORT][HOURS])} timmar"] + [
        f"{name.lower()} {number(year.cells[EFFORT][HOURS])} timmar" for name, year in then.items()
    ]
    return Finding(
        key="season",
        number=21,
        title="Månad för månad",
        sentence=sentence if n >= SMALL_BELOW else NO_ANSWER,
        columns=("Månad", "Antal", *then),
        rows=(
            *((Entry(month), *(counted(year[month]) for year in years)) for month in now),
            (Entry("Samtliga (n)"), *map(counted, totals)),
        ),
        definition=(
            "Ingripanden per månad, efter den dag händelsen började, mot samma månader upp till "
            "tre år före; det som registrerades efter att månaden frystes står i den månad som "
            "frystes näst. Läs antalen mot timmarna: fler ingripanden kan vara mer arbete."
            f"{REFERENCE}"
        ),
        notes=(
            f"Insatstid: {', '.join(hours)}.",
            *(() if then else (NO_YEARS,)),
            WHAT_SMALL_MEANS,
        ),
        chart=charts.Bars(sentence, bars_beside(years)),
    )


def month_word(month: Month) -> str:
    return MONTHS[month.first.month - 1]


def destroyed(cells: Cells) -> Finding:
    """18: how much was poured out, in litres and containers, when enough was taken."""
    is_told = p.forfeitures.part(p.TAKEN).read(cells) >= SMALLEST_BASE
    litres, containers = (
        {drink: ROUNDED_TO * round(n / ROUNDED_TO) if is_told else None
         for drink, n in cells[key].items()}
        for key in (LITRES, CONTAINERS)
    )  # fmt: skip
    total, n_total = (
        sum(found for found in each.values() if found) for each in (litres, containers)
    )
    most = max(litres, key=lambda drink: litres[drink] or 0).lower()
    sentence = NO_ANSWER
    if total:
        sentence = f"Omkring {total} liter i {n_total} poster hälldes ut, mest {most}."
    bars = charts.bars_of(
        sentence,
        [(d, n or None, HIDDEN if n is None else f"{n} liter") for d, n in litres.items()],
    )
    return Finding(
        key="destroyed",
        number=18,
        title="Förverkat och utspillt",
        sentence=sentence,
        columns=("Dryck", "Liter", "Poster"),
        rows=tuple(
            (Entry(drink), *(Entry(HIDDEN if n is None else str(n), n) for n in (
                litres[drink], containers[drink],
            )))
            for drink in litres
        ),
        definition=(
            "Volymen alkohol som förverkades och hälldes ut, och hur många poster den antecknades "
            "som, per slag av dryck; båda avrundade till hela fem. De räknas på samma ändrade "
            f"underlag som antalen, och visas när alkohol togs minst tio gånger.{REFERENCE}"
        ),
        notes=(effort(cells),),
        chart=bars,
    )  # fmt: skip
