"""`manage.py letters`: every letter in every language in a folder, for the eye."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from notices import letters, rendering, wording
from notices.languages import LANGUAGES
from notices.management.commands.letters import asked_for


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: the letters are about invented people."""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_nothing_asked_for_is_every_letter_in_every_language_it_is_written_in():
    made = asked_for(None)

    assert len(made) == len(set(made))
    assert {code for code, _ in made} == set(letters.LETTERS)
    assert {language for _, language in made} == set(LANGUAGES)
    assert all((code, "sv") in made for code in letters.LETTERS)


def test_each_file_is_named_by_letter_and_language_and_holds_it(tmp_path):
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the fonts are missing")
    out = tmp_path / "made" / "here"

    call_command("letters", out=out, only=["L1", "L7a"], verbosity=0)

    of_both = {
        f"{code}-{each}.pdf" for code in ("L1", "L7a") for each in wording.languages_of(code)
    }
    assert {"L1-sv.pdf", "L7a-ar.pdf"} <= of_both
    assert names(out) == of_both
    for path in out.iterdir():
        language = path.stem.partition("-")[2]
        n_parts = 1 if language == "sv" else 2
        assert len(PdfReader(path).pages) == 2 * n_parts, path.name


def test_a_language_asked_for_is_each_letter_in_it():
    assert asked_for(["ar"]) == [(code, "ar") for code in wording.codes_of("ar")]


def test_a_name_that_is_no_letter_and_no_language_makes_nothing(tmp_path):
    with pytest.raises(CommandError, match="L99"):
        call_command("letters", out=tmp_path / "made", only=["L99"])
