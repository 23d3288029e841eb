"""Charts as SVG, written here: the same drawing on the page, under its strict policy, and in a PDF.

A chart is data first (`Bars`, `Grid`), drawn once. Nothing is told by colour alone: every bar and
every square carries its number, what is small is said in words, and the table stands beside. The
colours in the drawing are for paper; on the page the stylesheet's own take their place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from textwrap import wrap

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

WIDTH = 400
TEXT, QUIET, BAR, TRACK, PAPER = "#1c2c33", "#4d5f66", "#1d5a6b", "#dfe6e8", "#ffffff"
ROW, BAR_HEIGHT, BASELINE, NEXT_LINE, ROOM_BEFORE = 34, 10, 14, 17, 6
CELL_HEIGHT, LABEL_WIDTH, HEAD, NEXT_SMALL_LINE = 26, 118, 22, 13
SIZE, SMALL_SIZE = 14, 11
# A letter of the report's wide font, small: what a label in a grid has room for follows from it.
LETTER = 6.6
# So many characters fit on a line of a bar, its number included.
LINE = 48
# How strong the colour of a square is, in five steps. Between the third and the fourth no number
# could be read, in the colour of the text or of the paper: from there on it is that of the paper.
SHADES, DARK = (0.12, 0.23, 0.34, 0.84, 1.0), 0.5


@dataclass(frozen=True)
class Bar:
    """One line of a chart: its label, what stands at its end, and how long it is (0 to 1)."""

    label: str
    text: str
    # None: too small to be drawn.
    length: float | None
    # The same line the year before: a dashed outline under the bar, where it is seen.
    before: float | None = None

    @property
    def lines(self) -> list[str]:
        """Its label, on so many lines that none runs into the number."""
        return wrap(self.label, LINE - len(self.text))

    @property
    def height(self) -> int:
        room_before = ROOM_BEFORE if self.before else 0
        return ROW + NEXT_LINE * (len(self.lines) - 1) + room_before


@dataclass(frozen=True)
class Bars:
    """Horizontal bars under their labels."""

    title: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        return sum(bar.height for bar in self.bars)


@dataclass(frozen=True)
class Grid:
    """Squares in rows and columns, darker where there are more; None where it is small."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]

    @property
    def width(self) -> float:
        """Of one square."""
        return (WIDTH - LABEL_WIDTH) / len(self.columns)

    @property
    def is_upright(self) -> bool:
        """Whether the headings stand on end, since some are wider than their squares."""
        return max(map(len, self.columns)) * LETTER > self.width

    @property
    def head(self) -> int:
        if not self.is_upright:
            return HEAD
        return HEAD + int(LETTER * max(len(line) for each in self.columns for line in small(each)))

    @property
    def heights(self) -> list[int]:
        """Of each row: as high as its label needs."""
        return [max(CELL_HEIGHT, NEXT_SMALL_LINE * len(small(row)) + 4) for row in self.rows]

    @property
    def height(self) -> int:
        return self.head + sum(self.heights)


Chart = Bars | Grid


def draw(chart: Chart, *, name: str) -> SafeString:
    """The chart as an SVG element; `name` makes the ids of its title unique on the page."""
    inside = _bars(chart) if isinstance(chart, Bars) else _grid(chart)
    return format_html(
        '<svg class="chart" role="img" aria-labelledby="{0}-title" viewBox="0 0 {1} {2}" '
        'xmlns="http://www.w3.org/2000/svg" font-family="DejaVu Sans, sans-serif">'
        '<title id="{0}-title">{3}</title>{4}</svg>',
        name,
        WIDTH,
        chart.height,
        chart.title,
        mark_safe("".join(inside)),  # noqa: S308  (every piece is made by format_html)
    )


def bars_of(title: str, lines: Sequence[tuple[str, int | None, str]]) -> Bars:
    """Bars from labels, counts and what is printed at their ends; the largest fills the width."""
    largest = max((n for _, n, _ in lines if n is not None), default=0)
    return Bars(
        title,
        tuple(
            Bar(label, text, None if n is None or not largest else n / largest)
            for label, n, text in lines
        ),
    )


def small(label: str) -> list[str]:
    """A label beside or over squares, on so many lines that it keeps to its room."""
    return wrap(label, int(LABEL_WIDTH / LETTER))


