"""Making the figures of a month, once.

The worker makes them when the freeze date has come, each area by itself; whatever happens in the
cases later is not in them. What is registered later is counted in the next month that is frozen.
"""

import hashlib
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from random import Random
from time import monotonic

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from cases.models import AlcoholSeizure, Incident, Municipality, PatrolPass, Referral, YouthCase
from cases.models.codes import Occasion
from cases.sealing import chain_mac
from kronoberg.statistics import afterwards, arrivals, ledger, marks, noise, people, police, sums
from kronoberg.statistics.models import CohortTally, CountedPass, FrozenTable
from kronoberg.statistics.periods import Month, closed_months, month_of
from kronoberg.statistics.stops import stops
from kronoberg.statistics.tables import Row, Split, Standing, Table, count, encode, stand, under

log = logging.getLogger(__name__)

PLAIN: tuple[Table, ...] = (
    *police.TABLES, *afterwards.TABLES, *people.TABLES, *arrivals.TABLES,
)  # fmt: skip
# What a choice of occasion can be asked of: every division of the valid stops but their occasion.
BY_OCCASION = under(
    [
        table for table in PLAIN
        if isinstance(table, Split) and table.source == "stops"
        and table not in (police.registrations, police.occasions)
    ],
    police.occasions.parts, name="tillfalle",
)  # fmt: skip
TABLES: tuple[Table, ...] = (*PLAIN, *BY_OCCASION)
SOURCES = ("stops", "arrivals")
OF_SOURCE = {source: [t for t in TABLES if t.source == source] for source in SOURCES}
LINKS = (
    noise.Link("sent-received", afterwards.notices.part(afterwards.SENT),
               arrivals.received.part(arrivals.ARRIVED)),
)  # fmt: skip
# Sums beside the counts, by the codes of their lines: they hold nothing of how many people.
EFFORT, LITRES, CONTAINERS = "insatstid", "liter", "behallare"
HOURS, PASSES = "hours", "passes"
Rows = Mapping[str, Sequence[Row]]


def freeze_all(today: date, *, seconds: float = float("inf")) -> list[str]:
    """Make whatever is due in every area; returns the codes of those where it could not be done.

    What is wrong in one area never keeps the next one waiting. When the `seconds` are over no more
    months are begun (`is_due` says if any are left): what is made stays made.
    """
    failed, until = [], monotonic() + seconds
    for area in _areas():
        if monotonic() >= until:
            break
        try:
            freeze_due(area, today, until=until)
        except Exception:
            log.exception("The figures of area %s could not be frozen.", area.pk)
            failed.append(area.pk)
    _forget_what_is_over()
    return failed


def is_due(today: date, *, but_not_in: Collection[str] = ()) -> bool:
    """Whether any area waits for figures whose freeze date has come."""
    return any(_due(area, today) for area in _areas().exclude(pk__in=but_not_in))


def freeze_due(area: Municipality, today: date, *, until: float = float("inf")) -> int:
    """Make the months of an area whose freeze date has come, oldest first; returns how many."""
    marks.mark(area)
    done = 0
    for month in _due(area, today):
        if monotonic() >= until:
            return done
        freeze(month, area)
        done += 1
    people.settle(area, timezone.now())
    for month in _cohorts_due(area, today):
        freeze_cohort(month, area)
    return done


def freeze(month: Month, area: Municipality) -> None:
    """Make the figures of a month and store them; nothing happens when they are made already."""
    with transaction.atomic():
        # The whole county: its sums are kept within reach too.
        list(Municipality.objects.select_for_update().filter(county_code=area.county_code))
        if marks.is_frozen(month, area):
            return
        rows = population(month, area)
        moved = protected(month, area, rows)
        passes = list(passes_in(month, area))
        now = timezone.now()
        tables = [
            FrozenTable(area=area, first=month.first, key=key, version=version, cells=cells,
                        made_at=now)
            for key, version, cells in _tables(moved, passes)
        ]  # fmt: skip
        FrozenTable.objects.bulk_create(tables)
        sums.add(area.county_code, tables)
        ledger.add(month, area, noise.errors(standings(rows), standings(moved), LINKS))
        marks.count_in(month, [stop.pk for stop in rows["stops"]])
        CountedPass.objects.bulk_create(
            CountedPass(patrol_pass=each, counted_in=month.first) for each in passes
        )


