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


def words_of(case: AnyCase, action: str) -> str:
    """The journal's sentence for an action, e.g. "granskade ärendet"."""
    return next((move.done for move in moves_of(type(case)) if move.name == action), "")


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
