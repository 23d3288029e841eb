"""The rows that figures are measured on: cases of ten years and every municipality, and what of
them is frozen. PostgreSQL makes nearly all of them itself.

The cells are those of a pool of months that the product's own functions made of rows drawn by
chance (`tests/rows.py`, `noise.likeness`): each area and month has those of a month of its size.
The newest month is not frozen: that is the one whose making is measured.
"""

import json
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

FIRST, N_MONTHS = date(2016, 8, 1), 120
COUNTY = "14"  # Västra Götaland: 49 municipalities, the largest sum that any page shows
# Stops a month, and how often such a month was drawn.
SIZES, VARIANTS = (0, 1, 2, 3, 5, 8, 12, 20, 32, 50, 80, 130, 200), 2
# Valborg, school end and Lucia against the dark of February.
SEASON = (0.7, 0.6, 0.8, 1.4, 1.3, 1.7, 1.0, 1.1, 1.0, 0.9, 0.8, 1.1)
PLACES = ("centre", "park", "beach", "station", "school", "party", "home", "other")
OCCASIONS = ("weekday", "weekend", "weekend", "weekend", "valborg", "school_end", "midsummer")


def fill(n_cases: int, n_frozen: int = N_MONTHS) -> dict[str, Any]:
    """Fill the empty database; returns the reader of a county and the largest municipality.

    Of the `n_frozen` newest months the figures are made, but for the last.
    """
    from django.db import connection, transaction

    from cases.models import guards

    reader = _reader()
    with transaction.atomic(), guards.lifted(connection), connection.cursor() as cursor:
        # Every key is one that was drawn: what they point to is not looked up row by row.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT setseed(0.2026)")
        _draw(cursor, n_cases)
        for model, others in _cases(reader):
            _copy(cursor, model, others)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        _freeze(cursor, n_frozen)
    with connection.cursor() as cursor:
        for statement in BEST_INDEXES:
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT municipality_id FROM cases_incident GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        )
        [largest] = cursor.fetchone()
    return {"reader": reader, "largest": largest}


def _reader() -> Any:
    from cases import access
    from cases.models import Kind, Organisation, User

    unit = Organisation.objects.create(
        kind=Kind.POLICE, authority="Bench", name="Göteborg", municipality_id="1480"
    )
    User.objects.create(username="head", name="Chefen", role="superior", organisation=unit)
    reader = User.objects.create(
        username="reader", name="Magnus", role="police_manager", organisation=unit
    )
    return access.enrol(reader)


def _draw(cursor: Any, n_cases: int) -> None:
    """When, where and who: seasons, weekend nights, places, large and small municipalities."""
    cursor.execute(
        """
        CREATE TEMP TABLE area AS
        SELECT code, county_code, power(random(), 3) + 0.02 AS weight
        FROM cases_municipality;
        CREATE TEMP TABLE month AS
        SELECT n, (%s::date + n * interval '1 month')::date AS first,
               (%s::float[])[1 + (extract(month FROM %s::date)::int - 1 + n) %% 12] AS weight
        FROM generate_series(0, %s) n;
        CREATE TEMP TABLE share AS
        SELECT code, county_code, first,
               a.weight * m.weight / sum(a.weight * m.weight) OVER () AS part,
               sum(a.weight * m.weight) OVER (ORDER BY m.n, code)
                   / sum(a.weight * m.weight) OVER () AS until
        FROM area a CROSS JOIN month m;
        """,
        [FIRST, list(SEASON), FIRST, N_MONTHS - 1],
    )
    cursor.execute(
        """
        CREATE TEMP TABLE wanted AS
        SELECT code, first, floor(part * %s + random())::int AS n FROM share;
        CREATE TEMP TABLE drawn AS
        SELECT row_number() OVER () AS n, gen_random_uuid() AS incident, gen_random_uuid() AS youth,
               gen_random_uuid() AS person, code, first, random() AS chance,
               -- Six of ten on a Friday or Saturday night.
               ((date_trunc('week', first + (random() * 27)::int * interval '1 day')
                 + CASE WHEN random() < 0.6 THEN 4 + (random() > 0.5)::int
                   ELSE (random() * 6)::int END * interval '1 day'
                 + (17 + random() * 9) * interval '1 hour') AT TIME ZONE 'Europe/Stockholm') AS at
        FROM wanted, generate_series(1, wanted.n);
        """,
        [n_cases],
    )
    cursor.execute("ANALYZE drawn")


