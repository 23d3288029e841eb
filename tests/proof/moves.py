"""Every state × step × role × own or another's: what is drawn is what two tables of text say.

The suite asks the tables of the machines; here each cell is a case in that state, asked as each
page asks.
"""

from typing import Any
from uuid import uuid4

from cases.models import Referral, Role, YouthCase
from cases.models.moves import moves_now, moves_of
from tests import cast, machines, test_referral, test_youth_case
from tests.proof.house import in_memory
from tests.proof.outcome import Outcome

TABLES = ((YouthCase, test_youth_case, "karin"), (Referral, test_referral, "sara"))


def prove(*, seed: int, share: float) -> Outcome:
    found = Outcome()
    with in_memory():
        for model, text, of in TABLES:
            unit = cast.person(of).organisation
            for state in machines.states_of(model):
                for role in Role:
                    for own in (True, False):
                        _ask(model, text, machines.player(role, unit), (state, own), found)
    return found


def _ask(model: Any, text: Any, user: Any, cell: tuple[str, bool], found: Outcome) -> None:
    state, own = cell
    case = model(organisation=user.organisation, state=state)
    case.author_id, case.owner_id = (user.pk, user.pk) if own else (uuid4(), uuid4())
    drawn = {move.name for move in moves_now(case) if move.is_allowed(case, user)}
    wanted = machines.drawn(
        state=state, user=user, own=own, steps=text.steps(), rights=text.rights()
    )
    found.count("cells of the machines", len({move.name for move in moves_of(model)}))
    for action in sorted(drawn ^ wanted):
        whose = "own" if own else "another's"
        found.failures.append(f"{action} in {state} by {user.role}, {whose}: code and table differ")
