"""Every condition of the police machine stops its step, and says in words what is missing."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cases.models import CustodianContact, YouthCase, guards
from cases.models.moves import moves_of
from cases.workflow import perform
from tests import cast, machines, server
from tests.factories import call, make_case, make_custodian

Result = CustodianContact.Result

COLLECTED = {"outcome": "collected", "handed_over_to": "Bo", "id_checked": True}
DUTY_TEAM = {"outcome": "duty_team", "handed_over_to": "Socialjouren"}
PL_12 = {"custody": "pl_12"}

# state, step, what was on record before, the facts of the step, the words that name what is missing
STOPS: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    ("draft", "pick_up", {"category": ""}, {}, "kategori A, B eller C"),
    ("draft", "pick_up", {"person.birth_date": ""}, {}, "okänd med uppskattad ålder"),
    ("draft", "pick_up", {"age_class": "20_plus"}, {}, "åldern är 20 år eller mer"),
    ("draft", "pick_up", {"category": "C", "age_class": "18_19"}, {}, "bara under 18 år"),
    ("draft", "pick_up", {"age_class": "18_19"} | PL_12, {}, "kan antas vara under 18"),
    ("draft", "take_into_custody", {"age_class": "18_19"}, PL_12, "kan antas vara under 18"),
    ("picked_up", "follow_forfeiture", {}, {}, "ett förverkande"),
    ("picked_up", "correct_seizure", {}, {}, "vars beslut inte är överlämnat"),
    ("picked_up", "record_supervision", {}, {}, "inte omhändertagen enligt LOB"),
    ("picked_up", "record_contact", {"age_class": "18_19"}, {}, "som har fyllt 18"),
    ("contacting", "hand_over", {}, {"handed_over_to": "Bo"}, "hur ingripandet slutade"),
    ("contacting", "hand_over", {}, {"outcome": "hospital"}, "vem som tog emot ungdomen"),
    ("contacting", "hand_over", {}, COLLECTED | {"id_checked": False}, "identitet är kontrollerad"),
    ("contacting", "hand_over", {}, {"outcome": "released"}, "kan inte bara få gå"),
    ("picked_up", "hand_over", {}, COLLECTED, "en vårdnadshavare svarade"),
    ("picked_up", "hand_over", {}, DUTY_TEAM, "fler försök, två nummer"),
    (
        "contacting",
        "hand_over",
        {},
        {"outcome": "other_adult", "handed_over_to": "Moster", "id_checked": True},
        "medgivande till att en annan vuxen hämtar",
    ),
    ("unfit", "hand_over", {}, COLLECTED, "välj socialjouren"),
    ("contacting", "hand_over", PL_12, {"outcome": "lob"}, "vårdnadshavare eller socialtjänst"),
    ("contacting", "hand_over", PL_12, COLLECTED, "när ungdomen fick veta skälet"),
    ("handed_over", "report", {"person.birth_date": ""}, {}, "uppskattad ålder om numret"),
    ("handed_over", "report", {"supply_answer": ""}, {}, "svar på langningsfrågan"),
    ("handed_over", "report", {"observations": ""}, {}, "egna iakttagelser"),
    ("handed_over", "report", {"concern": ""}, {}, "vad oron gäller"),
    ("handed_over", "report", {"told_of_notice": ""}, {}, "vet om anmälan"),
    ("handed_over", "report", {"harm_if_told": ""}, {}, "kan fara illa"),
    ("hospital", "report", {}, {}, "minst ett försök att nå vårdnadshavarna"),
    ("handed_over", "report", {"incident.participants": ""} | PL_12, {}, "vilka som deltog"),
    ("handed_over", "report", PL_12, {}, "när och av vem omhändertagandet beslutades"),
    ("handed_over", "report", PL_12, {}, "när förmannen prövade"),
    ("reported", "send_custody_copy", {}, {}, "inte omhändertagen enligt LOB"),
    ("reported", "send_custody_copy", {"custody": "lob"}, {}, "av vem omhändertagandet beslut"),
    (
        "reported",
        "send_custody_copy",
        {"custody": "lob", "custody_copied_at": timezone.now()},
        {},
        "redan skickats",
    ),
    (
        "reported",
        "send_custody_copy",
        {"custody": "lob", "person.municipality_id": None},
        {},
        "ungdomens hemkommun",
    ),
    ("reported", "review", {}, {}, "beslut om anmälan"),
    ("reported", "review", {}, {"decision": "not_notify"}, "skäl till att inte anmäla"),
    ("reported", "review", {"age_class": "18_19"}, {"decision": "notify"}, "anmäls inte utan det"),
    ("reviewed", "notify", {"decision": "not_notify"}, {}, "beslut om att anmäla"),
    ("reviewed", "notify", {"person.birth_date": ""}, {}, "uppskattad ålder om numret"),
    ("reviewed", "notify", {"age_class": "20_plus"}, {}, "åldern är 20 år eller mer"),
    ("reviewed", "notify", {"age_class": "18_19"}, {}, "anmäls inte utan det"),
    ("reviewed", "notify", {"person.municipality_id": None}, {}, "ungdomens hemkommun"),
    ("reviewed", "notify", {"concern": ""}, {}, "vad oron gäller"),
    ("reviewed", "notify", {"told_of_notice": ""}, {}, "vet om anmälan"),
    ("reviewed", "notify", {"harm_if_told": ""}, {}, "kan fara illa"),
    ("reviewed", "send_letters", {}, {}, "anmälan ska skickas först"),
    ("reviewed", "send_letters", {"letters_settled_at": timezone.now()}, {}, "redan avgjorda"),
    ("reviewed", "waive_letters", {"letters_settled_at": timezone.now()}, {}, "redan avgjorda"),
    ("reviewed", "start_follow_up", {"decision": "not_notify"}, {}, "skäl till att inte anmäla"),
    ("reviewed", "start_follow_up", {}, {}, "anmälan ska skickas först"),
    ("reviewed", "start_follow_up", {}, {}, "brev till vårdnadshavarna"),
    ("reviewed", "close", {"decision": "not_notify"}, {}, "skäl till att inte anmäla"),
    ("reviewed", "close", {}, {}, "anmälan ska skickas först"),
    ("reviewed", "close", {"decision": "not_notify"}, {}, "brev till vårdnadshavarna"),
    ("notified", "acknowledge", {}, {}, "kommunens nummer på kvittensen"),
    ("notified", "send_supplement", {}, {}, "inte bett om komplettering"),
    ("notified", "receive_feedback", {}, {"feedback": "vet ej"}, "ett av de tre svaren"),
    ("notified", "receive_feedback", {}, {"feedback": "opened"}, "ett av de tre svaren"),
    ("acknowledged", "start_follow_up", {"acknowledged_at": None}, {}, "kvittens från kommunen"),
    ("follow_up", "send_back", {}, {}, "redan lämnat enheten"),
    ("follow_up", "close", {}, {}, "återkoppling från kommunen"),
    ("follow_up", "close", {}, {}, "anteckning om uppföljning"),
    ("follow_up", "close", {"supplement_is_asked": True}, {}, "svar på kommunens fråga"),
    ("draft", "annul", {}, {}, "skäl till annulleringen"),
    ("draft", "merge", {}, {}, "vilket ärende det ska föras samman med"),
    ("merged", "unmerge", {"merged_into.closed": True}, {}, "kvarvarande ärendet är avslutat"),
]

FIELD = ("draft", "picked_up", "contacting", "unfit", "hospital", "handed_over")
WHO = {"review": "lena", "annul": "lena", "merge": "lena", "unmerge": "lena"}


def spoil(case: YouthCase, columns: dict[str, Any]) -> None:
    """Put other things on record than the steps on the way did."""
    for name, value in columns.items():
        if name == "merged_into.closed":
            survivor = case.merged_into
            assert survivor is not None
            perform(
                survivor, "annul", by=cast.person("lena"), annul_reason="exercise", reason="Övning"
            )
            continue
        row: Any = case
        *way, column = name.split(".")
        for part in way:
            row = getattr(row, part)
        setattr(row, column, value)
        # The database lets nothing change past a step: take its guards away for this one write.
        with server.owning():
            guards.remove(connection)
            row.save()
            guards.install(connection)


def beginning(state: str) -> YouthCase:
    """A case in `state`; three of the words name how it came there."""
    match state:
        case "contacting":
            return make_case("contacting_custodians")
        case "unfit":
            case = make_case("picked_up")
            return call(case, Result.UNFIT, custodian=make_custodian(case.person))
        case "hospital":
            facts = {"outcome": "hospital", "handed_over_to": "Akuten"}
            case = make_case("picked_up")
            return perform(case, "hand_over", by=case.author, **facts)
        case _:
            return make_case(state)


@pytest.mark.parametrize("state", dict.fromkeys(row[0] for row in STOPS))
def test_a_step_stops_and_says_what_is_missing(state: str) -> None:
    case = beginning(state)
    for _, action, before, facts, words in [row for row in STOPS if row[0] == state]:
        by = cast.person(WHO.get(action) or ("karin" if state in FIELD else "omar"))
        with transaction.atomic():
            spoil(YouthCase.objects.select_related("person", "incident").get(pk=case.pk), before)

            with pytest.raises(machines.refusal(YouthCase, action, words), match=words):
                perform(case, action, by=by, reason="Därför", **facts)

            transaction.set_rollback(True)


def test_every_condition_of_the_machine_has_a_stop() -> None:
    conditions = {
        (move.name, condition.what) for move in moves_of(YouthCase) for condition in move.conditions
    }
    untested = {
        (action, what)
        for action, what in conditions
        if not any(row[1] == action and row[4] in what for row in STOPS)
    }

    assert untested == set()
