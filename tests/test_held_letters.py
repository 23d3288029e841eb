"""A letter that has not arrived is on record with its reason, and is sent again once."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Appointment, Custodian, JournalEntry, YouthCase
from cases.workflow import NotAllowedNow, StepRepeated
from notices import gates, letters, postroom, resending
from notices.catalogue import CATALOGUE, Audience
from notices.gates import GateClosed
from notices.models import HeldLetter, Letter, Posting
from tests import cast, households
from tests.factories import make_case
from tests.households import police, social
from tests.test_letter_pages import ready


def barred_father(case: YouthCase) -> Custodian:
    father = households.father(case.person)
    father.is_barred = True
    father.save()
    return father


def open_up(father: Custodian) -> None:
    father.is_barred = False
    father.save()


def again(held: HeldLetter, **how: Any) -> Letter:
    return resending.send_again(held, by=cast.person("omar"), **how)


def letter_to(case: YouthCase, addressee: str = "vårdnadshavare 2") -> Letter:
    return Letter.objects.get(case_id=case.pk, code="L1", addressee=addressee)


def paper(letter: Letter) -> Posting:
    ready(letter, b"%PDF")
    return Posting.objects.get(pk=letter.pk)


def step(posting: Posting, action: str, **facts: Any) -> None:
    postroom.take(posting, action, by=cast.person("omar"), **facts)


def returned(letter: Letter) -> HeldLetter:
    today = timezone.localdate()
    step(paper(letter), "post_letter", posted_on=today, posted_how="post")
    step(Posting.objects.get(pk=letter.pk), "return_letter", returned_on=today,
         return_reason="moved")  # fmt: skip
    return HeldLetter.objects.get(letter=letter)


def test_a_letter_that_a_gate_holds_back_is_on_record_with_its_reason_and_the_other_way():
    case, _ = households.notified()
    father = barred_father(case)

    police(case, "send_letters")

    held = HeldLetter.objects.get(code="L1")
    assert (held.addressee, held.custodian_id) == ("vårdnadshavare 2", father.pk)
    obstacle = gates.custodian_may_know(father)
    assert obstacle is not None
    assert (held.reason, held.other_way) == (obstacle.reason, obstacle.other_way)


def test_a_held_letter_is_sent_once_when_what_held_it_back_is_mended():
    case, _ = households.notified()
    father = barred_father(case)
    police(case, "send_letters")
    held = HeldLetter.objects.get(code="L1")
    with pytest.raises(GateClosed, match="får inte kontaktas"):
        again(held)
    assert not Letter.objects.filter(case_id=case.pk, custodian_id=father.pk).exists()
    open_up(father)

    sent = again(held)

    facts = letters.from_json("L1", sent.facts)
    assert facts.recipient.name == father.name
    assert sent.posting.state == "waiting"
    with pytest.raises(NotAllowedNow, match="redan skickat"):
        again(held)
    assert Letter.objects.filter(case_id=case.pk, custodian_id=father.pk, code="L1").count() == 1
    assert JournalEntry.objects.filter(case_id=case.pk, action="send_again").count() == 1


def test_the_same_form_sent_twice_sends_one_letter():
    case, _ = households.notified()
    father = barred_father(case)
    police(case, "send_letters")
    open_up(father)
    held, key = HeldLetter.objects.get(code="L1"), uuid4()
    again(held, request_id=key)

    with pytest.raises(StepRepeated):
        again(held, request_id=key)


def test_a_withdrawn_letter_goes_to_the_address_of_today():
    case, _ = households.notified()
    police(case, "send_letters")
    letter = letter_to(case)
    step(paper(letter), "withdraw_letter", reason="Fel adress.")
    father = households.father(case.person)
    father.street = "Nygatan 1"
    father.save()

    sent = again(HeldLetter.objects.get(letter=letter))

    assert letters.from_json("L1", sent.facts).recipient.street == "Nygatan 1"
    assert letters.from_json("L1", letter.facts).recipient.street != "Nygatan 1"


def test_a_returned_letter_waits_for_an_address_and_is_then_sent():
    case, _ = households.notified()
    police(case, "send_letters")
    held = returned(letter_to(case))
    with pytest.raises(GateClosed, match="i retur"):
        again(held)
    father = households.father(case.person)
    father.street = "Nygatan 1"
    father.save()

    again(held)

    assert HeldLetter.objects.get(pk=held.pk).sent is not None


def test_letters_that_were_waived_can_still_go_when_the_way_is_open():
    case, _ = households.notified(harm_if_told="yes")
    with pytest.raises(GateClosed):
        police(case, "send_letters")
    assert not HeldLetter.objects.exists()

    police(case, "waive_letters", reason="Socialtjänsten talar med barnet.")

    assert {row.addressee for row in HeldLetter.objects.filter(code__in=["L1", "L3"])} == {
        "vårdnadshavare 1", "vårdnadshavare 2", "ungdomen",
    }  # fmt: skip


def test_a_call_to_a_talk_that_has_been_held_is_not_sent_again():
    _, referral = households.notified()
    households.assessed(referral)
    father = barred_father(referral)
    social(referral, "call_to_talk", records=households.called(referral))
    open_up(father)
    held = HeldLetter.objects.get(code="L6")
    Appointment.objects.update(result="attended")

    with pytest.raises(NotAllowedNow, match="Kalla till ett nytt"):
        resending.send_again(held, by=cast.person("sara"))


def test_each_letter_to_the_family_has_a_way_to_be_sent_again():
    to_family = {
        code for code, row in CATALOGUE.items()
        if row.audience in (Audience.CUSTODIANS, Audience.YOUTH, Audience.FAMILY)
    }  # fmt: skip
    assert set(resending.FAMILY) == to_family


def test_a_notice_on_paper_that_was_withdrawn_goes_again_with_the_same_facts():
    person = households.reviewed().person
    person.municipality_id = "0760"
    person.save()
    case = YouthCase.objects.get(person=person)
    police(case, "notify")
    first = Letter.objects.get(case_id=case.pk, code="L4")
    step(paper(first), "withdraw_letter", reason="Rev papperet.")

    sent = again(HeldLetter.objects.get(letter=first))

    assert sent.facts_sha256 == first.facts_sha256


def test_nothing_goes_again_in_a_case_that_was_annulled():
    case, _ = households.notified()
    father = barred_father(case)
    police(case, "send_letters")
    open_up(father)
    police(case, "annul", by="lena", annul_reason="exercise", reason="Övning")

    with pytest.raises(NotAllowedNow, match="annullerat"):
        again(HeldLetter.objects.get(code="L1"))


def test_the_case_page_tells_what_has_not_arrived_until_it_is_sent():
    case, _ = households.notified()
    father = barred_father(case)
    police(case, "send_letters")
    client = Client()
    client.force_login(cast.person("omar"))
    held = HeldLetter.objects.get(code="L1")
    where = reverse("held-again", args=[held.pk])
    page = client.get(reverse("case", args=[case.pk])).content.decode()
    assert held.reason in page
    assert held.other_way in page
    assert where in page
    refused = client.post(where, {"request_id": str(uuid4())})
    assert refused.status_code == 422
    assert held.reason in refused.content.decode()
    open_up(father)

    client.post(where, {"request_id": str(uuid4())})

    after = client.get(reverse("case", args=[case.pk])).content.decode()
    assert held.reason not in after


def test_a_case_without_anything_held_back_has_no_such_heading():
    client = Client()
    client.force_login(cast.person("omar"))
    case = make_case("reviewed")

    page = client.get(reverse("case", args=[case.pk])).content.decode()

    assert "har inte nått fram" not in page
    assert "inte har nått fram" not in page
