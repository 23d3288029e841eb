"""The machines, read: every move of a case with its right, conditions and words, typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django_fsm import Transition

from cases.models.case import Condition
from cases.models.referral import Referral
from cases.models.staff import User
from cases.models.youth_case import YouthCase

AnyCase = YouthCase | Referral

# What happens to a paper of a case: in its journal, though the case stays where it is.
PAPER_EVENTS = {
    "retry_letter": "bad om ett nytt försök med ett brev",
    "print_letter": "skrev ut ett brev",
    "post_letter": "postade ett brev",
    "withdraw_letter": "drog tillbaka ett brev",
    "return_letter": "fick ett brev i retur",
    "settle_return": "avslutade en retur",
    "send_again": "skickade ett brev igen",
    "print_decision": "skrev ut beslutet om förverkande",
}


@dataclass(frozen=True)
class Move:
    """One transition from one state."""

    name: str
    source: str
    # The state it leads to; None leaves the case where it is.
    target: str | None
    label: str
    done: str
    facts: tuple[str, ...]
    needs_reason: bool
    conditions: Sequence[Condition]
    transition: Any

    def is_allowed(self, case: AnyCase, user: User) -> bool:
        """Does `user` hold the right to this move in `case`? Says nothing of its conditions."""
        return bool(self.transition.has_perm(case, user))


@dataclass(frozen=True)
class Demand:
    """A condition of a later step that is mended by a field, and the label of that step."""

    condition: Condition
    label: str


@cache
def moves_of(model: type[YouthCase] | type[Referral]) -> tuple[Move, ...]:
    """All moves of a machine, in the order in which they stand in its file."""
    field: Any = model._meta.get_field("state")
    line = {name: at for at, name in enumerate(model.__dict__)}
    every = sorted(field.get_all_transitions(model), key=lambda move: line[move.name])
    return tuple(_move(transition) for transition in every)


def moves_now(case: AnyCase) -> list[Move]:
    """The moves that leave the state the case is in."""
    return [move for move in moves_of(type(case)) if move.source == case.state]


@cache
def demanded_later(model: type[YouthCase] | type[Referral], action: str) -> dict[str, Demand]:
    """The fields of the form of `action` that a later step asks for, by name, the first step first.

    Read from the conditions, which name the step and the field that mend them.
    """
    demands: dict[str, Demand] = {}
    for move in moves_of(model):
        for condition in move.conditions:
            if move.name != action and condition.field and action in condition.remedy.split():
                demands.setdefault(condition.field, Demand(condition, move.label))
    return demands


def words_of(case: AnyCase, action: str) -> str:
    """The journal's sentence for an action, e.g. "granskade ärendet"."""
    done = (move.done for move in moves_of(type(case)) if move.name == action)
    return next(done, PAPER_EVENTS.get(action, ""))


def _move(transition: Transition) -> Move:
    target: Any = transition.target
    return Move(
        name=transition.name,
        source=str(transition.source),
        target=str(target) if isinstance(target, str) else None if target is None else "",
        conditions=transition.conditions,  # type: ignore[arg-type]
        transition=transition,
        **transition.custom,
    )
