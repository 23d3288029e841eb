"""The PDFs themselves: what a letter looks like in a window, to a screen reader, and again."""

import hashlib
import importlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import ImageFont
from pypdf import PdfReader

from notices import engine, fonts, letters, rendering
from notices import samples as sample

# A suite without the validator fails: what it proves is no option.
page: Any = importlib.import_module("page")
# Every PDF that the claims below are about, made once.
LETTERS: dict[str, tuple[str, Callable[[], letters.Letter], str]] = {
    "to Anna": ("L1", sample.to_anna, "H2"),
    "to Anna, V2": ("L1", sample.to_anna, "V2"),
    "to Jonas": ("L1", sample.to_jonas, "H2"),
    "notice": ("L4", sample.concern, "H2"),
    "acknowledgement": ("L5", sample.acknowledgement, "H2"),
    "talk": ("L6", sample.talk, "H2"),
    "feedback": ("L8", sample.feedback, "H2"),
}
every_letter = pytest.mark.parametrize("which", LETTERS)

MM = 72 / 25.4
PAGE_HEIGHT = 297


class Run(NamedTuple):
    """A piece of text on the first page, in millimetres from its top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: from facts to bytes."""
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the DejaVu fonts are missing")


@cache
def pdf(which: str) -> bytes:
    code, letter, window = LETTERS[which]
    return rendering.render(code, letter(), window=window)


@cache
def read(which: str) -> PdfReader:
    return PdfReader(BytesIO(pdf(which)))


def root(which: str) -> Any:
    return read(which).root_object


def title(which: str) -> str:
    metadata = read(which).metadata
    assert metadata is not None
    return str(metadata.title)


