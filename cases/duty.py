"""When a municipality's duty team (socialjour) is open, and who there takes what.

Read from rows with a first and a last day, for the moment or the day that is passed in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.models import (
    DutyHours,
    Kind,
    Municipality,
    Organisation,
    ResponsibleFunction,
    SpecialDay,
    User,
)

# How far ahead the next opening is looked for.
DAYS_AHEAD = 8
Dated = DutyHours | ResponsibleFunction | SpecialDay
Task = ResponsibleFunction.Task
NOTICES = (Task.CHILDREN, Task.ADULTS)


class OutOfOrder(Exception):
    """A later row about the same function is there already: history is never changed."""


@dataclass(frozen=True)
class Shift:
    """The team on duty from one moment to another."""

    begins_at: datetime
    ends_at: datetime
    team: str
    phone: str

    @property
    def closes(self) -> time:
        return timezone.localtime(self.ends_at).time()


def open_team(municipality: str, at: datetime) -> Shift | None:
    """The team on duty at `at`; None when nobody is, or no calendar is on record."""
    day = timezone.localdate(at)
    shifts = _shifts(municipality, day - timedelta(days=1), day)
    return next((shift for shift in shifts if shift.begins_at <= at < shift.ends_at), None)


def next_open(municipality: str, at: datetime) -> tuple[datetime, Shift] | None:
    """When a team opens next, within a week; None without a calendar."""
    day = timezone.localdate(at)
    shifts = _shifts(municipality, day, day + timedelta(days=DAYS_AHEAD))
    found = min(
        (shift for shift in shifts if shift.begins_at > at),
        key=lambda shift: shift.begins_at,
        default=None,
    )
    return (found.begins_at, found) if found else None


def _shifts(municipality: str, first: date, last: date) -> Iterator[Shift]:
    """The shifts that begin on the days from `first` to `last`. Two queries."""
    rows = list(DutyHours.objects.filter(_holds(first, last), municipality=municipality))
    special = {
        row.day: row
        for row in SpecialDay.objects.filter(
            municipality=municipality, day__range=(first, last), withdrawn_at=None
        )
    }
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        yield from _shifts_of(day, rows, special.get(day))


def _shifts_of(day: date, rows: Iterable[DutyHours], special: SpecialDay | None) -> Iterator[Shift]:
    duty = special.duty if special else SpecialDay.Duty.USUAL
    if special and duty == SpecialDay.Duty.HOURS and special.opens and special.closes:
        yield _shift(day, special.opens, special.closes, special)
    if duty != SpecialDay.Duty.USUAL:
        return
    for row in rows:
        ends = row.valid_to or day
        if row.weekday == day.weekday() and row.valid_from <= day <= ends:
            yield _shift(day, row.opens, row.closes, row)


def _shift(day: date, opens: time, closes: time, row: DutyHours | SpecialDay) -> Shift:
    # Not after the opening: the team is on duty past midnight.
    ends_on = day + timedelta(days=closes <= opens)
    return Shift(
        timezone.make_aware(datetime.combine(day, opens)),
        timezone.make_aware(datetime.combine(ends_on, closes)),
        row.team,
        row.phone,
    )


def _holds(first: date, last: date) -> Q:
    """Rows that hold on some day from `first` to `last`."""
    is_not_over = Q(valid_to__isnull=True) | Q(valid_to__gte=first)
    return is_not_over & Q(valid_from__lte=last, withdrawn_at=None)


def own_days() -> dict[str | None, dict[date, bool]]:
    """The days that a municipality counts otherwise than the country does: is it a weekday there?

    One query.
    """
    found: dict[str | None, dict[date, bool]] = {}
    rows = SpecialDay.objects.filter(withdrawn_at=None).exclude(office=SpecialDay.Office.USUAL)
    for municipality, day, office in rows.values_list("municipality_id", "day", "office"):
        found.setdefault(municipality, {})[day] = office == SpecialDay.Office.OPEN
    return found


# Who takes what -------------------------------------------------------------------------------


def responsible(municipality: str, task: str, *, on: date) -> ResponsibleFunction | None:
    """The function that takes `task` on that day, else the municipality's default; or None."""
    rows = ResponsibleFunction.objects.filter(_holds(on, on), municipality=municipality)
    return _taker(list(rows.select_related("municipality", "office").order_by("-valid_from")), task)


def _taker(rows: list[ResponsibleFunction], task: str) -> ResponsibleFunction | None:
    """Of the functions that hold, newest first."""
    of_task = next((row for row in rows if row.task == task), None)
    return of_task or next((row for row in rows if row.is_default), None)


