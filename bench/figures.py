#!/usr/bin/env python
"""Figures at 10⁴, 10⁵ and 10⁶ cases: each chart's query, each page, each file, and the making.

    DATABASE_URL=postgres://… .venv/bin/python bench/figures.py [--cases 10000 100000 1000000]

Ten years and 290 municipalities, in databases of its own on that server, dropped in the end. Of the
largest county that a page can show and of the largest municipality in all: what the product asks,
beside the floor (a hand-written sum over a roll-up table with one covering index) and beside the
same question asked of the cases themselves over the best indexes, in turns. Ends with 1 when a
limit of the design is passed.
"""

import argparse
import os
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from figure_rows import COUNTY, fill, newest_day
from worklists import database

# Milliseconds; times the floor; times slower live aggregation has to be; times the page at first.
MOST_MS, MOST_FLOORS, LEAST_LIVE, MOST_GROWTH = 40.0, 2.0, 10.0, 2.0
YEAR = ("2025-07-01", "2026-07-01")
# Seconds: a third of the worker's.
ROUND = 10.0
# The same question asked of the cases: of a year of an area, `{where}`.
LIVE = {
    "registrering": "SELECT date_trunc('month', started_at), count(*) FROM cases_incident i"
    " WHERE {where} GROUP BY 1",
    "veckodag-klockslag": "SELECT extract(isodow FROM started_at), extract(hour FROM started_at),"
    " count(*) FROM cases_incident i WHERE {where} GROUP BY 1, 2",
    "plats-klockslag": "SELECT place_type, extract(hour FROM started_at), count(*)"
    " FROM cases_incident i WHERE {where} GROUP BY 1, 2",
    "vantan-svar": "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t.at - i.started_at)"
    " FROM cases_incident i JOIN cases_youthcase c ON c.incident_id = i.id"
    " JOIN cases_custodiancontact t ON t.youth_case_id = c.id WHERE {where}",
    "igen": "SELECT count(*), count(*) FILTER (WHERE n > 1) FROM (SELECT p.number_index,"
    " count(*) AS n FROM cases_incident i JOIN cases_youthcase c ON c.incident_id = i.id"
    " JOIN cases_person p ON p.id = c.person_id WHERE {where} GROUP BY 1) persons",
}
INSIDE = " AND i.started_at >= '2025-07-01' AND i.started_at < '2026-07-01'"
FLOOR = (
    "SELECT first, code, n FROM bench_rollup WHERE area = %s AND key IN (%s, 'insatstid')"
    " AND first >= '2025-07-01' AND first < '2026-07-01'"
)


def timed(ask: Callable[[], Any]) -> float:
    begun = perf_counter()
    ask()
    return (perf_counter() - begun) * 1000


def fastest(*ways: Callable[[], Any], rounds: int) -> list[float]:
    """The fewest ms of each way, asked in turns: what it takes when nobody else has the machine."""
    for way in ways:
        way()
    rows = [[timed(way) for way in ways] for _ in range(rounds)]
    return [min(column) for column in zip(*rows, strict=True)]


def run(text: str, given: Any = ()) -> Callable[[], Any]:
    from django.db import connection

    def ask() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(text, given or None)
            return cursor.fetchall()

    return ask


def sent(area: Any, period: Any, key: str) -> Callable[[], Any]:
    """The statement that the product sends for a chart, to be asked again as it is."""
    from django.db import connection

    from kronoberg.statistics import published

    kept: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, given: Any, many: Any, context: Any) -> Any:
        kept.append((sql, given))
        return execute(sql, given, many, context)

    with connection.execute_wrapper(keep):
        found = published.read(area, period, keys=[key])
    assert found and found.is_whole, key  # noqa: S101
    [(sql, given)] = kept
    return run(sql, given)


def charts(area: Any, where: str, n_cases: int, rounds: int) -> bool:
    """A line for each chart; False when a limit is passed (that of live ways, at 10⁶ alone)."""
    from kronoberg.statistics import published
    from kronoberg.statistics.periods import named

    period, kept = named("2025-2026"), True
    for key, live in LIVE.items():
        ours, floor, slow, whole = fastest(
            sent(area, period, key),
            run(FLOOR, [area.code, key]),
            run(live.format(where=where + INSIDE)),
            lambda k=key: published.read(area, period, keys=[k]),  # type: ignore[misc]
            rounds=rounds,
        )
        is_kept = ours <= MOST_MS and ours / floor <= MOST_FLOORS
        if n_cases >= 1_000_000 and area.county_code:
            is_kept = is_kept and slow / ours >= LEAST_LIVE
        kept = kept and is_kept
        line = f"{n_cases:>9} {area.name[:22]:<22} {key:<20}{ours:>8.2f}{whole:>8.2f}{floor:>8.2f}"
        say(f"{line}{ours / floor:>7.2f}{slow:>9.2f}{slow / ours:>8.1f}{'' if is_kept else '  !'}")
    return kept


def pages(reader: Any, area: Any, rounds: int) -> dict[str, float]:
    """The fewest ms of every page of the area's school year, and of one by occasion."""
    from django.test import Client

    from kronoberg.statistics.questions import QUESTIONS

    client, found = Client(), {}
    client.force_login(reader)
    for slug, occasion in [*((q.slug, "") for q in QUESTIONS), ("kedjan", "weekend")]:
        query = {"omrade": area.code, "period": "2025-2026", "tillfalle": occasion}
        address = f"/statistik/{slug}/"
        assert client.get(address, query).status_code == 200, address  # noqa: S101
        [ms] = fastest(lambda: client.get(address, query), rounds=rounds)  # noqa: B023
        found[f"{area.name}, {slug} {occasion}".strip()] = ms
    return found


