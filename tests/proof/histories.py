"""Random histories of both machines against a model that knows nothing but two tables of text.

The model is `STEPS` and `RIGHTS` of the tests, written apart from the code. Somebody tries any
step; the model says whether it may happen and where it leads, and the product may refuse more
(something is missing), never less. What always holds is asked along the way and at the end.
"""

import traceback
from contextlib import suppress
from random import Random
from typing import Any
from uuid import uuid4

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied

from cases.models import AccessEntry, JournalEntry, Organisation, Referral, Role, YouthCase
from cases.models.moves import AnyCase, moves_of
from cases.workflow import (
    Action,
    MissingFacts,
    NotAllowedNow,
    StepRepeated,
    available_actions,
    perform,
)
from tests import cast, factories, machines, test_properties, test_referral, test_youth_case
from tests.proof import PARTS
from tests.proof.house import in_memory, undone
from tests.proof.outcome import Outcome
from tests.tables import Table

AIM = PARTS["histories"]
STEPS_IN_A_LIFE = 60
NEVER = "·"
MACHINES: tuple[Any, ...] = (YouthCase, Referral)


def _known(*roads: factories.Road) -> dict[str, list[dict[str, Any]]]:
    """Action -> what it is told on each road that the tests walk, so that lives come far."""
    known: dict[str, list[dict[str, Any]]] = {}
    for road in roads:
        for _, action, told in (step for steps in road.values() for step in steps):
            known.setdefault(action, []).append(told)
    return known


KNOWN = {
    YouthCase: _known(factories.YOUTH_ROAD, factories.ADULT_ROAD),
    Referral: _known(factories.DECIDED_ROAD, *factories.REFERRAL_ROADS.values()),
}


