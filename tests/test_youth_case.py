"""The police machine: its whole matrix, every condition, and the exceptions of domain 5.3."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from cases import workflow
from cases.identity import AgeClass
from cases.models import CustodianContact, JournalEntry, Role, YouthCase, guards
from cases.models.moves import moves_of
from cases.workflow import MissingFacts, NotAllowedNow, perform
from tests import cast, factories, machines, tables
from tests.factories import call, make_case, make_custodian, make_incident, make_person

Result = CustodianContact.Result

# Where each step leads from each state: "=" stays, "·" cannot be taken there.
STEPS = """
                           draf pick cont hand repo revi noti ackn foll clos annu merg
complete_record            =    =    =    =    ·    ·    ·    ·    ·    ·    ·    ·
correct_person             =    =    =    =    =    =    =    =    =    ·    ·    ·
add_custodian              =    =    =    =    =    =    =    =    =    ·    ·    ·
record_seizure             =    =    =    =    ·    ·    ·    ·    ·    ·    ·    ·
answer_supply              =    =    =    =    ·    ·    ·    ·    ·    ·    ·    ·
pick_up                    pick ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    ·
record_contact             ·    cont =    =    ·    ·    ·    ·    ·    ·    ·    ·
hand_over                  ·    hand hand ·    ·    ·    ·    ·    ·    ·    ·    ·
report                     ·    ·    ·    repo ·    ·    ·    ·    ·    ·    ·    ·
send_back                  ·    ·    ·    ·    hand ·    ·    ·    ·    ·    ·    ·
review                     ·    ·    ·    ·    revi ·    ·    ·    ·    ·    ·    ·
notify                     ·    ·    ·    ·    ·    noti ·    ·    ·    ·    ·    ·
acknowledge                ·    ·    ·    ·    ·    ·    ackn ·    ·    ·    ·    ·
receive_supplement_request ·    ·    ·    ·    ·    ·    =    =    =    ·    ·    ·
send_supplement            ·    ·    ·    ·    ·    ·    =    =    =    ·    ·    ·
receive_feedback           ·    ·    ·    ·    ·    ·    =    =    =    ·    ·    ·
send_letters               ·    ·    ·    ·    ·    =    =    =    =    ·    ·    ·
waive_letters              ·    ·    ·    ·    ·    =    =    =    =    ·    ·    ·
start_follow_up            ·    ·    ·    ·    ·    foll ·    foll ·    ·    ·    ·
record_follow_up           ·    ·    ·    ·    ·    ·    ·    ·    =    ·    ·    ·
close                      ·    ·    ·    ·    ·    clos ·    ·    clos ·    ·    ·
name_reader                =    =    =    =    =    =    =    =    =    ·    ·    ·
annul                      annu annu annu annu annu annu annu annu annu ·    ·    ·
merge                      merg merg merg merg merg merg merg merg merg ·    ·    ·
unmerge                    ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    back
"""

# Who may take it: in all cases of the unit, in own ones only, only in another's, or never.
RIGHTS = """
                           patr  yout  supe  poli  inta  soci  head  coor  log_  admi  serv