def population(month: Month, area: Municipality) -> dict[str, list[Row]]:
    """Whom the tables of the month count: by source, as they are now."""
    marks.mark(area)
    return {
        "stops": list(stops(marks.registered_in(month, area))),
        "arrivals": list(arrivals.arrivals(arrivals.arrived_in(month, area))),
    }


def standings(rows: Rows) -> dict[str, list[Standing]]:
    return {
        source: [stand(OF_SOURCE[source], row) for row in each] for source, each in rows.items()
    }


def protected(month: Month, area: Municipality, rows: Rows) -> dict[str, list[Row]]:
    """People so like these that their figures may be shown: the same for the same people."""
    chosen = noise.likeness(
        standings(rows),
        random=_chance(month, area, rows),
        running=ledger.running(month, area),
        links=LINKS,
    )
    return {source: [rows[source][at] for at in places] for source, places in chosen.items()}


def cells_of(rows: Rows) -> dict[str, dict[str, int]]:
    """The counts of every table. Of true rows, nothing but `noise` and the tests may see them."""
    cells: dict[str, dict[str, int]] = {}
    for source, each in standings(rows).items():
        cells |= count(OF_SOURCE[source], each)
    return cells


def passes_in(month: Month, area: Municipality) -> "QuerySet[PatrolPass]":
    """The closed passes of a month, by the rule of the stops: a late one stands in the next."""
    closed = PatrolPass.objects.filter(municipality=area, effort_minutes__isnull=False)
    if marks.is_frozen(month, area):
        return closed.filter(countedpass__counted_in=month.first)
    return closed.filter(started_at__lt=month.ends_at, countedpass=None)


def effort(passes: Sequence[PatrolPass]) -> dict[str, int]:
    """Hours and passes, together and by occasion."""
    cells: dict[str, int] = {}
    for occasion in ("", *Occasion.values):
        among = [each for each in passes if occasion in ("", each.occasion)]
        minutes = sum(each.effort_minutes or 0 for each in among)
        cells |= {effort_code(HOURS, occasion): round(minutes / 60),
                  effort_code(PASSES, occasion): len(among)}  # fmt: skip
    return {code: n for code, n in cells.items() if n}


def effort_code(what: str, occasion: str) -> str:
    return f"{what}·{occasion}" if occasion else what


def litres(stops_: Sequence[Row]) -> dict[str, int]:
    """What was poured out, in whole litres by drink; of the people who are shown, not the true."""
    poured: dict[str, int] = dict.fromkeys(AlcoholSeizure.Drink.values, 0)
    for stop in stops_:
        for drink, volume in stop.poured_out:
            poured[drink] += volume
    return {drink: round(volume / 100) for drink, volume in poured.items() if volume}


def containers(stops_: Sequence[Row]) -> dict[str, int]:
    """How many bottles, cans and the like that was, by drink; of the same people."""
    poured: dict[str, int] = dict.fromkeys(AlcoholSeizure.Drink.values, 0)
    for stop in stops_:
        for drink, n in stop.n_poured_out:
            poured[drink] += n
    return {drink: n for drink, n in poured.items() if n}


def is_counted(record: YouthCase | Referral, *, but_not_in: Collection[str]) -> bool:
    """Whether the figures of the record's month are made, or not due: then `erasure` has waited."""
    if isinstance(record, YouthCase):
        area: Municipality | None = record.incident.municipality
    else:
        area = record.organisation.municipality
    if area is None:
        return True
    month = month_of(record.day)
    is_due = month.freezes_on <= timezone.localdate()
    return area.pk not in but_not_in and (marks.is_frozen(month, area) or not is_due)


