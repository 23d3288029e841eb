"""The exceptions of domain 5.3, from a duty team that takes over to letters ordered once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases.identity import AgeClass
from cases.models import CustodianContact, JournalEntry, YouthCase
from cases.workflow import MissingFacts, NotAllowedNow, perform
from tests import cast, factories
from tests.factories import call, make_case, make_custodian, make_person

Result = CustodianContact.Result

COLLECTED = {"outcome": "collected", "handed_over_to": "Bo", "id_checked": True}
DUTY_TEAM = {"outcome": "duty_team", "handed_over_to": "Socialjouren"}


def to_duty_team(case: YouthCase) -> YouthCase:
    return perform(case, "hand_over", by=case.author, **DUTY_TEAM)


def test_duty_team_takes_over_after_three_attempts_on_one_number() -> None:
    case = make_case("picked_up")
    for _ in range(2):
        case = call(case, Result.NO_ANSWER, phone="+46701740605")
        with pytest.raises(MissingFacts):
            to_duty_team(case)

    case = call(case, Result.NO_ANSWER, phone="+46701740605")

    assert to_duty_team(case).state == "handed_over"


def test_duty_team_takes_over_when_two_numbers_did_not_answer() -> None:
    case = make_case("picked_up")
    for phone in ("+46701740605", "+46701740606"):
        case = call(case, Result.NO_ANSWER, phone=phone)

    assert to_duty_team(case).state == "handed_over"


@pytest.mark.parametrize("result", [Result.REFUSES, Result.UNFIT, Result.CANNOT_COLLECT])
def test_one_call_is_enough_when_the_custodian_does_not_take_the_youth(result: str) -> None:
    case = call(make_case("picked_up"), result)

    assert to_duty_team(case).state == "handed_over"


def test_no_duty_team_needs_nobody_who_received_but_all_the_calls() -> None:
    case = make_case("picked_up")
    with pytest.raises(MissingFacts, match="fler försök"):
        perform(case, "hand_over", by=case.author, outcome="no_duty_team")
    for _ in range(3):
        case = call(case, Result.NO_ANSWER)

    case = perform(case, "hand_over", by=case.author, outcome="no_duty_team")

    assert (case.state, case.handed_over_to) == ("handed_over", "")


def test_hospital_comes_first_and_the_custodians_are_called_after() -> None:
    facts = {"outcome": "hospital", "handed_over_to": "Akuten"}
    case = perform(make_case("picked_up"), "hand_over", by=cast.person("karin"), **facts)

    case = call(case, Result.CANNOT_COLLECT)
    case = perform(case, "answer_supply", by=case.author, supply_answer="does_not_know")

    assert perform(case, "report", by=case.author).state == "reported"


def test_another_adult_takes_the_youth_only_with_the_custodians_leave() -> None:
    case = make_case("picked_up")
    aunt = {"outcome": "other_adult", "handed_over_to": "Moster", "id_checked": True}
    case = call(case, Result.CANNOT_COLLECT)
    with pytest.raises(MissingFacts, match="medgivande"):
        perform(case, "hand_over", by=case.author, **aunt)

    case = call(case, Result.CANNOT_COLLECT, leave_for_other_adult="Moster får hämta")

    assert perform(case, "hand_over", by=case.author, **aunt).state == "handed_over"


@pytest.mark.parametrize("outcome", ["collected", "driven_home"])
@pytest.mark.parametrize(
    "said",
    [(Result.REFUSES,), (Result.UNFIT,), (Result.UNFIT, Result.REFUSES),
     (Result.REFUSES, Result.NO_ANSWER)],
)  # fmt: skip
def test_no_child_goes_to_somebody_who_will_not_or_is_not_fit(
    said: tuple[str, ...], outcome: str
) -> None:
    case = make_case("picked_up")
    for result in said:
        case = call(case, result, custodian=make_custodian(case.person))

    with pytest.raises(MissingFacts, match="kan och vill ta emot ungdomen"):
        perform(case, "hand_over", by=case.author, **COLLECTED | {"outcome": outcome})


def test_whoever_refused_at_first_and_then_says_yes_collects() -> None:
    case = make_case("picked_up")
    custodian = make_custodian(case.person)
    for result in (Result.REFUSES, Result.WILL_COLLECT):
        case = call(case, result, custodian=custodian)

    assert perform(case, "hand_over", by=case.author, **COLLECTED).state == "handed_over"


def test_a_child_is_driven_home_to_somebody_who_could_not_come() -> None:
    case = call(make_case("picked_up"), Result.CANNOT_COLLECT)

    driven = COLLECTED | {"outcome": "driven_home"}

    assert perform(case, "hand_over", by=case.author, **driven).state == "handed_over"


def test_one_custodian_is_unfit_and_the_other_collects() -> None:
    case = make_case("picked_up")
    one, other = make_custodian(case.person), make_custodian(case.person, name="Mira Alvmarker")
    case = call(case, Result.UNFIT, custodian=one)

    case = call(case, Result.WILL_COLLECT, custodian=other)

    assert perform(case, "hand_over", by=case.author, **COLLECTED).state == "handed_over"


@pytest.mark.parametrize(
    ("outcome", "passes"),
    [("collected", True), ("driven_home", True), ("duty_team", True), ("released", False),
     ("lob", False)],
)  # fmt: skip
def test_police_act_12_leaves_to_custodian_or_social_services(outcome: str, passes: bool) -> None:
    case = make_case("picked_up", custody="pl_12", reason_told_at=timezone.now())
    case = call(call(case, Result.CANNOT_COLLECT), Result.WILL_COLLECT)
    facts = {"outcome": outcome, "handed_over_to": "Någon", "id_checked": True}

    if passes:
        assert perform(case, "hand_over", by=case.author, **facts).state == "handed_over"
    else:
        with pytest.raises(MissingFacts):
            perform(case, "hand_over", by=case.author, **facts)


def test_an_unknown_youth_is_a_child_by_estimate_and_corrected_later_with_history() -> None:
    nobody = make_person(None, name="", estimated_age=16, municipality="0780")
    case = make_case("picked_up", person=nobody)
    assert case.age_class == AgeClass.FROM_15_TO_17
    person = case.person
    person.estimated_age, person.birth_date = None, factories.born(18, case.day).isoformat()

    case = perform(
        case, "correct_person", by=case.author, records=[person], age_class=AgeClass.FROM_18_TO_19
    )

    assert not case.is_minor
    entry = JournalEntry.objects.filter(case_id=case.pk).latest("id")
    assert (entry.action, entry.facts["age_class"]) == ("correct_person", "18_19")


def test_nobody_is_called_about_an_adult_without_consent() -> None:
    case = make_case("picked_up", age=18, category="B")
    with pytest.raises(MissingFacts, match="samtycke från ungdomen"):
        call(case)

    case = perform(case, "complete_record", by=case.author, consents_to_contact=True)

    assert call(case).state == "contacting_custodians"


def test_an_adult_is_notified_only_with_consent() -> None:
    case = make_case("reported", age=19, category="B")
    lena = cast.person("lena")
    with pytest.raises(MissingFacts, match="den som fyllt 18 anmäls inte"):
        perform(case, "review", by=lena, decision="notify")

    consenting = make_case("reported", age=19, category="B", consents_to_referral=True)

    assert perform(consenting, "review", by=lena, decision="notify").state == "reviewed"


def test_an_adult_goes_the_shorter_way_without_calls_letters_or_notice() -> None:
    case = make_case("closed", age=18, category="B")

    taken = JournalEntry.objects.filter(case_id=case.pk).order_by("id")

    assert [entry.to_state for entry in taken if entry.from_state != entry.to_state] == [
        "draft", "picked_up", "handed_over", "reported", "reviewed", "closed",
    ]  # fmt: skip


def test_who_turns_18_later_keeps_the_class_of_the_day_and_the_age_of_today() -> None:
    birthday = (timezone.localdate() + timedelta(days=40)).replace(day=1)
    born = birthday.replace(year=birthday.year - 18)
    case = make_case("picked_up", person=make_person(17, birth_date=born.isoformat()))

    assert case.is_minor and case.age_class == AgeClass.FROM_15_TO_17
    assert [case.age_today(birthday - timedelta(days=1)), case.age_today(birthday)] == [17, 18]


@pytest.mark.parametrize("action", ["review", "send_back", "annul", "merge"])
def test_whoever_wrote_the_case_does_not_review_or_annul_it(action: str) -> None:
    case = make_case("reported", by="lena")

    with pytest.raises(PermissionDenied):
        perform(case, action, by=cast.person("lena"), reason="Därför")


def test_merging_and_undoing_it_leaves_both_histories() -> None:
    case, survivor, lena = make_case("reported"), make_case("picked_up"), cast.person("lena")
    history = [JournalEntry.objects.filter(case_id=one.pk).count() for one in (case, survivor)]

    merged = perform(case, "merge", by=lena, merged_into=survivor, reason="Samma ingripande")
    again = perform(merged, "unmerge", by=lena, reason="Två olika")

    assert (merged.state, merged.due_at) == ("merged", None)
    assert (again.state, again.merged_into) == ("reported", None)
    assert again.due_at is not None
    assert [JournalEntry.objects.filter(case_id=one.pk).count() for one in (case, survivor)] == [
        history[0] + 2,
        history[1],
    ]


def test_a_case_is_not_merged_into_itself_another_unit_or_an_ended_case() -> None:
    case, lena = make_case("draft"), cast.person("lena")
    elsewhere = make_case("draft", by="per")
    ended = make_case("annulled")

    for survivor in (case, elsewhere, ended):
        with pytest.raises(MissingFacts, match="föras samman"):
            perform(case, "merge", by=lena, merged_into=survivor, reason="Samma")


def test_sending_back_opens_the_record_again_and_the_report_can_be_repeated() -> None:
    case = perform(
        make_case("reported"), "send_back", by=cast.person("omar"), reason="Skriv vad du såg"
    )

    case = perform(case, "complete_record", by=case.author, observations="Luktade alkohol.")

    assert perform(case, "report", by=case.author).state == "reported"


def test_an_annulled_case_stays_as_it_was_and_takes_no_step() -> None:
    case = make_case("annulled")

    with pytest.raises(NotAllowedNow):
        perform(case, "pick_up", by=case.author)

    assert (case.annul_reason, case.category, case.due_at) == ("exercise", "A", None)


def test_letters_are_ordered_once() -> None:
    case, omar = make_case("follow_up"), cast.person("omar")

    with pytest.raises(NotAllowedNow, match="breven är redan avgjorda"):
        perform(case, "send_letters", by=omar)
