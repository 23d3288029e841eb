"""A letter says with which layout it was made, beside its words and its facts."""

from notices import letters, outbox, rendering
from notices.models import Letter
from tests import households


def test_a_made_letter_names_the_digest_of_its_layout():
    case, _ = households.notified()
    letter = Letter.objects.get(case_id=case.pk, code="L4")
    assert letter.layout == ""

    outbox._store(letter, b"%PDF")

    assert Letter.objects.get(pk=letter.pk).layout == rendering.layout_of("L4")


def test_each_letter_has_a_layout_of_its_own_and_another_stylesheet_is_another_layout(
    monkeypatch, tmp_path
):
    own = {code: rendering.layout_of(code) for code in letters.LETTERS}
    assert len(set(own.values())) == len(own)
    style = tmp_path / "page.css"
    style.write_text("p { color: red }", encoding="utf-8")
    monkeypatch.setattr(rendering, "STYLESHEETS", (style,))

    rendering.layout_of.cache_clear()

    assert rendering.layout_of("L4") != own["L4"]
    rendering.layout_of.cache_clear()
