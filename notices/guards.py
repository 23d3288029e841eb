"""What the database itself refuses: a posting that begins anywhere but in the pile or moves other
than the machine says, so that a withdrawn letter can never be printed; and an edition that changes
its words, so that a letter can always be explained.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

from notices.posting import EDGES, State

TABLE, EDITIONS = "notices_posting", "notices_edition"
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
    columns = ("code", "language", "version", "texts", "made_at")
    changed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in columns)
    undone = "OLD.status = 'reviewed' AND NEW.status <> 'reviewed'"
    fault = f"{changed} OR {undone}"
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {EDITIONS}_words BEFORE UPDATE ON {EDITIONS} WHEN {fault} "
            f"BEGIN SELECT RAISE(ABORT, 'an edition never changes'); END"
        ]
    return [
        "CREATE OR REPLACE FUNCTION kronoberg_edition() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'an edition never changes' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER {EDITIONS}_words BEFORE UPDATE ON {EDITIONS} FOR EACH ROW "
        f"WHEN ({fault}) EXECUTE FUNCTION kronoberg_edition()",
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Put both up on the open connection; neither is there yet."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        for statement in (*statements(vendor), *edition_statements(vendor)):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take both down, where they are there."""
    names = {f"{TABLE}_move": TABLE, f"{TABLE}_first": TABLE, f"{EDITIONS}_words": EDITIONS}
    with connection.cursor() as cursor:
        for name, table in names.items():
            on = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
