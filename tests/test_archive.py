"""The letters of ended cases to the archive: as PDF/A, by whoever may, with a row in the log."""

import csv
import hashlib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases.models import AccessEntry, Protection, YouthCase
from kronoberg import archive
from notices import outbox, rendering, samples, wording
from notices.languages import LANGUAGES
from notices.models import Letter
from tests import cast
from tests.factories import make_case


@pytest.fixture(autouse=True)
def _letters_can_be_made_here():
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the DejaVu fonts are missing")


def letter_of(case: YouthCase) -> Letter:
    return outbox.queue(
        "L1",
        samples.to_anna(),
        owner=case.organisation,
        case_id=case.pk,
        addressee="vårdnadshavare 1",
        by=case.author,
        at=timezone.now(),
    )


@pytest.fixture
def ended() -> YouthCase:
    case = make_case("closed")
    letter_of(case)
    outbox.render_waiting()
    return case


def run(folder: Path, *more: str, by: str = "lena") -> str:
    said = StringIO()
    call_command("archive", "--by", by, "--out", str(folder), *more, stdout=said)
    return said.getvalue()


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / archive.LIST).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_letters_of_an_ended_case_are_written_as_pdf_a_with_a_list_and_logged(ended, tmp_path):
    page = pytest.importorskip("page", reason="page-validation is not installed")
    folder = tmp_path / "arkiv"

    assert run(folder, "--case", ended.reference) == "1 letters of 1 cases.\n"

    [row] = rows(folder)
    pdf, letter = (folder / row["file"]).read_bytes(), Letter.objects.get(case_id=ended.pk)
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_A_2A)
    assert report.is_compliant, [str(failure) for failure in report.failures]
    assert (row["case"], row["letter"]) == (ended.reference, letter.reference)
    assert row["sha256"] == hashlib.sha256(pdf).hexdigest()
    assert row["sent_sha256"] == letter.pdf_sha256
    [entry] = AccessEntry.objects.filter(page="archive")
    assert (entry.kind, entry.subject_id, entry.actor.username) == ("export", ended.pk, "lena")


def test_only_ended_cases_closed_before_the_day_are_written(ended, tmp_path):
    open_case = make_case("handed_over")
    letter_of(open_case)
    outbox.render_waiting()
    closed = timezone.localdate(YouthCase.objects.get(pk=ended.pk).closed_at)

    run(tmp_path / "before", "--closed-before", closed.isoformat())
    run(tmp_path / "after", "--closed-before", closed.replace(year=closed.year + 1).isoformat())

    assert rows(tmp_path / "before") == []
    assert [row["case"] for row in rows(tmp_path / "after")] == [ended.reference]
    run(tmp_path / "open", "--case", open_case.reference)
    assert rows(tmp_path / "open") == []


@pytest.mark.parametrize("by", ["omar", "asta", "magnus", "nobody"])
def test_whoever_does_not_answer_for_what_is_kept_writes_nothing(ended, tmp_path, by):
    with pytest.raises(CommandError):
        run(tmp_path / "arkiv", "--case", ended.reference, by=by)

    assert not (tmp_path / "arkiv").exists()
    assert not AccessEntry.objects.filter(page="archive").exists()


def test_another_unit_s_case_is_not_there(ended, tmp_path):
    assert run(tmp_path / "arkiv", "--case", ended.reference, by="hanna").startswith("0 letters")


def test_a_hidden_identity_is_left_out_and_named_by_its_number_alone(ended, tmp_path):
    ended.person.protection = Protection.PROTECTED
    ended.person.save()

    said = run(tmp_path / "arkiv", "--case", ended.reference)

    assert said.splitlines()[1].startswith(f"{ended.reference}: left out")
    assert rows(tmp_path / "arkiv") == []


def test_a_folder_with_something_in_it_is_not_written_to(ended, tmp_path):
    (tmp_path / "old.pdf").write_bytes(b"")

    with pytest.raises(CommandError, match="not empty"):
        run(tmp_path, "--case", ended.reference)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "sv"])
def test_a_letter_to_the_archive_is_pdf_a_in_every_language(language):
    page = pytest.importorskip("page", reason="page-validation is not installed")
    texts = {"sv": wording.shipped("L6", "sv"), language: wording.shipped("L6", language)}

    kept = rendering.render("L6", samples.talk(), texts=texts, variant=rendering.TO_ARCHIVE)

    report = page.validate_pdf_bytes(kept, profile=page.ValidationProfile.PDF_A_2A)
    assert report.is_compliant, [str(failure) for failure in report.failures]


def test_the_archive_s_words_are_those_that_were_sent_whatever_is_newest_now(ended):
    letter = Letter.objects.get(case_id=ended.pk)

    one, again = outbox.for_archive(letter), outbox.for_archive(letter)

    assert one == again
    assert letter.edition is not None and letter.edition.texts == wording.shipped("L1", "sv")


def test_somebody_who_has_left_writes_nothing(ended, tmp_path):
    lena = cast.person("lena")
    lena.is_active = False
    lena.save()

    with pytest.raises(CommandError, match="Nobody here"):
        run(tmp_path / "arkiv", "--case", ended.reference)