def _cases(reader: Any) -> list[tuple[Any, dict[str, str]]]:
    """What each table gets of what was drawn: expressions by column; the rest is the base row's."""
    from django.utils import timezone

    from cases.models import (
        CustodianContact,
        Incident,
        JournalEntry,
        Person,
        YouthCase,
    )
    from kronoberg.models import CountedStop

    unit, now = reader.organisation, timezone.now()
    person = Person(organisation=unit, estimated_age=15)
    incident = Incident(
        organisation=unit, reference="", started_at=now, municipality_id="0180", author=reader,
        place_type="centre",
    )  # fmt: skip
    case = YouthCase(
        organisation=unit, reference="", opened_at=now, author=reader, incident=incident,
        person=person, category="B", age_class="15_17", state="closed", outcome="collected",
        reported_at=now, reviewed_at=now, version=1,
    )  # fmt: skip
    entry = JournalEntry(
        organisation=unit, sequence=1, recorded_at=now, actor=reader, happened_at=now,
        case_id=case.pk, case_version=1, action="pick_up", from_state="draft",
        to_state="picked_up", previous_mac=b"", mac=b"", remark_digest=b"",
    )  # fmt: skip
    contact = CustodianContact(youth_case=case, at=now, result="will_collect", made_by=reader)
    stop = CountedStop(case_id=case.pk, area_id="0180", nth=1, is_settled=True)
    # A quarter were met with before: they have the number of somebody drawn earlier.
    number = "md5((CASE WHEN chance < 0.25 THEN floor(n * random()) ELSE n END)::text)"
    newest = f"first < DATE '{FIRST}' + interval '{N_MONTHS - 1} months'"
    return [
        (person, {"id": "person", "number_index": number}),
        (incident, {"id": "incident", "started_at": "at", "municipality_id": "code",
                    "reference": "'H-' || n", "place_type": _among(PLACES, "chance"),
                    "occasion": _among(OCCASIONS, "chance * chance")}),
        (case, {"id": "youth", "incident_id": "incident", "person_id": "person", "opened_at": "at",
                "reference": "'K-' || n", "reported_at": "at + interval '3 hours'",
                "reviewed_at": "at + interval '9 hours'"}),
        (entry, {"sequence": "n", "case_id": "youth", "happened_at": "at", "recorded_at": "at"}),
        (contact, {"youth_case_id": "youth", "at": "at + interval '90 minutes' * chance"}),
        (stop, {"case_id": "youth", "area_id": "code",
                "counted_in": f"CASE WHEN {newest} THEN first END"}),
    ]  # fmt: skip


def _among(values: tuple[str, ...], chance: str) -> str:
    array = ", ".join(f"'{value}'" for value in values)
    return f"(ARRAY[{array}])[1 + floor({len(values)} * {chance})::int]"


def _copy(cursor: Any, base: Any, others: dict[str, str]) -> None:
    """A row for each that was drawn: the base row's own values, but for the `others`."""
    from django.db import connection, models

    columns, values, given = [], [], []
    for field in base._meta.concrete_fields:
        if isinstance(field, models.AutoField):
            continue
        columns.append(f'"{field.column}"')
        if field.column in others:
            values.append(others[field.column].replace("%", "%%"))
        elif field.primary_key:
            values.append("gen_random_uuid()")
        else:
            values.append("%s")
            given.append(field.get_db_prep_save(field.pre_save(base, add=True), connection))
    into = f"INSERT INTO {base._meta.db_table} ({', '.join(columns)})"
    cursor.execute(" ".join((into, "SELECT", ", ".join(values), "FROM drawn")), given)