complete_record            own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
correct_person             own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
add_custodian              own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
record_seizure             own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
answer_supply              own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
pick_up                    own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
record_contact             own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
hand_over                  own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
report                     own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
send_back                  ·     other other ·     ·     ·     ·     ·     ·     ·     ·
review                     ·     other other ·     ·     ·     ·     ·     ·     ·     ·
notify                     ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
acknowledge                ·     all   all   ·     ·     ·     ·     ·     ·     ·     all
receive_supplement_request ·     ·     ·     ·     ·     ·     ·     ·     ·     ·     all
send_supplement            ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
receive_feedback           ·     all   all   ·     ·     ·     ·     ·     ·     ·     all
send_letters               ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
waive_letters              ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
start_follow_up            ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
record_follow_up           ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
close                      ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
name_reader                ·     ·     all   ·     ·     ·     all   ·     ·     ·     ·
annul                      ·     ·     other ·     ·     ·     ·     ·     ·     ·     ·
merge                      ·     ·     other ·     ·     ·     ·     ·     ·     ·     ·
unmerge                    ·     ·     other ·     ·     ·     ·     ·     ·     ·     ·
"""


def steps() -> tables.Table:
    return tables.read(STEPS, names=machines.states_of(YouthCase))


def rights() -> tables.Table:
    return tables.read(RIGHTS, names=Role.values)


def test_every_step_leads_where_the_table_says() -> None:
    code = machines.steps_of(YouthCase)

    assert tables.differences(steps(), code) == []
    assert list(steps()) == list(code), "the steps stand in order of life"


def test_every_role_may_what_the_table_says() -> None:
    unit = cast.person("karin").organisation

    assert tables.differences(rights(), machines.rights_in(YouthCase, unit)) == []


def test_no_role_of_another_unit_may_take_any_step() -> None:
    elsewhere = YouthCase(organisation=cast.person("per").organisation, author_id=uuid4())
    here = cast.person("karin").organisation

    players = [machines.player(role, here) for role in Role]

    for move in moves_of(YouthCase):
        assert not any(move.is_allowed(elsewhere, player) for player in players), move.name


@pytest.mark.parametrize("username", ["karin", "omar", "lena", "magnus", "per", "sara", "asta"])
def test_pages_draw_exactly_the_steps_of_both_tables(username: str) -> None:
    user = cast.person(username)
    at_home = username in ("karin", "omar", "lena", "magnus")
    for state in machines.states_of(YouthCase):
        for author in (user, cast.person("pia")):
            case = YouthCase(
                state=state, author=author, person=make_person(), incident=make_incident(),
                organisation=cast.person("karin").organisation, opened_at=timezone.now(),
            )  # fmt: skip
            drawn = {action.name for action in workflow.available_actions(case, by=user)}

            own = author == user
            wanted = machines.drawn(state=state, user=user, own=own, steps=steps(), rights=rights())
            assert drawn == (wanted if at_home else set())


# Conditions ------------------------------------------------------------------------------------

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
    ("picked_up", "record_contact", {"age_class": "18_19"}, {}, "som har fyllt 18"),
    ("contacting", "hand_over", {}, {"handed_over_to": "Bo"}, "hur ingripandet slutade"),
    ("contacting", "hand_over", {}, {"outcome": "hospital"}, "vem som tog emot ungdomen"),
    ("contacting", "hand_over", {}, COLLECTED | {"id_checked": False}, "identitet är kontrollerad"),
    ("contacting", "hand_over", {}, {"outcome": "released"}, "kan inte bara få gå"),
    ("picked_up", "hand_over", {}, COLLECTED, "en vårdnadshavare som har svarat"),
    ("picked_up", "hand_over", {}, DUTY_TEAM, "tre försök eller två nummer"),
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
    ("handed_over", "report", {"supply_answer": ""}, {}, "svar på langningsfrågan"),
    ("handed_over", "report", {"observations": ""}, {}, "egna iakttagelser"),
    ("handed_over", "report", {"concern": ""}, {}, "vad oron gäller"),
    ("handed_over", "report", {"told_of_notice": ""}, {}, "vet om anmälan"),
    ("handed_over", "report", {"harm_if_told": ""}, {}, "kan fara illa"),
    ("hospital", "report", {}, {}, "minst ett försök att nå vårdnadshavarna"),
    ("handed_over", "report", {"incident.participants": ""} | PL_12, {}, "vilka som deltog"),
    ("handed_over", "report", PL_12, {}, "när och av vem omhändertagandet beslutades"),
    ("handed_over", "report", PL_12, {}, "när förmannen prövade"),
    ("reported", "review", {}, {}, "beslut om anmälan"),
    ("reported", "review", {}, {"decision": "not_notify"}, "skäl till att inte anmäla"),
    ("reported", "review", {"age_class": "18_19"}, {"decision": "notify"}, "anmäls inte utan det"),
    ("reviewed", "notify", {"decision": "not_notify"}, {}, "beslut om att anmäla"),
    ("reviewed", "notify", {"person.municipality_id": None}, {}, "ungdomens hemkommun"),
    ("reviewed", "notify", {"harm_if_told": ""}, {}, "kan fara illa"),
    ("reviewed", "send_letters", {}, {}, "anmälan ska skickas först"),
    ("reviewed", "send_letters", {"letters_settled_at": timezone.now()}, {}, "redan avgjorda"),
    ("reviewed", "waive_letters", {"letters_settled_at": timezone.now()}, {}, "redan avgjorda"),
    ("reviewed", "start_follow_up", {}, {}, "anmälan ska skickas först"),
    ("reviewed", "start_follow_up", {}, {}, "brev till vårdnadshavarna"),
    ("reviewed", "close", {}, {}, "anmälan ska skickas först"),
    ("reviewed", "close", {"decision": "not_notify"}, {}, "brev till vårdnadshavarna"),
    ("notified", "acknowledge", {}, {}, "kommunens nummer på kvittensen"),
    ("notified", "send_supplement", {}, {}, "inte bett om komplettering"),
    ("notified", "receive_feedback", {}, {"feedback": "vet ej"}, "ett av de tre svaren"),
    ("notified", "receive_feedback", {}, {"feedback": "opened"}, "ett av de tre svaren"),
    ("acknowledged", "start_follow_up", {"acknowledged_at": None}, {}, "kvittens från kommunen"),
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


# Exceptions (domain 5.3) -----------------------------------------------------------------------


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
    with pytest.raises(MissingFacts, match="tre försök"):
        perform(case, "hand_over", by=case.author, outcome="no_duty_team")
    for _ in range(3):
        case = call(case, Result.NO_ANSWER)

    case = perform(case, "hand_over", by=case.author, outcome="no_duty_team")

    assert (case.state, case.handed_over_to) == ("handed_over", "")


def test_hospital_comes_first_and_the_custodians_are_called_after() -> None:
    case = beginning("hospital")

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
