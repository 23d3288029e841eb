"""An age that is corrected late: what was decided for another age is decided anew (domain 5.3)."""

from uuid import uuid4

import pytest

from cases.forms.police import YouthPersonForm
from cases.identity import AgeClass
from cases.models import Referral, YouthCase
from cases.models.codes import NOTHING_MORE
from cases.rules import clocks
from cases.workflow import MissingFacts, perform
from notices.gates import GateClosed
from notices.models import Message
from tests import cast
from tests.factories import born, make_case
from tests.filling import faults, form_of, person_now, take
from tests.households import fresh, notified, police, social

NOBODY_KNOWS = {"personal_number": "", "birth_date": "", "estimated_age": ""}


def aged(case: YouthCase, age: int) -> YouthCase:
    """The same case, when the youth turns out to be `age`."""
    day = born(age, case.day).isoformat()
    corrected: YouthCase = take(
        case, "correct_person", by="omar", **NOBODY_KNOWS | {"birth_date": day}
    )
    return corrected


def test_a_youth_found_to_be_19_after_the_review_is_not_notified_without_consent():
    case = aged(make_case("reviewed", age=17), 19)
    assert case.age_class == AgeClass.FROM_18_TO_19

    with pytest.raises(MissingFacts, match="den som fyllt 18 anmäls inte utan det"):
        police(case, "notify")

    assert not Message.objects.exists() and not Referral.objects.exists()


def test_a_case_sent_back_after_the_review_is_notified_once_the_adult_has_consented():
    case = aged(make_case("reviewed", age=17), 19)
    karin, lena = cast.person("karin"), cast.person("lena")

    case = perform(case, "send_back", by=lena, reason="Fråga om samtycke.")
    case = perform(case, "complete_record", by=karin, consents_to_referral=True)
    case = perform(case, "report", by=karin)
    case = perform(case, "review", by=lena, decision="notify")
    police(case, "notify")

    assert "med den unges samtycke" in Message.objects.get(direction="out").legal_ground


def test_sending_back_after_the_review_takes_the_decision_with_it():
    case = perform(make_case("reviewed"), "send_back", by=cast.person("lena"), reason="Fel ålder.")

    assert (case.state, case.decision, case.reviewed_at) == ("handed_over", "", None)
    # It waits for whoever reported it: the reviewer's clock begins when it is reported anew.
    waiting = {clock.step for clock in clocks(case) if clock.done_at is None}
    assert {"report", "notice"} <= waiting and "review" not in waiting
    again = perform(case, "report", by=cast.person("karin"))
    assert "review" in {clock.step for clock in clocks(again) if clock.done_at is None}


def test_the_page_of_a_corrected_case_links_to_what_mends_it(client):
    case = aged(make_case("reviewed", age=17), 19)

    client.force_login(cast.person("omar"))
    page = client.get(f"/arenden/{case.pk}/").content.decode()

    assert "anmäls inte utan det" in page
    assert f"/arenden/{case.pk}/send_back/" in page


def test_a_youth_found_to_be_a_child_after_the_review_is_not_let_go_without_a_reason():
    case = aged(make_case("reviewed", age=19, category="B"), 17)
    omar = cast.person("omar")
    case = perform(case, "waive_letters", by=omar, reason="Talat med hemmet.")

    for action in ("start_follow_up", "close"):
        with pytest.raises(MissingFacts, match="skäl till att inte anmäla"):
            perform(case, action, by=omar)

    again = perform(case, "send_back", by=omar, reason="Ungdomen är ett barn.")
    assert again.state == "handed_over"


def test_a_decision_to_notify_about_a_child_of_known_age_alone_makes_a_notice():
    case = make_case("reviewed")
    person = case.person
    person.personal_number = person.birth_date = ""

    perform(case, "correct_person", by=cast.person("omar"), records=[person])

    with pytest.raises(MissingFacts, match="uppskattad ålder om numret är okänt"):
        police(case, "notify")


@pytest.mark.parametrize("state", ["reported", "reviewed", "notified"])
def test_the_last_age_is_not_taken_away_once_the_case_is_reported(state):
    case = make_case(state)

    form = form_of(case, "correct_person", by="omar", **NOBODY_KNOWS)

    assert faults(form) == {"estimated_age": YouthPersonForm.AGE_IS_NEEDED}


def test_the_age_may_be_taken_away_while_the_record_is_open():
    case = take(make_case("handed_over"), "correct_person", **NOBODY_KNOWS)

    assert person_now(case).age_on(case.day) is None


@pytest.mark.parametrize(
    ("action", "typed", "sentence"),
    [
        ("correct_person", {"protection": "not_protected", "language": "sv"}, "uppskattad ålder"),
        ("notify", {"without": "on"}, "uppskattad ålder om numret är okänt"),
    ],
)
def test_a_case_without_an_age_is_answered_with_a_sentence(client, action, typed, sentence):
    case = make_case("reviewed")
    if action == "notify":
        person = case.person
        person.personal_number = person.birth_date = ""
        perform(case, "correct_person", by=cast.person("omar"), records=[person])
    client.force_login(cast.person("omar"))

    answer = client.post(f"/arenden/{case.pk}/{action}/", {"request_id": str(uuid4())} | typed)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert fresh(case).state == "reviewed"


# After the notice has left ---------------------------------------------------------------------


def asked_about_an_adult() -> YouthCase:
    """A notice about a child has left, the municipality asks, and the youth turns out to be 19."""
    case, referral = notified()
    social(referral, "request_supplement", supplement_question="Vilken skola?")
    return aged(fresh(case), 19)


def answered(case: YouthCase, **typed: str) -> Message:
    form = form_of(case, "send_supplement", by="omar", **typed)
    assert form.is_valid(), form.errors
    police(case, "send_supplement", **form.facts())
    return Message.objects.get(kind="supplement", direction="out")


def test_nothing_more_is_told_of_an_adult_who_has_not_consented():
    case = asked_about_an_adult()

    with pytest.raises(GateClosed, match="har inte samtyckt"):
        police(case, "send_supplement", text="Kungsmadskolan.")

    assert fresh(case).supplement_is_asked
    assert not Message.objects.filter(kind="supplement").exists()


def test_a_question_about_an_adult_who_says_no_is_answered_with_one_sentence_and_waits_no_longer():
    case = asked_about_an_adult()

    message = answered(case, text="")

    assert NOTHING_MORE in message.payload
    assert message.legal_ground == "6 § polislagen (1984:387)"
    assert not fresh(case).supplement_is_asked


def test_an_adult_s_own_yes_is_recorded_with_the_answer_that_rests_on_it():
    case = asked_about_an_adult()

    message = answered(case, text="Kungsmadskolan.", consents_to_referral="on")

    assert "Kungsmadskolan." in message.payload
    assert "med den unges samtycke" in message.legal_ground
    assert fresh(case).consents_to_referral


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"text": "Kungsmadskolan."}, "utan ett ja lämnas inget svar"),
        ({"text": "", "consents_to_referral": "on"}, "Skriv svaret"),
    ],
)
def test_an_answer_and_a_yes_belong_together(typed, fault):
    form = form_of(asked_about_an_adult(), "send_supplement", by="omar", **typed)

    assert fault in faults(form)["text"]


def test_a_notice_about_somebody_found_to_be_an_adult_can_always_be_recalled():
    case = asked_about_an_adult()

    police(case, "annul", by="lena", annul_reason="exercise", reason="Fel ålder.")

    assert "samtycke" not in Message.objects.get(kind="supplement", direction="out").legal_ground