def files(area: Any) -> str:
    """What the two kinds of files of everything hold in memory while they are made, and weigh."""
    from kronoberg.statistics import exports, published
    from kronoberg.statistics.periods import named
    from kronoberg.statistics.questions import QUESTIONS, answers, tables_of
    from notices import sheets

    def made(form: str) -> bytes:
        keys = tables_of(*QUESTIONS)
        now = published.read(area, named("2025-2026"), keys=keys)
        assert now is not None  # noqa: S101
        tables = ((exports.sheet(q, answers(q, now), now)) for q in QUESTIONS)
        return sheets.FORMATS[form].write(tables)

    said = []
    for form in ("csv", "xlsx"):
        made(form)
        before = peak(reset=True)
        tracemalloc.start()
        weight = len(made(form))
        _, held = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        said.append(f"{form} {weight / 1024:.0f} kB, {held / 2**20:.1f} MiB held, peak resident "
                    f"{before:.0f} to {peak():.0f} MiB")  # fmt: skip
    return "; ".join(said)


def peak(*, reset: bool = False) -> float:
    """The most memory that the process has had resident, in MiB, since the last reset."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in x)
    return int(line.split()[1]) / 1024


def making(largest: str) -> str:
    """How long an hour with nothing due takes, one large month, and a round on a first of month."""
    from cases.models import Municipality
    from kronoberg.models import FrozenTable
    from kronoberg.statistics import freezing
    from kronoberg.statistics.periods import last_closed

    area, today = Municipality.objects.get(pk=largest), newest_day()
    month = last_closed(today)
    # The day before: every area is asked, and has nothing to make.
    idle = timed(lambda: freezing.freeze_all(month.freezes_on - timedelta(days=1)))
    n = len(freezing.population(month, area)["stops"])
    peak(reset=True)
    first = timed(lambda: freezing.freeze(month, area))
    resident, begun = peak(), perf_counter()
    failed = freezing.freeze_all(today, seconds=ROUND)
    a_round = perf_counter() - begun
    made = FrozenTable.objects.filter(first=month.first, key=freezing.EFFORT).count()
    assert failed == [], failed  # noqa: S101
    return (
        f"an hour with nothing due {idle / 1000:.1f} s; newest month of {area.name}, {n} stops, "
        f"{first:.0f} ms, peak resident {resident:.0f} MiB; a round of {ROUND:.0f} s took "
        f"{a_round:.0f} s and made {made} areas, {peak():.0f} MiB"
    )


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def copy_of_it(n_cases: int) -> Iterator[None]:
    """A copy of the empty database with its tables, in use until it is dropped."""
    import psycopg
    from django.db import connection

    empty = connection.settings_dict["NAME"]
    name, server = f"{empty}_{n_cases}", os.environ["DATABASE_URL"].rpartition("/")[0]
    connection.close()
    with psycopg.connect(f"{server}/postgres", autocommit=True) as other:
        other.execute(f'CREATE DATABASE "{name}" TEMPLATE "{empty}"')
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = empty
            other.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measure(n_cases: int, wanted: argparse.Namespace, first: dict[str, float]) -> bool:
    """Print all that is measured at one size; False when a limit is passed."""
    from cases.models import Municipality
    from kronoberg.statistics.areas import area_of, remit

    begun = perf_counter()
    found, rounds = fill(n_cases, wanted.frozen), wanted.rounds
    say(f"{n_cases} cases filled in {perf_counter() - begun:.0f} s")
    county = next(area for area in remit(found["reader"]) if area.county_code == COUNTY)
    largest = area_of(Municipality.objects.get(pk=found["largest"]))
    codes = ", ".join(f"'{code}'" for code in county.municipalities)
    kept = charts(county, f"i.municipality_id IN ({codes})", n_cases, rounds)
    kept &= charts(largest, f"i.municipality_id = '{largest.code}'", n_cases, rounds)
    own = next(area for area in remit(found["reader"]) if not area.county_code)
    for area in (county, own):
        for page, ms in pages(found["reader"], area, rounds).items():
            growth = ms / first.setdefault(page, ms)
            kept &= growth <= MOST_GROWTH
            mark = "" if growth <= MOST_GROWTH else "  !"
            say(f"{n_cases:>9} page {page:<50}{ms:>8.1f} ms{growth:>7.2f} × the first{mark}")
    say(f"{n_cases:>9} files: {files(county)}")
    say(f"{n_cases:>9} making: {making(found['largest'])}")
    return kept


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--cases", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    asked.add_argument("--rounds", type=int, default=20)
    asked.add_argument(
        "--frozen", type=int, default=120, help="of how many months figures are made"
    )
    wanted = asked.parse_args()
    say(f"{'cases':>9} {'area':<22} {'chart':<20}{'ours':>8}{'+ ORM':>8}{'floor':>8}{'×':>7}"
        f"{'live':>9}{'×':>8}")  # fmt: skip
    kept, first = True, {}
    with database():
        for n_cases in wanted.cases:
            with copy_of_it(n_cases):
                kept = measure(n_cases, wanted, first) and kept
    say("every limit kept" if kept else "a limit was passed (!)")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
