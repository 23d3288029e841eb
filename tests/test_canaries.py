"""The canaries: a word of its own in every text, whose it is, and what lies open is found."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from cases.models import Person, Protection, YouthCase
from cases.workflow import perform
from kronoberg import canaries
from kronoberg.canaries import WORD
from tests import cast
from tests.factories import make_case, make_custodian, make_person, make_referral

# The words are written past the journal, by the owner of the tables.
pytestmark = pytest.mark.usefixtures("owner")

OF_THE_UNIT = {"karin", "omar", "lena", "magnus"}


def planted(tmp_path: Path) -> list[canaries.Canary]:
    case = make_case("draft", person=make_person(name="Alva Alvmarker"))
    make_custodian(case.person, name="Bo Alvmarker")
    canaries.write(tmp_path / "canaries", canaries.plant(seed=1))
    return canaries.read(tmp_path / "canaries")


def test_every_text_of_every_row_has_a_word_of_its_own(tmp_path) -> None:
    found = planted(tmp_path)

    words = [canary.word for canary in found if WORD.fullmatch(canary.word)]
    assert len(words) == len(set(words)) > 20
    [case] = YouthCase.objects.all()
    standing = {canary.field: canary.word for canary in found if str(case.pk) in canary.object}
    assert standing["observations"] in case.observations
    assert case.observations.startswith("Luktade alkohol")
    assert standing["injuries"] == case.injuries, "also where nothing was written"
    assert Person.objects.get().name.startswith("Alva Alvmarker kanarie")


def test_the_logs_verify_also_when_a_word_stands_in_each_reason(tmp_path) -> None:
    case = make_case("picked_up", by="omar")
    perform(case, "note_dispute", by=cast.person("omar"), reason="Jag hade inte druckit.")
    make_case("draft", by="karin")

    found = planted(tmp_path)

    assert "cases.Remark" in {canary.object.split(":")[0] for canary in found}
    call_command("verify_journal", stdout=io.StringIO())


def test_a_canary_says_whose_it_is_and_who_may_read_it(tmp_path) -> None:
    make_referral("received")
    hidden = make_case("draft", by="omar", person=make_person(protection=Protection.PROTECTED))

    found = planted(tmp_path)

    readers = {(canary.object.split(":")[0], canary.owner): set(canary.may_see) for canary in found}
    police, social = (str(cast.person(name).organisation) for name in ("karin", "sara"))
    assert readers["cases.Custodian", police] == OF_THE_UNIT
    assert readers["cases.Referral", social] == {"ines", "sara", "hanna"}
    [words] = {c.may_see for c in found if str(hidden.pk) in c.object}
    assert words == ("omar",), "of somebody hidden only whoever wrote it"


def test_what_lies_open_is_found_also_across_two_readings_and_is_not_repeated(
    tmp_path, monkeypatch
) -> None:
    words, folder = planted(tmp_path), tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(canaries, "CHUNK", 16)
    name = next(canary.word for canary in words if canary.field == "name").encode()
    number = next(canary.word for canary in words if canary.field == "personal_number").encode()
    (folder / "log").write_bytes(b"x" * 9 + name + b"x" * 40 + number + b"y")
    (folder / "clean").write_bytes(b"x" * 100)

    n_bytes, found = canaries.found_in(folder, words)

    assert n_bytes == 9 + len(name) + 40 + len(number) + 1 + 100
    assert found == ["name in log", "personal_number in log"]


def test_times_that_say_nothing_are_a_half() -> None:
    assert canaries.auc([1, 2, 3, 4], [1, 2, 3, 4]) == 0.5
    assert canaries.auc([5, 6], [1, 2]) == canaries.auc([1, 2], [5, 6]) == 1