class Model:
    """The two tables of one machine, and where a case is by them."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.in_code: Table | None = None
        text = test_youth_case if kind is YouthCase else test_referral
        self.steps, self.rights = text.steps(), text.rights()
        # What happens in any state is asked of the same table.
        self.pairs = {
            (state, cell)
            for cells in self.steps.values()
            for state, cell in cells.items()
            if cell not in (NEVER, "=")
        }

    def rights_of(self, unit: Organisation) -> Table:
        """What the code says of every role there: asked once, for nobody moves in these lives."""
        if self.in_code is None:
            self.in_code = machines.rights_in(self.kind, unit)
        return self.in_code

    def may(self, case: AnyCase, action: str, by: Any) -> bool:
        cell = self.rights[action][by.role]
        holds: dict[str, bool] = {
            "all": True,
            "own": by.pk in (case.author_id, case.owner_id),
            "other": by.pk != case.author_id,
        }
        return by.organisation_id == case.organisation_id and holds.get(cell, False)

    def leads(self, state: str, action: str) -> str:
        cell = self.steps[action][state]
        return state if cell == "=" else cell


def prove(*, seed: int, share: float) -> Outcome:
    """Live random lives until `share` of the aim is reached."""
    found, number = Outcome(), 0
    wanted = int(AIM["steps"] * share)
    with in_memory():
        models = {kind: Model(kind) for kind in MACHINES}
        visited: dict[Any, set[tuple[str, str]]] = {kind: set() for kind in MACHINES}
        while found.counts.get("steps", 0) < wanted:
            for kind, model in models.items():
                number += 1
                with undone():
                    visited[kind] |= _live(kind, model, f"{seed}-{number}", found)
    for kind, model in models.items():
        name = kind.__name__
        found.notes[f"state pairs of {name}"] = f"{len(visited[kind])} of {len(model.pairs)}"
    return found


def _live(kind: Any, model: Model, seed: str, found: Outcome) -> set[tuple[str, str]]:
    random = Random(seed)
    case = _born(kind, random)
    unit = case.organisation
    crowd = [cast.person(name) for name in test_properties.PLAYERS]
    crowd += [machines.player(Role.SERVICE, unit)]
    crowd += [user for user in crowd if user.organisation_id == unit.pk] * 3
    names = [move.name for move in moves_of(kind)]
    visited = set()
    for _ in range(STEPS_IN_A_LIFE):
        by = random.choice(crowd)
        action = _chosen(available_actions(case, by=by), case, names, random)
        if action in ("annul", "transfer", "merge") and random.random() < 0.9:
            continue
        before = (str(case.state), case.version)
        case = _try(case, action, by, random, model, found, life=seed)
        found.count("steps")
        if (str(case.state), case.version) != before:
            found.count("steps taken")
            visited.add((before[0], model.steps[action][before[0]]))
    _ask_the_end(case, model.rights_of(unit), found, life=seed)
    return {pair for pair in visited if pair in model.pairs}


def _chosen(drawn: list[Action], case: AnyCase, names: list[str], random: Random) -> str:
    """Mostly a step that is drawn on the page, often one that leads on; now and then any at all."""
    if not drawn or random.random() < 0.2:
        return random.choice(names)
    onward = [action for action in drawn if action.target not in (None, str(case.state))]
    return random.choice(onward if onward and random.random() < 0.4 else drawn).name


def _born(kind: Any, random: Random) -> AnyCase:
    state = random.choice(machines.states_of(kind))
    # Whoever has turned 18 goes the shorter way, and is not met with in every state.
    age = random.choice((13, 15, 17, 18, 19) if state in ("draft", "received") else (13, 15, 17))
    if kind is YouthCase:
        return factories.make_case(state, age=age, category=random.choice("AB"))
    return factories.make_referral(state, age=age)


def _try(
    case: AnyCase, action: str, by: Any, random: Random, model: Model, found: Outcome, *, life: str
) -> AnyCase:
    """One step by anybody, now and then sent twice; the case as it is afterwards."""
    step = {"reason": random.choice(("Därför", "Därför", "")), "request_id": uuid4()}
    step |= _facts(case, action, random)
    where = f"life {life}: {action} from {case.state} by {by.role}"
    try:
        after = perform(case, action, by=by, **step)
    except (PermissionDenied, NotAllowedNow, MissingFacts) as refused:
        fresh = type(case)._default_manager.get(pk=case.pk)
        unmoved = (fresh.state, fresh.version) == (case.state, case.version)
        found.claim(unmoved, f"{where}: refused, and moved all the same")
        known = model.leads(str(case.state), action) != NEVER and model.may(case, action, by)
        lawful = known or isinstance(refused, PermissionDenied | NotAllowedNow)
        found.claim(lawful, f"{where}: asked for facts of a step that may not be taken")
        return case
    leads = model.leads(str(case.state), action)
    found.claim(model.may(case, action, by), f"{where}: taken without the right")
    found.claim(leads != NEVER, f"{where}: taken where the table has no such step")
    found.claim(leads in ("back", str(after.state)), f"{where}: led to {after.state}, not {leads}")
    found.claim(after.version == case.version + 1, f"{where}: not one version further")
    if action in ("review", "annul", "merge"):
        found.claim(by.pk != case.author_id, f"{where}: by the author")
    if random.random() < 0.05:
        _repeat(case, action, by, step, after, found, where=where)
    return after


def _facts(case: AnyCase, action: str, random: Random) -> dict[str, Any]:
    """What the step is told: mostly what the roads of the tests tell it, else anything at all."""
    known = KNOWN[type(case)].get(action)
    if known and random.random() < 0.6:
        told = random.choice(known)
        # Something that a life has not got when it left the road: then it is told anything.
        with suppress(ObjectDoesNotExist):
            return {name: fact(case) if callable(fact) else fact for name, fact in told.items()}
    facts = next(move.facts for move in moves_of(type(case)) if move.name == action)
    said: dict[str, Any] = {name: test_properties.guess(random, case, name) for name in facts}
    if action == "record_contact" and isinstance(case, YouthCase):
        said["records"] = [factories.contact(case, random.choice(list(factories.Result)))]
    return said


def _repeat(
    case: AnyCase, action: str, by: Any, step: dict[str, Any], after: Any, found: Outcome,
    *, where: str,
) -> None:  # fmt: skip
    """The same form once more is the same step."""
    found.count("steps sent twice")
    try:
        perform(case, action, by=by, **step | {"records": ()})
    except (StepRepeated, PermissionDenied, NotAllowedNow):
        pass
    else:
        found.claim(False, f"{where}: taken twice with one id")
    fresh = type(case)._default_manager.get(pk=case.pk)
    found.claim(fresh.version == after.version, f"{where}: moved by a form sent twice")


def _ask_the_end(case: AnyCase, rights: Table, found: Outcome, *, life: str) -> None:
    unit = case.organisation
    found.count("lives")
    try:
        test_properties.assert_sound(case, rights)
    except AssertionError as broken:
        where = traceback.extract_tb(broken.__traceback__)[-1].line
        found.failures.append(f"life {life}, {case.state}: {str(broken) or where}")
    for log in (JournalEntry, AccessEntry):
        for fault in log.faults(unit):
            found.failures.append(f"life {life}: {fault}")
