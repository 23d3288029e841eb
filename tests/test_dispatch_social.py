"""The municipality's own paper: the call to a talk, and the letters of the follow-up."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.models import JournalEntry
from notices import dispatch
from notices.models import Letter
from tests import cast, households
from tests.factories import make_check, make_custodian, make_person, make_referral
from tests.households import FATHER, MOTHER, PLACE, YOUTH, canaries, leaked, police, social


def labels(taken: dispatch.Taken) -> list[str]:
    return [letter.addressee for letter in taken.letters]


def held(taken: dispatch.Taken) -> list[str]:
    return [label for label, obstacles in taken.held if obstacles]


# The call to a talk ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "to"),
    [
        (14, ["vårdnadshavare 1"]),
        (15, ["vårdnadshavare 1", "ungdomen"]),
        (17, ["vårdnadshavare 1", "ungdomen"]),
        (18, ["ungdomen"]),
    ],
)
def test_each_custodian_is_called_and_the_youth_from_fifteen(age, to):
    referral = make_referral("preliminary_assessment", age=age)
    make_custodian(referral.person, **MOTHER)

    taken = social(referral, "call_to_talk", records=households.called(referral))

    assert labels(taken) == to
    assert held(taken) == (["vårdnadshavare 1"] if age == 18 else [])


@pytest.mark.parametrize(
    ("years", "to"), [(15, ["vårdnadshavare 1", "ungdomen"]), (18, ["ungdomen"])]
)
def test_a_birthday_during_the_case_changes_who_is_called(years, to):
    today = timezone.localdate()
    arrived = timezone.now() - timedelta(days=3)
    person = make_person(None)
    person.birth_date = today.replace(year=today.year - years).isoformat()
    referral = make_referral("preliminary_assessment", person=person, arrived_at=arrived)
    make_custodian(referral.person, **MOTHER)

    taken = social(referral, "call_to_talk", records=households.called(referral))

    assert labels(taken) == to


def test_a_youth_of_unknown_age_is_not_written_to_as_a_party():
    referral = make_referral("preliminary_assessment", age=None)
    make_custodian(referral.person, **MOTHER)

    taken = social(referral, "call_to_talk", records=households.called(referral))

    assert labels(taken) == ["vårdnadshavare 1"]


def test_calls_to_two_homes_hold_no_trace_of_each_other():
    _, referral = households.notified()
    households.assessed(referral)

    taken = social(referral, "call_to_talk", records=households.called(referral))

    to: dict[Any, str] = {letter.custodian_id: letter.facts for letter in taken.letters}
    hers, his = households.mother(referral.person), households.father(referral.person)
    assert leaked([to[hers.pk], to[None]], canaries(FATHER)) == set()
    assert leaked([to[his.pk]], canaries(MOTHER) | canaries(YOUTH, *PLACE)) == set()
    assert leaked([to[None]], canaries(MOTHER, "name", "phone", "personal_number")) == set()


def test_the_journal_of_the_letters_holds_nobody_s_name_or_place():
    case, _ = households.notified()
    police(case, "send_letters")

    facts = [str(entry.facts) for entry in JournalEntry.objects.all()]

    everybody = canaries(YOUTH) | canaries(MOTHER) | canaries(FATHER)
    assert leaked(facts, everybody) == set()


# Follow-up ------------------------------------------------------------------------------------


def followed_up(months: int = 12, **step: Any) -> Any:
    """Not opened, and followed up by everybody's leave."""
    _, referral = households.notified()
    households.decided(referral)
    social(referral, "give_feedback")
    social(referral, "decline_support", support_answer="no_custodians")
    check = make_check(referral, months)
    step = {"follow_up_answer": "custodians", "records": [check]} | step
    return referral, check, social(referral, "start_follow_up", **step)


def test_the_family_is_told_that_a_follow_up_begins_and_that_it_has_ended():
    referral, check, begun = followed_up()
    check.skipped_at = timezone.now()
    social(referral, "skip_check", records=[check], reason="Det går bra.")

    ended = social(referral, "close", end="talked")

    assert {letter.code for letter in begun.letters} == {"L12"}
    assert {letter.code for letter in ended.letters} == {"L12b"}
    assert labels(ended) == labels(begun) == ["vårdnadshavare 1", "vårdnadshavare 2", "ungdomen"]
    to_mother, to_father, _ = ended.letters
    assert leaked([to_mother.facts], canaries(FATHER)) == set()
    assert leaked([to_father.facts], canaries(MOTHER) | canaries(YOUTH, *PLACE)) == set()


def test_the_letter_names_the_day_of_the_last_check_where_the_law_sets_no_end():
    _, check, begun = followed_up(months=12)

    assert f"{check.due_on}" in begun.letters[0].facts


def test_a_matter_without_follow_up_ends_without_a_letter():
    _, referral = households.notified()
    households.decided(referral)
    social(referral, "give_feedback")
    social(referral, "decline_support", support_answer="no_custodians")
    social(referral, "decline_follow_up", follow_up_answer="no_custodians")

    assert social(referral, "close", end="declined").letters == ()


@pytest.mark.parametrize("action", ["open_investigation", "decide_not_to_open"])
def test_the_letter_of_a_decision_names_the_delegation_that_it_rests_on(action):
    _, referral = households.notified()
    households.assessed(referral)

    taken = social(referral, action, delegation="4.2", decision_reasons="Oron är utredd.")

    assert taken.letters
    assert all("punkt 4.2" in letter.facts for letter in taken.letters)


def test_both_authorities_make_the_same_pdf_whatever_envelopes_they_have():
    case = households.reviewed()
    units = (case.organisation, cast.person("ines").organisation)
    for unit, window in zip(units, ("V2", "H2"), strict=True):
        unit.letter_window = window
        unit.save()

    police(case, "notify")

    here, there = (Letter.objects.get(organisation=unit, code="L4") for unit in units)
    assert here.window == there.window == "V2"
    assert here.facts_sha256 == there.facts_sha256
