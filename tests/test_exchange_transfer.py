"""The border between two municipalities: a notice that goes on, and what comes back."""

import pytest
from django.utils import timezone

from cases.models import Referral, YouthCase
from cases.models.codes import Feedback
from notices import editions, exchange, wording
from notices.gates import GateClosed
from notices.models import Letter, Message
from tests import cast, households
from tests.factories import ALVESTA, VAXJO, make_case, make_person
from tests.households import decided, fresh, moved, notified, police, social
from tests.test_editions import seen

OUTSIDE = "0760"  # Uppvidinge: no office of it works here


def sent(case: YouthCase | Referral, kind: str = "notice") -> Message:
    return Message.objects.get(case_id=case.pk, direction="out", kind=kind)


def came(case: YouthCase | Referral, kind: str = "notice") -> list[Message]:
    return list(Message.objects.filter(case_id=case.pk, direction="in", kind=kind))


def annul(case: YouthCase) -> None:
    police(case, "annul", by="lena", annul_reason="wrong_person", reason="Fel person.")


def test_a_transferred_notice_goes_on_unchanged_and_its_answers_reach_the_police():
    case, referral = notified()

    moved(referral, ALVESTA)
    there = households.referral_of(case, at="alva")
    social(there, "request_supplement", by="alva", supplement_question="Vilken skola?")
    police(case, "send_supplement", text="Kungsmadskolan.")
    decided(there, by="alva")
    social(there, "give_feedback", by="alva")

    assert fresh(referral).state == "transferred"
    assert there.notice_sha256 == referral.notice_sha256
    assert exchange.notice_of(there).payload == exchange.notice_of(referral).payload
    assert there.sender == referral.sender
    police_case = fresh(case)
    # The first receipt is the proof that it arrived; the second stands beside it.
    assert police_case.receipt_number == referral.reference
    assert len(came(case, "receipt")) == 2
    assert police_case.feedback == "not_opened"
    assert [len(came(row, "supplement")) for row in (referral, there)] == [0, 1]


def test_a_recall_follows_a_transferred_notice():
    case, referral = notified()
    moved(referral, ALVESTA)

    annul(case)

    assert households.referral_of(case, at="alva").recalled_at is not None
    assert fresh(referral).recalled_at is None


def test_a_notice_is_not_moved_back_to_where_its_record_is_closed():
    case, referral = notified()
    moved(referral, ALVESTA)
    there = households.referral_of(case, at="alva")

    with pytest.raises(GateClosed, match="redan haft"):
        moved(there, VAXJO, by="alva")

    assert fresh(there).state == "protection_assessed"


def test_a_transfer_out_of_the_installation_says_that_the_notice_needs_paper():
    _, referral = notified()

    taken = moved(referral, OUTSIDE)

    [(_, [obstacle])] = taken.held
    assert "post" in obstacle.other_way


def test_a_notice_out_of_the_installation_waits_for_paper_and_is_acknowledged_by_hand():
    person = make_person(15, municipality=OUTSIDE)
    case = make_case("reviewed", person=person)

    taken = police(case, "notify")

    message = sent(case)
    assert message.delivered_at is None
    assert message.counterpart.municipality_id == OUTSIDE
    assert [letter.code for letter in taken.letters] == ["L4"]
    assert not Referral.objects.exists()
    police(case, "acknowledge", receipt_number="Dnr 2026/88")
    today = timezone.localdate()
    police(case, "receive_feedback", feedback=Feedback.OPENED, feedback_on=today)
    assert fresh(case).state == "acknowledged"
    annul(case)
    assert sent(case, "supplement").delivered_at is None


def test_every_message_carries_its_ground_and_who_made_it():
    case, referral = notified()
    social(referral, "acknowledge", by="ines")

    for message in Message.objects.all():
        assert "lag" in message.legal_ground
        assert message.made_by.organisation_id == message.organisation_id
    assert sent(referral, "receipt").made_by == cast.person("ines")


def test_a_notice_that_goes_on_keeps_its_words_though_newer_ones_hold_since():
    case, referral = notified()
    texts = wording.shipped("L4", "sv") | {"kind": "Orosanmälan"}
    newer = editions.write("L4", "sv", texts, by=cast.person("asta"), at=timezone.now())
    editions.approve(seen(newer), by=cast.person("klara"), at=timezone.now())

    moved(referral, ALVESTA)

    there = households.referral_of(case, at="alva")
    first, last = (Letter.objects.get(code="L4", case_id=record.pk) for record in (referral, there))
    assert last.edition == first.edition != newer
    assert (last.facts, last.template_version) == (first.facts, first.template_version)
