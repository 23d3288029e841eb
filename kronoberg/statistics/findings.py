"""From raw counts to what a page may show: the only road from an indicator to a template.

All tables about those under 18 share their grand total and nothing else, so each is suppressed for
itself. A share, a rate or a sum is worked out from counts that are shown, never from raw ones: it
tells nothing that the table beside it does not.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch

from cases.models import Municipality
from kronoberg.statistics import indicators, suppression
from kronoberg.statistics.figures import (
    Indicator,
    Interventions,
    Parts,
    Period,
    Share,
    Waits,
)
from kronoberg.statistics.suppression import Cell, Figure, protect

DOTS = Cell(count=None, text=suppression.HIDDEN, is_hidden=True, reason=suppression.REASON)
TOO_FEW = "Talen är för små för att visas utan att röja någon."
NO_HOURS = "Insatstimmar är inte loggade för alla månader: antalet går inte att läsa mot dem."


@dataclass(frozen=True)
class Entry:
    """One place in a table, as it is printed."""

    text: str
    is_hidden: bool = False
    reason: str = ""
    # Whole percent, for the bar under it.
    share: float | None = None


NOTHING = Entry("–")


@dataclass(frozen=True)
class Finding:
    """One indicator on the page: the answer as a sentence, the table, what it means, what hides."""

    number: int
    title: str
    finding: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    definition: str
    note: str


@dataclass(frozen=True)
class Shown:
    """A population in parts, after suppression."""

    cells: Mapping[str, Cell]
    total: Cell

    def together(self, parts: Iterable[str]) -> Cell:
        """Add some parts up, where a reader could do it: from themselves or from all the others."""
        inside = set(parts)
        counts = [cell.count for part, cell in self.cells.items() if part in inside]
        others = [cell.count for part, cell in self.cells.items() if part not in inside]
        if (added := _sum(counts)) is not None:
            return suppression.count(added)
        left = _sum(others)
        if left is None or self.total.count is None:
            return DOTS
        return suppression.count(self.total.count - left)


def page(period: Period, area: Municipality) -> list[Finding]:
    """Every indicator of the page; nothing when nobody was met with in the time it covers."""
    found: tuple[Indicator, ...] = (
        indicators.interventions(period, area),
        indicators.waits(period, area),
        indicators.custodian_reached(period, area),
        indicators.collected(period, area),
        indicators.notified_in_time(period, area),
        indicators.repeated(period, area),
    )
    if not any(_has_anybody(indicator) for indicator in found):
        return []
    return [publish(indicator) for indicator in found]


def _has_anybody(indicator: Indicator) -> bool:
    match indicator:
        case Interventions():
            return indicator.numerator > 0
        case Share():
            return sum(indicator.parts.values()) > 0
        case _:
            return False


@singledispatch
def publish(indicator: Indicator) -> Finding:
    """Return what may be shown of an indicator."""
    raise TypeError(f"{type(indicator).__name__} has no page")


@publish.register
def _(indicator: Share) -> Finding:
    shown = _shown(indicator.parts)
    if indicator.is_all_or_nothing and any(cell.is_hidden for cell in shown.cells.values()):
        shown = Shown(dict.fromkeys(indicator.parts, DOTS), DOTS)

    lines = {line: shown.together(parts) for line, parts in indicator.lines.items()}
    base = shown.together(part for line in indicator.among for part in indicator.lines[line])
    shares = {line: _percentage(lines[line], base) for line in indicator.among}
    rows = [
        (Entry(line), _count(cell), _share(shares[line]) if line in shares else NOTHING)
        for line, cell in lines.items()
    ]
    if set(indicator.among) != set(lines):
        rows.append((Entry("Underlag för andelen (n)"), _count(base), NOTHING))
    rows.append((Entry("Samtliga (n)"), _count(shown.total), NOTHING))

    counted, share = lines[indicator.counted], shares[indicator.counted]
    return _finding(
        indicator,
        _answer(indicator, share, counted=counted, base=base, total=shown.total),
        columns=("Hur det gick", "Antal", "Andel"),
        rows=rows,
    )


def _answer(
    indicator: Share, share: Figure | Cell, *, counted: Cell, base: Cell, total: Cell
) -> str:
    """Say the share with its n; else the count, where that may be shown; else that nothing may."""
    if not share.is_hidden:
        return indicator.sentence.format(share=share.text, n=base.text)
    if counted.is_hidden or total.is_hidden:
        return TOO_FEW
    return f"{indicator.counted}: {counted.text} av samtliga {total.text}. Andelen visas inte."


@publish.register
def _(indicator: Interventions) -> Finding:
    groups = {"Under 18 år": indicator.minors, "18 år eller äldre": indicator.of_age}
    hours = 0 if indicator.months_missing else indicator.hours
    rows, answers = [], []
    for name, parts in groups.items():
        shown = _shown(parts)
        # Raw counts do not enter: a rate with its hours gives the count back.
        rate = suppression.rate(shown.total.count or 0, hours)
        per_hours = DOTS if shown.total.is_hidden else rate
        counts = [_count(cell) for cell in (*shown.cells.values(), shown.total)]
        rows.append((Entry(name), *counts, _figure(per_hours)))
        if not shown.total.is_hidden:
            beside = "" if rate.is_hidden else f" ({rate.text} per 100 insatstimmar)"
            answers.append(f"{name.lower()}: {shown.total.text} ingripanden{beside}")
    finding = "; ".join(answers)
    return _finding(
        indicator,
        f"{finding[:1].upper()}{finding[1:]}." if finding else TOO_FEW,
        columns=("Ålder", *indicator.minors, "Samtliga (n)", "Per 100 insatstimmar"),
        rows=rows,
        remark=_effort(indicator),
    )


def _effort(indicator: Interventions) -> str:
    if indicator.months_missing:
        return NO_HOURS
    hours = f"{indicator.hours:,}".replace(",", suppression.NO_BREAK_SPACE)
    return f"Loggade insatstimmar under perioden: {hours}."


@publish.register
def _(indicator: Waits) -> Finding:
    shown = _shown(indicator.parts)
    tried = shown.together(part for part in indicator.parts if part != indicators.UNFINISHED)
    reached = shown.together(indicators.REACHED)
    half = _spread(suppression.median(indicator.answers, unit="min"), reached)
    most = _spread(suppression.ninetieth(indicator.answers, unit="min"), reached)
    first_try = _spread(suppression.median(indicator.attempts, unit="min"), tried)
    most_tries = _spread(suppression.ninetieth(indicator.attempts, unit="min"), tried)
    sentence = f"Hälften av de {reached.text} som nåddes svarade inom {half.text}"
    sentence += "." if most.is_hidden else f", nio av tio inom {most.text}."
    unreached = _count(shown.cells[indicators.NOT_REACHED])
    return _finding(
        indicator,
        TOO_FEW if half.is_hidden else sentence,
        columns=("Tid från händelsens början", "Median", "Nio av tio inom", "Antal (n)"),
        rows=[
            (Entry("Första försöket"), _figure(first_try), _figure(most_tries), _count(tried)),
            (Entry("Första svaret"), _figure(half), _figure(most), _count(reached)),
            (Entry(indicators.NOT_REACHED), NOTHING, NOTHING, unreached),
            (
                Entry(indicators.UNFINISHED),
                NOTHING,
                NOTHING,
                _count(shown.cells[indicators.UNFINISHED]),
            ),
        ],
    )


# Parts ----------------------------------------------------------------------------------------


def _shown(parts: Parts) -> Shown:
    table = protect([list(parts.values())], rows=["Antal"], columns=list(parts))
    return Shown(dict(zip(parts, table.cells[0], strict=True)), table.total)


def _sum(counts: Iterable[int | None]) -> int | None:
    total = 0
    for n in counts:
        if n is None:
            return None
        total += n
    return total


def _percentage(part: Cell, base: Cell) -> Figure | Cell:
    if part.count is None or base.count is None:
        return DOTS
    return suppression.percentage(part.count, base.count)


def _spread(figure: Figure, base: Cell) -> Figure | Cell:
    """Let a median stand only on a base that is shown: its own n would be one more count."""
    return figure if base.count is not None and base == figure.n else DOTS


def _count(cell: Cell) -> Entry:
    return Entry(cell.text, cell.is_hidden, cell.reason)


def _figure(figure: Figure | Cell) -> Entry:
    return Entry(figure.text, figure.is_hidden, figure.reason)


def _share(figure: Figure | Cell) -> Entry:
    value = figure.value if isinstance(figure, Figure) else None
    return Entry(figure.text, figure.is_hidden, figure.reason, share=value)


def _finding(
    indicator: Indicator,
    finding: str,
    *,
    columns: tuple[str, ...],
    rows: Iterable[tuple[Entry, ...]],
    remark: str = "",
) -> Finding:
    lines = tuple(rows)
    reasons = dict.fromkeys(_reasons(lines))
    return Finding(
        number=indicator.number,
        title=indicator.title,
        finding=finding,
        columns=columns,
        rows=lines,
        definition=f"{indicator.definition} Referensdatum: {indicator.reference_date}.",
        note=" ".join(filter(None, (remark, *reasons))),
    )


def _reasons(rows: Iterable[tuple[Entry, ...]]) -> Iterator[str]:
    return (entry.reason for row in rows for entry in row if entry.is_hidden)
