"""Whose attention a deadline gets, and when: the owner first, then whoever leads the unit.

`sweep` may run as seldom as it will: what it makes depends on the dates of the cases and on no
earlier sweep. What a step is about to settle it can never see: that the step catches up itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases import rules
from cases.models import Kind, Referral, Reminder, Rule, YouthCase
from cases.models.moves import AnyCase

Level, State = Reminder.Level, Reminder.State
# Deadlines of minutes and hours on the spot: over before a reminder could help.
ON_THE_SPOT = {"first_attempt", "custodian_contact", "next_attempt"}
CUSTODY = "custody_"
AT_ONCE = 500


@dataclass(frozen=True)
class Wanted:
    """A reminder that the dates call for."""

    step: str
    due_at: datetime
    level: str
    raise_at: datetime


def wanted(case: AnyCase, book: rules.Rulebook, *, at: datetime) -> Iterator[Wanted]:
    """The reminders that should have been raised in `case` by `at`, for what is still undone."""
    for clock in rules.clocks(case, book=book):
        if clock.done_at or clock.step in ON_THE_SPOT or clock.step.startswith(CUSTODY):
            continue
        ahead = timedelta(days=book["remind_before"].value)
        raise_at = max(clock.due_at - ahead, case.opened_at)
        if raise_at <= at:
            yield Wanted(clock.step, clock.due_at, Level.OWNER, raise_at)
        escalate_at = rules.deadline(book["escalate_after"], since=clock.due_at)
        if escalate_at <= at:
            yield Wanted(clock.step, clock.due_at, Level.HEAD, escalate_at)


def catch_up(case: AnyCase, book: rules.Rulebook, *, at: datetime) -> None:
    """Raise what is due in `case` by `at`, the moment of a step that may settle it: a deadline that
    passes and is met while nobody sweeps has been missed all the same.
    """
    if case.is_open and _is_near(case.due_at, book, at=at):
        _raise(_rows(case, book, at=at))


def settle(case: AnyCase, book: rules.Rulebook, *, was_due: datetime | None) -> None:
    """Settle at once what the step that was just taken in `case` has made over, and raise anew
    what it has undone; `was_due` is the next deadline there was before it.
    """
    now = timezone.now()
    if not any(_is_near(due, book, at=now) for due in (was_due, case.due_at)):
        return
    found = list(Reminder.objects.filter(case_id=case.pk))
    if found:
        undone = _undone(case, rules.clocks(case, book=book))
        waits = {row.pk for row in found if (row.step, row.due_at) in undone}
        done = [row.pk for row in found if row.state == State.OPEN and row.pk not in waits]
        Reminder.objects.filter(pk__in=done).update(state=State.SETTLED, settled_at=now)
        _open_again(row for row in found if row.pk in waits)


def _is_near(due_at: datetime | None, book: rules.Rulebook, *, at: datetime) -> bool:
    """Before that nothing has been raised in the case."""
    return due_at is not None and due_at - timedelta(days=book["remind_before"].value) <= at


def _undone(
    case: AnyCase, clocks: Iterable[rules.Clock | rules.Reading]
) -> set[tuple[str, datetime]]:
    """The deadlines of `case` that still wait; none once it has ended."""
    if not case.is_open:
        return set()
    return {(clock.step, clock.due_at) for clock in clocks if clock.done_at is None}


def sweep(*, at: datetime) -> tuple[int, int]:
    """Raise what is due and settle what is done. Returns how many of each. Safe to run twice."""
    return _raise_due(at), _settle_done(at)


def _raise_due(at: datetime) -> int:
    before = Reminder.objects.count()
    leads = Rule.objects.filter(key="remind_before").values_list("value", flat=True)
    horizon = at + timedelta(days=max(leads, default=0))
    books = Books()
    for model in (YouthCase, Referral):
        due = _open(model).filter(due_at__lte=horizon)
        rows: list[Reminder] = []
        for case in due.iterator(chunk_size=AT_ONCE):
            rows += _rows(case, books.of(case.day), at=at)
            if len(rows) >= AT_ONCE:
                _raise(rows)
                rows = []
        _raise(rows)
    return Reminder.objects.count() - before


def _raise(rows: list[Reminder]) -> None:
    """Write those that are not there, and open those that were settled before their step was
    undone: what is sent back waits once more for the same deadline.
    """
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    wanted = {_key(row) for row in rows}
    settled = Reminder.objects.filter(
        state=State.SETTLED, case_id__in={row.case_id for row in rows}
    )
    _open_again(row for row in settled if _key(row) in wanted)


def _key(row: Reminder) -> tuple[UUID, str, datetime, str]:
    return row.case_id, row.step, row.due_at, row.level


def _open_again(rows: Iterable[Reminder]) -> None:
    settled = [row.pk for row in rows if row.state == State.SETTLED]
    Reminder.objects.filter(pk__in=settled).update(state=State.OPEN, settled_at=None)


def _rows(case: AnyCase, book: rules.Rulebook, *, at: datetime) -> list[Reminder]:
    return [
        Reminder(
            organisation_id=case.organisation_id,
            case_id=case.pk,
            step=each.step,
            due_at=each.due_at,
            level=each.level,
            raise_at=each.raise_at,
            raised_at=at,
        )
        for each in wanted(case, book, at=at)
    ]


def _settle_done(at: datetime) -> int:
    settled, books = 0, Books()
    for kind, model in ((Kind.POLICE, YouthCase), (Kind.SOCIAL, Referral)):
        waiting = Reminder.objects.filter(state=State.OPEN, organisation__kind=kind)
        for chunk in _chunks(list(waiting.order_by("case_id"))):
            cases = _open(model).in_bulk({row.case_id for row in chunk})
            undone = {
                (case.pk, *each)
                for case in cases.values()
                for each in _undone(case, rules.clocks(case, book=books.of(case.day)))
            }
            done = [row.pk for row in chunk if (row.case_id, row.step, row.due_at) not in undone]
            settled += Reminder.objects.filter(pk__in=done).update(
                state=State.SETTLED, settled_at=at
            )
    return settled


class Books(dict[date, rules.Rulebook]):
    """The rules of each day that cases were opened on, read once a sweep."""

    def of(self, day: date) -> rules.Rulebook:
        if day not in self:
            self[day] = rules.rulebook(day)
        return self[day]


def _open(model: Any) -> Any:
    found = model.objects.select_related("person", "organisation")
    if model is YouthCase:
        ended = ("closed", "annulled", "merged")
        return found.exclude(state__in=ended).prefetch_related("contacts")
    found = found.exclude(state__in=("closed", "transferred"))
    return found.prefetch_related("appointments", "checks__done_by")


def _chunks(rows: list[Reminder]) -> Iterator[list[Reminder]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def of_case(case: AnyCase, clocks: Iterable[rules.Clock | rules.Reading]) -> list[Reminder]:
    """The reminders of `case`, oldest first, each in the state that its `clocks` give it by now."""
    undone, found = _undone(case, clocks), list(Reminder.objects.filter(case_id=case.pk))
    for each in found:
        waits = (each.step, each.due_at) in undone
        each.state = State.OPEN if waits else State.SETTLED
    return found


def label(case: AnyCase, step: str) -> str:
    """What a reminder's clock is called when it runs no more: a case that went back has none."""
    found = rules.rulebook(case.day).get(step)
    return found.label if found else ""
