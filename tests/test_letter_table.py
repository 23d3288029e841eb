"""Every letter to a family × every gate × every language, from one table, by the steps themselves.

`SITUATIONS` and `MATRIX` (tests/test_gates.py) say what is special and which gate it closes for
whom. Here each step that makes letters is taken in each situation, and each letter is sent, or on
record as held with the reason and the other way. The PDFs are opened in tests/test_letter_pdfs.py.
"""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from cases.models import AlcoholSeizure, guards
from notices import editions, gates, outbox, samples, wording
from notices.catalogue import CATALOGUE, Audience
from notices.gates import GateClosed
from notices.languages import LANGUAGES
from notices.models import Edition, HeldLetter, Letter
from tests import cast, households, tables
from tests.factories import make_check
from tests.households import police, social
from tests.test_gates import MATRIX, SITUATIONS, gate

TABLE = tables.read(MATRIX)
# Tomorrow of a day that has passed: tests/test_gates.py asks about the day itself.
CASES = [name for name in SITUATIONS if name != "father_loses_it_soon"]
HOME = {
    "mother": "vårdnadshavare 1",
    "father": "vårdnadshavare 2",
    "youth": "ungdomen",
}
EVERYBODY, PARENTS, YOUTH = tuple(HOME), ("mother", "father"), ("youth",)
OF_THE_POLICE = {"L1": PARENTS, "L3": YOUTH, "L9": EVERYBODY}
OF_THE_BOARD = dict.fromkeys(("L6", "L2", "L7a", "L7b", "L12", "L12b"), EVERYBODY)
TO_A_FAMILY = {
    code
    for code, kind in CATALOGUE.items()
    if kind.audience in (Audience.CUSTODIANS, Audience.YOUTH, Audience.FAMILY)
}


def make_special(situation: str, case: Any) -> None:
    """Change the rows of a family in two homes as the table says."""
    person = case.person
    rows = {
        "youth": person,
        "mother": households.mother(person),
        "father": households.father(person),
        "case": case,
        "referral": case,
    }
    other = "referral" if case.organisation.is_police else "case"
    with guards.lifted(connection):  # how the case came to be so is not what is asked
        for name, columns in SITUATIONS[situation]:
            if name != other:
                for column, value in columns.items():
                    setattr(rows[name], column, value)
                rows[name].save()


def by_the_police(situation: str) -> Any:
    """The letters after a stop, with the decision on what was forfeited, or the waiver."""
    case = households.reviewed()
    case.seizures.all().delete()
    AlcoholSeizure.objects.create(
        youth_case=case, drink="strong_beer", volume_cl=150, decided_at=case.opened_at,
        decided_by=cast.person("karin"),
    )  # fmt: skip
    police(case, "notify")
    case = households.fresh(case)
    make_special(situation, case)
    try:
        police(case, "send_letters")
    except GateClosed:
        police(case, "waive_letters", reason="Ingen får skrivas till.")
    return case


def special_referral(situation: str) -> Any:
    _, referral = households.notified()
    households.assessed(referral)
    referral = households.fresh(referral)
    make_special(situation, referral)
    return referral


def called_and_investigated(situation: str) -> Any:
    """A talk, a meeting and an investigation."""
    referral = special_referral(situation)
    social(referral, "call_to_talk", records=households.called(referral))
    meeting, *whom = households.called(referral)
    meeting.kind = "information_meeting"
    social(referral, "call_to_talk", records=[meeting, *whom])
    social(referral, "open_investigation", delegation="4.2", decision_reasons="Stöd behövs.")
    return referral


def followed_up(situation: str) -> Any:
    """No investigation, a follow-up and its end."""
    referral = special_referral(situation)
    is_adult = situation in ("turned_18", "looks_18")
    yes, no = ("youth", "no_youth") if is_adult else ("custodians", "no_custodians")
    social(referral, "decide_not_to_open", delegation="4.2", decision_reasons="Stöd finns.")
    social(referral, "give_feedback")
    social(referral, "decline_support", support_answer=no)
    check = make_check(referral)
    social(referral, "start_follow_up", follow_up_answer=yes, records=[check])
    check.skipped_at = timezone.now()
    social(referral, "skip_check", records=[check], reason="Det går bra.")
    social(referral, "close", end="talked")
    return referral


def cells(case: Any) -> dict[str, str]:
    """Letter and addressee -> "open", or the gates that held it, each with its other way."""
    found = {}
    who = {label: name for name, label in HOME.items()}
    for letter in Letter.objects.filter(case_id=case.pk, addressee__in=who):
        found[f"{letter.code}_{who[letter.addressee]}"] = "open"
    for held in HeldLetter.objects.filter(case_id=case.pk):
        cell = f"{held.code}_{who[held.addressee]}"
        assert cell not in found, "sent and held at once"
        assert held.other_way
        assert len(held.reason) > len("Adressen saknas") - 1
        found[cell] = gate(gates.Obstacle(held.reason, held.other_way))
    return found


def expected(situation: str, side: str, letters: dict[str, tuple[str, ...]]) -> dict[str, str]:
    row = TABLE[situation]
    if situation == "nobody_knows_the_age":
        # No party of their own (SoL 3:4): told by word of mouth, so nothing is held back.
        letters = {code: tuple(who for who in to if who != "youth") for code, to in letters.items()}
    return {f"{code}_{who}": row[f"{side}_{who}"] for code, to in letters.items() for who in to}


@pytest.mark.parametrize("situation", CASES)
def test_each_letter_of_the_police_is_sent_or_held_as_the_table_says(situation):
    found = cells(by_the_police(situation))

    assert found == expected(situation, "p", OF_THE_POLICE)


@pytest.mark.parametrize("situation", CASES)
def test_each_letter_of_the_social_services_is_sent_or_held_as_the_table_says(situation):
    found = cells(called_and_investigated(situation)) | cells(followed_up(situation))

    assert found == expected(situation, "s", OF_THE_BOARD)


def test_the_table_holds_every_letter_to_a_family():
    assert {*OF_THE_POLICE, *OF_THE_BOARD} == TO_A_FAMILY


# Languages ------------------------------------------------------------------------------------


def reviewed(code: str, language: str) -> None:
    """Somebody has answered for the draft that comes with the product."""
    if draft := editions.latest(code, language):
        Edition.objects.filter(pk=draft.pk).update(
            status="reviewed", reviewed_by="Ylva Berg", reviewed_on=timezone.localdate()
        )


def queued(code: str, reader: Any) -> Letter:
    omar = cast.person("omar")
    return outbox.queue(
        code, samples.one_of_each()[code], owner=omar.organisation,
        case_id=uuid4(), addressee="ungdomen", by=omar, at=timezone.now(), reader=reader,
    )  # fmt: skip


@pytest.mark.parametrize("code", sorted(TO_A_FAMILY))
def test_a_letter_follows_in_the_reader_s_language_only_once_somebody_has_reviewed_it(code):
    mother = households.mother(households.reviewed().person)
    found = {}
    for language in LANGUAGES:
        mother.language = language
        before = queued(code, mother).language
        reviewed(code, language)
        found[language] = (before, queued(code, mother).language)

    written = wording.languages_of(code)
    answered_for = ("sv", *editions.ANSWERED_FOR)
    assert found == {
        language: (
            language if language in answered_for else "sv",
            language if language in written else "sv",
        )
        for language in LANGUAGES
    }
