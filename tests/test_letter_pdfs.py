"""Every letter in every language, opened: valid, in its fonts, shaped and read as it should be.

The whole product of letters and languages is made once for the claims here: the slowest module.
"""

import importlib
import re
import unicodedata
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from pypdf import PdfReader

from notices import editions, fonts, letters, rendering, samples, wording
from notices.catalogue import CATALOGUE, Audience
from notices.languages import LANGUAGES

# A suite without the validator fails: what it proves is no option.
page: Any = importlib.import_module("page")
EVERY = [(code, language) for code in letters.LETTERS for language in wording.languages_of(code)]
every_letter = pytest.mark.parametrize(("code", "language"), EVERY)
FAMILY = (Audience.CUSTODIANS, Audience.YOUTH, Audience.FAMILY)
OTHER = [language for language in LANGUAGES if LANGUAGES[language].tag != "sv"]
# One letter with a sheet in each language, for what is the same in every letter.
translated = pytest.mark.parametrize("language", OTHER)
FACES = {"Arab": "Noto-Sans-Arabic", "Ethi": "Noto-Sans-Ethiopic", "Latn": "DejaVu-Sans"}
ARABIC = re.compile(r"[\u0620-\u06ff]")
ETHIOPIC = re.compile(r"[\u1200-\u137f]")


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: from facts to bytes."""
    if fonts.missing_fonts():
        pytest.skip(f"missing: {', '.join(fonts.missing_fonts())}")


@cache
def pdf(code: str, language: str) -> bytes:
    """As it is sent: the Swedish pages, then the translation's."""
    texts = {"sv": wording.shipped(code, "sv")} | {language: wording.shipped(code, language)}
    return rendering.render(code, samples.one_of_each()[code], texts=texts)


@cache
def read(code: str, language: str) -> PdfReader:
    return PdfReader(BytesIO(pdf(code, language)))