def text(which: str) -> str:
    """The text in the order of the file, each run of blanks as one."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in read(which).pages))


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    name = next(fonts.FONT_FOLDERS[0].rglob("DejaVuSans-Bold.ttf"), "DejaVuSans-Bold.ttf")
    return ImageFont.truetype(str(name), size)


def runs(which: str) -> list[Run]:
    """Where each text of the first page stands; widths as if all of it were bold."""
    found = []

    def place(piece: str, cm: Any, tm: Any, _font: Any, size: float) -> None:
        if not piece.strip():
            return
        left = (tm[4] * cm[0] + tm[5] * cm[2] + cm[4]) / MM
        baseline = PAGE_HEIGHT - (tm[4] * cm[1] + tm[5] * cm[3] + cm[5]) / MM
        em = size * abs(tm[0] * cm[0]) / MM
        width = font(100).getlength(piece.strip()) / 100 * em
        found.append(
            Run(piece.strip(), left, baseline - 0.8 * em, left + width, baseline + 0.2 * em)
        )

    read(which).pages[0].extract_text(visitor_text=place)
    return found


def inside(run: Run, box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    return run.left >= left and run.top >= top and run.right <= right and run.bottom <= bottom


def touches(run: Run, box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    return run.right > left and run.left < right and run.bottom > top and run.top < bottom


@every_letter
def test_a_letter_passes_the_validator_of_pdf_ua(which):
    report = page.validate_pdf_bytes(pdf(which), profile=page.ValidationProfile.PDF_UA_1)

    assert report.is_compliant, [str(failure) for failure in report.failures]


@every_letter
def test_a_letter_says_its_language_its_title_and_that_it_is_tagged(which):
    catalog = root(which)

    assert catalog["/Lang"] == "sv"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/StructTreeRoot"]["/K"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert LETTERS[which][1]().reference in title(which)


@every_letter
def test_the_title_of_a_letter_names_nobody(which):
    assert not re.search(r"Elsa|Anna|Jonas|Lind", title(which))


@every_letter
def test_a_letter_carries_its_fonts_as_subsets_and_no_other_than_dejavu(which):
    pages: Any = read(which).pages
    for page in pages:
        for reference in page["/Resources"]["/Font"].values():
            face = reference.get_object()
            descriptor = face["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert re.match(r"/[A-Z]{6}\+DejaVu-Sans", face["/BaseFont"])
            assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


@every_letter
def test_the_address_shows_in_the_window_however_the_paper_slides(which):
    _, letter, window = LETTERS[which]
    recipient = letter().recipient
    lines = {recipient.name, f"c/o {recipient.care_of}", recipient.street, recipient.postal_line}

    shown = [run for run in runs(which) if inside(run, rendering.WINDOWS[window].address_mm)]

    assert {run.text for run in shown} == {line for line in lines if line and line != "c/o "}


@every_letter
def test_nothing_but_the_address_can_ever_show_in_the_window(which):
    window = rendering.WINDOWS[LETTERS[which][2]]

    seen = [run for run in runs(which) if touches(run, window.exposed_mm)]

    assert [run.text for run in seen if not inside(run, window.address_mm)] == []


def test_the_text_comes_in_the_order_in_which_it_is_read():
    order = [
        "Polismyndigheten",
        "Omar Lind",
        "Brev till vårdnadshavare",
        "2026-11-24",
        "K-2026-004213",
        "352 45 VÄXJÖ",
        "Vi träffade Elsa fredagen den 20 november",
        "träffade Elsa Lind på Stortorget i Växjö fredagen den 20 november klockan 22:40",
        "Elsa var påverkad av alkohol.",
        "hällde ut den",
        "klockan 22:52",
        "Du hämtade Elsa klockan 23:25",
        "socialnämnden i Växjö kommun (2026-11-21)",
        "Vad händer nu?",
        "inom 14 dagar",
        "Ring Omar Lind, 070-174 06 05",
        "Vänliga hälsningar",
        "19 kap. 1 § socialtjänstlagen (2025:400)",
        "Bra att veta",
        "Därför hör vi av oss",
        "ring 114 14",
        "Dina rättigheter",
        "https://example.org/polisen",
    ]
    found, after = text("to Anna"), 0

    for words in order:
        assert words in found[after:], words
        after = found.index(words, after) + len(words)


def test_what_happens_now_is_a_numbered_list_to_a_screen_reader():
    kinds = set()

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif hasattr(node, "get"):
            kinds.add(node.get("/S"))
            walk(node.get("/K", []))

    walk(root("to Anna")["/StructTreeRoot"]["/K"])

    assert {"/H1", "/H2", "/P", "/L", "/LI", "/Lbl", "/LBody"} <= kinds


@pytest.mark.parametrize(
    ("which", "pages"),
    [("to Anna", 2), ("notice", 3), ("acknowledgement", 1), ("talk", 2), ("feedback", 1)],
)
def test_a_letter_is_as_short_as_it_should_be_and_counts_its_pages(which, pages):
    assert len(read(which).pages) == pages
    for number, page in enumerate(read(which).pages, start=1):
        assert f"{number} ({pages})" in page.extract_text()


def test_neither_custodian_can_read_anything_of_the_other():
    assert [secret for secret in sample.JONAS_SECRETS if secret in text("to Anna")] == []
    assert [secret for secret in sample.ANNAS_SECRETS if secret in text("to Jonas")] == []
    assert "Kvarngatan 19" in text("to Jonas")


def test_a_notice_shows_that_data_is_protected_and_shows_nothing_else_there():
    found = text("notice")

    assert "Jonas Lind" in found
    assert found.count("Skyddade personuppgifter") == 1
    assert "Kvarngatan" not in found


def test_a_notice_keeps_what_was_seen_apart_from_what_was_said():
    found = text("notice")

    assert "Egna iakttagelser Elsa luktade alkohol och frös." in found
    assert "Ordningsvakt, 2026-11-20 22:35 Hon grät nyss." in found


def test_invented_people_are_marked_and_real_ones_are_not():
    assert "DEMO – påhittade personer" in text("to Anna")
    assert "DEMO" not in text("to Jonas")


def test_the_same_letter_gives_the_same_bytes_in_a_new_process():
    script = (
        "import django, hashlib; django.setup()\n"
        "from notices import rendering; from notices import samples as sample\n"
        "pdf = rendering.render('L1', sample.to_anna(), window='H2')\n"
        "print(hashlib.sha256(pdf).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "kronoberg.settings", "PYTHONHASHSEED": "7"},
    )
    for which in LETTERS:
        pdf(which)  # whatever was made before must not show

    here = rendering.render("L1", sample.to_anna(), window="H2")

    assert here == pdf("to Anna")
    assert hashlib.sha256(here).hexdigest() == there.stdout.strip()


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def test_a_letter_that_reaches_outside_itself_reaches_nothing(settings, tmp_path, listener):
    (tmp_path / "secret.txt").write_text("hemligt")
    net = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    disk = (tmp_path / "secret.txt").as_uri()
    pages = {
        f"letters/X{number}.html": f'<html lang="sv"><title>x</title>{tag}</html>'
        for number, tag in enumerate(
            (f'<img src="{net}">', f'<img src="{disk}">', f'<link rel="attachment" href="{disk}">')
        )
    }
    loaders = [("django.template.loaders.locmem.Loader", pages)]
    engine = "django.template.backends.django.DjangoTemplates"
    settings.TEMPLATES = [{"BACKEND": engine, "OPTIONS": {"loaders": loaders}}]

    for number in range(len(pages)):
        with pytest.raises(rendering.Unprintable, match="utanför sig självt"):
            rendering.render(f"X{number}", sample.feedback(), texts={"sv": {}})

    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("a" * 20_001, "längre än 20000 tecken"),
        ("rad\n" * 400, "fler än 400 rader"),
        ("Elsa \N{GRINNING FACE} \N{PILE OF POO}", "Typsnittet saknar"),
        ("Elsa\N{NULL}", "Typsnittet saknar"),
    ],
    ids=["long", "many lines", "emoji", "control"],
)
def test_a_text_that_cannot_be_drawn_is_refused_in_words(words, complaint):
    with pytest.raises(rendering.Unprintable, match=complaint):
        rendering.render("L4", replace(sample.concern(), what_happened=words))


def test_many_texts_that_are_too_much_together_are_refused():
    much = "a" * 19_000
    letter = replace(
        sample.concern(), what_happened=much, own_observations=much, concern=much, why_now=much
    )

    assert rendering.unprintable(letter) == ["Brevet är längre än 60000 tecken."]


def test_names_from_many_languages_can_be_drawn():
    name = "Łukasz Đorđević Ñuñez Оксана محمد"

    assert rendering.unprintable(replace(sample.to_anna(), youth_name=name)) == []


@pytest.fixture
def _cold_engine():
    kept = (engine.engine, fonts.drawable, fonts.find)
    for each in kept:
        each.cache_clear()
    yield
    for each in kept:
        each.cache_clear()


@pytest.mark.usefixtures("_cold_engine")
def test_a_missing_font_is_named_with_the_line_that_installs_it(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FONT_FOLDERS", (tmp_path,))

    with pytest.raises(rendering.CannotRender, match=r"DejaVuSans\.ttf.*apt-get install") as fault:
        rendering.render("L8", sample.feedback())

    assert not isinstance(fault.value, rendering.Unprintable)
    assert fonts.missing_fonts("Latn") == ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]
    assert not rendering.can_render()


@pytest.mark.usefixtures("_cold_engine")
def test_a_missing_library_is_named_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(rendering.CannotRender, match=r"PDF kan inte skapas.*libpango-1\.0-0"):
        rendering.render("L8", sample.feedback())
