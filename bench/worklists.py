#!/usr/bin/env python
"""The work list against hand-written SQL: the same rows and the same counts, alternating.

    .venv/bin/python bench/worklists.py [--referrals 100000] [--police 1000000] [--rounds 40]

A throw-away SQLite database; with DATABASE_URL a database of its own on that server, dropped in
the end. Each view is asked by somebody with one large unit and by somebody with fifty. Prints
medians in ms and the ratio, of the rows alone and of the whole page; ends with 1 above LIMIT.
"""

import argparse
import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

from throwaway import database
from worklist_rows import fill
from worklist_sql import Hand, Handed

ROWS = 25
LIMIT = 2.0


class Product:
    """The list's own way: rights, counts, the keys of a page, and its cases with what a row shows.

    The statements are taken as the product sends them and run again as they are, so that the rows
    compare what the databases are asked; what Python costs is in the whole page.
    """

    def __init__(self, user: Any, view: str) -> None:
        from django.db import connection

        from cases.models.grants import forget_rights
        from kronoberg import worklists

        # The question about rights is one of the statements.
        forget_rights(user)
        self.user, self.asked = user, worklists.question(user, {"vy": view})
        self.sent: list[tuple[str, Any]] = []
        self.connection = connection
        with connection.execute_wrapper(self._keep):
            self.found = self._list()

    def _list(self) -> list[str]:
        from django.utils import timezone

        from cases import access
        from kronoberg import worklists
        from kronoberg.views.worklist import CountedPages

        now = timezone.now()
        cases = access.visible_cases(self.user)
        listed = worklists.listed(cases, self.asked, user=self.user, at=now)
        counted = worklists.counts(listed, at=now)
        pages = CountedPages(worklists.in_order(listed), ROWS, n_all=counted["n_all"])
        keys = pages.get_page(1).object_list
        return [case.reference for case in worklists.cases_of(cases, keys)]

    def _keep(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        self.sent.append((sql, params))
        return execute(sql, params, many, context)

    def rows(self) -> list[str]:
        with self.connection.cursor() as cursor:
            for sql, params in self.sent:
                cursor.execute(sql, params)
                cursor.fetchall()
        return self.found


def page(client: Any, view: str) -> list[str]:
    """The whole page as a browser gets it."""
    answer = client.get("/arbetslista/", {"vy": view})
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code} {answer.headers} {answer.content[:300]!r}")
    return [row.reference for row in answer.context["rows"]]


def page_by_hand(client: Any, hand: Hand, view: str) -> list[str]:
    """The same page, its rows and counts by hand-written SQL and without asking for rights."""
    from cases import access
    from kronoberg import worklists

    ours = (access.visible_cases, worklists.listed, worklists.counts, worklists.in_order)
    cases_of = worklists.cases_of
    access.visible_cases = lambda _: hand.model.objects.filter(organisation__in=hand.keys)
    worklists.listed = lambda *_, **__: Handed(hand, view)  # type: ignore[assignment,misc]
    worklists.counts = lambda found, **_: found.counted()
    worklists.in_order = lambda found: found
    worklists.cases_of = lambda _, rows: list(rows)
    try:
        return page(client, view)
    finally:
        access.visible_cases, worklists.listed, worklists.counts, worklists.in_order = ours
        worklists.cases_of = cases_of


def timed(ask: Callable[[], list[str]]) -> tuple[float, list[str]]:
    begun = perf_counter()
    found = ask()
    return (perf_counter() - begun) * 1000, found


def measure(
    ours: Callable[[], list[str]], hand: Callable[[], list[str]], rounds: int
) -> tuple[float, float, float]:
    """Medians in ms of both ways, and the median of the ratios pair by pair."""
    pairs = []
    for _ in range(rounds):
        (ours_ms, rows), (hand_ms, same) = timed(ours), timed(hand)
        assert rows == same, f"not the same rows: {rows} {same}"  # noqa: S101
        pairs.append((ours_ms, hand_ms))
    left, right = (statistics.median(side) for side in zip(*pairs, strict=True))
    return left, right, statistics.median(one / other for one, other in pairs)


def compare(user: Any, what: str, rounds: int) -> float:
    """Print a line for each view of this reader; returns the worst ratio."""
    from django.test import Client

    client, hand, worst = Client(), Hand(user), 0.0
    client.force_login(user)
    for view in hand.views:
        ours = Product(user, view)
        rows = measure(ours.rows, lambda v=view: hand.rows(v), rounds)  # type: ignore[misc]
        whole = measure(
            lambda v=view: page(client, v),  # type: ignore[misc]
            lambda v=view: page_by_hand(client, hand, v),  # type: ignore[misc]
            rounds,
        )
        worst = max(worst, rows[2], whole[2])
        cells = "".join(f"{a:>9.1f}{b:>9.1f}{ratio:>7.2f}" for a, b, ratio in (rows, whole))
        sys.stdout.write(f"{what + ', ' + (view or 'hela enheten'):<32}{cells}\n")
        sys.stdout.flush()
    return worst


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--referrals", type=int, default=100_000)
    asked.add_argument("--police", type=int, default=0)
    asked.add_argument("--rounds", type=int, default=40)
    wanted = asked.parse_args()
    worst = 0.0
    with database():
        from django.db import connection

        for name, n_cases in (("referrals", wanted.referrals), ("police", wanted.police)):
            if not n_cases:
                continue
            readers = fill(n_cases, is_police=name == "police")
            sys.stdout.write(
                f"\n{n_cases} {name}, {connection.vendor}, {wanted.rounds} pairs, medians in ms\n"
                f"{'':<32}{'rows':>9}{'by hand':>9}{'ratio':>7}"
                f"{'page':>9}{'by hand':>9}{'ratio':>7}\n"
            )
            for what, user in readers.items():
                worst = max(worst, compare(user, what, wanted.rounds))
    sys.stdout.write(f"\nworst ratio {worst:.2f}, limit {LIMIT:.2f}\n")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
