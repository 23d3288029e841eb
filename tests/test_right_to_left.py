"""Arabic script as it is drawn: letters joined, and every number with its digits in their order."""

import re
from collections import Counter
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pypdf import PageObject, PdfReader

from notices import fonts, letters, rendering, samples, wording
from notices.languages import LANGUAGES
from tests import glyphs

RIGHT_TO_LEFT = [code for code, each in LANGUAGES.items() if each.is_right_to_left]
NUMBER = re.compile(r"\d[\d –:./-]*\d")
LETTER = re.compile(r"[\u0620-\u064a\u066e-\u06d3\u06d5]")
# What joins only to the letter before it, and what joins to none (Unicode ArabicShaping).
RIGHT_JOINING = set("آأؤإاةدذرزوڑژۆەڕۊ")
NON_JOINING = set("ءۀ")

each_language = pytest.mark.parametrize("language", RIGHT_TO_LEFT)


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: from facts to bytes."""
    if fonts.missing_fonts():
        pytest.skip(f"missing: {', '.join(fonts.missing_fonts())}")


@cache
def pages(code: str, language: str) -> list[PageObject]:
    """The translation's pages of a letter."""
    letter, texts = samples.one_of_each()[code], {language: wording.shipped(code, language)}
    return list(PdfReader(BytesIO(rendering.render(code, letter, texts=texts))).pages)


def seen(code: str, language: str) -> list[str]:
    return [line for page in pages(code, language) for line in glyphs.lines(page)]


def unseen(numbers: set[str], lines: list[str]) -> set[str]:
    return {number for number in numbers if not any(number in line for line in lines)}


@each_language
def test_numbers_to_call_are_drawn_with_their_digits_in_order(language):
    sheet = wording.shipped("L1", language)["sheet_help_list"]
    own = wording.shipped("L3", language)["help_minor"]

    written = {"L1": set(NUMBER.findall(sheet)), "L3": set(NUMBER.findall(own))}

    assert "114 14" in written["L1"]
    assert "116 111" in written["L3"]
    assert unseen(written["L1"], seen("L1", language)) == set()
    assert unseen(written["L3"], seen("L3", language)) == set()


@each_language
@pytest.mark.parametrize("code", ["L1", "L2", "L3", "L6", "L7a", "L7b", "L9", "L12"])
def test_what_a_letter_tells_in_numbers_is_drawn_in_order(code, language):
    letter: letters.Letter = samples.one_of_each()[code]
    head = {letter.reference, f"{letter.written_on:%Y-%m-%d}", letter.handler.phone}
    foot = {letter.sender.phone, letter.sender.org_number, letter.sender.postal_line}

    assert unseen(head | foot, seen(code, language)) == set()


@each_language
def test_what_a_letter_tells_in_swedish_is_drawn_in_order_in_a_table_too(language):
    decision: Any = samples.one_of_each()["L9"]
    talk: Any = samples.one_of_each()["L6"]

    # A bracket is read as its mirror image, wherever it stands.
    act = decision.ground.partition(" (")[0]
    assert unseen({act, decision.decided_by}, seen("L9", language)) == set()
    assert unseen({talk.place, talk.directions}, seen("L6", language)) == set()


@each_language
def test_letters_that_join_are_drawn_joined_and_only_those_that_stand_alone_alone(language):
    title = wording.shipped("L1", language)["sheet_title"]
    script = [each for each in glyphs.drawn(pages("L1", language)[1]) if LETTER.match(each.text)]
    drawn = [each for each in script if each.size == max(one.size for one in script)]
    alone_in = nominal()

    loose = Counter(each.text for each in drawn if each.number == alone_in[ord(each.text[0])])

    assert sum(len(each.text) for each in drawn) == len(LETTER.findall(title))
    assert loose == Counter(standing_alone(title))
    assert len(drawn) - loose.total() > 5


@cache
def nominal() -> dict[int, int]:
    """Letter -> the number of its glyph when it stands by itself."""
    with TTFont(fonts.find("NotoSansArabic-Regular.ttf")) as face:
        return {code: face.getGlyphID(name) for code, name in face.getBestCmap().items()}


def standing_alone(text: str) -> list[str]:
    """The letters that join neither to the one before nor to the one after."""
    found = []
    for before, letter, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        joins_before = joins_on(before) and letter not in NON_JOINING
        joins_after = joins_on(letter) and bool(LETTER.match(after)) and after not in NON_JOINING
        if LETTER.match(letter) and not joins_before and not joins_after:
            found.append(letter)
    return found


def joins_on(letter: str) -> bool:
    return bool(LETTER.match(letter)) and letter not in RIGHT_JOINING | NON_JOINING
