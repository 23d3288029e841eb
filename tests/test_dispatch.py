"""The steps that make paper: a step, its letters and its message are one thing or nothing."""

from uuid import uuid4

import pytest
from django.apps import apps

from cases import workflow
from cases.identity import InvalidNumber
from cases.models import Protection, Rule, YouthCase
from cases.rules import NoRule
from notices import concern, dispatch, letters, outbox
from notices.gates import GateClosed
from notices.models import Letter, Message
from tests import cast, households
from tests.factories import make_case
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


def broken_number(case: YouthCase) -> type[Exception]:
    """The snapshot is made, and the other side cannot take it in."""
    case.person.personal_number = "201101019999"
    case.person.save()
    return InvalidNumber


def no_rule_there(case: YouthCase) -> type[Exception]:
    """The other side has no deadline to set."""
    Rule.objects.filter(key="preliminary_assessment").delete()
    return NoRule


@pytest.mark.parametrize("breaks", [broken_number, no_rule_there])
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

    to_mother, to_father, to_youth = taken.letters
    assert labels(taken) == ["vårdnadshavare 1", "vårdnadshavare 2", "ungdomen"]
    assert leaked([to_youth.facts], canaries(FATHER) | canaries(MOTHER, "name", "phone")) == set()
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

    assert (labels(taken), held(taken)) == (["vårdnadshavare 1", "ungdomen"], ["vårdnadshavare 2"])
    assert leaked(facts_of("L4"), canaries(FATHER, *PLACE)) == set()


@pytest.mark.parametrize("protection", HIDDEN)
def test_a_hidden_custodian_stands_in_the_notice_by_number_alone(protection):
    case = households.reviewed()
    hidden = households.mother(case.person)
    hidden.protection = protection
    hidden.save()

    police(case, "notify")

    found = [*facts_of("L4"), *payloads()]

    assert leaked(found, canaries(MOTHER, "name", *PLACE)) == set()
    assert leaked(found, {MOTHER["personal_number"]}) != set()
    assert leaked(found, {FATHER["name"], FATHER["street"]}) != set()
    there = households.mother(households.referral_of(households.fresh(case)).person)
    assert (there.name, there.protection) == ("", Protection.PROTECTED)
    assert there.personal_number == MOTHER["personal_number"]


@pytest.mark.parametrize("protection", HIDDEN)
def test_the_home_of_a_hidden_custodian_is_in_no_letter_to_anybody(protection):
    case, referral = households.notified()
    for person in (case.person, referral.person):
        person.custodians.filter(lives_with_youth=True).update(protection=protection)
    with pytest.raises(GateClosed, match="Någon i ungdomens hem"):
        police(case, "send_letters")
    households.assessed(referral)

    talk = social(referral, "call_to_talk", records=households.called(referral))

    assert (talk.letters, len(held(talk))) == ((), 3)


def test_whom_the_youth_was_handed_over_to_is_not_named_when_a_custodian_is_hidden():
    case = households.reviewed()
    police(case, "notify")
    assert [case.handed_over_to in text for text in facts_of("L4")] == [True, True]
    Letter.objects.all().delete()
    case = households.reviewed()
    case.person.custodians.update(protection=Protection.PROTECTED)

    police(case, "notify")

    assert "Hämtad av vårdnadshavare" in facts_of("L4")[0]
    assert [f". {case.handed_over_to}" in text for text in facts_of("L4")] == [False, False]


def test_the_reporter_s_warning_closes_the_gates_of_the_municipality_too():
    _, referral = households.notified(harm_if_told="yes", told_of_notice="both")
    households.assessed(referral)

    talk = social(referral, "call_to_talk", records=households.called(referral))

    assert (labels(talk), held(talk)) == (
        [],
        ["vårdnadshavare 1", "vårdnadshavare 2", "ungdomen"],
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
