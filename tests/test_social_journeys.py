"""Every branch of the municipality's life of a notice (domain 5.2), and its exceptions (5.3).

Each journey is walked by the forms that a caseworker fills in, and ends where the branch ends.
"""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases import rules
from cases.known import known_here
from cases.models import Attendee, JournalEntry, Protection, Referral
from cases.workflow import MissingFacts, NotAllowedNow, perform
from kronoberg import case_page
from notices import postroom
from notices.posting import Posting
from tests import cast, households
from tests.arrivals import arrived, custodian
from tests.posting import form, local, page, take
from tests.test_postroom import GIVEN, ROADS, make_ready

DAY = timedelta(days=1)
Step = tuple[str, dict[str, Any]]

ASSESSED: list[Step] = [
    ("acknowledge", {"confirm": "on"}),
    ("take", {}),
    (
        "assess_protection",
        {
            "needs_protection": "False",
            "protection_reasons": "Hämtad av en nykter förälder.",
            "protection_source": "Anmälan och samtal med polisen.",
        },
    ),
    ("start_assessment", {}),
    ("record_contact", {"who": "youth", "kind": "phone", "result": "reached"}),
    ("write_entry", {"text": "Ungdomen berättade om kvällen."}),
]
UNSAFE: Step = (
    "assess_protection",
    {
        "needs_protection": "True",
        "protection_reasons": "Våld av närstående.",
        "protection_source": "Anmälan.",
        "may_be_harmed_if_told": "on",
    },
)
WHY = {"delegation": "4.2", "decision_reasons": "Oron behöver utredas."}
TOLD: Step = ("give_feedback", {})
NO_HELP: Step = ("decline_support", {"support_answer": "no_custodians"})
NO_CHECK: Step = ("decline_follow_up", {"follow_up_answer": "no_custodians"})
CHECK: Step = ("start_follow_up", {"follow_up_answer": "youth", "months": ["3"]})
CALL: Step = (
    "record_follow_up",
    {"kind": "phone", "youth": "attended", "custodians": "absent", "outcome": "better"},
)
YES: Step = ("start_support", {"support_answer": "youth"})
MOVE: Step = ("request_transfer", {"transfer_to": "0764", "reason": "Familjen bor där."})

BRANCHES: dict[str, tuple[list[Step], str]] = {
    "K4a: investigated, helped, followed up": (
        [*ASSESSED, ("open_investigation", WHY), TOLD, ("conclude_investigation",
         {"confirm": "on"}), YES, CHECK, CALL, ("close", {"end": "support_done"})],
        "closed",
    ),
    "K4a: investigated without measure, followed up by law": (
        [*ASSESSED, ("open_investigation", WHY), TOLD, ("conclude_investigation",
         {"confirm": "on"}), NO_HELP, CHECK, CALL, ("close", {"end": "talked"})],
        "closed",
    ),
    "K4a: not ready in four months, extended by decision": (
        [*ASSESSED, ("open_investigation", WHY), TOLD,
         ("extend_investigation", {"investigation_due_on": f"{timezone.localdate() + 200 * DAY}",
                                   "reason": "Skolans yttrande väntas i maj."})],
        "investigation_opened",
    ),
    "K5: help without investigation, by the custodians' yes": (
        [*ASSESSED, ("decide_not_to_open", WHY), TOLD,
         ("start_support", {"support_answer": "custodians"})],
        "support",
    ),
    "K4b: not opened, no thanks to everything": (
        [*ASSESSED, ("decide_not_to_open", WHY), TOLD, NO_HELP, NO_CHECK,
         ("close", {"end": "declined"})],
        "closed",
    ),
    "K4b: not opened, help without investigation, no follow-up": (
        [*ASSESSED, ("decide_not_to_open", WHY), TOLD, YES, NO_CHECK,
         ("close", {"end": "support_done"})],
        "closed",
    ),
    "K4b: not suitable to answer the police": (
        [*ASSESSED, ("decide_not_to_open", WHY), ("withhold_feedback", {"reason": "Olämpligt."}),
         NO_HELP, NO_CHECK, ("close", {"end": "no_further"})],
        "closed",
    ),
    "K4c: the notice joins an investigation that is open": (
        [*ASSESSED[:3], ("note_ongoing", {"ongoing_reference": "2026/17"}), TOLD,
         ("decline_support", {"support_answer": "not_offered"}),
         ("decline_follow_up", {"follow_up_answer": "not_offered"}),
         ("close", {"end": "in_other_matter"})],
        "closed",
    ),
    "K2: the child needs protection, opened at once": (
        [ASSESSED[0], UNSAFE, ("open_investigation", WHY)],
        "investigation_opened",
    ),
    "KT: the other municipality says yes": (
        [*ASSESSED[:3], MOVE, ("transfer", {"confirm": "on"})],
        "transferred",
    ),
    "KT: the other municipality says no": (
        [ASSESSED[0], MOVE, ("note_transfer_refusal", {"reason": "De bor kvar hos er."}),
         *ASSESSED[2:], ("decide_not_to_open", WHY)],
        "not_opened",
    ),
}  # fmt: skip


