"""The one door: every step in every case goes through `perform`, in one transaction.

It knows no action by name. What is legal stands in the machines, who may in `access`, by when in
`rules`; here they meet, and the journal is written before the case is saved.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from cases import access, calendars, readers, reminders, rules
from cases.models import (
    Custodian,
    FormerFacts,
    Incident,
    JournalEntry,
    Person,
    Referral,
    Right,
    User,
    YouthCase,
)
from cases.models.case import Condition, next_reference
from cases.models.grants import forget_rights
from cases.models.journal import coded
from cases.models.moves import AnyCase, Move, moves_now, moves_of, words_of
from cases.models.people import Contactable

C = TypeVar("C", bound=AnyCase)

_is_told_afterwards = ContextVar("_is_told_afterwards", default=False)


class NotAllowedNow(Exception):
    """The case is not in a state where this step is legal; the message is for the screen."""


class StepRepeated(Exception):
    """The same form came twice: the step is taken already, nothing more happens."""

    def __init__(self, case: AnyCase) -> None:
        super().__init__(str(case.pk))
        self.case = case


class MissingFacts(Exception):
    """Something must be recorded first."""

    def __init__(self, conditions: list[Condition]) -> None:
        self.conditions = conditions
        super().__init__("Saknas: " + "; ".join(condition.what for condition in conditions))


@dataclass(frozen=True)
class Action:
    """A step that somebody may take now, and what is missing before it can be taken."""

    name: str
    label: str
    missing: tuple[Condition, ...]
    # The state it leads to; None leaves the case where it is.
    target: str | None
    needs_reason: bool

    @property
    def moves(self) -> bool:
        return self.target is not None

    @property
    def is_ready(self) -> bool:
        return not self.missing


@contextmanager
def told_afterwards() -> Iterator[None]:
    """Within it a deadline is judged by when the step happened: for the demo's invented lives.

    Everywhere else by when the step goes on record: nobody meets a deadline by dating back.
    """
    token = _is_told_afterwards.set(True)
    try:
        yield
    finally:
        _is_told_afterwards.reset(token)


def perform(
    case: C,
    action: str,
    *,
    by: User,
    at: datetime | None = None,
    reason: str = "",
    request_id: UUID | None = None,
    records: Sequence[models.Model] = (),
    **facts: Any,
) -> C:
    """Take one step in a case.

    Args:
        at: when it happened (aware, not in the future); now when not given. The journal keeps
            both this and when it was recorded.
        reason: free text, sealed beside the journal; obligatory where the step says so.
        request_id: made by the form; the same id twice is the same step, taken once.
        records: unsaved rows that belong to the step (a call, a seizure, an appointment).
        facts: columns of the case that this step may fill.

    Returns the case as it now is, a new instance.

    Raises:
        PermissionDenied: `by` may not take this step in this case.
        StepRepeated: this `request_id` has been taken already; for the user that is success.
        NotAllowedNow: the step is not legal in the state the case is in by now.
        MissingFacts: conditions of the step that do not hold, each in Swedish.
    """
    now = timezone.now()
    # Nothing happens in a case before it was opened, nor after now.
    moment = max(case.opened_at, min(at or now, now))
    forget_rights(by)
    with transaction.atomic():
        locked = _locked(case)
        had_by = locked.owner_id
        moves = _allowed(locked, action, by=by)
        if request_id and is_repeated(locked, request_id):
            raise StepRepeated(locked)
        if not _is_as_read(case, locked, facts, records):
            raise NotAllowedNow(_somebody_was_first(locked, by=by))
        move = _move(locked, moves, by=by)
        # Read in the step's own transaction and for it alone: an edited rule holds at once.
        book = rules.rulebook(locked.day)
        reminders.catch_up(locked, book, at=moment)
        _record(locked, move, facts=facts, records=records, reason=reason, by=by)
        locked.__dict__["_moment"] = moment
        locked.__dict__["_recorded"] = moment if _is_told_afterwards.get() else now
        _check(locked, move, by=by)
        before = str(locked.state)
        getattr(locked, action)(by=by, at=moment)
        locked.version += 1
        JournalEntry.append(
            locked.organisation,
            by=by,
            words=reason,
            happened_at=moment,
            case_id=locked.pk,
            case_version=locked.version,
            action=action,
            from_state=before,
            to_state=str(locked.state),
            facts=coded(facts, of=type(case)) | _named(records),
            request_id=request_id,
        )
        _save(locked, book, had_by=had_by)
    return locked


def available_actions(case: AnyCase, *, by: User) -> list[Action]:
    """The steps `by` may take in the state the case is in, in order of life; pages draw these."""
    return [
        Action(move.name, move.label, tuple(_missing(case, move)), move.target, move.needs_reason)
        for move in moves_now(case)
        if move.is_allowed(case, by)
    ]


def open_incident(
    incident: Incident, youths: Iterable[tuple[Person, YouthCase]], *, by: User
) -> list[YouthCase]:
    """Put one stop on record: the incident, and a case of its own for each youth.

    The rows come unsaved; number, organisation, author and age class are set here. A youth can
    be added later with the same (saved) incident.

    Raises:
        PermissionDenied: `by` does not log stops, or the incident is another unit's.
    """
    access.require(by, Right.LOG_INCIDENT)
    with transaction.atomic():
        if incident._state.adding:
            incident.organisation, incident.author = by.organisation, by
            incident.reference = next_reference("H", incident.started_at)
            incident.save(force_insert=True)
        elif incident.organisation_id != by.organisation_id:
            raise PermissionDenied
        return [_open_youth_case(incident, person, case, by=by) for person, case in youths]


def _open_youth_case(incident: Incident, person: Person, case: YouthCase, *, by: User) -> YouthCase:
    person.organisation = by.organisation
    person.save()
    if person.is_protected:
        # Who met the youth knows who it is; everybody else has to be named.
        access.name_reader(by, person)
    case.incident, case.person = incident, person
    case.organisation, case.author = by.organisation, by
    case.opened_at = incident.started_at
    book = rules.rulebook(case.day)
    case.age_class = rules.age_class_of(person, on=case.day, book=book)
    return _begin(case, "K", by=by, at=incident.started_at, book=book)


def open_referral(referral: Referral, person: Person, *, by: User, at: datetime) -> Referral:
    """Put a notice that has arrived on record in the municipality, with its clocks.

    Raises:
        PermissionDenied: `by` neither receives notices for an office nor is its machine.
    """
    if not access.may(by, Right.EXCHANGE_MESSAGES):
        access.require(by, Right.RECEIVE_REFERRAL)
    with transaction.atomic():
        person.organisation = referral.organisation = by.organisation
        person.save()
        referral.person, referral.author, referral.opened_at = person, by, at
        day, book = referral.day, rules.rulebook(referral.day)
        referral.age_class = rules.age_class_on(person.age_on(day), on=day, book=book)
        referral.decide_before = rules.deadline(book["preliminary_assessment"], since=at)
        return _begin(referral, "R", by=by, at=at, book=book)


def _begin(case: C, prefix: str, *, by: User, at: datetime, book: rules.Rulebook) -> C:
    case.reference = next_reference(prefix, timezone.localtime(at))
    JournalEntry.append(
        case.organisation,
        by=by,
        happened_at=at,
        case_id=case.pk,
        case_version=0,
        action="open",
        to_state=str(case.state),
    )
    _set_deadline(case, book)
    case.save(force_insert=True)
    return case


def _locked(case: C) -> C:
    related = ("organisation", "person") + (("incident",) if isinstance(case, YouthCase) else ())
    fresh = type(case)._default_manager.select_related(*related)
    return fresh.select_for_update(of=("self",)).get(pk=case.pk)  # type: ignore[return-value]


def is_repeated(case: AnyCase, request_id: UUID) -> bool:
    """Has the form with this id been taken as a step in the case already?"""
    return JournalEntry.objects.filter(case_id=case.pk, request_id=request_id).exists()


def _allowed(case: AnyCase, action: str, *, by: User) -> list[Move]:
    moves = [move for move in moves_of(type(case)) if move.name == action]
    if not any(move.is_allowed(case, by) for move in moves):
        raise PermissionDenied(action)
    return moves


def _is_as_read(
    case: AnyCase, locked: AnyCase, facts: dict[str, Any], records: Sequence[models.Model]
) -> bool:
    """Has nobody written in the same columns, or the same person's row, since the caller read?"""
    return all(getattr(case, name) == getattr(locked, name) for name in facts) and all(
        row.is_as_read() for row in records if isinstance(row, Contactable)
    )


