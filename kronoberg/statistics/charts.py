"""Charts as SVG, written here: the same drawing on the page, under its strict policy, and in a PDF.

A chart is data first (`Bars`, `Grid`), drawn once. Nothing is told by colour alone: every bar and
every square carries its number, what is small is said in words, and the table stands beside. The
colours in the drawing are for paper; on the page the stylesheet's own take their place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

WIDTH = 400
TEXT, QUIET, BAR, TRACK, PAPER = "#1c2c33", "#4d5f66", "#1d5a6b", "#dfe6e8", "#ffffff"
ROW, BAR_HEIGHT, BASELINE = 34, 10, 14
CELL_HEIGHT, LABEL_WIDTH, HEAD = 26, 84, 22
SIZE, SMALL_SIZE = 14, 11
# So many characters fit on a line of a bar, its number included.
LINE = 52
# From here on a square is so dark that its number is written in the colour of the paper.
DARK = 0.55


@dataclass(frozen=True)
class Bar:
    """One line of a chart: its label, what stands at its end, and how long it is (0 to 1)."""

    label: str
    text: str
    # None: too small to be drawn.
    length: float | None
    # The same line the year before: a dashed outline inside.
    before: float | None = None


@dataclass(frozen=True)
class Bars:
    """Horizontal bars under their labels."""

    title: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        return ROW * len(self.bars)


@dataclass(frozen=True)
class Grid:
    """Squares in rows and columns, darker where there are more; None where it is small."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int | None, ...], ...]

    @property
    def height(self) -> int:
        return HEAD + CELL_HEIGHT * len(self.rows)


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


def shortened(label: str, room: int) -> str:
    """A label that fits; the table beside has it whole."""
    return label if len(label) <= room else f"{label[: room - 1].rstrip()}…"


def _bars(chart: Bars) -> Iterator[SafeString]:
    for number, bar in enumerate(chart.bars):
        top = number * ROW
        yield _text(0, top + BASELINE, shortened(bar.label, LINE - len(bar.text)), "chart__label")
        yield _text(WIDTH, top + BASELINE, bar.text, "chart__value", anchor="end")
        bar_top = top + BASELINE + 5
        yield _rect(0, bar_top, WIDTH, BAR_HEIGHT, "chart__track", TRACK)
        if bar.length:
            width = round(max(bar.length * WIDTH, 1), 1)
            yield _rect(0, bar_top, width, BAR_HEIGHT, "chart__bar", BAR)
        if bar.before:
            yield format_html(
                '<rect class="chart__before" x="1" y="{}" width="{}" height="{}" fill="none" '
                'stroke="{}" stroke-dasharray="3 2"/>',
                bar_top + 2, round(bar.before * (WIDTH - 2), 1), BAR_HEIGHT - 4, QUIET,
            )  # fmt: skip


def _grid(chart: Grid) -> Iterator[SafeString]:
    width = (WIDTH - LABEL_WIDTH) / len(chart.columns)
    largest = max((n for row in chart.cells for n in row if n is not None), default=1)
    for number, column in enumerate(chart.columns):
        middle = LABEL_WIDTH + (number + 0.5) * width
        yield _text(middle, BASELINE, column, "chart__quiet", anchor="middle", size=SMALL_SIZE)
    for line, (row, cells) in enumerate(zip(chart.rows, chart.cells, strict=True)):
        top = HEAD + line * CELL_HEIGHT
        yield _text(0, top + BASELINE + 3, row, "chart__label", size=SMALL_SIZE)
        for number, n in enumerate(cells):
            left = LABEL_WIDTH + number * width
            yield from _square(left, top, width, n, largest)


def _square(
    left: float, top: float, width: float, n: int | None, largest: int
) -> Iterator[SafeString]:
    share = 0.0 if n is None else 0.12 + 0.88 * n / largest
    yield _rect(left + 1, top + 1, width - 2, CELL_HEIGHT - 2, "chart__track", TRACK)
    if share:
        square = _rect(left + 1, top + 1, width - 2, CELL_HEIGHT - 2, "chart__bar", BAR)
        yield format_html('<g fill-opacity="{}">{}</g>', round(share, 2), square)
    kind = "chart__quiet" if n is None else "chart__on-bar" if share > DARK else "chart__value"
    middle, text = left + width / 2, "·" if n is None else str(n)
    yield _text(middle, top + BASELINE + 3, text, kind, anchor="middle", size=SMALL_SIZE)


def _rect(left: float, top: float, width: float, height: float, kind: str, fill: str) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        kind, round(left, 1), round(top, 1), round(width, 1), height, fill,
    )  # fmt: skip


INKS = {"chart__quiet": QUIET, "chart__on-bar": PAPER}


def _text(
    left: float, top: float, text: str, kind: str, *, anchor: str = "start", size: int = SIZE
) -> SafeString:
    return format_html(
        '<text class="{}" x="{}" y="{}" text-anchor="{}" font-size="{}" fill="{}">{}</text>',
        kind, round(left, 1), top, anchor, size, INKS.get(kind, TEXT), text,
    )  # fmt: skip
