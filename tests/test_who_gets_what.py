"""Letter × gate × language, by the steps that send them: one table of who gets which letter."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cases import workflow
from cases.models import AlcoholSeizure, Custodian, Person, Referral, YouthCase, guards
from cases.models.codes import Talk
from notices import dispatch, editions, letters, rendering, resending
from notices.gates import GateClosed
from notices.languages import LANGUAGES
from notices.models import Letter
from tests import cast, factories, households, tables
from tests.households import FATHER, MOTHER, fresh
from tests.test_gates import BIRTHDAY, SITUATIONS, TODAY

NOON = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=timezone.get_default_timezone())

# M the mother, who lives with the youth of seventeen; F the father, who lives apart; Y the youth.
WHO = """
                          L1   L3   L9   L2   L6   L7a  L7b  L12  L12b
nothing_special           MF   Y    MFY  MFY  MFY  MFY  MFY  MFY  MFY
turned_18                 -    Y    Y    Y    Y    Y    Y    Y    Y
looks_18                  -    Y    Y    Y    Y    Y    Y    Y    Y
nobody_knows_the_age      MF   -    MF   MF   MF   MF   MF   MF   MF
harm                      -    -    -    -    -    -    -    -    -
harm_cannot_be_judged     -    -    -    MFY  MFY  MFY  MFY  MFY  MFY
harm_is_unanswered        -    -    -    MFY  MFY  MFY  MFY  MFY  MFY
father_lost_custody       M    Y    MY   MY   MY   MY   MY   MY   MY
father_loses_it_soon      MF   Y    MFY  MFY  MFY  MFY  MFY  MFY  MFY
father_is_barred          M    Y    MY   MY   MY   MY   MY   MY   MY
youth_is_suspected        -    -    -    MFY  MFY  MFY  MFY  MFY  MFY
mother_is_protected       -    -    -    -    -    -    -    -    -
mother_is_not_checked     -    -    -    -    -    -    -    -    -
father_is_protected       M    Y    MY   MY   MY   MY   MY   MY   MY
youth_is_protected        -    -    -    -    -    -    -    -    -
youth_is_not_checked      -    -    -    -    -    -    -    -    -
mother_has_no_name        F    Y    FY   FY   FY   FY   FY   FY   FY
mother_has_no_street      F    Y    FY   FY   FY   FY   FY   FY   FY
father_has_no_postal_code M    Y    MY   MY   MY   MY   MY   MY   MY
youth_has_no_street       MF   -    MF   MF   MF   MF   MF   MF   MF
"""
WANTED = tables.read(WHO)
POLICE = ("L1", "L3", "L9")


def prepare(person: Person, situation: str, language: str = "sv") -> None:
    """The family of the table, as the situation has changed it."""
    rows: dict[str, dict[str, Any]] = {
        "youth": {"birth_date": BIRTHDAY.isoformat(), "estimated_age": None},
        "mother": {}, "father": {},
    }  # fmt: skip
    for whose, columns in SITUATIONS[situation]:
        if whose in rows:
            rows[whose] |= columns
    for row, whose in ((person, "youth"), (households.mother(person), "mother"),
                       (households.father(person), "father")):  # fmt: skip
        for column, value in ({"language": language} | rows[whose]).items():
            setattr(row, column, value)
        row.save()


def set_columns(case: YouthCase | Referral, situation: str) -> None:
    """What the record says, past the door: some of it cannot be reached by any step."""
    mine = "case" if isinstance(case, YouthCase) else "referral"
    columns = {
        k: v for whose, row in SITUATIONS[situation] if whose == mine for k, v in row.items()
    }
    if columns:
        with guards.lifted(connection):
            type(case)._default_manager.filter(pk=case.pk).update(**columns)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def outcome(taken: Callable[[], dispatch.Taken]) -> dict[str, list[Letter]]:
    """Letter -> those made by the step, which is then undone; nothing when every gate is closed."""
    made: dict[str, list[Letter]] = {}
    try:
        with undone():
            for letter in taken().letters:
                made.setdefault(letter.code, []).append(letter)
    except GateClosed:
        return {}
    return made


def police_letters(situation: str, language: str = "sv") -> dict[str, list[Letter]]:
    case, _ = households.notified()
    AlcoholSeizure.objects.create(
        youth_case=case, drink="strong_beer", volume_cl=150, decided_at=case.opened_at,
        decided_by=cast.person("karin"),
    )  # fmt: skip
    prepare(case.person, situation, language)
    set_columns(case, situation)
    return outcome(lambda: households.police(case, "send_letters", at=NOON))


def referral_in(state: str, situation: str, language: str) -> Referral:
    referral = factories.make_referral(state, person=factories.make_person(17, **households.YOUTH))
    factories.make_custodian(referral.person, **MOTHER)
    factories.make_custodian(referral.person, **FATHER, lives_with_youth=False)
    if state == "follow_up":
        done = factories._first_check_done(referral)
        by = cast.person("sara")
        referral = workflow.perform(referral, "record_follow_up", by=by, records=done)
    prepare(referral.person, situation, language)
    set_columns(referral, situation)
    return fresh(referral)  # type: ignore[no-any-return]


def social_letters(situation: str, language: str = "sv") -> dict[str, list[Letter]]:
    assessed, supported, followed = (
        referral_in(state, situation, language)
        for state in ("protection_assessed", "support", "follow_up")
    )
    answer = "youth" if situation in ("turned_18", "looks_18") else "custodians"
    why = {"delegation": "4.2", "decision_reasons": "Oro."}
    steps: list[tuple[Referral, str, Callable[[], dict[str, Any]]]] = [
        (assessed, "call_to_talk", lambda: {"records": households.called(assessed)}),
        (assessed, "call_to_talk", lambda: {"records": meeting(assessed)}),
        (assessed, "open_investigation", lambda: why),
        (assessed, "decide_not_to_open", lambda: why),
        (supported, "start_follow_up", lambda: {
            "follow_up_answer": answer, "records": [factories.make_check(supported)],
        }),
        (followed, "close", lambda: {"end": "support_done"}),
    ]  # fmt: skip
    made: dict[str, list[Letter]] = {}
    for case, action, facts in steps:
        made |= outcome(
            lambda case=case, action=action, facts=facts: households.social(
                case, action, at=NOON, **facts()
            )
        )
    return made


def meeting(referral: Referral) -> list[Any]:
    records = households.called(referral)
    records[0].kind = Talk.INFORMATION_MEETING
    return records


def initials(made: list[Letter]) -> str:
    at_home = set(Custodian.objects.filter(lives_with_youth=True).values_list("pk", flat=True))
    who = {
        "Y" if c is None else "M" if c in at_home else "F" for c in (x.custodian_id for x in made)
    }
    return "".join(each for each in "MFY" if each in who) or "-"


@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_letter_goes_by_its_step_to_whom_the_gates_leave_open(situation):
    made = police_letters(situation) | social_letters(situation)

    found = {code: initials(made.get(code, [])) for code in WANTED[situation]}

    assert found == WANTED[situation]


def test_the_table_has_every_letter_to_a_family_and_every_situation():
    assert set(WANTED) == set(SITUATIONS)
    assert set(WANTED["harm"]) == set(resending.FAMILY)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "lattlast"])
def test_each_letter_carries_the_reader_s_language_once_somebody_answers_for_it(language):
    made = police_letters("nothing_special", language)
    made |= social_letters("nothing_special", language)

    spoken = language if language in editions.ANSWERED_FOR else "sv"
    assert set(made) == set(WANTED["nothing_special"])
    for code, written in made.items():
        assert {letter.language for letter in written} == {spoken}, code


def test_each_letter_that_a_step_makes_has_every_fact_that_its_words_name():
    made = police_letters("nothing_special") | social_letters("nothing_special")

    for code, written in made.items():
        for letter in {letter.facts: letter for letter in written}.values():
            rendering.render(code, letters.from_json(code, letter.facts))