def _move(case: AnyCase, moves: list[Move], *, by: User) -> Move:
    for move in moves:
        if move.source == case.state:
            return move
    raise NotAllowedNow(_somebody_was_first(case, by=by))


def _somebody_was_first(case: AnyCase, *, by: User, what: str = "") -> str:
    """What the screen says when a step has become illegal: who did what, and where it stands."""
    stands = what or f"ärendet står nu som {case.get_state_display()}"
    last = JournalEntry.objects.filter(case_id=case.pk).select_related("actor").last()
    if last is None or last.actor_id == by.pk:
        return f"Steget kan inte tas nu: {stands}."
    when = timezone.localtime(last.recorded_at)
    return (
        f"En kollega hann före: {stands}. {last.actor.name} {words_of(case, last.action)} "
        f"{when:%Y-%m-%d %H:%M}. Det du skrev står kvar här."
    )


def _record(
    case: AnyCase,
    move: Move,
    *,
    facts: dict[str, Any],
    records: Sequence[models.Model],
    reason: str,
    by: User,
) -> None:
    unknown = set(facts) - set(move.facts)
    if unknown:
        raise TypeError(f"{move.name} does not record {sorted(unknown)}")
    if move.needs_reason and not reason.strip():
        raise MissingFacts([Condition(bool, "skälet")])
    for name, value in facts.items():
        setattr(case, name, value)
    readers.check(records, case, by=by)
    for row in records:
        former = FormerFacts.before(row, by=by) if isinstance(row, Person | Custodian) else None
        row.save()
        if former:
            former.save(force_insert=True)
        # The conditions, and whoever gets the case back, see the row as it now is.
        for name in ("person", "incident"):
            if getattr(case, name, None) == row:
                setattr(case, name, row)


def _check(case: AnyCase, move: Move, *, by: User) -> None:
    unmet = [condition for condition in move.conditions if not condition(case)]
    settled = next((condition for condition in unmet if condition.is_settled), None)
    if settled:
        raise NotAllowedNow(_somebody_was_first(case, by=by, what=settled.what))
    if unmet:
        raise MissingFacts(unmet)


def _missing(case: AnyCase, move: Move) -> list[Condition]:
    """What is missing before the step's own form can help: its own facts come with the form."""
    return [
        condition
        for condition in move.conditions
        if move.name not in condition.remedy.split() and not condition(case)
    ]


def _named(records: Sequence[models.Model]) -> dict[str, Any]:
    return {row._meta.model_name or "": str(row.pk) for row in records}


def _save(case: AnyCase, book: rules.Rulebook, *, had_by: UUID | None) -> None:
    was_due = case.due_at
    _set_deadline(case, book)
    case.save()
    calendars.follow(case, had_by=had_by)
    reminders.settle(case, book, was_due=was_due)


def _set_deadline(case: AnyCase, book: rules.Rulebook) -> None:
    clock = rules.next_clock(case, book=book)
    case.due_at, case.due_step = (clock.due_at, clock.step) if clock else (None, "")
