"""What the database itself refuses, on SQLite and on PostgreSQL.

1. The logs: no UPDATE, no DELETE, no TRUNCATE.
2. A case begins in its first state, and its row changes only as a step: one version further, from
   and to the states that the journal entry of that version says. So nothing in a case changes past
   `workflow.perform`: not by a bare transition, `update()`, a bulk write, a deferred assignment or
   raw SQL. The journal is written first, and the journal is what the case follows.
3. An entry of the record is written once; a correction is an entry of its own (SoL 14:6). So is
   what a person's row said before it was corrected.

On PostgreSQL the product can besides work under a role that owns nothing (`grants`): then it can
neither take the guards away nor change the logs where they are gone.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

LOGS = ("cases_journalentry", "cases_accessentry")
# Entries of the record: never changed, erased only by retention.
ENTRIES = ("cases_recordentry", "cases_formerfacts")
# What makes a row of these the same as another. SQLite's INSERT OR REPLACE removes the other row
# without any DELETE that a trigger could refuse, so an insert beside one that is there is refused.
_SAME: dict[str, tuple[tuple[str, ...], ...]] = {
    "cases_journalentry": (
        ("id",),
        ("organisation_id", "sequence"),
        ("case_id", "case_version"),
        ("case_id", "request_id"),
    ),
    "cases_accessentry": (("id",), ("organisation_id", "sequence")),
    "cases_youthcase": (("id",), ("reference",)),
    "cases_referral": (("id",), ("reference",), ("organisation_id", "notice_id")),
    "cases_recordentry": (("id",),),
    "cases_formerfacts": (("id",),),
}
FIRST_STATE = {"cases_youthcase": "draft", "cases_referral": "received"}

# The journal has no entry for this step.
_UNKNOWN_TO_JOURNAL = """
    NOT (NEW.version = OLD.version + 1 AND EXISTS (
        SELECT 1 FROM cases_journalentry j
        WHERE j.case_id = NEW.id AND j.case_version = NEW.version
          AND j.from_state = OLD.state AND j.to_state = NEW.state
    ))
"""


def statements(vendor: str) -> list[str]:
    """The SQL that installs every guard on a database of `vendor`."""
    return _sqlite() if vendor == "sqlite" else _postgresql()


def removals(vendor: str, *, of: str = "") -> list[str]:
    """The SQL that takes every guard away, or those of one table."""
    names = [(f"{log}_{verb}", log) for log in LOGS for verb in ("update", "delete", "truncate")]
    names += [(f"{table}_{verb}", table) for table in FIRST_STATE for verb in ("step", "first")]
    names += [(f"{table}_locked", table) for table in ENTRIES]
    names += [(f"{table}_once", table) for table in _SAME] if vendor == "sqlite" else []
    on = "" if vendor == "sqlite" else " ON {table}"
    return [
        f"DROP TRIGGER IF EXISTS {name}{on.format(table=table)}"
        for name, table in names
        if of in ("", table)
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in its place; safe to repeat.

    SQLite changes a table by making it anew, and the new one has no triggers: a migration that
    changes a guarded table ends with this.
    """
    remove(connection)
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        more = _locks(connection.vendor, tables) + _once(connection.vendor, tables)
        for statement in statements(connection.vendor) + more:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in removals(connection.vendor):
            cursor.execute(statement)


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """A transaction in which the guards are down, for the one who re-seals or erases; up again
    with its commit, and also when it is rolled back or cut off. Needs the owner of the tables.
    """
    with transaction.atomic(using=connection.alias):
        remove(connection)
        yield
        install(connection)


@contextmanager
def lifted_on(connection: BaseDatabaseWrapper, table: str) -> Iterator[None]:
    """As `lifted`, for one table alone, while others work.

    PostgreSQL locks a table out while its trigger is taken away. Whoever takes those of several
    waits for one while holding another, in a circle with whoever takes a step; this waits for one
    and holds none.
    """
    vendor = connection.vendor
    again = [*statements(vendor), *_locks(vendor, ENTRIES), *_once(vendor, _SAME)]
    mine = [each for each in again if each.startswith("CREATE TRIGGER") and f" ON {table} " in each]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in removals(vendor, of=table):
            cursor.execute(statement)
        yield
        for statement in mine:
            cursor.execute(statement)


