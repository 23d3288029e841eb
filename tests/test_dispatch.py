"""The steps that make paper: a step, its letters and its message are one thing or nothing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.utils import timezone

from cases import workflow
from cases.identity import InvalidNumber
from cases.models import JournalEntry, Protection, Rule, YouthCase
from cases.rules import NoRule
from notices import concern, dispatch, letters, outbox
from notices.gates import GateClosed
from notices.models import Letter, Message
from tests import cast, households
from tests.factories import make_case, make_custodian, make_person, make_referral
from tests.households import FATHER, MOTHER, PLACE, YOUTH, canaries, leaked, police, social

HIDDEN = [Protection.PROTECTED, Protection.UNKNOWN]


def everything() -> dict[str, int]:
    """How many rows there are of each kind."""
    models = [
        model for name in ("cases", "notices") for model in apps.get_app_config(name).get_models()
    ]
    return {model.__name__: model._default_manager.count() for model in models}


def facts_of(*codes: str) -> list[str]:
    return [letter.facts for letter in Letter.objects.filter(code__in=codes)]


def payloads() -> list[str]:
    return [message.payload for message in Message.objects.all()]


def labels(taken: dispatch.Taken) -> list[str]:
    return [letter.addressee for letter in taken.letters]


def held(taken: dispatch.Taken) -> list[str]:
    return [label for label, obstacles in taken.held if obstacles]


# The notice -----------------------------------------------------------------------------------


def test_a_notice_is_message_referral_custodians_and_paper_on_both_sides():
    case, referral = households.notified()

    sent = Message.objects.get(case_id=case.pk, direction="out", kind="notice")
    came = Message.objects.get(case_id=referral.pk, direction="in", kind="notice")
    here, there = Letter.objects.get(case_id=case.pk), Letter.objects.get(case_id=referral.pk)

    assert (case.state, referral.state) == ("notified", "received")
    assert (sent.message_id, sent.notice_id) == (came.message_id, case.notice_id)
    assert sent.delivered_at is not None
    assert here.organisation == case.organisation
    assert there.organisation == referral.organisation
    assert {row.name for row in referral.person.custodians.all()} == {
        MOTHER["name"],
        FATHER["name"],
    }
    assert {
        letters.sha256(sent.payload),
        came.payload_sha256,
        here.facts_sha256,
        there.facts_sha256,
        referral.notice_sha256,
    } == {sent.payload_sha256}


def test_both_authorities_hold_the_same_pdf_to_the_last_bit():
    households.notified()

    assert outbox.render_waiting() == 2

    here, there = Letter.objects.filter(code="L4")
    assert here.pdf_sha256 == there.pdf_sha256 != ""
    assert bytes(here.document.content) == bytes(there.document.content)


def age_nobody_knows(case: YouthCase) -> type[Exception]:
    """The facts cannot be frozen: a child without number needs an age."""
    case.person.personal_number = case.person.birth_date = ""
    case.person.save()
    return ValueError


def broken_number(case: YouthCase) -> type[Exception]:
    """The snapshot is made, and the other side cannot take it in."""
    case.person.personal_number = "201101019999"
    case.person.save()
    return InvalidNumber


def no_rule_there(case: YouthCase) -> type[Exception]:
    """The other side has no deadline to set."""
    Rule.objects.filter(key="preliminary_assessment").delete()
    return NoRule


@pytest.mark.parametrize("breaks", [age_nobody_knows, broken_number, no_rule_there])
def test_nothing_is_left_of_a_notice_when_any_part_of_it_fails(breaks):
    case = households.reviewed()
    fault = breaks(case)
    before = everything()

    with pytest.raises(fault):
        police(case, "notify")

    assert everything() == before
    assert households.fresh(case).state == "reviewed"
    assert households.fresh(case).notice_id is None


@pytest.mark.parametrize("action", ["notify", "send_letters"])
def test_the_same_form_sent_twice_is_one_letter_and_one_message(action):
    case = households.reviewed()
    if action == "send_letters":
        police(case, "notify")
    form = uuid4()
    police(case, action, request_id=form)
    before = everything()

    with pytest.raises(workflow.StepRepeated):
        police(case, action, request_id=form)

    assert everything() == before


def test_a_child_is_notified_on_the_duty_and_an_adult_on_their_own_consent():
    adult = make_case("reported", age=18, consents_to_referral=True)
    workflow.perform(adult, "review", by=cast.person("lena"), decision="notify")
    households.notified()

    police(adult, "notify")

    grounds = {
        message.case_id == adult.pk: message.legal_ground
        for message in Message.objects.filter(direction="out")
    }
    assert grounds == {True: concern.CONSENT_GROUND, False: concern.NOTICE_GROUND}
    for letter in Letter.objects.filter(case_id=adult.pk):
        assert "samtycke" in letter.facts
        assert "19 kap. 1 §" not in letter.facts


# Letters to custodians ------------------------------------------------------------------------


def test_two_who_live_apart_get_letters_without_a_trace_of_each_other():
    case, _ = households.notified()

    taken = police(case, "send_letters")

    to_mother, to_father = taken.letters
    assert labels(taken) == ["vårdnadshavare 1", "vårdnadshavare 2"]
    assert to_mother.custodian_id == households.mother(case.person).pk
    assert leaked([to_mother.facts], canaries(FATHER)) == set()
    assert leaked([to_father.facts], canaries(MOTHER) | canaries(YOUTH, *PLACE)) == set()
    assert MOTHER["street"] in to_mother.facts
    assert FATHER["street"] in to_father.facts


@pytest.mark.parametrize("protection", HIDDEN)
def test_the_place_of_a_hidden_child_is_in_no_letter_and_no_message(protection):
    case, referral = households.notified(protection=protection)
    with pytest.raises(GateClosed):
        police(case, "send_letters")
    households.assessed(referral)

    talk = social(referral, "call_to_talk", records=households.called(referral))

    assert talk.letters == ()
    assert held(talk) == ["vårdnadshavare 1", "vårdnadshavare 2", "ungdomen"]
    found = [*facts_of("L1", "L4", "L5", "L6"), *payloads()]
    assert leaked(found, canaries(YOUTH, *PLACE)) == set()
    there = [referral.person, *referral.person.custodians.all()]
    assert leaked([f"{row.street}{row.phone}" for row in there], canaries(YOUTH, *PLACE)) == set()
    assert referral.person.is_protected


def test_a_barred_custodian_gets_no_letter_and_the_notice_hides_where_they_are():
    case = households.reviewed()
    barred = households.father(case.person)
    barred.is_barred = True
    barred.save()
    police(case, "notify")

    taken = police(case, "send_letters")

    assert (labels(taken), held(taken)) == (["vårdnadshavare 1"], ["vårdnadshavare 2"])
    assert leaked(facts_of("L4"), canaries(FATHER, *PLACE)) == set()


def test_the_reporter_s_warning_closes_the_gates_of_the_municipality_too():
    _, referral = households.notified(harm_if_told="yes", told_of_notice="both")
    households.assessed(referral)

    talk = social(referral, "call_to_talk", records=households.called(referral))

    assert (labels(talk), held(talk)) == (
        ["ungdomen"],
        ["vårdnadshavare 1", "vårdnadshavare 2"],
    )


def test_when_nobody_may_get_a_letter_the_step_is_not_taken_and_can_be_waived():
    case, _ = households.notified(harm_if_told="yes")
    before = everything()

    with pytest.raises(GateClosed, match="fara illa") as closed:
        police(case, "send_letters")

    assert everything() == before
    police(case, "waive_letters", reason=str(closed.value))
    assert households.fresh(case).letters_settled_at is not None


def test_without_a_custodian_on_record_the_letters_say_why_they_cannot_go():
    case = make_case("reviewed")
    case.contacts.update(custodian=None)
    case.person.custodians.all().delete()
    police(case, "notify")

    with pytest.raises(GateClosed, match="Ingen vårdnadshavare"):
        police(case, "send_letters")


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
