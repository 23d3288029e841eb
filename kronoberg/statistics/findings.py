"""From an indicator to what a page, a file or a chart shows: the answer first, then the table.

This is the only road out: a count leaves through `figures.number`, a share through `figures.share`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kronoberg.statistics import figures
from kronoberg.statistics.charts import Chart, bars_of
from kronoberg.statistics.figures import SMALL, SMALL_BELOW, Figure, Indicator, number

NOTHING = "–"
NO_ANSWER = "Talen är för små för att svara på frågan."
WHAT_SMALL_MEANS = f"{SMALL}: antalet är litet och visas inte närmare."


FITS_BESIDE = 5


@dataclass(frozen=True)
class Entry:
    """One place in a table, as it is printed; `value` is what a file holds, None for words."""

    text: str
    value: float | None = None

    @property
    def is_small(self) -> bool:
        return self.text == SMALL


@dataclass(frozen=True)
class Finding:
    """One indicator on the page: the answer as a sentence, the table, what it means, what hides."""

    key: str
    number: int
    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    definition: str
    notes: tuple[str, ...]
    chart: Chart | None = None

    @property
    def is_wide(self) -> bool:
        """Whether the table needs the whole width, under the chart instead of beside it."""
        return self.chart is None or len(self.columns) > FITS_BESIDE

    @property
    def rows_by_column(self) -> list[list[tuple[str, Entry]]]:
        """Each entry beside the heading of its column, for where a row stands as a record."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def is_answer(self) -> bool:
        """Whether the sentence answers the question: that nothing can be said is not a finding."""
        return bool(self.rows) and self.sentence != NO_ANSWER


def not_counted(empty: Finding, why: str) -> Finding:
    """What stands in the place of a finding that cannot be made of these months."""
    return replace(empty, sentence=why, columns=(), rows=(), definition="", notes=(), chart=None)


NOT_COUNTED = "Talet finns inte för alla de här månaderna: det räknades inte, eller på annat sätt."
NOT_BY_OCCASION = "Talet räknas inte för ett tillfälle för sig: välj alla tillfällen."
NOT_YET_FOLLOWED = (
    "Talet blir klart tretton månader efter periodens sista dag: välj en tidigare period."
)


def publish(indicator: Indicator, *, key: str) -> Finding:
    """Return what is shown of an indicator."""
    shares, sentence = bool(indicator.counted), _answer(indicator)
    rows = [
        (Entry(line), counted(n), *([_share(indicator, line)] if shares else []))
        for line, n in indicator.lines.items()
    ]
    if indicator.among and set(indicator.among) != set(indicator.lines):
        rows.append(
            _total(
                "Underlag för andelen (n)" if shares else "Underlag för tiden (n)",
                indicator.denominator,
                shares=shares,
            )
        )
    rows.append(_total("Samtliga (n)", sum(indicator.lines.values()), shares=shares))
    notes = [indicator.beside] if indicator.beside else []
    if any(entry.is_small for row in rows for entry in row):
        notes.append(WHAT_SMALL_MEANS)
    return Finding(
        key=key,
        number=indicator.number,
        title=indicator.title,
        sentence=sentence,
        columns=("Hur det var", "Antal", *(["Andel"] if shares else [])),
        rows=tuple(rows),
        definition=f"{indicator.definition} Referensdatum: {indicator.reference_date}.",
        notes=tuple(notes),
        chart=_chart(indicator, sentence),
    )


def _chart(indicator: Indicator, title: str) -> Chart:
    """A bar for each line, with its count and its share at the end."""
    lines = []
    for line, n in indicator.lines.items():
        text = number(n)
        if indicator.counted and line in indicator.base:
            text += f" · {figures.share(n, indicator.denominator).text}"
        lines.append((line, None if n < SMALL_BELOW else n, text))
    return bars_of(title, lines)


def _answer(indicator: Indicator) -> str:
    """The finding in one sentence; that it cannot be said, when it cannot."""
    words: dict[str, Any] = {"n": number(indicator.denominator)}
    said = indicator.sentence
    if "{share}" in said:
        words["share"] = figures.share(indicator.numerator, indicator.denominator)
    if "{median}" in said:
        counts = [indicator.lines[line] for line in indicator.among]
        words["median"] = figures.quantile(counts[: len(indicator.ends)], indicator.ends, 5)
        words["most"] = figures.quantile(counts[: len(indicator.ends)], indicator.ends, 9)
        if "{most}" in said and words["most"].value is None:
            said = said.split(", nio av tio")[0] + "."
            del words["most"]
    if "{top}" in said:
        words["top"] = _top(indicator)
    found = [word for word in words.values() if isinstance(word, Figure)]
    if any(figure.text == figures.HIDDEN for figure in found) or words.get("top") == "":
        return NO_ANSWER
    return _capital(
        said.format(**{k: w.text if isinstance(w, Figure) else w for k, w in words.items()})
    )


def _top(indicator: Indicator) -> str:
    """The two largest lines in words, and whatever is as large; empty when all are small."""
    order = sorted(indicator.lines.items(), key=lambda item: -item[1])
    least = max(order[:2][-1][1], SMALL_BELOW)
    large = [f"{line.lower()} {number(n)}" for line, n in order if n >= least]
    return ", ".join(large)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def largest(lines: Mapping[str, int]) -> tuple[list[str], int]:
    """The largest count, and every line that has it: one of two alike would be half a truth."""
    n = max(lines.values())
    return [line for line, each in lines.items() if each == n], n


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them."""
    *first, last = names
    return f"{', '.join(first)} och {last}" if first else last


def counted(n: int) -> Entry:
    """A count as an entry of a table."""
    return Entry(number(n), None if n < SMALL_BELOW else n)


def _share(indicator: Indicator, line: str) -> Entry:
    if line not in indicator.base:
        return Entry(NOTHING)
    found = figures.share(indicator.lines[line], indicator.denominator)
    return Entry(found.text, found.value)


def _total(label: str, n: int, *, shares: bool) -> tuple[Entry, ...]:
    return (Entry(label), counted(n), *([Entry(NOTHING)] if shares else []))