def elements(node: Any) -> list[Any]:
    """Every structure element of the file, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        return [found for kid in node for found in elements(kid)]
    if not hasattr(node, "get"):
        return []
    kids = elements(node["/K"]) if "/K" in node else []
    return [node, *kids] if "/S" in node else kids


@every_letter
def test_a_letter_passes_the_validator_of_pdf_ua_in_every_language(code, language):
    report = page.validate_pdf_bytes(pdf(code, language), profile=page.ValidationProfile.PDF_UA_1)

    assert report.is_compliant, [str(failure) for failure in report.failures]


@pytest.mark.parametrize("code", letters.LETTERS)
def test_a_letter_to_the_archive_is_pdf_a(code):
    letter, archive = samples.one_of_each()[code], rendering.TO_ARCHIVE

    kept = rendering.render(code, letter, variant=archive)

    report = page.validate_pdf_bytes(kept, profile=page.ValidationProfile.PDF_A_2A)
    assert report.is_compliant, [str(failure) for failure in report.failures]


@translated
def test_a_screen_reader_changes_voice_with_the_language(language):
    reader, tag = read("L6", language), LANGUAGES[language].tag
    catalog: Any = reader.root_object
    tree = [each for each in elements(catalog["/StructTreeRoot"]["/K"]) if "/Pg" in each]

    spoken = [
        {each.get("/Lang") for each in tree if each.raw_get("/Pg") == page.indirect_reference}
        for page in reader.pages
    ]

    assert catalog["/Lang"] == "sv"
    assert spoken == [{None}, {None}, {tag}, {tag}]


@translated
def test_a_letter_carries_the_fonts_of_its_script_as_subsets(language):
    fonts: dict[str, Any] = {}
    for page in read("L6", language).pages:
        for reference in page["/Resources"]["/Font"].values():  # type: ignore[index]
            face = reference.get_object()
            fonts[face["/BaseFont"][8:]] = face["/DescendantFonts"][0]["/FontDescriptor"]

    used = FACES[LANGUAGES[language].script]
    assert any(name.startswith(used) for name in fonts), sorted(fonts)
    assert all(name.startswith((used, "DejaVu-Sans")) for name in fonts), sorted(fonts)
    assert all({"/FontFile2", "/FontFile3"} & each.get_object().keys() for each in fonts.values())


@translated
def test_no_sign_of_a_letter_falls_into_the_box_of_what_a_font_cannot_draw(language):
    drawable = fonts.drawable(LANGUAGES[language].script)

    signs = {
        sign
        for code in wording.codes_of(language)
        for text in wording.shipped(code, language).values()
        for sign in text
    }

    assert {unicodedata.name(sign, "?") for sign in signs if ord(sign) not in drawable} == set()


@pytest.mark.parametrize("language", ["ar", "fa", "prs", "ckb"])
def test_arabic_script_runs_from_right_to_left(language):
    letter = read("L6", language).pages[2]
    places: dict[str, float] = {}

    def place(text: str, cm: Any, tm: Any, _font: Any, _size: float) -> None:
        if ARABIC.search(text):
            places[text.strip()] = tm[4] * cm[0] + cm[4]

    letter.extract_text(visitor_text=place)

    # A heading ends at the right margin. That its letters are joined: tests/test_right_to_left.py.
    assert places
    assert max(places.values()) > 105 / 25.4 * 72


def test_ethiopic_is_drawn_with_one_glyph_for_each_syllable():
    page = read("L6", "ti").pages[2]

    drawn = ETHIOPIC.findall(page.extract_text())

    written = wording.shipped("L6", "ti")["how"]
    assert set(ETHIOPIC.findall(written)) <= set(drawn)
    assert len(set(drawn)) > 60


@every_letter
def test_each_part_counts_its_own_pages_and_no_page_is_left_without_a_number(code, language):
    texts = [page.extract_text() for page in read(code, language).pages]
    parts = 1 if language == "sv" else 2
    length = len(texts) // parts

    assert len(texts) % parts == 0
    for number, text in enumerate(texts):
        assert f"{number % length + 1} ({length})" in text


def test_the_mark_of_the_demo_stands_in_the_same_place_of_every_page():
    places = []

    def place(text: str, cm: Any, tm: Any, _font: Any, _size: float) -> None:
        if "DEMO" in text:
            places.append(round(tm[5] * cm[3] + cm[5], 1))

    # The notice goes on over several pages; the other letter has a sheet.
    pages = [page for code in ("L4", "L1") for page in read(code, "sv").pages]
    for page in pages:
        page.extract_text(visitor_text=place)

    assert len(places) == len(pages) > 4
    assert len(set(places)) == 1


TO_A_FAMILY = [code for code, kind in CATALOGUE.items() if kind.audience in FAMILY]


@pytest.mark.parametrize(("code", "language"), [pair for pair in EVERY if pair[0] in TO_A_FAMILY])
def test_each_letter_to_a_family_has_a_code_that_says_in_words_where_it_leads(code, language):
    catalog: Any = read(code, language).root_object
    tree = elements(catalog["/StructTreeRoot"]["/K"])
    figures = [element for element in tree if element["/S"] == "/Figure"]
    parts = 1 if language == "sv" else 2

    assert [figure["/Alt"] for figure in figures] == [
        f"QR: https://{samples.one_of_each()[code].sender.website}"
    ] * parts


def test_each_table_heading_of_a_letter_says_what_it_is_the_heading_of():
    folders = (settings.BASE_DIR / "templates" / name for name in ("letters", "print"))
    layouts = [path.read_text(encoding="utf-8") for each in folders for path in each.glob("*.html")]

    headings = [tag for layout in layouts for tag in re.findall(r"<th\b[^>]*>", layout)]

    assert headings
    assert [tag for tag in headings if not re.search(r'scope="(row|col)"', tag)] == []


@translated
def test_a_draft_is_marked_on_every_page(language):
    texts = wording.shipped("L6", language)

    preview = PdfReader(BytesIO(editions.preview("L6", language, texts)))

    marked = ["UTKAST" in page.extract_text() for page in preview.pages]
    assert marked == [language not in editions.ANSWERED_FOR] * len(preview.pages)


def test_a_long_letter_says_how_many_pages_it_has_with_its_sheet():
    letter = replace(samples.talk(), directions="Gå rakt fram. " * 150)

    reader = PdfReader(BytesIO(rendering.render("L6", letter)))

    assert len(reader.pages) > 2
    for number, page in enumerate(reader.pages, start=1):
        assert f"{number} ({len(reader.pages)})" in page.extract_text()
