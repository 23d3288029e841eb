"""A message reaches whoever it is for: on the page where it arrives, or on paper."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import access, workflow
from cases.models import Protection, YouthCase
from kronoberg import alarms
from notices import binding, letters, postroom, resending
from notices.models import HeldLetter, Letter, Message, Posting
from tests import cast, households
from tests.households import notified, police, social
from tests.test_letter_pages import ready

ANSWER = "Kungsmadskolan, enligt ungdomen."
OUTSIDE = "0760"  # Uppvidinge: no office of it works here


def page(case: Any, who: str) -> str:
    client = Client()
    client.force_login(cast.person(who))
    return client.get(reverse("case", args=[case.pk])).content.decode()


def sent_outside() -> YouthCase:
    """The police's case whose notice has left for a municipality outside, and is acknowledged."""
    case = households.reviewed()
    case.person.municipality_id = OUTSIDE
    case.person.save()
    police(case, "notify")
    return YouthCase.objects.get(pk=case.pk)


def asked(case: YouthCase) -> YouthCase:
    """The municipality asks by telephone; the machine's own step, as in earnest."""
    machine = access.service_account(case.organisation)
    asks: dict[str, Any] = {"supplement_question": "Vilken skola?"}
    return workflow.perform(case, "receive_supplement_request", by=machine, **asks)


def paper(letter: Letter) -> Posting:
    ready(letter, b"%PDF")
    return Posting.objects.get(pk=letter.pk)


def step(letter: Letter, action: str, **facts: Any) -> None:
    postroom.take(Posting.objects.get(pk=letter.pk), action, by=cast.person("omar"), **facts)


def posted(letter: Letter) -> Message:
    paper(letter)
    step(letter, "post_letter", posted_on=timezone.localdate(), posted_how="post")
    return Message.objects.get(letter=letter)


def test_what_was_asked_and_answered_stands_on_both_pages():
    case, referral = notified()
    social(referral, "request_supplement", supplement_question="Vilken skola?")
    police(case, "send_supplement", text=ANSWER)

    for shown in (page(referral, "sara"), page(case, "omar")):
        assert "Meddelanden" in shown
        assert ANSWER in shown
        assert "Vilken skola?" in shown


def test_the_words_of_a_message_are_for_those_who_may_read_the_case_s_words():
    case, referral = notified()
    social(referral, "request_supplement", supplement_question="Vilken skola?")
    police(case, "send_supplement", text=ANSWER)
    referral.person.protection = Protection.PROTECTED
    referral.person.save()

    assert ANSWER not in page(referral, "sara")


def test_a_recall_stands_on_the_referral_with_its_words():
    case, referral = notified()
    police(case, "annul", by="lena", annul_reason="exercise", reason="Övning")

    assert "Anmälan återkallas av polisen." in page(referral, "sara")


def test_a_supplement_to_an_office_outside_is_a_paper_and_delivered_when_it_is_posted():
    case = asked(sent_outside())

    [letter] = police(case, "send_supplement", text=ANSWER).letters

    facts = letters.from_json("L4b", letter.facts)
    assert isinstance(facts, letters.NoticeMessage)
    assert (facts.about, facts.text) == (letters.MessageKind.SUPPLEMENT, ANSWER)
    assert Message.objects.get(letter=letter).delivered_at is None
    assert posted(letter).delivered_at is not None


def test_a_paper_that_came_back_delivered_nothing():
    case = sent_outside()
    notice = Letter.objects.get(case_id=case.pk, code="L4")
    posted(notice)

    step(notice, "return_letter", returned_on=timezone.localdate(), return_reason="unknown")

    assert Message.objects.get(letter=notice).delivered_at is None


def test_a_recall_goes_on_paper_though_the_case_has_ended():
    case = sent_outside()

    [letter] = police(case, "annul", by="lena", annul_reason="exercise", reason="Övning").letters

    assert letter.code == "L4b"
    assert '"about":"recall"' in letter.facts
    assert binding.obstacle(paper(letter), on=timezone.localdate()) == ""


def test_a_message_on_paper_names_nobody_of_the_family():
    case = asked(sent_outside())

    [letter] = police(case, "send_supplement", text="Ja.").letters

    names = {row["name"] for row in (households.YOUTH, households.MOTHER, households.FATHER)}
    assert households.leaked([letter.facts], names) == set()


@pytest.mark.parametrize(("days", "alarmed"), [(0, False), (1, True)])
def test_a_message_that_nobody_has_posted_by_the_next_day_alarms(days, alarmed):
    sent_outside()
    Message.objects.update(made_at=timezone.now() - timedelta(days=days))

    found = [alarm.words for alarm in alarms.of(cast.person("omar"))]

    assert any("inte postat" in words for words in found) == alarmed


def test_the_alarm_ends_when_the_paper_is_posted_or_withdrawn():
    case = sent_outside()
    Message.objects.update(made_at=timezone.now() - timedelta(days=1))
    notice = Letter.objects.get(case_id=case.pk, code="L4")
    paper(notice)

    step(notice, "withdraw_letter", reason="Lämnad med bud.")

    assert not any("inte postat" in alarm.words for alarm in alarms.of(cast.person("omar")))


def test_a_notice_sent_again_takes_its_message_with_it():
    case = sent_outside()
    notice = Letter.objects.get(case_id=case.pk, code="L4")
    paper(notice)
    step(notice, "withdraw_letter", reason="Rev papperet.")

    again = resending.send_again(HeldLetter.objects.get(letter=notice), by=cast.person("omar"))

    assert Message.objects.get(kind="notice").letter == again
    assert posted(again).delivered_at is not None
