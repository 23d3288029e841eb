"""The glossary says what the code says: no word is missing, none is left over."""

import re
from pathlib import Path

import pytest

from cases.models import Referral, Right, Role, YouthCase
from cases.models.moves import PAPER_EVENTS, moves_of
from cases.models.referral import State as ReferralState
from cases.models.youth_case import State as YouthCaseState
from kronoberg.measures import effects, promised
from kronoberg.statistics import indicators, indicators_afterwards, municipal
from kronoberg.statistics.questions import QUESTIONS
from notices import postroom
from notices.posting import State as PostingState
from tests.figures import nobody

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
INDICATORS = (
    *indicators.INDICATORS,
    *indicators_afterwards.INDICATORS,
    *municipal.INDICATORS,
)
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
        ("States of a paper", PostingState),
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


def test_every_move_of_a_paper_and_its_words_are_in_the_glossary():
    written = {(label, name, done) for label, name, done, _ in table("What is done with a paper")}

    assert written == {
        (move.label, f"`{move.name}`", PAPER_EVENTS[move.name]) for move in postroom.moves()
    }


def test_every_indicator_and_its_title_are_in_the_glossary():
    shown = [(make.__name__, make(nobody())) for make in INDICATORS]

    of_a_measure = {
        (effects.TITLE, "`before_after`", "22"),
        (promised.TITLE, "`promise_kept`", "26"),
    }
    assert {tuple(row) for row in table("Indicators")} == of_a_measure | {
        (found.title, f"`{name}`", str(found.number or "–")) for name, found in shown
    }


def test_every_indicator_answers_a_question_on_a_page():
    asked = [make for question in QUESTIONS for make in question.indicators]

    assert len(asked) == len(set(asked))
    assert set(asked) == set(INDICATORS)


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
