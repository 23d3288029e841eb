"""Every letter in every window: the address shows however the paper slides, and nothing else."""

from functools import cache
from io import BytesIO

import pytest
from pypdf import PageObject, PdfReader

from notices import letters, rendering, samples, wording
from tests import glyphs
from tests.glyphs import Glyph

MM = 72 / 25.4
HEIGHT = 297
each = pytest.mark.parametrize("code", letters.LETTERS)
in_each_window = pytest.mark.parametrize("window", rendering.WINDOWS)
# The translation's own first page has the address too: one language of each script.
TRANSLATED = [(code, language) for code in ("L1", "L6") for language in ("ar", "ti", "uk")]


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: from facts to bytes."""
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the fonts are missing")


@cache
def first_page(code: str, window: str, language: str = "sv") -> PageObject:
    texts = {language: wording.shipped(code, language)}
    pdf = rendering.render(code, samples.one_of_each()[code], texts=texts, window=window)
    return PdfReader(BytesIO(pdf)).pages[0]


def shown(page: PageObject, box: tuple[float, float, float, float]) -> list[Glyph]:
    """The glyphs of which anything is within the box, in millimetres from the top left corner."""
    left, top, right, bottom = box
    return [
        glyph
        for glyph in glyphs.drawn(page)
        if glyph.text.strip()
        and (glyph.x + 0.7 * glyph.size) / MM > left
        and glyph.x / MM < right
        and HEIGHT - (glyph.y - 0.25 * glyph.size) / MM > top
        and HEIGHT - (glyph.y + 0.8 * glyph.size) / MM < bottom
    ]


def is_inside(glyph: Glyph, box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    return (
        glyph.x / MM >= left
        and (glyph.x + 0.9 * glyph.size) / MM <= right
        and HEIGHT - (glyph.y + 0.8 * glyph.size) / MM >= top
        and HEIGHT - (glyph.y - 0.25 * glyph.size) / MM <= bottom
    )


def written(code: str) -> str:
    """The address as the letter has it, without its spaces."""
    to = samples.one_of_each()[code].recipient
    care_of = f"c/o {to.care_of}" if to.care_of else ""
    return "".join(
        "".join(line.split()) for line in (to.name, care_of, to.street, to.postal_line) if line
    )


def assert_fits(page: PageObject, code: str, window: str) -> None:
    place = rendering.WINDOWS[window]

    seen = shown(page, place.exposed_mm)

    in_order = sorted(seen, key=lambda glyph: (-round(glyph.y), glyph.x))
    assert "".join("".join(glyph.text.split()) for glyph in in_order) == written(code)
    assert [glyph for glyph in seen if not is_inside(glyph, place.address_mm)] == []


@each
@in_each_window
def test_the_address_and_nothing_else_shows_in_the_window(code, window):
    assert_fits(first_page(code, window), code, window)


@pytest.mark.parametrize(("code", "language"), TRANSLATED)
@in_each_window
def test_the_address_shows_on_a_translation_s_first_page_too(code, language, window):
    assert_fits(first_page(code, window, language), code, window)


def test_a_letter_for_the_other_window_does_not_fit():
    with pytest.raises(AssertionError):
        assert_fits(first_page("L1", "H2"), "L1", "V2")
