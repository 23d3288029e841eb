"""The police machine: its whole matrix, step by state and step by role, compared with the code."""

from uuid import uuid4

import pytest
from django.utils import timezone

from cases import workflow
from cases.models import CustodianContact, Role, YouthCase
from cases.models.moves import moves_of
from tests import cast, machines, tables
from tests.factories import make_incident, make_person

Result = CustodianContact.Result

# Where each step leads from each state: "=" stays, "·" cannot be taken there.
STEPS = """
                           draf pick cont hand repo revi noti ackn foll clos annu merg
complete_record            =    =    =    =    ·    ·    ·    ·    ·    ·    ·    ·
correct_person             =    =    =    =    =    =    =    =    =    ·    ·    ·
add_custodian              =    =    =    =    =    =    =    =    =    ·    ·    ·
correct_custodian          =    =    =    =    =    =    =    =    =    ·    ·    ·
bar_custodian              =    =    =    =    =    =    =    =    =    ·    ·    ·
end_custody                =    =    =    =    =    =    =    =    =    ·    ·    ·
record_seizure             =    =    =    =    ·    ·    ·    ·    ·    ·    ·    ·
correct_seizure            =    =    =    =    ·    ·    ·    ·    ·    ·    ·    ·
follow_forfeiture          =    =    =    =    =    =    =    =    =    ·    ·    ·
answer_supply              =    =    =    =    ·    ·    ·    ·    ·    ·    ·    ·
take_into_custody          =    =    =    =    ·    ·    ·    ·    ·    ·    ·    ·
record_supervision         ·    =    =    =    =    ·    ·    ·    ·    ·    ·    ·
pick_up                    pick ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    ·
record_contact             ·    cont =    =    ·    ·    ·    ·    ·    ·    ·    ·
record_duty_contact        ·    =    =    =    ·    ·    ·    ·    ·    ·    ·    ·
hand_over                  ·    hand hand ·    ·    ·    ·    ·    ·    ·    ·    ·
report                     ·    ·    ·    repo ·    ·    ·    ·    ·    ·    ·    ·
send_back                  ·    ·    ·    ·    hand hand ·    ·    hand ·    ·    ·
review                     ·    ·    ·    ·    revi ·    ·    ·    ·    ·    ·    ·
send_custody_copy          ·    ·    ·    =    =    =    =    =    =    ·    ·    ·
notify                     ·    ·    ·    ·    ·    noti ·    ·    ·    ·    ·    ·
acknowledge                ·    ·    ·    ·    ·    ·    ackn ·    ·    ·    ·    ·
receive_supplement_request ·    ·    ·    ·    ·    ·    =    =    =    ·    ·    ·
send_supplement            ·    ·    ·    ·    ·    ·    =    =    =    ·    ·    ·
receive_feedback           ·    ·    ·    ·    ·    ·    =    =    =    ·    ·    ·
recount_deadline           ·    ·    ·    ·    ·    ·    =    =    =    ·    ·    ·
send_letters               ·    ·    ·    ·    ·    =    =    =    =    ·    ·    ·
waive_letters              ·    ·    ·    ·    ·    =    =    =    =    ·    ·    ·
start_follow_up            ·    ·    ·    ·    ·    foll ·    foll ·    ·    ·    ·
record_follow_up           ·    ·    ·    ·    ·    ·    ·    ·    =    ·    ·    ·
close                      ·    ·    ·    ·    ·    clos ·    ·    clos ·    ·    ·
note_dispute               ·    =    =    =    =    =    =    =    =    =    =    =
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
correct_custodian          own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
bar_custodian              own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
end_custody                own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
record_seizure             own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
correct_seizure            own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
follow_forfeiture          own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
answer_supply              own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
take_into_custody          own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
record_supervision         own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
pick_up                    own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
record_contact             own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
record_duty_contact        own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
hand_over                  own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
report                     own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
send_back                  ·     other other ·     ·     ·     ·     ·     ·     ·     ·
review                     ·     other other ·     ·     ·     ·     ·     ·     ·     ·
send_custody_copy          ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
notify                     ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
acknowledge                ·     all   all   ·     ·     ·     ·     ·     ·     ·     all
receive_supplement_request ·     ·     ·     ·     ·     ·     ·     ·     ·     ·     all
send_supplement            ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
receive_feedback           ·     all   all   ·     ·     ·     ·     ·     ·     ·     all
recount_deadline           ·     ·     ·     ·     ·     ·     ·     ·     ·     ·     all
send_letters               ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
waive_letters              ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
start_follow_up            ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
record_follow_up           ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
close                      ·     all   all   ·     ·     ·     ·     ·     ·     ·     ·
name_reader                ·     ·     all   ·     ·     ·     all   ·     ·     ·     ·
note_dispute               own   all   all   ·     ·     ·     ·     ·     ·     ·     ·
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