def walk(case: Referral, steps: list[Step]) -> Referral:
    for action, answers in steps:
        at = {"at": local()} if "at" in page(case, action).fields else {}
        case = take(case, action, **answers, **at)
    return case


@pytest.mark.parametrize("branch", BRANCHES)
def test_every_branch_is_walked_by_its_forms(branch: str) -> None:
    steps, end = BRANCHES[branch]

    case = walk(arrived(16), steps)

    assert case.state == end
    taken = JournalEntry.objects.filter(case_id=case.pk).order_by("case_version")
    actions = list(taken.values_list("action", flat=True))
    assert actions == ["open", *(action for action, _ in steps)]
    assert (case.due_at is None) == (end in ("closed", "transferred"))


@pytest.mark.parametrize("branch", [name for name, (_, end) in BRANCHES.items() if end == "closed"])
def test_no_branch_closes_with_any_of_its_steps_left_out(branch: str) -> None:
    steps, _ = BRANCHES[branch]
    # What may be left out without a word: who has the case, and what is free to note.
    free = {"take", "start_assessment", "record_contact", "write_entry"}

    for left_out in range(len(steps) - 1):
        if steps[left_out][0] in free:
            continue
        rest = [step for at, step in enumerate(steps) if at != left_out]
        with pytest.raises((MissingFacts, NotAllowedNow, AssertionError)):
            walk(arrived(16), rest)


# Exceptions (domain 5.3) -------------------------------------------------------------------------


def test_of_an_adult_youth_only_the_youth_is_called_and_says_yes_alone():
    case = walk(arrived(18), ASSESSED)
    custodian(case)

    assert [key for key, _ in page(case, "call_to_talk").fields["called"].choices] == ["youth"]
    case = walk(case, [("decide_not_to_open", WHY), YES])
    assert case.support_answer == "youth"


def test_nobody_under_fifteen_says_yes_to_follow_up_alone():
    case = walk(arrived(14), [*ASSESSED, ("decide_not_to_open", WHY)])

    refused = form(case, "start_follow_up", follow_up_answer="youth", months=["3"])

    assert "follow_up_answer" in refused.errors


def test_where_the_child_may_be_harmed_nobody_at_home_is_called_beforehand():
    case = arrived(16)
    custodian(case)
    case = walk(case, [ASSESSED[0], UNSAFE])

    assert case.may_be_harmed_if_told
    assert page(case, "call_to_talk").fields["called"].initial == ["youth"]


def test_two_homes_get_two_calls_and_moving_the_talk_two_new_ones():
    _, referral = households.notified()
    households.assessed(referral)
    households.social(referral, "call_to_talk", records=households.called(referral))
    old = referral.appointments.get()
    posted = {"starts_at": local(days=9), "place": "Rum 4", "moved_for": "family"}
    filled = form(referral, "reschedule_talk", appointment=str(old.pk), **posted)
    assert filled.is_valid(), filled.errors

    records = filled.records()
    taken = households.social(referral, "reschedule_talk", records=records)

    assert {letter.code for letter in taken.letters} == {"L6"}
    called = Attendee.objects.filter(appointment__in=[old.pk, records[0].pk])
    assert called.count() == 2 * old.attendees.count()
    assert len(taken.letters) + len(taken.held) == old.attendees.count()


def test_a_second_notice_during_an_investigation_is_joined_to_it():
    first = walk(arrived(16), [*ASSESSED, ("open_investigation", WHY)])
    second = walk(arrived(16), ASSESSED[:3])

    second = take(second, "note_ongoing", ongoing_reference=first.reference)

    assert (second.decision, second.ongoing_reference) == ("ongoing", first.reference)
    assert "investigation" not in {clock.step for clock in rules.clocks(second)}


def test_a_month_of_silence_goes_to_ivo_and_the_matter_moves_when_ivo_says_so():
    with time_machine.travel("2026-03-02 10:00+01:00", tick=False):
        case = walk(arrived(16), [*ASSESSED[:3], MOVE])
    with time_machine.travel("2026-04-01 10:00+02:00", tick=False), pytest.raises(MissingFacts):
        perform(case, "apply_to_ivo", by=cast.person("sara"), reason="För tidigt.")
    with time_machine.travel("2026-04-07 10:00+02:00", tick=False):
        silence = next(each for each in rules.clocks(case) if each.step == "transfer_silence")
        assert silence.status(timezone.now()) == "overdue"
        case = walk(case, [("apply_to_ivo", {"reason": "De har inte svarat."})])
        assert walk(case, [("transfer", {"confirm": "on"})]).state == "transferred"


def test_a_matter_is_decided_by_delegation_and_by_nobody_else():
    case = walk(arrived(16), ASSESSED)

    with pytest.raises(PermissionDenied):
        perform(case, "note_ongoing", by=cast.person("ines"), ongoing_reference="2026/17")


