"""The border: five messages and nothing else, each taken in once, and no key joins the sides."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from cases.models import Custodian, JournalEntry, Person, Referral, YouthCase
from cases.models.codes import Feedback
from notices import exchange, letters
from notices.models import Letter, Message
from notices.snapshots import SnapshotError
from tests import households
from tests.factories import make_case
from tests.households import canaries, decided, fresh, leaked, notified, police, social


def sent(case: YouthCase | Referral, kind: str = "notice") -> Message:
    return Message.objects.get(case_id=case.pk, direction="out", kind=kind)


def came(case: YouthCase | Referral, kind: str = "notice") -> list[Message]:
    return list(Message.objects.filter(case_id=case.pk, direction="in", kind=kind))


def rows() -> tuple[int, ...]:
    tables: tuple[Any, ...] = (Message, Referral, Person, Custodian, Letter)
    return tuple(table.objects.count() for table in tables)


# Receiving ------------------------------------------------------------------------------------


def test_the_same_notice_delivered_twice_is_one_referral_and_one_row():
    case, referral = notified()
    before = rows()

    again = exchange.receive(sent(case), at=timezone.now())

    assert rows() == before
    assert again.case_id == referral.pk


def test_the_same_answer_delivered_twice_moves_the_police_case_once():
    case, referral = notified()
    social(referral, "acknowledge", by="ines")
    moment = fresh(case).acknowledged_at

    exchange.receive(sent(referral, "receipt"), at=timezone.now())

    assert fresh(case).acknowledged_at == moment
    assert len(came(case, "receipt")) == 1


@pytest.mark.parametrize("kind", ["notice", "receipt", "supplement_request", "feedback"])
def test_a_message_changed_on_its_way_is_refused_and_leaves_nothing(kind):
    case, referral = notified()
    social(referral, "request_supplement", supplement_question="Vilken skola?")
    decided(referral)
    social(referral, "give_feedback")
    message = sent(case if kind == "notice" else referral, kind)
    message.message_id = uuid4()
    message.payload = f"{message.payload} "
    before = rows()

    with pytest.raises(SnapshotError, match="hash"):
        exchange.receive(message, at=timezone.now())

    assert rows() == before


@pytest.mark.parametrize(
    "payload", ["{}", "[]", "", '{"number":"R-1"}', '{"number":1,"received_at":"i går"}']
)
def test_a_message_of_the_wrong_shape_is_refused(payload):
    _, referral = notified()
    social(referral, "acknowledge", by="ines")
    message = sent(referral, "receipt")
    message.message_id, message.payload = uuid4(), payload
    message.payload_sha256 = letters.sha256(payload)

    with pytest.raises(SnapshotError):
        exchange.receive(message, at=timezone.now())


def test_there_are_five_kinds_of_message_and_the_database_refuses_a_sixth():
    case, _ = notified()
    message = sent(case)
    message.pk, message.message_id, message.kind = uuid4(), uuid4(), "gossip"

    with pytest.raises(IntegrityError), transaction.atomic():
        message.save(force_insert=True)

    assert len(Message.Kind) == 5


def test_the_database_refuses_a_second_row_of_the_same_message_on_one_side():
    case, _ = notified()
    message = sent(case)
    message.pk = uuid4()

    with pytest.raises(IntegrityError), transaction.atomic():
        message.save(force_insert=True)


# Two records ----------------------------------------------------------------------------------


def test_what_the_police_change_afterwards_changes_nothing_in_the_municipality():
    case, referral = notified()
    before = [letter.facts for letter in Letter.objects.filter(case_id=referral.pk)]
    for row in (case.person, *case.person.custodians.all()):
        row.name, row.street, row.phone = "Någon Annan", "Annan väg 1", "+46701740699"
        row.save()

    there = fresh(referral)

    assert exchange.notice_of(there).payload_sha256 == there.notice_sha256
    assert letters.sha256(exchange.notice_of(there).payload) == there.notice_sha256
    assert [letter.facts for letter in Letter.objects.filter(case_id=referral.pk)] == before
    people = [there.person, *there.person.custodians.all()]
    assert not [row for row in people if row.name == "Någon Annan" or row.street == "Annan väg 1"]


def keys_of(*instances: models.Model) -> set[UUID]:
    """Every UUID in the rows, except of the units that speak with each other."""
    return {
        value
        for row in instances
        for field in row._meta.concrete_fields
        if field.name not in ("organisation", "counterpart")
        if isinstance(value := getattr(row, field.attname), UUID)
    }


def test_no_key_but_that_of_the_notice_joins_the_two_sides():
    case, referral = notified()
    social(referral, "acknowledge", by="ines")

    here = keys_of(fresh(case), case.incident, case.person, *case.person.custodians.all())
    there = keys_of(fresh(referral), referral.person, *referral.person.custodians.all())

    assert here & there == {case.notice_id}
    crossed = " ".join(message.payload for message in Message.objects.all())
    assert [key for key in here | there if str(key) in crossed] == [case.notice_id]
    for message in came(referral):
        assert keys_of(message) & here == {case.notice_id}


# Questions and answers ------------------------------------------------------------------------


def test_a_question_goes_to_the_police_and_the_answer_comes_back():
    case, referral = notified()

    social(referral, "request_supplement", supplement_question="Vilken skola?")
    asked = fresh(case)
    police(case, "send_supplement", text="Kungsmadskolan, enligt ungdomen.")

    assert (asked.supplement_is_asked, asked.supplement_question) == (True, "Vilken skola?")
    assert fresh(case).supplement_is_asked is False
    assert fresh(referral).supplement_is_asked is False
    [answer] = came(referral, "supplement")
    assert json.loads(answer.payload) == {
        "recalls": False,
        "text": "Kungsmadskolan, enligt ungdomen.",
    }


DECISIONS: dict[str, tuple[str, dict[str, str]]] = {
    "opened": (
        "open_investigation",
        {"delegation": "4.2.17.9", "decision_reasons": "Oro i hemmet."},
    ),
    "not_opened": (
        "decide_not_to_open",
        {"delegation": "4.2.17.9", "decision_reasons": "Ett enstaka tillfälle."},
    ),
    "ongoing": ("note_ongoing", {"ongoing_reference": "2026/17"}),
}


@pytest.mark.parametrize("answer", Feedback.values)
def test_feedback_is_one_of_three_words_and_a_day(answer):
    case, referral = notified()
    action, facts = DECISIONS[answer]
    decided(referral, action, **facts)

    taken = social(referral, "give_feedback")

    day = timezone.localdate().isoformat()
    assert json.loads(sent(referral, "feedback").payload) == {"value": answer, "decided_on": day}
    assert (fresh(case).feedback, fresh(case).feedback_on.isoformat()) == (answer, day)
    said = [taken.letters[0].facts, sent(referral, "receipt").payload]
    family = canaries(households.YOUTH) | canaries(households.MOTHER) | canaries(households.FATHER)
    assert leaked(said, family | set(facts.values())) == set()


def test_feedback_that_is_none_of_the_three_is_refused():
    case, referral = notified()
    decided(referral)
    social(referral, "give_feedback")
    message = sent(referral, "feedback")
    message.message_id = uuid4()
    message.payload = '{"decided_on":"2026-11-24","value":"family is known"}'
    message.payload_sha256 = letters.sha256(message.payload)

    with pytest.raises(ValueError, match="family is known"):
        exchange.receive(message, at=timezone.now())

    assert fresh(case).feedback == "not_opened"


# Recall ---------------------------------------------------------------------------------------


def annul(case: YouthCase) -> None:
    police(case, "annul", by="lena", annul_reason="wrong_person", reason="Fel person.")


def test_an_annulled_notice_is_recalled_and_the_municipality_keeps_its_document():
    case, referral = notified()

    annul(case)

    there = fresh(referral)
    assert there.recalled_at is not None
    assert there.state == "received"
    assert exchange.notice_of(there).payload_sha256 == there.notice_sha256
    assert Letter.objects.get(case_id=referral.pk).code == "L4"


def test_a_case_annulled_before_its_notice_recalls_nothing():
    case = make_case("reviewed")

    annul(case)

    assert not Message.objects.exists()


@pytest.mark.parametrize("ended", ["annulled", "merged"])
def test_the_municipality_goes_on_with_its_record_when_the_police_case_has_ended(ended):
    case, referral = notified()
    if ended == "annulled":
        annul(case)
    else:
        merged(case)

    social(referral, "request_supplement", supplement_question="Vilken skola?")
    decided(referral)
    social(referral, "give_feedback")

    assert fresh(case).state == ended
    assert fresh(case).feedback == ""
    assert fresh(referral).feedback_at is not None
    for kind in ("receipt", "supplement_request", "feedback"):
        assert len(came(case, kind)) == 1


def merged(case: YouthCase) -> None:
    kept = make_case("picked_up")
    police(case, "merge", by="lena", merged_into=kept, reason="Samma ingripande.")


def test_what_the_municipality_answers_while_a_case_is_merged_is_there_when_it_is_parted_again():
    case, referral = notified()
    merged(case)
    social(referral, "request_supplement", supplement_question="Vilken skola?")
    decided(referral)
    social(referral, "give_feedback")

    police(case, "unmerge", by="lena", reason="Två olika.")

    parted = fresh(case)
    assert parted.state == "acknowledged"
    assert (parted.receipt_number, parted.receipt_channel) == (referral.reference, "message")
    assert parted.acknowledged_at == came(case, "receipt")[0].made_at
    assert (parted.supplement_question, parted.feedback) == ("Vilken skola?", "not_opened")


def test_what_had_come_before_the_merging_is_not_taken_twice():
    case, referral = notified()
    social(referral, "request_supplement", supplement_question="Vilken skola?")
    police(case, "send_supplement", text="Kungsmadskolan.")
    decided(referral)
    merged(case)
    social(referral, "give_feedback")

    police(case, "unmerge", by="lena", reason="Två olika.")

    parted = fresh(case)
    assert (parted.supplement_is_asked, parted.feedback) == (False, "not_opened")
    actions = JournalEntry.objects.filter(case_id=case.pk).values_list("action", flat=True)
    taken = ("acknowledge", "receive_supplement_request", "receive_feedback")
    assert [list(actions).count(action) for action in taken] == [1, 1, 1]
