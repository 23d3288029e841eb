"""The letters that steps make beside the first five: to whom, with what, and in one transaction."""

from typing import Any

import pytest
from django.utils import timezone

from cases.models import AlcoholSeizure, Municipality, YouthCase
from cases.models.codes import Custody
from notices import dispatch, letters
from notices.models import Letter
from tests import cast, households
from tests.factories import make_case
from tests.households import FATHER, MOTHER, canaries, leaked, police, social

HOME = ["vårdnadshavare 1", "vårdnadshavare 2", "ungdomen"]


def made(taken: dispatch.Taken) -> list[tuple[str, str]]:
    return [(letter.code, letter.addressee) for letter in taken.letters]


def facts(letter: Letter) -> Any:
    return letters.from_json(letter.code, letter.facts)


def seize(case: YouthCase, **columns: Any) -> None:
    AlcoholSeizure.objects.create(
        youth_case=case,
        drink="strong_beer",
        volume_cl=150,
        decided_at=case.opened_at,
        decided_by=cast.person("karin"),
        **columns,
    )


def sent(case: YouthCase) -> dispatch.Taken:
    police(case, "notify")
    return police(case, "send_letters")


def test_a_youth_of_fifteen_gets_a_letter_of_their_own_that_names_no_custodian():
    taken = sent(households.reviewed())

    [to_youth] = [letter for letter in taken.letters if letter.code == "L3"]
    named = canaries(MOTHER, "name", "phone", "personal_number") | canaries(FATHER)
    assert leaked([to_youth.facts], named) == set()
    assert facts(to_youth).custodians_get_letter


def test_a_youth_of_nineteen_gets_the_only_letter():
    taken = police(make_case("reviewed", age=19), "send_letters")

    assert made(taken) == [("L3", "ungdomen")]
    assert facts(taken.letters[0]).is_adult
    assert not facts(taken.letters[0]).custodians_get_letter


@pytest.mark.parametrize(
    ("columns", "decisions"),
    [
        ({}, 3),
        ({"served_how": "by_post"}, 3),
        ({"served_how": "in_person", "served_at": "2026-11-20T22:45:00+01:00"}, 0),
        ({"ground": "lob_8"}, 0),
        ({"measure": "seized"}, 0),
    ],
)
def test_a_forfeiture_is_told_in_writing_unless_the_decision_is_handed_over(columns, decisions):
    case = households.reviewed()
    case.seizures.all().delete()
    seize(case, **columns)

    taken = sent(case)

    assert [code for code, _ in made(taken)].count("L9") == decisions


def test_the_copy_of_a_custody_by_lob_goes_with_the_notice():
    now = timezone.now()
    case = households.reviewed(
        custody=Custody.LOB,
        custody_at=now,
        custody_decided_by="Karin Ek",
        custody_criteria="Kunde inte gå själv.",
        reason_told_at=now,
        superior_reviewed_at=now,
    )

    taken = police(case, "notify")

    assert made(taken) == [("L4", "socialnämnden"), ("L10", "socialnämnden")]
    assert facts(taken.letters[1]).notice_id == facts(taken.letters[0]).notice_id


@pytest.mark.parametrize(
    ("action", "code"), [("open_investigation", "L7a"), ("decide_not_to_open", "L7b")]
)
def test_each_of_the_family_is_told_what_was_decided_and_not_why(action, code):
    _, referral = households.notified()
    households.assessed(referral)

    taken = social(referral, action, delegation="4.2", decision_reasons="Mamma berättade om pappa.")

    assert made(taken) == [(code, who) for who in HOME]
    assert leaked([letter.facts for letter in taken.letters], {"berättade om pappa"}) == set()


def test_a_barred_custodian_is_told_nothing_of_a_decision():
    _, referral = households.notified()
    households.assessed(referral)
    barred = households.father(referral.person)
    barred.is_barred = True
    barred.save()

    taken = social(
        referral, "open_investigation", delegation="4.2", decision_reasons="Stöd behövs."
    )

    assert made(taken) == [("L7a", "vårdnadshavare 1"), ("L7a", "ungdomen")]
    assert [label for label, _ in taken.held] == ["vårdnadshavare 2"]


def test_another_municipality_is_asked_in_writing_to_take_over():
    _, referral = households.notified()
    households.assessed(referral)

    alvesta = Municipality.objects.get(pk="0764")
    taken = social(referral, "request_transfer", transfer_to=alvesta, reason="Familjen bor där.")

    assert made(taken) == [("L11", "den andra kommunen")]
    assert facts(taken.letters[0]).reason == "Familjen bor där."
    assert facts(taken.letters[0]).municipality == "Alvesta kommun"