def usual_office(municipality: Municipality) -> Organisation | None:
    """The office here that takes what no function of the municipality does; or None."""
    offices = Organisation.objects.filter(kind=Kind.SOCIAL, municipality=municipality)
    return offices.order_by("-is_connected", "name").first()


def once_ended(
    row: ResponsibleFunction, among: Iterable[ResponsibleFunction], *, on: date
) -> list[tuple[str, str]]:
    """The notices that `row` takes, and to whom they go if it is ended `on` that day, in words.

    `among` are all the functions of its municipality.
    """
    first = max(on, row.valid_from)
    held = [
        each
        for each in sorted(among, key=lambda each: each.valid_from, reverse=True)
        if each.municipality_id == row.municipality_id
        and (_is_held(each, first) or (row.valid_from >= on and _goes_on_without(row, each)))
    ]
    others = [each for each in held if each != row]
    return [
        (task.label, _in_words(_taker(others, task), row.municipality))
        for task in NOTICES
        if _taker(held, task) == row
    ]


def _is_held(row: ResponsibleFunction, on: date) -> bool:
    is_over = row.valid_to is not None and row.valid_to < on
    return row.valid_from <= on and not is_over and not row.withdrawn_at


def _in_words(function: ResponsibleFunction | None, municipality: Municipality) -> str:
    """Where a notice goes, and that it leaves on paper where nobody here takes it in."""
    if function:
        return function.name if function.office_id else f"{function.name}, på papper"
    office = usual_office(municipality)
    if office is None:
        return "socialnämnden, på papper"
    return f"enheten {office.name}" if office.is_connected else f"{office.name}, på papper"


def follow(row: ResponsibleFunction) -> ResponsibleFunction:
    """Save the next row about a function; the newest until now ends the day before.

    Raises:
        OutOfOrder: `row` does not begin after the newest.
    """
    with transaction.atomic():
        # The municipality's row is the lock: there may be no function yet to hold on to.
        Municipality.objects.select_for_update().get(pk=row.municipality_id)
        earlier = ResponsibleFunction.objects.filter(
            municipality=row.municipality, task=row.task, withdrawn_at=None
        )
        newest = earlier.order_by("-valid_from").first()
        if newest and newest.valid_from >= row.valid_from:
            raise OutOfOrder
        if newest and (newest.valid_to is None or newest.valid_to >= row.valid_from):
            newest.valid_to = row.valid_from - timedelta(days=1)
            newest.ended_by = row.changed_by
            newest.save(update_fields=["valid_to", "ended_by"])
        row.save()
        return row


# Who keeps the calendar -----------------------------------------------------------------------


def kept_by(user: User) -> QuerySet[Municipality]:
    """The municipalities whose calendar and functions this administrator keeps.

    The own; and for the police also those that have nobody here who could: a notice must find its
    way to them too.
    """
    own = Q(pk=user.organisation.municipality_id)
    if user.organisation.is_police:
        own |= ~Q(organisations__in=_offices_here())
    return Municipality.objects.filter(own).distinct()


def _offices_here() -> QuerySet[Organisation]:
    return Organisation.objects.filter(kind=Kind.SOCIAL, is_connected=True)


def end(row: Dated, *, by: User, at: datetime) -> None:
    """`row` holds no longer, from today; that it held stays. Not yet begun, it is withdrawn.

    Ended already, nothing changes.
    """
    today = timezone.localdate(at)
    begins = row.day if isinstance(row, SpecialDay) else row.valid_from
    if row.withdrawn_at:
        return
    if begins >= today:
        row.withdrawn_at, row.ended_by = at, by
        row.save(update_fields=["withdrawn_at", "ended_by"])
        if isinstance(row, ResponsibleFunction):
            _go_on_before(row)
    elif not isinstance(row, SpecialDay) and (row.valid_to is None or row.valid_to >= today):
        row.valid_to, row.ended_by = today - timedelta(days=1), by
        row.save(update_fields=["valid_to", "ended_by"])


def _go_on_before(row: ResponsibleFunction) -> None:
    """The function that `row` would have followed goes on, since nothing follows it now."""
    earlier = ResponsibleFunction.objects.filter(municipality=row.municipality, task=row.task)
    goes_on = [each.pk for each in earlier if _goes_on_without(row, each)]
    ResponsibleFunction.objects.filter(pk__in=goes_on).update(valid_to=None, ended_by=None)


def _goes_on_without(row: ResponsibleFunction, earlier: ResponsibleFunction) -> bool:
    """Was `earlier` ended only because `row` was to follow it?"""
    return (
        earlier.task == row.task
        and not earlier.withdrawn_at
        and earlier.valid_to == row.valid_from - timedelta(days=1)
        and earlier.ended_by_id == row.changed_by_id
    )
