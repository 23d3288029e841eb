"""The municipal machine: its whole matrix, every condition, and the exceptions of domain 5.3."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from cases import workflow
from cases.models import Attendee, JournalEntry, Municipality, Referral, Remark, Role, guards
from cases.models.moves import moves_of
from cases.workflow import MissingFacts, NotAllowedNow, perform
from tests import cast, machines, tables
from tests.factories import make_appointment, make_person, make_referral

# Where each step leads from each state: "=" stays, "·" cannot be taken there.
STEPS = """
                       rece prot prel inve not_ alre supp foll clos tran
acknowledge            =    =    =    ·    ·    ·    ·    ·    ·    ·
take                   =    =    =    =    =    =    =    =    ·    ·
assign                 =    =    =    =    =    =    =    =    ·    ·
correct_person         =    =    =    =    =    =    =    =    ·    ·
add_custodian          =    =    =    =    =    =    =    =    ·    ·
receive_supplement     =    =    =    =    =    =    =    =    ·    ·
receive_recall         =    =    =    =    =    =    =    =    ·    ·
assess_protection      prot ·    ·    ·    ·    ·    ·    ·    ·    ·
start_assessment       ·    prel ·    ·    ·    ·    ·    ·    ·    ·
request_supplement     =    =    =    ·    ·    ·    ·    ·    ·    ·
call_to_talk           ·    =    =    =    =    =    =    =    ·    ·
record_talk            ·    =    =    =    =    =    =    =    ·    ·
open_investigation     ·    inve inve ·    ·    ·    ·    ·    ·    ·
decide_not_to_open     ·    not_ not_ ·    ·    ·    ·    ·    ·    ·
note_ongoing           ·    alre alre ·    ·    ·    ·    ·    ·    ·
give_feedback          ·    ·    ·    =    =    =    =    =    ·    ·
withhold_feedback      ·    ·    ·    =    =    =    =    =    ·    ·
extend_investigation   ·    ·    ·    =    ·    ·    ·    ·    ·    ·
conclude_investigation ·    ·    ·    =    ·    ·    ·    ·    ·    ·
start_support          ·    ·    ·    supp supp supp ·    ·    ·    ·
decline_support        ·    ·    ·    =    =    =    ·    ·    ·    ·
start_follow_up        ·    ·    ·    foll foll foll foll ·    ·    ·
record_follow_up       ·    ·    ·    ·    ·    ·    ·    =    ·    ·
close                  ·    ·    ·    ·    clos clos ·    clos ·    ·
name_reader            =    =    =    =    =    =    =    =    ·    ·
request_transfer       =    =    =    =    =    =    =    =    ·    ·
note_transfer_refusal  =    =    =    =    =    =    =    =    ·    ·
transfer               tran tran tran tran tran tran tran tran ·    ·
"""

# Who may take it: in all referrals of the office, or never.
RIGHTS = """
                       patr yout supe poli inta soci head coor log_ admi serv
