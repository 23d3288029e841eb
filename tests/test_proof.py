"""The parts of `bin/proof`, each a little: that they run, and that they would notice."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cases.models.fields import SealedTextField
from cases.resealing import sealed_columns
from kronoberg.canaries import Canary
from tests import cast
from tests.factories import make_person
from tests.proof import PARTS, cells, fields, rotation
from tests.proof.__main__ import page
from tests.proof.field_table import NAMED, kind_of
from tests.proof.incidents import MUTANTS
from tests.proof.outcome import Outcome

ROOT = Path(__file__).resolve().parent.parent


def part(name: str, share: float) -> dict[str, Any]:
    """One part in a process of its own, as `bin/proof` runs it."""
    asked = [sys.executable, "-m", "tests.proof.part", name, "7", str(share)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(
    ("name", "share", "at_least"),
    [
        ("histories", 0.0002, 100),
        ("malformed", 0.005, 500),
        ("moves", 1, 10_000),
        ("tamperings", 0.036, 18),
    ],
)
def test_a_part_reaches_its_share_and_nothing_fails(name: str, share: float, at_least: int) -> None:
    found = part(name, share)

    [what] = PARTS[name]
    assert found["failures"] == []
    assert found["counts"][what] >= at_least


def test_every_mutant_still_has_its_place_in_the_code() -> None:
    """Code that has moved on takes its mutant along, or the proof proves less than it says."""
    lost = [mutant.incident for mutant in MUTANTS if not mutant.stands_once()]

    assert lost == []
    assert [mutant.number for mutant in MUTANTS] == list(range(1, 41))


def test_every_mutant_names_tests_that_are_there() -> None:
    asked = {test for mutant in MUTANTS for test in mutant.tests_to_run()}
    lost = [
        test
        for test, (file, name) in ((test, test.split("::")) for test in sorted(asked))
        if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]

    assert lost == []


def test_the_page_says_what_was_reached_and_what_failed() -> None:
    parts = {
        "moves": {
            "aim": PARTS["moves"], "counts": {"cells of the machines": 9}, "notes": {"seen": 3},
            "failures": ["close in draft by intake"], "seconds": 2,
        }
    }  # fmt: skip
    text = page({"commit": "abc", "seed": 7, "share": 0.5, "seconds": 2, "parts": parts})

    assert "Proof of abc, seed 7, 50% of each aim" in text
    assert "moves: seen 3" in text
    assert "FAILED close in draft by intake" in text


def test_what_a_rotation_loses_or_leaves_as_it_was_is_named() -> None:
    before: rotation.Told = {"A:1": {"x": "a", "y": "b"}, "A:2": {"x": "c"}, "A:3": {"x": "d"}}
    told: list[rotation.Told] = [{"A:1": {"x": "new"}}, {"A:3": None, "B:1": {"x": "e"}}]

    wanted = rotation.expected(before, told)

    assert wanted == {
        "A:1": {"x": "new", "y": "b"},
        "A:2": {"x": "c"},
        "A:3": None,
        "B:1": {"x": "e"},
    }
    right = {"A:1": {"x": "new", "y": "b"}, "A:2": {"x": "c"}, "B:1": {"x": "e"}}
    assert rotation.different(wanted, right) == []
    wrong = {"A:1": {"x": "a"}, "A:3": {"x": "d"}, "B:1": {"x": "e"}}
    assert rotation.different(wanted, wrong) == [
        "A:1 x does not say what was last written",
        "A:1 y does not say what was last written",
        "A:2 is lost",
        "A:3 was removed and is there",
    ]


def test_every_sealed_text_says_what_kind_of_field_it_is() -> None:
    """A new column without a row in `field_table` is in no cell of role × field × state."""
    columns = {
        (model.__name__, column.name)
        for model, sealed in sealed_columns()
        for column in sealed
        if isinstance(column, SealedTextField)
    }

    assert set(kind_of()) == columns
    assert set(NAMED) <= set(kind_of().values())


def test_whoever_reads_a_field_that_is_not_for_them_is_named_with_the_cell() -> None:
    canary = Canary("kanarie" + "a" * 14, "cases.SupplyTip:1", "price", "Växjö", ("omar",))
    roles = {"karin": "patrol_officer", "omar": "youth_officer"}
    asked = fields.Asked(cells.House(words={canary.word: canary}), Outcome(), roles)

    fields._judge(asked, "omar", {canary.word}, "draft", [canary])
    fields._judge(asked, "karin", set(), "draft", [canary])
    assert asked.found.failures == []
    fields._judge(asked, "karin", {canary.word}, "draft", [canary])

    assert asked.found.failures == ["karin in draft: read price of cases.SupplyTip:1"]
    assert asked.found.counts == {"supplier, read": 2, "supplier, not read": 1, "read cells": 2}


def test_whatever_is_written_in_a_table_with_sealed_words_is_seen() -> None:
    person = make_person(organisation=cast.person("karin").organisation)

    with fields._watched() as written:
        cast.person("karin").save()
        assert written == set()
        person.save()

    assert written == {"cases_person"}
