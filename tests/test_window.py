"""The window of a unit's envelopes: chosen by the administrator, tried with a sheet of its own."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from notices import rendering
from notices.models import Letter
from tests import cast, households
from tests.test_handouts import ordered
from tests.test_postroom_pages import browser, text_of

PAGE = "letter-window"


@pytest.mark.parametrize(("who", "status"), [("asta", 200), ("omar", 403), ("sara", 403)])
def test_the_window_is_the_administrator_s(who, status):
    assert browser(who).get(reverse(PAGE)).status_code == status
    assert browser(who).post(reverse("window-sheet", args=["X9"])).status_code in (403, 404)


def test_new_letters_are_made_for_the_window_of_the_unit_and_made_ones_stay():
    households.notified()
    browser("asta").post(reverse(PAGE), {"letter_window": "V2"})
    households.notified()

    unit = cast.person("omar").organisation
    windows = Letter.objects.filter(organisation=unit, code="L4").values_list("window", flat=True)

    assert list(windows.order_by("made_at")) == ["H2", "V2"]
    # The municipality's copy is the same PDF, whatever envelopes it has.
    there = Letter.objects.exclude(organisation=unit).values_list("window", flat=True)
    assert list(there.order_by("made_at")) == ["H2", "V2"]


@pytest.mark.parametrize("window", ["", "X9"])
def test_a_window_that_does_not_exist_is_refused(window):
    answer = browser("asta").post(reverse(PAGE), {"letter_window": window})

    assert answer.status_code == 422
    assert cast.person("asta").organisation.letter_window == ""


@pytest.mark.parametrize("code", rendering.WINDOWS)
def test_the_test_sheet_is_one_a4_that_names_its_window(code):
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the DejaVu fonts are missing")

    [page] = PdfReader(
        io.BytesIO(ordered(browser("asta"), reverse("window-sheet", args=[code])))
    ).pages

    millimetres = [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]]
    assert millimetres == [210, 297]
    assert f"Fönsterprov {code}" in page.extract_text()
    assert "Till höger (H2)" in text_of(browser("asta").get(reverse(PAGE)))
