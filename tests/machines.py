"""A machine of the code, read into the same shape as the tables of text that the tests hold."""

from typing import Any
from uuid import uuid4

from cases import access, workflow
from cases.models import Organisation, Referral, Role, User, YouthCase
from cases.models.moves import moves_of
from tests.tables import Table

Machine = type[YouthCase] | type[Referral]


def player(role: Role, unit: Organisation) -> User:
    """Somebody who plays `role` at `unit`: one of the cast, or somebody hired for the test."""
    if role == Role.SERVICE:
        return access.service_account(unit)
    there = User.objects.filter(role=role, organisation=unit).order_by("username").first()
    if there is not None:
        return there
    return access.enrol(
        User.objects.create(username=f"extra-{role}", name="Extra", role=role, organisation=unit)
    )


def states_of(model: Machine) -> list[str]:
    field: Any = model._meta.get_field("state")
    return [value for value, _ in field.choices]


def steps_of(model: Machine) -> Table:
    """Action -> state -> where it leads: a state, "=" for the same, "back", or "·" for nowhere."""
    table = {move.name: dict.fromkeys(states_of(model), "·") for move in moves_of(model)}
    for move in moves_of(model):
        stays = move.target is None or move.target == move.source
        assert table[move.name][move.source] == "·", f"two ways: {move.name} from {move.source}"
        table[move.name][move.source] = "=" if stays else move.target or "back"
    return table


def rights_in(model: Machine, unit: Organisation) -> Table:
    """Action -> role -> on which cases of the unit: "all", "own", "other" (not own) or "·"."""
    table: Table = {move.name: {} for move in moves_of(model)}
    words = {(True, True): "all", (True, False): "own", (False, True): "other"}
    for role in Role:
        user = player(role, unit)
        own = model(organisation=unit, author=user, owner=user)
        other = model(organisation=unit)
        other.author_id = uuid4()
        for move in moves_of(model):
            cell = words.get((move.is_allowed(own, user), move.is_allowed(other, user)), "·")
            assert table[move.name].setdefault(role, cell) == cell, "one step, two rights"
    return table


def drawn(*, state: str, user: User, own: bool, steps: Table, rights: Table) -> Any:
    """The actions that both tables give `user` in a case in `state`."""
    whose = "own" if own else "other"
    return {
        action
        for action, targets in steps.items()
        if targets[state] != "·" and rights[action][user.role] in ("all", whose)
    }


def refusal(model: Machine, action: str, words: str) -> type[Exception]:
    """How a step is refused: something is missing, or somebody has settled it already."""
    stops = [
        condition
        for move in moves_of(model)
        for condition in move.conditions
        if move.name == action and words in condition.what
    ]
    assert stops, f"{action} has no condition about {words}"
    return workflow.NotAllowedNow if stops[0].is_settled else workflow.MissingFacts
