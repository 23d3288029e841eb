"""What a page of a PDF shows, glyph by glyph where it stands: the words as the eye reads them.

A text layer can be right while the drawing is wrong, so nothing here asks the PDF for its text.
"""

import re
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject
from pypdf.generic import ContentStream

_PAIR = re.compile(r"<([0-9a-f]{4})> <([0-9a-f]+)>")
Matrix = tuple[float, ...]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Glyph:
    """One drawn glyph: its left edge and base line in points from the page's lower left corner."""

    x: float
    y: float
    size: float
    font: str
    number: int
    text: str


def drawn(page: PageObject) -> list[Glyph]:
    """Every glyph of the page, in the order in which it was drawn."""
    fonts = {name: _Font(ref.get_object()) for name, ref in page["/Resources"]["/Font"].items()}  # type: ignore[index]
    found: list[Glyph] = []
    stack: list[Matrix] = []
    now: Matrix = _IDENTITY
    line, font, size = now, "", 0.0
    for given, operator in ContentStream(page.get_contents(), page.pdf).operations:
        match operator:
            case b"q":
                stack.append(now)
            case b"Q":
                now = stack.pop()
            case b"cm":
                now = _times(tuple(map(float, given)), now)
            case b"Tm":
                line = tuple(map(float, given))
            case b"Tf":
                font, size = str(given[0]), float(given[1])
            case b"TJ":
                # Another font goes on where the last one ended.
                shown, advance = _shown(given[0], fonts[font], size, _times(line, now))
                found, line = found + shown, _times((1, 0, 0, 1, advance, 0), line)
    return found


def lines(page: PageObject) -> list[str]:
    """The page's lines, each read from left to right as the eye meets its glyphs."""
    by_base: dict[int, list[Glyph]] = {}
    for glyph in drawn(page):
        by_base.setdefault(round(glyph.y), []).append(glyph)
    rows = sorted(by_base.items(), reverse=True)
    return ["".join(g.text for g in sorted(row, key=lambda g: g.x)) for _, row in rows]


class _Font:
    def __init__(self, font: Any) -> None:
        self.name = str(font["/BaseFont"])[8:]
        pairs = _PAIR.findall(font["/ToUnicode"].get_data().decode())
        self.text = {
            int(code, 16): bytes.fromhex(signs).decode("utf-16-be") for code, signs in pairs
        }
        self.width: dict[int, float] = {}
        widths = list(font["/DescendantFonts"][0].get_object()["/W"])
        while widths:
            first, row = int(widths.pop(0)), widths.pop(0)
            self.width |= {first + at: float(width) for at, width in enumerate(row)}


def _shown(pieces: Any, font: _Font, size: float, place: Matrix) -> tuple[list[Glyph], float]:
    found, x = [], 0.0
    for piece in pieces:
        if isinstance(piece, int | float):
            x -= float(piece) / 1000 * size
            continue
        raw = piece if isinstance(piece, bytes) else piece.original_bytes
        for at in range(0, len(raw), 2):
            number = int.from_bytes(raw[at : at + 2], "big")
            a, _, _, d, e, f = place
            text = font.text.get(number, "")
            found.append(Glyph(a * x + e, f, abs(d) * size, font.name, number, text))
            x += font.width.get(number, 0.0) / 1000 * size
    return found, x


def _times(left: Matrix, right: Matrix) -> Matrix:
    a, b, c, d, e, f = left
    g, h, i, j, k, m = right
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k,
            e * h + f * j + m)  # fmt: skip
