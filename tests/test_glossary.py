"""The glossary says what the code says: no word is missing, none is left over."""

import re
from datetime import date
from inspect import isfunction, signature
from pathlib import Path

import pytest

from cases.models import Municipality, Referral, Right, Role, YouthCase
from cases.models.moves import moves_of
from cases.models.referral import State as ReferralState
from cases.models.youth_case import State as YouthCaseState
from kronoberg.statistics import indicators
from kronoberg.statistics.figures import Period

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
PRODUCT = ("cases", "notices", "kronoberg")


def table(heading: str) -> list[list[str]]:
    """The rows under a heading, cell by cell, without the head of the table."""
    section = GLOSSARY.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def actions(model: type[YouthCase] | type[Referral]) -> set[tuple[str, ...]]:
    return {(move.label, f"`{move.name}`", move.done) for move in moves_of(model)}


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        ("States of a police case", YouthCaseState),
        ("States of a referral", ReferralState),
        ("Rights", Right),
        ("Roles", Role),
    ],
)
def test_every_code_and_its_label_is_in_the_glossary(heading, codes):
    written = {(label, name) for label, name, _ in table(heading)}

    assert written == {(code.label, f"`{code.value}`") for code in codes}


@pytest.mark.parametrize(
    ("heading", "model"),
    [("Actions in a police case", YouthCase), ("Actions in a referral", Referral)],
)
def test_every_action_and_its_words_are_in_the_glossary(heading, model):
    written = {(label, name, done) for label, name, done, _ in table(heading)}

    assert written == actions(model)


def test_every_indicator_and_its_title_are_in_the_glossary():
    period = Period(date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 7))
    area = Municipality.objects.get(pk="0780")
    found = [
        function
        for name, function in vars(indicators).items()
        if not name.startswith("_") and isfunction(function)
        if list(signature(function).parameters) == ["period", "area"]
    ]
    shown = [(function.__name__, function(period, area)) for function in found]

    assert {tuple(row) for row in table("Indicators")} == {
        (figures.title, f"`{name}`", str(figures.number)) for name, figures in shown
    }


def test_every_identifier_of_the_trade_is_found_in_the_code():
    code = "\n".join(
        path.read_text() for folder in PRODUCT for path in sorted((ROOT / folder).rglob("*.py"))
    )
    names = [
        row[1].strip("`")
        for heading in ("Words of the trade", "Words of the statistics")
        for row in table(heading)
    ]

    assert [name for name in names if not re.search(rf"\b{name}", code)] == []


def test_paragraphs_are_of_the_social_services_act_in_force():
    # The act of 2025 begins anew: "14:1" and "11:1 a" are the old numbers of these duties.
    assert not re.search(r"SoL (?:14:1\b|11:1 a|12:\d)", GLOSSARY)