def test_an_overrun_is_decided_only_with_its_extraordinary_reasons_in_writing():
    case = walk(arrived(16, at=timezone.now() - 15 * DAY), ASSESSED)

    assert "overrun_reasons" in form(case, "decide_not_to_open", **WHY).errors
    case = take(case, "decide_not_to_open", **WHY, overrun_reasons="Familjen var utomlands.")
    assert case.overrun_reasons == "Familjen var utomlands."


def test_a_child_in_danger_at_home_is_opened_at_once_and_the_page_asks_for_it():
    _, referral = households.notified()
    case = walk(referral, [ASSESSED[0], UNSAFE])
    clock = next(each for each in rules.clocks(case) if each.step == "open_at_once")
    assert timezone.localdate(clock.due_at) == timezone.localdate()

    shown = case_page.context(case, by=cast.person("sara"))
    assert shown["next_action"].name == "open_investigation"

    case = walk(case, [("open_investigation", WHY)])
    assert next(each for each in rules.clocks(case) if each.step == "open_at_once").done_at


def test_a_youth_without_number_is_assessed_with_the_trustee_as_custodian():
    case = arrived(None)
    trustee = custodian(case, relation="trustee", name="Gun God")
    case = walk(case, ASSESSED)

    called = dict(page(case, "call_to_talk").fields["called"].choices)
    assert called[str(trustee.pk)] == "Gun God (god man)"
    # An age that nobody knows is no proof of fifteen: the trustee answers.
    case = walk(case, [("decide_not_to_open", WHY), TOLD])
    refused = form(case, "start_support", support_answer="youth")
    assert "support_answer" in refused.errors
    assert walk(case, [("start_support", {"support_answer": "custodians"})]).state == "support"


def test_a_protected_identity_is_worked_with_by_relation_until_a_reader_is_named():
    case = arrived(16)
    case.person.protection = Protection.PROTECTED
    case.person.save()
    custodian(case, relation="mother", name="Mona Hemlig")
    case = walk(case, ASSESSED)

    def offered() -> str:
        return str(page(case, "record_contact").fields["who"].choices)

    assert "Mona Hemlig" not in offered()
    sara = cast.person("sara")
    case = take(case, "name_reader", "hanna", reader=sara.pk, reason="Handlägger ärendet.")
    assert "Mona Hemlig" in offered()
    case = walk(case, [("decide_not_to_open", WHY), TOLD, NO_HELP, NO_CHECK])
    assert walk(case, [("close", {"end": "no_further"})]).state == "closed"


def test_a_call_that_came_back_stops_the_next_one_to_that_address():
    _, referral = households.notified()
    households.assessed(referral)
    first = households.social(referral, "call_to_talk", records=households.called(referral))
    letter = make_ready(next(each for each in first.letters if each.custodian_id))
    posting = Posting.objects.get(pk=letter.pk)
    for action in ROADS["returned"]:
        posting = postroom.take(posting, action, by=cast.person("sara"), **GIVEN[action])

    again = households.social(referral, "call_to_talk", records=households.called(referral))

    assert len(again.letters) == len(first.letters) - 1
    reasons = [each.reason for _, obstacles in again.held for each in obstacles]
    assert any("retur" in reason for reason in reasons)


def test_a_youth_who_turns_eighteen_meanwhile_answers_alone_from_that_day():
    birthday = date(2026, 3, 10)
    with time_machine.travel("2026-03-02 10:00+01:00", tick=False):
        case = arrived(17)
        case.person.birth_date = birthday.replace(year=2008).isoformat()
        case.person.save()
        mother = custodian(case, relation="mother")
        case = walk(case, ASSESSED)
        assert str(mother.pk) in dict(page(case, "call_to_talk").fields["called"].choices)

    with time_machine.travel("2026-03-10 09:00+01:00", tick=False):
        assert [key for key, _ in page(case, "call_to_talk").fields["called"].choices] == ["youth"]
        case = walk(case, [("decide_not_to_open", WHY), TOLD])
        with pytest.raises(MissingFacts, match="ungdomens eget samtycke"):
            perform(case, "start_support", by=cast.person("sara"), support_answer="custodians")
        assert walk(case, [YES]).support_answer == "youth"


def test_the_same_notice_twice_is_seen_and_joined_to_the_first():
    first = walk(arrived(16), [*ASSESSED, ("open_investigation", WHY)])
    twin = arrived(16)

    known = known_here(twin, by=cast.person("sara"))
    assert (known.same_evening_as(twin), known.ongoing) == ((first,), (first,))

    twin = walk(twin, [*ASSESSED[:3], ("note_ongoing", {"ongoing_reference": first.reference})])
    twin = walk(twin, [TOLD, ("decline_support", {"support_answer": "not_offered"}),
                       ("decline_follow_up", {"follow_up_answer": "not_offered"})])  # fmt: skip
    assert walk(twin, [("close", {"end": "in_other_matter"})]).state == "closed"