def _freeze(cursor: Any, n_frozen: int) -> None:
    """Every area's months but the newest, and the sums of the county that is looked at."""
    cursor.execute(
        "CREATE TEMP TABLE pool (size int, variant int, key text, version int, cells jsonb)"
    )
    with cursor.copy("COPY pool FROM STDIN") as copy:
        for row in pool():
            copy.write_row(row)
    cursor.execute(
        """
        INSERT INTO kronoberg_frozentable (area_id, first, key, version, cells, made_at)
        SELECT w.code, w.first, p.key, p.version, p.cells, w.first + interval '3 months'
        FROM (SELECT code, first, floor(%s * random())::int AS variant,
                     (SELECT max(size) FROM unnest(%s::int[]) AS size WHERE size <= n) AS size
              FROM wanted WHERE first < %s AND first >= %s - %s * interval '1 month') w
        JOIN pool p USING (size, variant);
        INSERT INTO kronoberg_countysum (county_code, first, key, version, n_areas, cells, made_at)
        SELECT %s, first, key, version, n_areas,
               COALESCE((SELECT jsonb_object_agg(code, n) FROM (
                   SELECT code, sum(n::int) AS n
                   FROM unnest(all_cells) AS one, jsonb_each_text(one) AS each(code, n)
                   GROUP BY code) added), '{}'), made_at
        FROM (SELECT first, key, version, count(*) AS n_areas, array_agg(cells) AS all_cells,
                     max(made_at) AS made_at
              FROM kronoberg_frozentable JOIN cases_municipality m ON m.code = area_id
              WHERE m.county_code = %s GROUP BY first, key, version) months;
        CREATE TABLE bench_rollup AS
        SELECT 'lan-' || county_code AS area, first, key, code, n::int
        FROM kronoberg_countysum, jsonb_each_text(cells) AS each(code, n)
        UNION ALL
        SELECT area_id, first, key, code, n::int
        FROM kronoberg_frozentable, jsonb_each_text(cells) AS each(code, n)
        WHERE area_id IN (SELECT code FROM wanted GROUP BY 1 ORDER BY sum(n) DESC LIMIT 1);
        CREATE UNIQUE INDEX ON bench_rollup (area, key, first, code) INCLUDE (n);
        """,
        [VARIANTS, list(SIZES), _newest(), _newest(), n_frozen - 1, COUNTY, COUNTY],
    )


def _newest() -> date:
    months = FIRST.year * 12 + FIRST.month - 1 + N_MONTHS - 1
    return date(months // 12, months % 12 + 1, 1)


@cache
def pool() -> list[tuple[int, int, str, int, str]]:
    """Months of every size: size, which of them, and each table's key, version and cells."""
    from kronoberg.statistics import freezing, noise, people
    from kronoberg.statistics.tables import encode
    from tests.rows import some_rows

    found = []
    for at, size in enumerate(SIZES):
        for variant in range(VARIANTS):
            random = Random(f"{size} {variant}")  # noqa: S311  (the same rows every time)
            rows = some_rows(random, size)
            chosen = noise.likeness(
                freezing.standings(rows), random=random, running=[{}] * 7, links=freezing.LINKS
            )
            moved = {source: [rows[source][n] for n in places] for source, places in chosen.items()}
            cells = freezing.cells_of(moved)
            kept = {table.key: encode(table, cells[table.key]) for table in freezing.TABLES}
            kept[people.COHORT.key] = {"again": size // 5}
            kept[freezing.EFFORT] = {freezing.HOURS: size * 3 + at, freezing.PASSES: size // 2}
            kept[freezing.LITRES] = kept[freezing.CONTAINERS] = {"strong_beer": size}
            found += [(size, variant, key, 1, json.dumps(lines)) for key, lines in kept.items()]
    return found


def newest_day() -> date:
    """A day on which the newest month may be made."""
    return _newest() + timedelta(days=95)


# What live aggregation can best read: nothing but an index for each question.
BEST_INDEXES = (
    "CREATE INDEX bench_incident ON cases_incident (municipality_id, started_at) "
    "INCLUDE (place_type, id)",
    "CREATE INDEX bench_incident_at ON cases_incident (started_at) "
    "INCLUDE (municipality_id, place_type)",
    "CREATE INDEX bench_case ON cases_youthcase (incident_id) INCLUDE (id, person_id, opened_at)",
    "CREATE INDEX bench_contact ON cases_custodiancontact (youth_case_id) INCLUDE (at)",
    "CREATE INDEX bench_person ON cases_person (id) INCLUDE (number_index)",
)
