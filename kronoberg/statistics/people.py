"""Persons instead of interventions: whether one and the same was met with again.

A month's cohort is everybody whose stop in it was the first in twelve months. Whether somebody was
met with again is known 365 days later, while the case may be erased on that very day: so it is
settled person by person, every hour and before every erasure, and only the number is kept until
the month is over for all of them. Then it is moved like every other figure, and frozen.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from math import exp
from random import Random

from django.db import transaction

from cases.models import Municipality
from kronoberg.statistics import marks
from kronoberg.statistics.models import CohortTally, CountedStop
from kronoberg.statistics.noise import REACH
from kronoberg.statistics.periods import Month
from kronoberg.statistics.police import VALID_STOPS
from kronoberg.statistics.stops import Stop
from kronoberg.statistics.tables import Split, Table, labelled, split

FIRST, SECOND, OFTEN, NOT_KNOWN = (
    "Första gången på tolv månader",
    "Andra gången",
    "Tredje gången eller mer",
    "Går inte att följa: okänd identitet",
)
AGAIN, NOT_AGAIN = "Anträffad igen inom tolv månader", "Inte anträffad igen"


@split(
    "gang",
    labelled("first second often unknown", (FIRST, SECOND, OFTEN, NOT_KNOWN)),
    within=VALID_STOPS,
)
def times_met(stop: Stop) -> str:
    return (NOT_KNOWN, FIRST, SECOND, OFTEN)[min(stop.nth, 3)]


TABLES: tuple[Table, ...] = (times_met,)
# Stored beside the month's other tables, a year after them; those not met again are the rest.
COHORT = Split(
    key=marks.COHORT, source="cohort", lines=(AGAIN,), codes=("again",), sort=lambda _: AGAIN
)


def settle(area: Municipality, at: datetime) -> int:
    """Tally everybody in the area whose twelve months are over; returns how many. Safe to repeat.

    To be called before anything is erased: a case and the one that came after it are both there on
    the day after the 365th, since neither may be erased before it has been closed for a year.
    """
    waiting = CountedStop.objects.filter(area=area, nth=1, is_settled=False)
    waiting = waiting.filter(counted_in__lt=(at - marks.FOLLOWED_FOR).date())
    rows = {row.case_id: row for row in waiting}
    ready = [
        each for each in marks.who_and_when(rows) if each[3] + marks.FOLLOWED_FOR < at
    ]  # fmt: skip
    met = marks.stops_of(number for _, (_, number), _, _ in ready)
    tallies: Counter[date] = Counter()
    for case, who, incident, began_at in ready:
        row = rows[case]
        assert row.counted_in is not None  # noqa: S101  (asked for above)
        tallies[row.counted_in] += any(
            began_at < then <= began_at + marks.FOLLOWED_FOR
            for other, then in met.get(who, {}).items()
            if other != incident
        )
    with transaction.atomic():
        for first, n in tallies.items():
            tally, _ = CohortTally.objects.get_or_create(
                area=area, first=first, defaults={"n_again": "0"}
            )
            tally.n_again = str(int(tally.n_again) + n)
            tally.save()
        keys = [case for case, *_ in ready]
        CountedStop.objects.filter(case_id__in=keys).update(is_settled=True)
    return len(ready)


def n_again(month: Month, area: Municipality) -> int:
    """The tally of a month: how many were met with again. Nothing but `moved` may see it."""
    tally = CohortTally.objects.filter(area=area, first=month.first).first()
    return int(tally.n_again) if tally else 0


def moved(n: int, *, at_most: int, running: Sequence[int], random: Random) -> int:
    """A number near `n`, within reach in every longer period, and no more than were first met with.

    `at_most` is a published figure, so it is at least `n` less `REACH`: there is always one.
    """
    low, high = max(0, n - REACH), max(n - REACH, min(n + REACH, at_most))
    choices = range(low, max(low, high) + 1)
    fits = [m for m in choices if all(abs(off + m - n) <= REACH for off in running)] or choices
    weights = [
        exp(-sum((off + m - n) ** 2 for off in (0, *running)) / (1 + len(running))) for m in fits
    ]
    return random.choices(fits, weights)[0]
