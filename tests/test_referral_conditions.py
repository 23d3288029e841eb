"""What stops each step of the municipal machine, and the words that say what is missing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cases.models import (
    ContactMade,
    Municipality,
    Referral,
    guards,
)
from cases.models.moves import moves_of
from cases.workflow import perform
from tests import cast, machines, server
from tests.factories import make_appointment, make_check, make_referral
from tests.test_referral import SAFE

LONG_AGO = timezone.now() - timedelta(days=30)

# state, step, what was on record before, the facts of the step, the words that name what is missing
STOPS: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    ("received", "acknowledge", {"acknowledged_at": LONG_AGO}, {}, "redan kvitterad"),
    ("preliminary_assessment", "take", {}, {}, "har redan en handläggare"),
    ("received", "assign", {}, {}, "vem som ska handlägga"),
    ("received", "assign", {}, {"owner": "alva"}, "vid samma enhet"),
    ("received", "hand_on", {"owner": "hanna"}, {"owner": None}, "vilken kollega"),
    ("received", "hand_on", {"owner": "hanna"}, {"owner": "alva"}, "vid samma enhet"),
    ("received", "hand_on", {"owner": "hanna"}, {"owner": "klara"}, "får handlägga"),
    ("received", "assign", {}, {"owner": "klara"}, "får handlägga"),
    ("received", "assign", {}, {"owner": "ines"}, "får handlägga"),
    ("received", "assess_protection", {}, SAFE | {"needs_protection": None}, "skydd genast"),
    ("received", "assess_protection", {}, {"needs_protection": False}, "skälen för skyddsbedömn"),
    ("received", "assess_protection", {}, SAFE | {"protection_source": ""}, "bygger på"),
    ("youth_consented", "record_contact", {}, {}, "samtycke av den som kan ge det"),
    ("custodian_told", "record_contact", {}, {}, "innan en vårdnadshavare kontaktas"),
    ("received", "request_supplement", {}, {}, "frågan till polisen"),
    ("preliminary_assessment", "call_to_talk", {"protection_assessed_at": None}, {}, "kallas inte"),
    *(
        ("preliminary_assessment", action, {}, {}, "ett samtal att anteckna")
        for action in ("record_reply", "reschedule_talk", "record_talk")
    ),
    *(
        ("preliminary_assessment", action, before, {}, words)
        for action in ("open_investigation", "decide_not_to_open")
        for before, words in (
            ({"acknowledged_at": None}, "kvittens till den som anmälde"),
            ({}, "skälen för beslutet"),
            ({}, "delegationen som beslutet"),
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
    ("not_opened", "start_support", {}, {"support_answer": "no_custodians"}, "vem som tackade ja"),
    ("under_15", "start_support", {}, {"support_answer": "youth"}, "vårdnadshavarnas samtycke"),
    ("under_15", "decline_support", {}, {"support_answer": "no_youth"}, "vem som avböjde stöd"),
    ("under_15", "start_follow_up", {}, {"follow_up_answer": "youth"}, "vårdnadshavarnas ja"),
    ("under_15", "decline_follow_up", {}, {"follow_up_answer": "no_youth"}, "avböjde uppföljn"),
    ("from_18", "start_support", {}, {"support_answer": "custodians"}, "ungdomens eget samtycke"),
    ("from_18", "start_follow_up", {}, {"follow_up_answer": "custodians"}, "ungdomens eget ja"),
    ("from_18", "decline_support", {}, {"support_answer": "no_custodians"}, "vem som avböjde st"),
    (
        "investigation_opened",
        "start_support",
        {},
        {"support_answer": "custodians"},
        "att utredningen är avslutad",
    ),
    ("investigation_opened", "start_follow_up", {}, {}, "att utredningen är avslutad"),
    ("not_opened", "start_follow_up", {}, {}, "vem som tackade ja till uppföljningen"),
    (
        "not_opened",
        "start_follow_up",
        {},
        {"follow_up_answer": "custodians"},
        "minst en planerad uppföljning",
    ),
    (
        "checked_too_late",
        "start_follow_up",
        {},
        {"follow_up_answer": "custodians"},
        "som slutar i tid",
    ),
    (
        "not_opened",
        "decline_follow_up",
        {},
        {"follow_up_answer": "youth"},
        "vem som avböjde uppföljning",
    ),
    # As it was answered before a no said whose it was.
    ("not_opened", "decline_follow_up", {}, {"follow_up_answer": "declined"}, "vem som avböjde up"),
    ("not_opened", "decline_support", {}, {"support_answer": "declined"}, "vem som avböjde stöd"),
    ("not_opened", "close", {}, {}, "svar på erbjudandet om uppföljning"),
    ("unplanned", "skip_check", {}, {}, "en planerad uppföljning"),
    ("planned", "close", {"followed_up_at": LONG_AGO}, {}, "en planerad uppföljning"),
    ("not_opened", "decline_support", {}, {"support_answer": "youth"}, "vem som avböjde stöd"),
    ("not_opened", "close", {"acknowledged_at": None}, {}, "kvittens till den som anmälde"),
    ("not_opened", "close", {}, {}, "återkoppling till polisen"),
    ("not_opened", "close", {}, {}, "svar på erbjudandet om stöd"),
    ("not_opened", "close", {}, {}, "hur ärendet slutade"),
    ("called", "close", {}, {}, "vad som hände vid samtalet"),
    ("follow_up", "close", {}, {"end": "talked"}, "anteckning om uppföljning"),
    ("received", "request_transfer", {}, {}, "vilken kommun"),
    ("received", "request_transfer", {}, {"transfer_to": "0780"}, "vilken kommun"),
    ("received", "note_transfer_refusal", {}, {}, "en begäran om överflyttning som"),
    ("received", "transfer", {}, {}, "en begäran om överflyttning som"),
    ("received", "transfer", {"transfer_requested_at": LONG_AGO}, {}, "kvittens till den som"),
    ("received", "transfer", {"transfer_requested_at": LONG_AGO}, {}, "skyddsbedömningen: den gör"),
    (
        "not_opened",
        "transfer",
        {"transfer_requested_at": LONG_AGO, "transfer_refused_at": timezone.now()},
        {},
        "en begäran om överflyttning som",
    ),
    ("not_opened", "close", {"transfer_requested_at": LONG_AGO}, {}, "svar på begäran om överfl"),
    ("received", "apply_to_ivo", {}, {}, "en begäran om överflyttning"),
    ("received", "apply_to_ivo", {"transfer_requested_at": LONG_AGO}, {}, "ett nej från den"),
    (
        "received",
        "apply_to_ivo",
        {"answer_before": LONG_AGO, "brought_to_ivo_at": LONG_AGO},
        {},
        "ansökan hos IVO är redan antecknad",
    ),
]


def beginning(state: str) -> Referral:
    match state:
        case "under_15":
            return make_referral("not_opened", age=14)
        case "from_18":
            return make_referral("not_opened", age=18)
        case "checked_too_late":
            case = make_referral("investigation_opened")
            make_check(case, 7).save()
            return perform(case, "conclude_investigation", by=cast.person("sara"))
        case "custodian_told":
            case = make_referral("received")
            ContactMade.objects.create(
                referral=case, who="custodian", kind="phone", at=timezone.now(), result="reached",
                made_by=cast.person("sara"),
            )  # fmt: skip
            return case
        case "youth_consented":
            case = make_referral("preliminary_assessment", age=14)
            ContactMade.objects.create(
                referral=case, who="youth", kind="phone", at=timezone.now(), result="reached",
                consent="given", consented_by="youth", made_by=cast.person("sara"),
            )  # fmt: skip
            return case
        case "planned":
            return make_referral("follow_up")
        case "unplanned":
            case = make_referral("follow_up")
            case.checks.all().delete()
            return case
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
    if known.get("owner"):
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
            for name, value in typed(before).items():
                setattr(fresh, name, value)
            with server.owning():
                guards.remove(connection)
                fresh.save()
                guards.install(connection)

            with pytest.raises(machines.refusal(Referral, action, words), match=words):
                perform(fresh, action, by=cast.person("hanna"), reason="Därför", **typed(facts))

            transaction.set_rollback(True)


def test_every_condition_of_the_machine_has_a_stop() -> None:
    untested = {
        (move.name, condition.what)
        for move in moves_of(Referral)
        for condition in move.conditions
        if not any(row[1] == move.name and row[4] in condition.what for row in STOPS)
    }

    assert untested == set()
