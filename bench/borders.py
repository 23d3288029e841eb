#!/usr/bin/env python
"""What the border between units costs: the same pages with it and without, alternating.

    DATABASE_URL=… .venv/bin/python bench/borders.py [--referrals 100000] [--police 0] [--rounds 40]

A database of its own on that PostgreSQL server and a role that owns nothing, both dropped in the
end; needs a superuser. Each view of the work list is asked as a browser asks, by somebody with one
large unit and by somebody with fifty. Prints medians in ms and the ratio; ends with 1 above LIMIT.
"""

import argparse
import io
import os
import sys
from typing import Any

from throwaway import database
from worklist_rows import fill
from worklist_sql import Hand
from worklists import measure, page

LIMIT = 1.5
ROLE = f"kronoberg_bench_{os.getpid()}"


def page_as(role: str, client: Any, view: str) -> list[str]:
    """The page as the role asks for it, "none" is the owner; both first say who asks."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
    return page(client, view)


def compare(user: Any, what: str, rounds: int) -> float:
    """Print a line for each view of this reader; returns the worst ratio."""
    from django.test import Client

    client, worst = Client(), 0.0
    client.force_login(user)
    for view in Hand(user).views:
        ours, without, ratio = measure(
            lambda v=view: page_as(ROLE, client, v),  # type: ignore[misc]
            lambda v=view: page_as("none", client, v),  # type: ignore[misc]
            rounds,
        )
        worst = max(worst, ratio)
        name = f"{what}, {view or 'hela enheten'}"
        sys.stdout.write(f"{name:<32}{ours:>9.1f}{without:>9.1f}{ratio:>7.2f}\n")
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
        from django.core.management import call_command
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {ROLE}")
        try:
            call_command("grant_role", ROLE, stdout=io.StringIO())
            for name, n_cases in (("referrals", wanted.referrals), ("police", wanted.police)):
                readers = fill(n_cases, is_police=name == "police") if n_cases else {}
                heads = f"{'page':>9}{'no border':>9}{'ratio':>7}"
                sys.stdout.write(f"\n{n_cases} {name}, {wanted.rounds} pairs, medians in ms\n")
                sys.stdout.write(f"{'':<32}{heads}\n")
                for what, user in readers.items():
                    worst = max(worst, compare(user, what, wanted.rounds))
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"RESET ROLE; DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")
    sys.stdout.write(f"\nworst ratio {worst:.2f}, limit {LIMIT:.2f}\n")
    return int(worst > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