acknowledge            ·    ·    ·    ·    all  all  all  ·    ·    ·    ·
take                   ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
assign                 ·    ·    ·    ·    all  ·    all  ·    ·    ·    ·
correct_person         ·    ·    ·    ·    all  all  all  ·    ·    ·    ·
add_custodian          ·    ·    ·    ·    all  all  all  ·    ·    ·    ·
receive_supplement     ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    all
receive_recall         ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    all
assess_protection      ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
start_assessment       ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
request_supplement     ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
call_to_talk           ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
record_talk            ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
open_investigation     ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
decide_not_to_open     ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
note_ongoing           ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
give_feedback          ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
withhold_feedback      ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
extend_investigation   ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
conclude_investigation ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
start_support          ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
decline_support        ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
start_follow_up        ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
record_follow_up       ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
close                  ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
name_reader            ·    ·    all  ·    ·    ·    all  ·    ·    ·    ·
request_transfer       ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
note_transfer_refusal  ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
transfer               ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
"""

NOT_OPENED = {"decision_reasons": "Ett enstaka tillfälle."}
SAFE = {"needs_protection": False, "protection_reasons": "Hämtad av en nykter förälder."}


def steps() -> tables.Table:
    return tables.read(STEPS, names=machines.states_of(Referral))


def rights() -> tables.Table:
    return tables.read(RIGHTS, names=Role.values)


def test_every_step_leads_where_the_table_says() -> None:
    code = machines.steps_of(Referral)

    assert tables.differences(steps(), code) == []
    assert list(steps()) == list(code), "the steps stand in order of life"


def test_every_role_may_what_the_table_says() -> None:
    office = cast.person("sara").organisation

    assert tables.differences(rights(), machines.rights_in(Referral, office)) == []


def test_nobody_of_another_municipality_or_the_police_may_take_any_step() -> None:
    referral = Referral(organisation=cast.person("sara").organisation)
    others = [cast.person(name) for name in ("alva", "karin", "omar", "lena", "magnus")]

    for move in moves_of(Referral):
        assert not any(move.is_allowed(referral, other) for other in others), move.name


@pytest.mark.parametrize("username", ["ines", "sara", "hanna", "klara", "nora", "alva", "omar"])
def test_pages_draw_exactly_the_steps_of_both_tables(username: str) -> None:
    user = cast.person(username)
    at_home = username not in ("alva", "omar")
    for state in machines.states_of(Referral):
        case = Referral(
            state=state, person=make_person(), organisation=cast.person("sara").organisation,
            opened_at=timezone.now(), decide_before=timezone.now(),
        )  # fmt: skip

        drawn = {action.name for action in workflow.available_actions(case, by=user)}

        wanted = machines.drawn(state=state, user=user, own=False, steps=steps(), rights=rights())
        assert drawn == (wanted if at_home else set()), state


# Conditions ------------------------------------------------------------------------------------

LONG_AGO = timezone.now() - timedelta(days=30)

# state, step, what was on record before, the facts of the step, the words that name what is missing
STOPS: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    ("received", "acknowledge", {"acknowledged_at": LONG_AGO}, {}, "redan kvitterad"),
    ("preliminary_assessment", "take", {}, {}, "har redan en handläggare"),
    ("received", "assign", {}, {}, "vem som ska handlägga"),
    ("received", "assign", {}, {"owner": "alva"}, "vid samma enhet"),
    ("received", "assess_protection", {}, SAFE | {"needs_protection": None}, "skydd genast"),
    ("received", "assess_protection", {}, {"needs_protection": False}, "skälen för skyddsbedömn"),
    ("received", "request_supplement", {}, {}, "frågan till polisen"),
    ("preliminary_assessment", "call_to_talk", {"protection_assessed_at": None}, {}, "kallas inte"),
    ("preliminary_assessment", "record_talk", {}, {}, "ett samtal att anteckna"),
    *(
        ("preliminary_assessment", action, before, {}, words)
        for action in ("open_investigation", "decide_not_to_open")
        for before, words in (
            ({"acknowledged_at": None}, "kvittens till den som anmälde"),
            ({}, "skälen för beslutet"),
            ({"decide_before": LONG_AGO}, "synnerliga skäl"),
        )
    ),
    ("preliminary_assessment", "note_ongoing", {"acknowledged_at": None}, {}, "kvittens till"),
    ("preliminary_assessment", "note_ongoing", {}, {}, "beteckningen på utredningen"),
    ("not_opened", "give_feedback", {"feedback_at": LONG_AGO}, {}, "redan given eller avgjord"),
    ("not_opened", "withhold_feedback", {"feedback_at": LONG_AGO}, {}, "redan given eller avgjord"),
    ("investigation_opened", "extend_investigation", {}, {}, "till vilken dag"),
    (
        "investigation_opened",
        "conclude_investigation",
        {"concluded_at": LONG_AGO},
        {},
        "utredningen är redan avslutad",
    ),
    ("not_opened", "start_support", {}, {}, "vem som tackade ja"),
    ("not_opened", "start_support", {}, {"support_answer": "declined"}, "vem som tackade ja"),
    ("under_15", "start_support", {}, {"support_answer": "youth"}, "vårdnadshavarnas samtycke"),
    (
        "investigation_opened",
        "start_support",
        {},
        {"support_answer": "custodians"},
        "att utredningen är avslutad",
    ),
    ("investigation_opened", "start_follow_up", {}, {}, "att utredningen är avslutad"),
    ("not_opened", "decline_support", {}, {"support_answer": "youth"}, "avböjdes eller inte erb"),
    ("not_opened", "close", {"acknowledged_at": None}, {}, "kvittens till den som anmälde"),
    ("not_opened", "close", {}, {}, "återkoppling till polisen"),
    ("not_opened", "close", {}, {}, "svar på erbjudandet om stöd"),
    ("not_opened", "close", {}, {}, "hur ärendet slutade"),
    ("called", "close", {}, {}, "vad som hände vid samtalet"),
    ("follow_up", "close", {}, {"end": "talked"}, "anteckning om uppföljning"),
    ("received", "request_transfer", {}, {}, "vilken kommun"),
    ("received", "request_transfer", {}, {"transfer_to": "0780"}, "vilken kommun"),
    ("received", "note_transfer_refusal", {}, {}, "en begäran om överflyttning"),
    ("received", "transfer", {}, {}, "en begäran om överflyttning"),
]


def beginning(state: str) -> Referral:
    match state:
        case "under_15":
            return make_referral("not_opened", age=14)
        case "called":
            case = make_referral("not_opened")
            return perform(
                case, "call_to_talk", by=cast.person("sara"), records=[make_appointment(case)]
            )
        case _:
            return make_referral(state)


def typed(facts: dict[str, Any]) -> dict[str, Any]:
    """The people and places that the table names."""
    known = dict(facts)
    if "owner" in known:
        known["owner"] = cast.person(known["owner"])
    if "transfer_to" in known:
        known["transfer_to"] = Municipality.objects.get(pk=known["transfer_to"])
    return known


@pytest.mark.parametrize("state", dict.fromkeys(row[0] for row in STOPS))
def test_a_step_stops_and_says_what_is_missing(state: str) -> None:
    case = beginning(state)
    for _, action, before, facts, words in [row for row in STOPS if row[0] == state]:
        with transaction.atomic():
            fresh = Referral.objects.get(pk=case.pk)
            for name, value in before.items():
                setattr(fresh, name, value)
            guards.remove(connection)
            fresh.save()
            guards.install(connection)

            with pytest.raises(machines.refusal(Referral, action, words), match=words):
                perform(case, action, by=cast.person("hanna"), reason="Därför", **typed(facts))

            transaction.set_rollback(True)


def test_every_condition_of_the_machine_has_a_stop() -> None:
    untested = {
        (move.name, condition.what)
        for move in moves_of(Referral)
        for condition in move.conditions
        if not any(row[1] == move.name and row[4] in condition.what for row in STOPS)
    }

    assert untested == set()


# Exceptions (domain 5.3) -----------------------------------------------------------------------


@pytest.mark.parametrize("action", ["open_investigation", "decide_not_to_open"])
def test_past_fourteen_days_a_decision_needs_extraordinary_reasons(action: str) -> None:
    arrived = timezone.now() - timedelta(days=15)
    case, sara = make_referral("preliminary_assessment", arrived_at=arrived), cast.person("sara")
    with pytest.raises(MissingFacts, match="synnerliga skäl"):
        perform(case, action, by=sara, **NOT_OPENED)

    case = perform(case, action, by=sara, overrun_reasons="Familjen gick inte att nå", **NOT_OPENED)

    assert case.decided_at is not None
    assert case.decided_by == sara


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
    case = perform(case, "decline_support", by=sara, support_answer="declined")

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

    assert (case.state, case.transfer_to) == ("preliminary_assessment", None)
    with pytest.raises(MissingFacts, match="en begäran"):
        perform(case, "transfer", by=sara)


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
