"""The door of the post room: every move of a paper, and every new try, with its journal entry.

What is legal stands in `posting`, who may in `cases.access`; the case that the letter belongs to
hears of it in its own journal, in the same transaction.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases import papers, workflow
from cases.models import Organisation, Referral, User, YouthCase
from cases.models.case import Condition
from cases.models.moves import AnyCase
from notices import held, leaving, outbox
from notices.models import Letter, Message, Posting, PrintRun, RunFile
from notices.posting import State

# What happens to a paper that does not reach anybody: it can be sent again.
NOT_ARRIVED = {"withdraw_letter": held.WITHDRAWN, "return_letter": held.RETURNED}


@dataclass(frozen=True)
class Move:
    """One thing that can be done with a paper."""

    name: str
    source: str
    label: str
    facts: tuple[str, ...]
    needs_reason: bool
    transition: Any

    def is_ready(self, posting: Posting) -> bool:
        """Is nothing missing but what the move's own form asks?"""
        asked = (each for each in self.transition.conditions if self.name not in each.remedy)
        return all(condition(posting) for condition in asked)


@cache
def moves() -> tuple[Move, ...]:
    """Every move of a paper, in order of its life."""
    field: Any = Posting._meta.get_field("state")
    line = {name: at for at, name in enumerate(Posting.__dict__)}
    every = sorted(field.get_all_transitions(Posting), key=lambda move: line[move.name])
    return tuple(
        Move(
            each.name,
            str(each.source),
            each.custom["label"],
            each.custom["facts"],
            each.custom["needs_reason"],
            each,
        )
        for each in every
    )


def moves_now(posting: Posting, *, by: User) -> list[Move]:
    """What `by` may do with the paper now."""
    return [
        move
        for move in moves()
        if move.source == posting.state
        and move.transition.permission(posting, by)
        and move.is_ready(posting)
    ]


def case_of(letter: Letter) -> AnyCase:
    """The case of a letter, in the authority that owns the letter."""
    return case_in(letter.organisation, letter.case_id)


def case_in(unit: Organisation, pk: UUID) -> AnyCase:
    """The case of that key among a unit's own kind; the other authority's is never asked."""
    model: Any = YouthCase if unit.is_police else Referral
    case: AnyCase = model.objects.select_related("organisation", "person").get(pk=pk)
    return case


def take(
    posting: Posting,
    action: str,
    *,
    by: User,
    at: datetime | None = None,
    reason: str = "",
    request_id: UUID | None = None,
    **facts: Any,
) -> Posting:
    """Move a paper, and write it in the journal of its case.

    Raises:
        PermissionDenied: `by` does not handle the unit's post.
        workflow.StepRepeated: this `request_id` has been taken already.
        workflow.NotAllowedNow: the paper is elsewhere by now, e.g. withdrawn; or it may not be
            printed after all, since a gate has closed, the address changed or the case ended.
        workflow.MissingFacts: what the move needs to know, each in Swedish.
    """
    now = at or timezone.now()
    with transaction.atomic():
        locked = (
            Posting.objects.select_for_update(of=("self",))
            .select_related("letter__organisation", "organisation")
            .get(pk=posting.pk)
        )
        said = {name: _code(value) for name, value in facts.items()}
        _note(locked.letter, action, by=by, at=now, reason=reason, request_id=request_id, **said)
        move = _move(locked, action)
        if unknown := set(facts) - set(move.facts):
            raise TypeError(f"{action} does not record {sorted(unknown)}")
        if move.needs_reason and not reason.strip():
            raise workflow.MissingFacts([_SAY_WHY])
        for name, value in facts.items():
            setattr(locked, name, value)
        if action == "print_letter":
            _ask_the_gates(locked, on=timezone.localdate(now))
        unmet = [condition for condition in move.transition.conditions if not condition(locked)]
        if unmet:
            raise workflow.MissingFacts(unmet)
        getattr(locked, action)(at=now)
        locked.save()
        if action in ("post_letter", "return_letter"):
            # A message on paper is delivered when it is posted, and is not when it came back.
            delivered = now if action == "post_letter" else None
            Message.objects.filter(letter=locked.letter).update(delivered_at=delivered)
        if action in NOT_ARRIVED:
            held.keep_paper(locked.letter, NOT_ARRIVED[action], by=by, at=now)
        _pull_from_piles(locked)
    return locked


def _ask_the_gates(posting: Posting, *, on: date) -> None:
    """The last moment at which a letter can be kept in the house."""
    if why := leaving.obstacle(posting, case_of(posting.letter), on=on):
        raise workflow.NotAllowedNow(why)


def _pull_from_piles(posting: Posting) -> None:
    """What has been withdrawn, or printed by itself, is in no pile that is still to be printed."""
    piles = PrintRun.objects.filter(items__posting=posting, items__fault="")
    ready = list(piles.filter(state=PrintRun.State.READY).values_list("pk", flat=True))
    PrintRun.objects.filter(pk__in=ready).update(
        state=PrintRun.State.MAKING, leased_until=None, attempts=0
    )
    void = set(ready)
    if posting.state == State.WITHDRAWN:
        void |= set(piles.filter(state=PrintRun.State.PRINTED).values_list("pk", flat=True))
    RunFile.objects.filter(run__in=void).delete()


def retry(letter: Letter, *, by: User, request_id: UUID | None = None) -> None:
    """Let a letter that was not made be tried anew, through the outbox.

    Raises:
        PermissionDenied, workflow.StepRepeated: as in `take`.
    """
    with transaction.atomic():
        _note(letter, "retry_letter", by=by, request_id=request_id)
        outbox.retry(letter)


_SAY_WHY = Condition(bool, "skälet")


def _move(posting: Posting, action: str) -> Move:
    for move in moves():
        if (move.name, move.source) == (action, posting.state):
            return move
    stands = posting.get_state_display().lower()
    raise workflow.NotAllowedNow(f"Det går inte längre: brevet är {stands}. Läs om sidan.")


def _note(letter: Letter, event: str, **entry: Any) -> None:
    papers.note(case_of(letter), event, letter=letter.reference, **entry)


def _code(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