def grants(role: str, tables: Collection[str]) -> list[str]:
    """The SQL by which the owner of `tables` lets `role` do the product's work, and no more.

    The logs are read and added to; an entry of the record is also erased, by retention; what has
    been migrated is read. Nothing is made, altered, truncated or given a trigger.
    """
    quoted = '"' + role.replace('"', '""') + '"'
    rights = {
        **dict.fromkeys(tables, "SELECT, INSERT, UPDATE, DELETE"),
        **dict.fromkeys(ENTRIES, "SELECT, INSERT, DELETE"),
        **dict.fromkeys(LOGS, "SELECT, INSERT"),
        "django_migrations": "SELECT",
    }
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}",
        f"REVOKE CREATE ON SCHEMA public FROM {quoted}",
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        *(f'GRANT {rights[table]} ON "{table}" TO {quoted}' for table in sorted(tables)),
    ]


def _sqlite() -> list[str]:
    logs = [
        f"CREATE TRIGGER {log}_{verb} BEFORE {verb.upper()} ON {log} "
        f"BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        for log in LOGS
        for verb in ("update", "delete")
    ]
    steps = [
        f"CREATE TRIGGER {table}_step BEFORE UPDATE ON {table} WHEN {_UNKNOWN_TO_JOURNAL} "
        f"BEGIN SELECT RAISE(ABORT, 'the journal does not know this step'); END"
        for table in FIRST_STATE
    ]
    first = [
        f"CREATE TRIGGER {table}_first BEFORE INSERT ON {table} WHEN NEW.state <> '{state}' "
        f"BEGIN SELECT RAISE(ABORT, 'a case begins in its first state'); END"
        for table, state in FIRST_STATE.items()
    ]
    return logs + steps + first


def _locks(vendor: str, tables: Collection[str]) -> list[str]:
    """The SQL that locks the entries of the record, in those tables that there are by now."""
    entries = [table for table in ENTRIES if table in tables]
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_locked BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'an entry of the record is locked'); END"
            for table in entries
        ]
    refuse = (
        "RAISE EXCEPTION 'an entry of the record is locked' "
        "USING ERRCODE = 'integrity_constraint_violation';"
    )
    return [
        _function("kronoberg_locked", refuse),
        *(
            f"CREATE TRIGGER {table}_locked BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION kronoberg_locked()"
            for table in entries
        ),
    ]


def _once(vendor: str, tables: Collection[str]) -> list[str]:
    """SQLite alone has INSERT OR REPLACE; elsewhere what is there is met by an UPDATE's trigger."""
    if vendor != "sqlite":
        return []
    found = []
    for table in (table for table in _SAME if table in tables):
        same = " OR ".join(
            "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")"
            for columns in _SAME[table]
        )
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - own names only
        found.append(
            f"CREATE TRIGGER {table}_once BEFORE INSERT ON {table} WHEN {there} "
            f"BEGIN SELECT RAISE(ABORT, 'UNIQUE: such a row is there already'); END"
        )
    return found


def _postgresql() -> list[str]:
    functions = [
        _function("kronoberg_append_only", "RAISE EXCEPTION 'the log is append-only';"),
        _function(
            "kronoberg_step",
            f"IF {_UNKNOWN_TO_JOURNAL} THEN RAISE EXCEPTION 'the journal does not know this step' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;",
        ),
        _function(
            "kronoberg_first_state",
            "IF NEW.state <> TG_ARGV[0] THEN RAISE EXCEPTION 'a case begins in its first state' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;",
        ),
    ]
    logs = [
        f"CREATE TRIGGER {log}_{verb} BEFORE {verb.upper()} ON {log} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION kronoberg_append_only()"
        for log in LOGS
        for verb in ("update", "delete", "truncate")
    ]
    steps = [
        f"CREATE TRIGGER {table}_step BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION kronoberg_step()"
        for table in FIRST_STATE
    ]
    first = [
        f"CREATE TRIGGER {table}_first BEFORE INSERT ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION kronoberg_first_state('{state}')"
        for table, state in FIRST_STATE.items()
    ]
    return functions + logs + steps + first


def _function(name: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN {body} END $$"
    )