def _bars(chart: Bars) -> Iterator[SafeString]:
    top = 0
    for bar in chart.bars:
        for number, line in enumerate(bar.lines):
            yield _text(0, top + BASELINE + number * NEXT_LINE, line, "chart__label")
        yield _text(WIDTH, top + BASELINE, bar.text, "chart__value", anchor="end")
        bar_top = top + BASELINE + NEXT_LINE * (len(bar.lines) - 1) + 5
        top += bar.height
        yield _rect(0, bar_top, WIDTH, BAR_HEIGHT, "chart__track", TRACK)
        if bar.length:
            width = round(max(bar.length * WIDTH, 1), 1)
            yield _rect(0, bar_top, width, BAR_HEIGHT, "chart__bar", BAR)
        if bar.before:
            yield format_html(
                '<rect class="chart__before" x="1" y="{}" width="{}" height="{}" fill="none" '
                'stroke="{}" stroke-dasharray="3 2"/>',
                bar_top + BAR_HEIGHT + 1, round(bar.before * (WIDTH - 2), 1), 3, QUIET,
            )  # fmt: skip


def _grid(chart: Grid) -> Iterator[SafeString]:
    yield from _headings(chart)
    largest = max((n for row in chart.cells for n in row if n is not None), default=1)
    tops = accumulate(chart.heights, initial=chart.head)
    for row, cells, top, height in zip(chart.rows, chart.cells, tops, chart.heights, strict=False):
        lines = small(row)
        first = top + (height - NEXT_SMALL_LINE * (len(lines) - 1)) // 2 + 4
        for number, line in enumerate(lines):
            at = first + number * NEXT_SMALL_LINE
            yield _text(0, at, line, "chart__label", size=SMALL_SIZE)
        for number, n in enumerate(cells):
            left = LABEL_WIDTH + number * chart.width
            yield from _square(left, top, chart.width, height, n, largest)


def _headings(chart: Grid) -> Iterator[SafeString]:
    for number, column in enumerate(chart.columns):
        middle = LABEL_WIDTH + (number + 0.5) * chart.width
        if not chart.is_upright:
            yield _text(middle, BASELINE, column, "chart__quiet", anchor="middle", size=SMALL_SIZE)
            continue
        lines = small(column)
        for turn, line in enumerate(lines):
            left = middle + 4 + (turn - (len(lines) - 1) / 2) * NEXT_SMALL_LINE
            yield _text(left, chart.head - 6, line, "chart__quiet", size=SMALL_SIZE, upright=True)


def _square(
    left: float, top: float, width: float, height: int, n: int | None, largest: int
) -> Iterator[SafeString]:
    share = shade(n, largest) if n else 0.0
    yield _rect(left + 1, top + 1, width - 2, height - 2, "chart__track", TRACK)
    if share:
        square = _rect(left + 1, top + 1, width - 2, height - 2, "chart__bar", BAR)
        yield format_html('<g fill-opacity="{}">{}</g>', share, square)
    kind = "chart__quiet" if n is None else "chart__on-bar" if share > DARK else "chart__value"
    middle, text = left + width / 2, "·" if n is None else str(n)
    yield _text(middle, top + height // 2 + 4, text, kind, anchor="middle", size=SMALL_SIZE)


def shade(n: int, largest: int) -> float:
    """How strong the colour is of a square with `n`, where the most is `largest`."""
    return SHADES[ceil(len(SHADES) * n / largest) - 1]


def _rect(left: float, top: float, width: float, height: float, kind: str, fill: str) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        kind, round(left, 1), round(top, 1), round(width, 1), height, fill,
    )  # fmt: skip


INKS = {"chart__quiet": QUIET, "chart__on-bar": PAPER}


def _text(
    left: float,
    top: float,
    text: str,
    kind: str,
    *,
    anchor: str = "start",
    size: int = SIZE,
    upright: bool = False,
) -> SafeString:
    left = round(left, 1)
    turned = format_html(' transform="rotate(-90 {} {})"', left, top) if upright else ""
    return format_html(
        '<text class="{}" x="{}" y="{}" text-anchor="{}" font-size="{}" fill="{}"{}>{}</text>',
        kind, left, top, anchor, size, INKS.get(kind, TEXT), turned, text,
    )  # fmt: skip
