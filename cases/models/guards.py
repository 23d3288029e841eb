"""What the database itself refuses, on SQLite and on PostgreSQL.

1. The logs: no UPDATE, no DELETE, no TRUNCATE.
2. A case begins in its first state, and its row changes only as a step: one version further, from
   and to the states that the journal entry of that version says. So nothing in a case changes past
   `workflow.perform`: not by a bare transition, `update()`, a bulk write, a deferred assignment or
   raw SQL. The journal is written first, and the journal is what the case follows.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

LOGS = ("cases_journalentry", "cases_accessentry")
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


def removals(vendor: str) -> list[str]:
    """The SQL that takes every guard away: for a migration backwards, and nothing else."""
    names = [(f"{log}_{verb}", log) for log in LOGS for verb in ("update", "delete", "truncate")]
    names += [(f"{table}_{verb}", table) for table in FIRST_STATE for verb in ("step", "first")]
    on = "" if vendor == "sqlite" else " ON {table}"
    return [f"DROP TRIGGER IF EXISTS {name}{on.format(table=table)}" for name, table in names]


def install(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for statement in removals(connection.vendor):
            cursor.execute(statement)


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
