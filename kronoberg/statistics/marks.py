"""Which case was counted in which month, and which time it was that the youth was met with.

A person is one number in one unit's register. Nobody is followed from unit to unit.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from cases.models import JournalEntry, Municipality, YouthCase
from cases.models.youth_case import State
from kronoberg.statistics.models import CountedStop, FrozenTable
from kronoberg.statistics.periods import Month

FOLLOWED_FOR = timedelta(days=365)
NEVER_COUNTED = (State.ANNULLED, State.MERGED, State.DRAFT)
BATCH = 2000
# Whom a number is: a unit's register, and the blind index of the number in it.
Who = tuple[Any, str]


def is_frozen(month: Month, area: Municipality) -> bool:
    return FrozenTable.objects.filter(area=area, first=month.first).exclude(key=COHORT).exists()


# The one table that is made a year after the others.
COHORT = "igen"


def on_record(area: Municipality) -> "QuerySet[Any]":
    """The area's cases that ever left the draft."""
    picked_up = JournalEntry.objects.filter(case_id=OuterRef("pk"), action="pick_up")
    return YouthCase.objects.filter(Exists(picked_up), incident__municipality=area)


def registered_in(month: Month, area: Municipality) -> "QuerySet[Any]":
    """The cases of a month: begun before its end, on record, and in no month that is frozen.

    Once the month is frozen: those that were counted in it and are not erased yet.
    """
    counted = CountedStop.objects.filter(case_id=OuterRef("pk"), counted_in__isnull=False)
    if is_frozen(month, area):
        counted = counted.filter(area=area, counted_in=month.first)
        return YouthCase.objects.filter(Exists(counted))
    begun = on_record(area).filter(incident__started_at__lt=month.ends_at)
    return begun.exclude(Exists(counted))


def mark(area: Municipality) -> None:
    """Write down of each new case which time it is; of one that is not counted yet, once more.

    A number can be learned later, and an earlier case can be erased: so the higher number stays.
    """
    known = CountedStop.objects.filter(case_id=OuterRef("pk"))
    new = on_record(area).exclude(Exists(known)).values_list("pk", flat=True)
    waiting = CountedStop.objects.filter(area=area, counted_in=None).in_bulk()
    found = _times([*new, *waiting])
    CountedStop.objects.bulk_create(
        (CountedStop(case_id=case, area=area, nth=nth) for case, nth in found.items()
         if case not in waiting),
        batch_size=BATCH,
    )  # fmt: skip
    changed = [row for case, row in waiting.items() if found.get(case, 0) > row.nth]
    for row in changed:
        row.nth = found[row.case_id]
    CountedStop.objects.bulk_update(changed, ["nth"], batch_size=BATCH)


def count_in(month: Month, cases: Iterable[UUID]) -> None:
    """The cases stand in this month for ever."""
    CountedStop.objects.filter(case_id__in=list(cases)).update(counted_in=month.first)


def times(cases: Iterable[UUID]) -> dict[UUID, int]:
    """Which time each case was, as far as it is marked."""
    marked = CountedStop.objects.filter(case_id__in=list(cases))
    return dict(marked.values_list("case_id", "nth"))


def stops_of(people: Iterable[str]) -> dict[Who, dict[UUID, datetime]]:
    """When each of these was met with: by number in a unit's register, by incident.

    Twice in one incident is a mistake that nobody has merged yet: one time.
    """
    found: dict[Who, dict[UUID, datetime]] = defaultdict(dict)
    met = YouthCase.objects.filter(person__number_index__in=set(people) - {""})
    rows = met.exclude(state__in=NEVER_COUNTED).values_list(
        "organisation_id", "person__number_index", "incident_id", "incident__started_at"
    )
    for unit, number, incident, at in rows.iterator():
        found[unit, number][incident] = at
    return found


def who_and_when(cases: Iterable[UUID]) -> list[tuple[UUID, Who, UUID, datetime]]:
    """The case, whose it is, its incident and when that began."""
    rows = YouthCase.objects.filter(pk__in=list(cases)).values_list(
        "pk", "organisation_id", "person__number_index", "incident_id", "incident__started_at"
    )
    return [(pk, (unit, number), incident, at) for pk, unit, number, incident, at in rows]


def _times(cases: list[UUID]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for start in range(0, len(cases), BATCH // 4):
        rows = who_and_when(cases[start : start + BATCH // 4])
        met = stops_of(number for _, (_, number), _, _ in rows)
        for case, who, incident, at in rows:
            earlier = [
                other for other, then in met.get(who, {}).items()
                if other != incident and at - FOLLOWED_FOR <= then < at
            ]  # fmt: skip
            found[case] = 1 + len(earlier) if who[1] else 0
    return found
