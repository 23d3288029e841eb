"""Lives that went as far as both authorities go, and the database asked about them in plain SQL."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import connection

from kronoberg.demo_fate import draw, hour_of, some_night
from kronoberg.demo_history import repeat
from kronoberg.demo_life import police_life
from kronoberg.demo_town import Town
from tests import cast
from tests.figures import SCHOOL_YEAR as YEAR
from tests.stops import HERE

# Red days and the three eves of the school year that are not Saturdays or Sundays already.
FREE = {date(2025, 12, 24), date(2025, 12, 25), date(2025, 12, 26), date(2025, 12, 31),
        date(2026, 1, 1), date(2026, 1, 6), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1),
        date(2026, 5, 14), date(2026, 6, 19)}  # fmt: skip

STOPS = """
    FROM cases_youthcase c JOIN cases_incident i ON i.id = c.incident_id
    WHERE i.municipality_id = '0780' AND i.started_at >= %s AND i.started_at < %s
      AND c.state NOT IN ('annulled', 'merged', 'draft')
"""
MINORS = STOPS + " AND c.age_class NOT IN ('18_19', '20_plus')"
TAKEN = """EXISTS (SELECT 1 FROM cases_alcoholseizure z
    WHERE z.youth_case_id = c.id AND z.measure <> 'none')"""
ARRIVALS = """
    FROM cases_referral r JOIN cases_organisation o ON o.id = r.organisation_id
    WHERE o.municipality_id = '0780' AND r.opened_at >= %s AND r.opened_at < %s
"""


# The police wrote in the notice that they need no answer.
NOT_ASKED = """(SELECT 1 FROM cases_youthcase c
    WHERE c.notice_id = r.notice_id AND NOT c.wants_feedback)"""


def ask(sql: str) -> list[tuple[Any, ...]]:
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(sql, [adapt(YEAR.months[0].begins_at), adapt(YEAR.months[-1].ends_at)])
        return list(cursor.fetchall())


def ask_plain(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def counts(sql: str) -> list[int]:
    """The numbers of one row, a sum over nothing being none."""
    [row] = ask(sql)
    return [n or 0 for n in row]


def when(value: Any) -> datetime | None:
    """A moment as the database gives it, in Swedish time."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    # SQLite keeps UTC without saying so.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(HERE)


def moments(sql: str) -> list[list[datetime | None]]:
    return [[when(value) for value in row] for row in ask(sql)]


def midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=HERE)


def next_weekday(day: date) -> date:
    day += timedelta(days=1)
    return day if day.weekday() < 5 and day not in FREE else next_weekday(day)


def in_time(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> int:
    """How many were done before the moment that they were due."""
    return sum(done is not None and due is not None and done < due for done, due in pairs)


def live(seed: int) -> None:
    staff = {name: cast.person(name) for name in ("karin", "lena", "omar", "ines", "sara")}
    town = Town(staff, Random(seed))
    nights = [some_night(town.random, date(2025, 7, 3), date(2026, 1, 31)) for _ in range(9)]
    lived = []
    # One is taken by LOB, and of one the police want to hear nothing more.
    wanted = [(lambda fate: fate.custody == "lob"), (lambda fate: not fate.wants_feedback)]
    for night in nights:
        fate, is_wanted = draw(town.random, hour_of(town.random, night)), None
        if wanted:
            is_wanted = wanted.pop()
            while not (is_wanted(fate) and (fate.notifies or fate.custody)):
                fate = draw(town.random, fate.met_at)
        lived.append(list(police_life(town, fate))[-1].pk)
    repeat([town], lived, 60, days=(date(2025, 7, 3), date(2026, 6, 25)))
