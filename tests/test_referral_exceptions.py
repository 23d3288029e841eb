"""The exceptions of domain 5.3 that meet the municipality, asked of the door itself."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases.models import (
    Attendee,
    JournalEntry,
    Remark,
    Role,
)
from cases.workflow import MissingFacts, NotAllowedNow, perform
from tests import cast, machines
from tests.factories import make_appointment, make_check, make_person, make_referral
from tests.test_referral import NOT_OPENED, SAFE
from tests.test_referral_conditions import typed


@pytest.mark.parametrize("action", ["open_investigation", "decide_not_to_open"])
def test_past_fourteen_days_a_decision_needs_extraordinary_reasons(action: str) -> None:
    arrived = timezone.now() - timedelta(days=15)
    case, sara = make_referral("preliminary_assessment", arrived_at=arrived), cast.person("sara")
    with pytest.raises(MissingFacts, match="synnerliga skäl"):
        perform(case, action, by=sara, **NOT_OPENED)

    case = perform(case, action, by=sara, overrun_reasons="Familjen gick inte att nå", **NOT_OPENED)

    assert case.decided_at is not None
    assert case.decided_by == sara


def test_a_decision_dated_back_has_not_been_in_time() -> None:
    arrived = timezone.now() - timedelta(days=15)
    case, sara = make_referral("preliminary_assessment", arrived_at=arrived), cast.person("sara")

    with pytest.raises(MissingFacts, match="synnerliga skäl"):
        perform(case, "decide_not_to_open", by=sara, at=arrived + timedelta(days=2), **NOT_OPENED)


def test_an_ongoing_investigation_takes_the_notice_in_whatever_day_it_is() -> None:
    arrived = timezone.now() - timedelta(days=15)
    case = make_referral("already_ongoing", arrived_at=arrived)

    assert case.decision == "ongoing"


def test_feedback_is_withheld_with_a_reason_and_then_not_given() -> None:
    case, sara = make_referral("not_opened"), cast.person("sara")
    with pytest.raises(MissingFacts, match="skälet"):
        perform(case, "withhold_feedback", by=sara)

    case = perform(case, "withhold_feedback", by=sara, reason="Kan skada familjen")

    assert case.feedback_withheld
    with pytest.raises(NotAllowedNow, match="redan given eller avgjord"):
        perform(case, "give_feedback", by=sara)


@pytest.mark.parametrize(("age", "passes"), [(14, False), (15, True), (17, True)])
def test_from_fifteen_the_own_yes_is_enough(age: int, passes: bool) -> None:
    case, sara = make_referral("not_opened", age=age), cast.person("sara")

    if passes:
        assert perform(case, "start_support", by=sara, support_answer="youth").state == "support"
    else:
        with pytest.raises(MissingFacts, match="under 15"):
            perform(case, "start_support", by=sara, support_answer="youth")


def test_whoever_has_turned_fifteen_since_the_notice_came_says_yes_themself() -> None:
    birthday = (timezone.localdate() - timedelta(days=5)).replace(day=1)
    youth = make_person(birth_date=birthday.replace(year=birthday.year - 15).isoformat())
    day_before = timezone.now() - (timezone.localdate() - birthday) - timedelta(days=1)
    case, sara = make_referral("received", person=youth, arrived_at=day_before), cast.person("sara")
    assert case.age_class == "under_15"
    case = perform(case, "acknowledge", by=sara)
    case = perform(case, "assess_protection", by=sara, **SAFE)
    overrun = {"overrun_reasons": "Semester"} | NOT_OPENED
    case = perform(case, "decide_not_to_open", by=sara, **overrun)

    assert perform(case, "start_support", by=sara, support_answer="youth").state == "support"


def test_support_follows_an_investigation_only_when_it_is_concluded() -> None:
    case, sara = make_referral("investigation_opened"), cast.person("sara")
    case = perform(case, "conclude_investigation", by=sara)

    case = perform(case, "start_support", by=sara, support_answer="custodians")

    assert case.state == "support"


def test_a_family_that_declines_is_not_forced_and_the_matter_ends() -> None:
    case, sara = make_referral("not_opened"), cast.person("sara")
    case = perform(case, "give_feedback", by=sara)
    case = perform(case, "decline_support", by=sara, support_answer="no_custodians")
    case = perform(case, "decline_follow_up", by=sara, follow_up_answer="no_custodians")

    case = perform(case, "close", by=sara, end="declined")

    assert (case.state, case.due_at) == ("closed", None)


def test_another_municipality_takes_the_matter_over() -> None:
    case, sara = make_referral("preliminary_assessment"), cast.person("sara")
    with pytest.raises(MissingFacts, match="skälet"):
        perform(case, "request_transfer", by=sara, **typed({"transfer_to": "0764"}))

    case = perform(
        case, "request_transfer", by=sara, reason="Bor i Alvesta", **typed({"transfer_to": "0764"})
    )
    case = perform(case, "transfer", by=sara)

    assert (case.state, case.due_at) == ("transferred", None)
    with pytest.raises(NotAllowedNow):
        perform(case, "start_assessment", by=sara)


def test_a_refused_transfer_leaves_the_matter_where_it_was() -> None:
    case, sara = make_referral("preliminary_assessment"), cast.person("sara")
    case = perform(
        case, "request_transfer", by=sara, reason="Bor i Alvesta", **typed({"transfer_to": "0764"})
    )

    case = perform(case, "note_transfer_refusal", by=sara, reason="De sa nej")

    assert (case.state, str(case.transfer_to)) == ("preliminary_assessment", "Alvesta kommun")
    assert case.transfer_refused_at is not None
    with pytest.raises(MissingFacts, match="en begäran"):
        perform(case, "transfer", by=sara)


def test_a_no_can_be_taken_to_ivo_at_once_and_ivo_s_answer_is_waited_for() -> None:
    case, sara = make_referral("preliminary_assessment"), cast.person("sara")
    case = perform(
        case, "request_transfer", by=sara, reason="Bor i Alvesta", **typed({"transfer_to": "0764"})
    )
    with pytest.raises(MissingFacts, match="ett nej från den andra"):
        perform(case, "apply_to_ivo", by=sara, reason="För tidigt")
    case = perform(case, "note_transfer_refusal", by=sara, reason="De sa nej")

    case = perform(case, "apply_to_ivo", by=sara, reason="Skickad idag")

    assert case.transfer_is_open
    refused = perform(case, "note_transfer_refusal", by=sara, reason="IVO avslog")
    assert not refused.transfer_is_open
    with pytest.raises(NotAllowedNow, match="IVO är redan antecknad"):
        perform(refused, "apply_to_ivo", by=sara, reason="Igen")


def test_a_matter_moves_when_ivo_says_so_after_a_no() -> None:
    case, sara = make_referral("preliminary_assessment"), cast.person("sara")
    case = perform(
        case, "request_transfer", by=sara, reason="Bor i Alvesta", **typed({"transfer_to": "0764"})
    )
    case = perform(case, "note_transfer_refusal", by=sara, reason="De sa nej")
    case = perform(case, "apply_to_ivo", by=sara, reason="Skickad idag")

    assert perform(case, "transfer", by=sara).state == "transferred"


def test_nobody_under_fifteen_is_followed_up_on_their_own_word() -> None:
    case, sara = make_referral("not_opened", age=13), cast.person("sara")

    with pytest.raises(MissingFacts, match="vårdnadshavarnas ja"):
        perform(
            case, "start_follow_up", by=sara, follow_up_answer="youth", records=[make_check(case)]
        )

    case = perform(
        case, "start_follow_up", by=sara, follow_up_answer="custodians", records=[make_check(case)]
    )
    assert case.state == "follow_up"


@pytest.mark.parametrize(("months", "passes"), [(6, True), (7, False), (12, False)])
def test_after_an_investigation_without_support_the_door_keeps_the_six_months(
    months: int, passes: bool
) -> None:
    case, sara = make_referral("investigation_opened"), cast.person("sara")
    case = perform(case, "conclude_investigation", by=sara)
    step = {"follow_up_answer": "custodians", "records": [make_check(case, months)]}

    if passes:
        assert perform(case, "start_follow_up", by=sara, **step).state == "follow_up"
    else:
        with pytest.raises(MissingFacts, match="SoL 23:5"):
            perform(case, "start_follow_up", by=sara, **step)


def test_after_support_no_limit_of_six_months_holds() -> None:
    case, sara = make_referral("investigation_opened"), cast.person("sara")
    case = perform(case, "conclude_investigation", by=sara)
    case = perform(case, "start_support", by=sara, support_answer="custodians")

    checks = [make_check(case, months) for months in (3, 12)]
    case = perform(case, "start_follow_up", by=sara, follow_up_answer="custodians", records=checks)

    assert case.state == "follow_up"


def test_a_recalled_notice_stays_on_record() -> None:
    case = make_referral("preliminary_assessment")
    system = machines.player(Role.SERVICE, case.organisation)

    case = perform(case, "receive_recall", by=system)

    assert case.recalled_at is not None
    assert case.state == "preliminary_assessment"


def test_a_talk_is_called_moved_and_held_with_history() -> None:
    case, sara = make_referral("preliminary_assessment"), cast.person("sara")
    first = make_appointment(case)
    case = perform(case, "call_to_talk", by=sara, records=[first, Attendee(appointment=first)])
    assert case.due_step != ""
    first.result = "moved"
    second = make_appointment(case, at=timezone.now() + timedelta(days=9))

    case = perform(case, "record_talk", by=sara, records=[first])
    case = perform(case, "call_to_talk", by=sara, records=[second])

    assert [talk.result for talk in case.appointments.all()] == ["moved", ""]


def test_whoever_begins_the_assessment_of_an_unowned_referral_owns_it() -> None:
    case = make_referral("preliminary_assessment")

    assert case.owner == cast.person("sara")


def test_intake_does_not_decide() -> None:
    case = make_referral("preliminary_assessment")

    with pytest.raises(PermissionDenied):
        perform(case, "decide_not_to_open", by=cast.person("ines"), **NOT_OPENED)


def test_the_reason_of_an_extension_is_sealed_beside_the_journal() -> None:
    case, sara = make_referral("investigation_opened"), cast.person("sara")
    end = timezone.localdate() + timedelta(days=200)

    case = perform(
        case, "extend_investigation", by=sara, investigation_due_on=end, reason="Väntar på svar"
    )

    entry = JournalEntry.objects.filter(case_id=case.pk).latest("id")
    assert entry.facts == {"investigation_due_on": end.isoformat()}
    assert Remark.objects.get(pk=entry.remark_id).text == "Väntar på svar"
