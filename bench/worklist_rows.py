"""The rows that the work lists are measured on: a unit with a tenth of everything, and the others.

Some thousand cases are made as objects; the rest are copied from them by the database itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

# One large unit, as many as a county's reader sees, and the rest of the country.
COUNTY, UNITS = 50, 120
MADE = 20_000
PEOPLE = 500
IS_OPEN = 0.2


def fill(n_cases: int, *, is_police: bool) -> dict[str, Any]:
    """Units, staff and `n_cases` cases of one authority; returns the two readers by their kind."""
    from django.db import connection, transaction

    from cases.models import Incident, Person, Referral, YouthCase, guards

    random = Random(2026)  # noqa: S311  (the same rows every time)
    units, readers, staff = _staff(is_police=is_police)
    Person.objects.bulk_create(
        people := [Person(organisation=units[0], estimated_age=15) for _ in range(PEOPLE)]
    )
    model: Any = YouthCase if is_police else Referral
    made = min(n_cases, MADE)
    with transaction.atomic(), guards.lifted(connection):
        stop = _stop(units[0], staff[0], Incident) if is_police else None
        cases = [_case(model, at, random, units, staff, people, stop) for at in range(made)]
        model.objects.bulk_create(cases, batch_size=1000)
        with _unindexed(connection, model._meta.db_table):
            # The base of the copies does not grow: each round copies the first rows alone.
            for round_ in range(1, -(-n_cases // made)):
                _copy(connection, model._meta, round_, min(made, n_cases - round_ * made))
        _remind(connection, model._meta.db_table)
    with connection.cursor() as cursor:
        # As the server does by itself in time: what is known of the rows, and which pages are full.
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    return readers


@contextmanager
def _unindexed(connection: Any, table: str) -> Iterator[None]:
    """On PostgreSQL without the table's indexes and foreign keys while the rows are copied, and
    with them anew afterwards: a quarter of the time. Needs a superuser, as the keys' triggers do.
    """
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN "
            "(SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)", [table, table]
        )  # fmt: skip
        indexes = cursor.fetchall()
        # What was written before waits with its keys to be checked, and holds the table until then.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _, made_by in indexes:
            cursor.execute(made_by)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def _staff(*, is_police: bool) -> tuple[list[Any], dict[str, Any], list[Any]]:
    from guardian.shortcuts import assign_perm

    from cases import access
    from cases.models import Kind, Organisation, Right, User

    kind = Kind.POLICE if is_police else Kind.SOCIAL
    role, right = ("youth_officer", Right.VIEW_YOUTHCASE) if is_police else (
        "social_worker", Right.VIEW_REFERRAL
    )  # fmt: skip
    units = [
        Organisation.objects.create(
            kind=kind, authority="Bench", name=f"{kind} {at}", municipality_id="0780",
            email="bench@example.org",
        )
        for at in range(UNITS)
    ]  # fmt: skip
    staff = [
        access.enrol(
            User.objects.create(username=f"{kind}-{at}", name=f"Nr {at}", role=role,
                                organisation=units[0])
        )
        for at in range(3)
    ]  # fmt: skip
    head = "superior" if is_police else "head_of_unit"
    for at, unit in enumerate(units[:2]):
        chief = f"{kind}-head-{at}"
        User.objects.create(username=chief, name=chief, role=head, organisation=unit)
    # Reads fifty units: the group of a role that nobody else has, with the right on each of them.
    county = User.objects.create(
        username=f"{kind}-county", name="Länet", role=role, organisation=units[1]
    )
    access.enrol(county)
    for unit in units[:COUNTY]:
        assign_perm(right, county.groups.get(), unit)
    readers = {"one unit": staff[0], "fifty units": county}
    return units, readers, staff


def _stop(unit: Any, karin: Any, model: Any) -> Any:
    from django.utils import timezone

    return model.objects.create(
        organisation=unit, reference="H-2026-999999", started_at=timezone.now(),
        municipality_id="0780", author=karin,
        place_type="centre",
    )  # fmt: skip


def _case(
    model: Any, at: int, random: Random, units: list[Any], staff: list[Any], people: list[Any],
    stop: Any,
) -> Any:  # fmt: skip
    from django.utils import timezone

    from kronoberg import worklists

    now = timezone.now()
    opened = now - timedelta(minutes=random.randint(0, 500_000))
    is_open = random.random() < IS_OPEN
    state = random.choice((worklists.OPEN if is_open else worklists.ENDED)[model])
    columns: dict[str, Any] = {
        "organisation": units[0] if at % 10 == 0 else units[1 + at % (UNITS - 1)],
        "reference": f"B-{at:06d}-0",
        "opened_at": opened,
        "author": random.choice(staff),
        "owner": random.choice([None, *staff]),
        "person": people[at % PEOPLE],
        "state": state,
        "due_at": now + timedelta(minutes=random.randint(-5_000, 50_000)) if is_open else None,
        "due_step": random.choice(worklists.STEPS[model]) if is_open else "",
        "notice_id": uuid4(),
    }
    return model(**columns, **(_police(random, opened, stop) if stop else _social(opened)))


def _police(random: Random, opened: datetime, stop: Any) -> dict[str, Any]:
    notified = opened + timedelta(hours=5) if random.random() < 0.5 else None
    receipt = notified + timedelta(hours=20) if notified and random.random() < 0.7 else None
    feedback = "opened" if receipt and random.random() < 0.5 else ""
    return {"incident": stop, "notified_at": notified, "acknowledged_at": receipt,
            "feedback": feedback, "age_class": "15_17"}  # fmt: skip


def _social(opened: datetime) -> dict[str, Any]:
    return {"notice_sha256": "0" * 64, "sender": "Polisen", "sender_reference": "K-2026-000001",
            "decide_before": opened}  # fmt: skip


def _copy(connection: Any, meta: Any, round_: int, n_rows: int) -> None:
    """As many rows again: new keys and numbers, and deadlines some minutes later."""
    is_lite = connection.vendor == "sqlite"
    key = "lower(hex(randomblob(16)))" if is_lite else "gen_random_uuid()"
    later = (
        f"strftime('%Y-%m-%d %H:%M:%f', due_at, '+{round_} minutes')"
        if is_lite
        else f"due_at + interval '{round_} minutes'"
    )
    others = {"id": key, "notice_id": key, "due_at": later,
              "reference": f"replace(reference, '-0', '-{round_}')"}  # fmt: skip
    names = [field.column for field in meta.concrete_fields]
    quoted = [f'"{name}"' for name in names]
    chosen = ", ".join(others.get(name, mark) for name, mark in zip(names, quoted, strict=True))
    base = f"FROM {meta.db_table} WHERE reference LIKE 'B-%-0' LIMIT {n_rows}"
    parts = (f"INSERT INTO {meta.db_table} ({', '.join(quoted)})", "SELECT", chosen, base)
    with connection.cursor() as cursor:
        cursor.execute(" ".join(parts))


def _remind(connection: Any, table: str) -> None:
    """A reminder that waits for each case that is overdue."""
    is_lite = connection.vendor == "sqlite"
    key = "lower(hex(randomblob(16)))" if is_lite else "gen_random_uuid()"
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')" if is_lite else "now()"
    parts = (
        "INSERT INTO cases_reminder (id, organisation_id, case_id, step, due_at, level, raise_at,",
        "raised_at, state)",
        f"SELECT {key}, organisation_id, id, due_step, due_at, 'owner', due_at, {now}, 'open'",
        f"FROM {table} WHERE due_at < {now}",
    )
    with connection.cursor() as cursor:
        cursor.execute(" ".join(parts))