def freeze_cohort(month: Month, area: Municipality) -> None:
    """Make the one figure of a month that takes a year more: who was met with again."""
    with transaction.atomic():
        list(Municipality.objects.select_for_update().filter(county_code=area.county_code))
        rows = FrozenTable.objects.filter(area=area, first=month.first)
        if rows.filter(key=people.COHORT.key).exists():
            return
        first_time = rows.get(key=people.times_met.key).cells.get("first", 0)
        n, running = people.n_again(month, area), ledger.running(month, area, prefix=COHORTS)
        place = (people.COHORT.key, people.AGAIN)
        shown = people.moved(
            n,
            at_most=first_time,
            running=[sums.get(place, 0) for sums in running],
            random=_chance(month, area, {"cohort": [n, first_time]}),
        )
        table = FrozenTable.objects.create(
            area=area, first=month.first, key=people.COHORT.key, version=people.COHORT.version,
            cells=encode(people.COHORT, {people.AGAIN: shown}), made_at=timezone.now(),
        )  # fmt: skip
        sums.add(area.county_code, [table])
        ledger.add(month, area, {place: shown - n}, prefix=COHORTS)
        CohortTally.objects.filter(area=area, first=month.first).delete()


COHORTS = "igen-"


def _tables(moved: Rows, passes: Sequence[PatrolPass]) -> Iterator[tuple[str, int, dict[str, int]]]:
    cells = cells_of(moved)
    for table in TABLES:
        yield table.key, table.version, encode(table, cells[table.key])
    yield EFFORT, 1, effort(passes)
    yield LITRES, 1, litres(moved["stops"])
    yield CONTAINERS, 1, containers(moved["stops"])


def _chance(month: Month, area: Municipality, rows: Rows) -> Random:
    """The key outside the database, and every fact that is counted: one case more changes all."""
    facts = hashlib.sha256(repr(sorted(map(repr, rows.items()))).encode()).hexdigest()
    seed = chain_mac(f"figures:{month.name}:{area.pk}:{facts}".encode())
    return Random(seed)  # noqa: S311  (the seed is keyed; nothing but it is secret)


def _areas() -> "QuerySet[Municipality]":
    """Where anything can have happened: areas with a unit, or where somebody was met with."""
    units = Municipality.objects.filter(organisations__isnull=False).values("pk")
    met = Incident.objects.values("municipality_id").distinct()
    return Municipality.objects.filter(Q(pk__in=units) | Q(pk__in=met))


def _due(area: Municipality, today: date) -> list[Month]:
    """From the area's first month with anything in it, or the one after the last that is made."""
    last = FrozenTable.objects.filter(area=area).aggregate(at=Max("first"))["at"]
    if last is not None:
        return closed_months(today, since=Month(last).after.first)
    begun = [
        Incident.objects.filter(municipality=area).aggregate(at=Min("started_at"))["at"],
        Referral.objects.filter(organisation__municipality=area).aggregate(at=Min("opened_at"))[
            "at"
        ],
    ]
    days = [timezone.localdate(at) for at in begun if at]
    return closed_months(today, since=min(days)) if days else []


def _cohorts_due(area: Municipality, today: date) -> list[Month]:
    made = FrozenTable.objects.filter(area=area)
    done = made.filter(key=people.COHORT.key).values("first")
    months = made.filter(key=people.times_met.key).exclude(first__in=done)
    until = Month(month_of(today).first - relativedelta(years=1)).before
    firsts = months.filter(first__lt=until.first).order_by("first").values_list("first", flat=True)
    return [Month(first) for first in firsts]


def _forget_what_is_over() -> None:
    """Erase the running errors of periods that are frozen to their end."""
    for prefix, key in (("", people.times_met.key), (COHORTS, people.COHORT.key)):
        made = FrozenTable.objects.filter(area=OuterRef("pk"), key=key).order_by("-first")
        areas = Municipality.objects.annotate(last=Subquery(made.values("first")[:1]))
        until = areas.filter(last__isnull=False).values_list("pk", "last")
        ledger.close({area: Month(last) for area, last in until}, prefix=prefix)
