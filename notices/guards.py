"""What the database itself refuses: a posting that begins anywhere but in the pile or moves other
than the machine says, so that a withdrawn letter can never be printed; and an edition that changes
its words, so that a letter can always be explained.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from notices.posting import EDGES, State

TABLE = "notices_posting"
_LAWFUL = " OR ".join(f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in EDGES)
_STRAY = f"NEW.state <> OLD.state AND NOT ({_LAWFUL})"
_UNBORN = f"NEW.state <> '{State.WAITING}'"


def statements(vendor: str) -> list[str]:
    """The SQL that installs the guards on a database of `vendor`."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} WHEN {fault} "
            f"BEGIN SELECT RAISE(ABORT, 'no such way for a posting'); END"
            for name, verb, fault in (("move", "UPDATE", _STRAY), ("first", "INSERT", _UNBORN))
        ]
    return [
        "CREATE OR REPLACE FUNCTION kronoberg_posting() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'no such way for a posting' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        *(
            f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} FOR EACH ROW "
            f"WHEN ({fault}) EXECUTE FUNCTION kronoberg_posting()"
            for name, verb, fault in (("move", "UPDATE", _STRAY), ("first", "INSERT", _UNBORN))
        ),
    ]


def edition_statements(vendor: str) -> list[str]:
    """The SQL by which the words of an edition never change; one in use cannot go (PROTECT)."""
    table = "notices_edition"
    columns = ("code", "language", "version", "texts", "made_at")
    changed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)
    undone = "OLD.status = 'reviewed' AND NEW.status <> 'reviewed'"
    fault = f"{changed} OR {undone}"
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_words BEFORE UPDATE ON {table} WHEN {fault} "
            f"BEGIN SELECT RAISE(ABORT, 'an edition never changes'); END"
        ]
    return [
        "CREATE OR REPLACE FUNCTION kronoberg_edition() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'an edition never changes' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {table}_words BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN ({fault}) EXECUTE FUNCTION kronoberg_edition()",
    ]


def install_for_editions(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in edition_statements(connection.vendor):
            cursor.execute(statement)


def remove_for_editions(connection: BaseDatabaseWrapper) -> None:
    on = "" if connection.vendor == "sqlite" else " ON notices_edition"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS notices_edition_words{on}")


def install(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    on = "" if connection.vendor == "sqlite" else f" ON {TABLE}"
    with connection.cursor() as cursor:
        for name in ("move", "first"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name}{on}")
