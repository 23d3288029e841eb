"""The municipal machine: where each step leads, and who may take it."""

import pytest
from django.utils import timezone

from cases import workflow
from cases.models import (
    Referral,
    Role,
)
from cases.models.moves import moves_of
from tests import cast, machines, tables
from tests.factories import make_person

# Where each step leads from each state: "=" stays, "·" cannot be taken there.
STEPS = """
                       rece prot prel inve not_ alre supp foll clos tran
acknowledge            =    =    =    ·    ·    ·    ·    ·    ·    ·
take                   =    =    =    =    =    =    =    =    ·    ·
assign                 =    =    =    =    =    =    =    =    ·    ·
hand_on                =    =    =    =    =    =    =    =    ·    ·
cover                  =    =    =    =    =    =    =    =    ·    ·
correct_person         =    =    =    =    =    =    =    =    ·    ·
add_custodian          =    =    =    =    =    =    =    =    ·    ·
correct_custodian      =    =    =    =    =    =    =    =    ·    ·
bar_custodian          =    =    =    =    =    =    =    =    ·    ·
end_custody            =    =    =    =    =    =    =    =    ·    ·
receive_supplement     =    =    =    =    =    =    =    =    ·    ·
receive_recall         =    =    =    =    =    =    =    =    ·    ·
recount_deadline       =    =    =    =    =    =    =    =    ·    ·
record_contact         =    =    =    =    =    =    =    =    ·    ·
write_entry            =    =    =    =    =    =    =    =    ·    ·
correct_entry          =    =    =    =    =    =    =    =    =    =
note_dispute           =    =    =    =    =    =    =    =    =    =
assess_protection      prot ·    ·    ·    ·    ·    ·    ·    ·    ·
start_assessment       ·    prel ·    ·    ·    ·    ·    ·    ·    ·
request_supplement     =    =    =    ·    ·    ·    ·    ·    ·    ·
call_to_talk           ·    =    =    =    =    =    =    =    ·    ·
record_reply           ·    =    =    =    =    =    =    =    ·    ·
reschedule_talk        ·    =    =    =    =    =    =    =    ·    ·
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
decline_follow_up      ·    ·    ·    =    =    =    =    ·    ·    ·
record_follow_up       ·    ·    ·    ·    ·    ·    ·    =    ·    ·
skip_check             ·    ·    ·    ·    ·    ·    ·    =    ·    ·
close                  ·    ·    ·    ·    clos clos clos clos ·    ·
name_reader            =    =    =    =    =    =    =    =    ·    ·
request_transfer       =    =    =    =    =    =    =    =    ·    ·
note_transfer_refusal  =    =    =    =    =    =    =    =    ·    ·
apply_to_ivo           =    =    =    =    =    =    =    =    ·    ·
transfer               tran tran tran tran tran tran tran tran ·    ·
"""

# Who may take it: in all referrals of the office, in those the person owns, or never.
RIGHTS = """
                       patr yout supe poli inta soci head coor log_ admi serv
acknowledge            ·    ·    ·    ·    all  all  all  ·    ·    ·    ·
take                   ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
assign                 ·    ·    ·    ·    all  ·    all  ·    ·    ·    ·
hand_on                ·    ·    ·    ·    ·    own  own  ·    ·    ·    ·
cover                  ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    all
correct_person         ·    ·    ·    ·    all  all  all  ·    ·    ·    ·
add_custodian          ·    ·    ·    ·    all  all  all  ·    ·    ·    ·
correct_custodian      ·    ·    ·    ·    all  all  all  ·    ·    ·    ·
bar_custodian          ·    ·    ·    ·    all  all  all  ·    ·    ·    ·
end_custody            ·    ·    ·    ·    all  all  all  ·    ·    ·    ·
receive_supplement     ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    all
receive_recall         ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    all
recount_deadline       ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    all
record_contact         ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
write_entry            ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
correct_entry          ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
note_dispute           ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
assess_protection      ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
start_assessment       ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
request_supplement     ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
call_to_talk           ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
record_reply           ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
reschedule_talk        ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
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
decline_follow_up      ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
record_follow_up       ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
skip_check             ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
close                  ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
name_reader            ·    ·    all  ·    ·    ·    all  ·    ·    ·    ·
request_transfer       ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
note_transfer_refusal  ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
apply_to_ivo           ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
transfer               ·    ·    ·    ·    ·    all  all  ·    ·    ·    ·
"""

NOT_OPENED = {"delegation": "4.2", "decision_reasons": "Ett enstaka tillfälle."}
SAFE = {
    "needs_protection": False,
    "protection_reasons": "Hämtad av en nykter förälder.",
    "protection_source": "Anmälan.",
}


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
