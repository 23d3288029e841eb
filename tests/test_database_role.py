"""On PostgreSQL the product works under a role that owns nothing and cannot touch a log."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors
from psycopg.rows import dict_row

from cases.models import guards
from kronoberg import borders
from tests import migrated
from tests import server as postgres

# What somebody with the product's own login tries on a log, and on the guards of it.
ATTEMPTS = {
    "update": "UPDATE {log} SET mac = 'x'",
    "delete": "DELETE FROM {log}",
    "truncate": "TRUNCATE {log} CASCADE",
    "drop": "DROP TABLE {log} CASCADE",
    "drop the trigger": "DROP TRIGGER {log}_update ON {log}",
    "switch the triggers off": "ALTER TABLE {log} DISABLE TRIGGER ALL",
    "replicate past the triggers": "SET session_replication_role = replica",
    "a rule instead of a trigger": "CREATE RULE r AS ON INSERT TO {log} DO INSTEAD NOTHING",
    "a trigger of its own": "CREATE TRIGGER t BEFORE INSERT ON {log}"
    " EXECUTE FUNCTION kronoberg_locked()",
    "another owner": "ALTER TABLE {log} OWNER TO CURRENT_USER",
    "a right of its own": "GRANT UPDATE ON {log} TO CURRENT_USER; UPDATE {log} SET mac = 'x'",
    "the function that refuses": "CREATE OR REPLACE FUNCTION kronoberg_append_only()"
    " RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
}
pytestmark = pytest.mark.skipif(not postgres.is_used(), reason="a role: PostgreSQL (DATABASE_URL)")


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: the role works in a database of its own."""


@pytest.fixture(scope="module")
def role() -> Iterator[tuple[str, str]]:
    """A role without anything of its own in a migrated database: its name, and the database's."""
    name, data = f"kronoberg_app_{uuid4().hex[:8]}", f"roles_{uuid4().hex[:8]}"
    with postgres.connected() as server:
        skip_if_roles_cannot_be_made(server)
        with postgres.database(data) as address:
            server.execute(f'CREATE ROLE "{name}"'.encode())
            server.execute(f'GRANT "{name}" TO CURRENT_USER'.encode())
            try:
                assert "lägga till i loggarna" in manage("grant_role", name, DATABASE_URL=address)
                yield name, address
            finally:
                with psycopg.connect(address, autocommit=True) as there:
                    there.execute(f'DROP OWNED BY "{name}"'.encode())
                server.execute(f'DROP ROLE "{name}"'.encode())


def skip_if_roles_cannot_be_made(server: psycopg.Connection[Any]) -> None:
    if not postgres.may_make_roles(server):
        pytest.skip("the suite's own role may make no role")


def manage(*command: str, fails: bool = False, **more: str) -> str:
    asked = [sys.executable, "manage.py", *command]
    done = subprocess.run(asked, cwd=migrated.ROOT, env=os.environ | more, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def working_as(name: str) -> dict[str, str]:
    """The option by which every connection works as the role, and cannot be the owner."""
    return {"PGOPTIONS": f"-c role={name}"}


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("log", guards.LOGS)
def test_whoever_has_the_products_login_cannot_touch_a_log(role, log: str, attempt: str) -> None:
    name, address = role
    with (
        psycopg.connect(address, options=f"-c role={name}", autocommit=True) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(ATTEMPTS[attempt].format(log=log).encode())


@pytest.fixture(scope="module")
def demo(role, tmp_path_factory) -> dict[str, str]:
    """What a process works by under the role, where the demo has invented lives under it."""
    name, address = role
    data = tmp_path_factory.mktemp("role")
    more = working_as(name) | {"DATABASE_URL": address, "KRONOBERG_DATA": str(data)}
    more |= {"KRONOBERG_KEYS": str(data / "keys"), "KRONOBERG_DEMO": "1"}
    manage("make_keys", **more)
    manage("seed_demo", "--cases=9", "--past=12", **more)
    return more


def test_the_whole_product_works_under_it(role, demo) -> None:
    """Lives of cases, letters, messages and figures, as the demo invents them, and a night."""
    _, address = role
    manage("sweep", **demo)
    assert "Alla kedjor är hela" in manage("verify_journal", **demo)
    with psycopg.connect(address) as connection:
        [(n,)] = connection.execute("SELECT count(*) FROM cases_journalentry").fetchall()
    assert n > 50


def test_no_query_reaches_another_units_row_and_each_reaches_all_of_its_own(role, demo) -> None:
    """Every table of the installation as it is, asked for everything, by each unit in turn.

    Whose a row is, is told apart from the policies: by the foreign keys there are, as the owner.
    """
    name, address = role
    with psycopg.connect(address, row_factory=dict_row) as owner:
        whose = Owners(owner).every()
        units = {row["id"] for row in owner.execute("SELECT id FROM cases_organisation")}
    n_rows = 0
    with psycopg.connect(address, options=f"-c role={name}", autocommit=True) as product:
        for unit in units:
            product.execute("SELECT set_config('kronoberg.circle', %s, false)", [f"{{{unit}}}"])
            for table, rows in whose.items():
                seen = {lies for (lies,) in product.execute(everything(table))}
                assert seen == {lies for lies, those in rows.items() if unit in those}, table
                n_rows += len(seen)
        product.execute("SELECT set_config('kronoberg.circle', '', false)")
        for table in (table for table, rows in whose.items() if any(rows.values())):
            with pytest.raises(errors.InsufficientPrivilege, match="no circle"):
                product.execute(everything(table))
    assert n_rows > 1000 and sum(map(bool, whose.values())) >= 25


def everything(table: str) -> bytes:
    return f"SELECT ctid::text FROM {table}".encode()


KEYS = """
    SELECT conrelid::regclass::text AS of, a.attname AS column,
        confrelid::regclass::text AS whole, b.attname AS key
    FROM pg_constraint
    JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
    JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1]
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""


class Owners:
    """Which units each row of each table is: what it says itself, else what it is a part of, else
    the unit of whoever's it is.
    """

    def __init__(self, owner: psycopg.Connection[dict[str, Any]]) -> None:
        self.owner = owner
        self.keys = list(owner.execute(KEYS))
        self.common = {model._meta.db_table for model in borders.COMMON}

    def every(self) -> dict[str, dict[str, set[Any]]]:
        tables = {model._meta.db_table for model in borders.models()} - self.common
        return {
            table: {row["lies"]: self.of(table, row) for row in self.rows(table)}
            for table in sorted(tables)
        }

    @cache  # noqa: B019  (as short-lived as the test)
    def rows(self, table: str) -> list[dict[str, Any]]:
        return list(self.owner.execute(f"SELECT ctid::text AS lies, * FROM {table}".encode()))

    @cache  # noqa: B019
    def by(self, table: str, column: str) -> dict[Any, dict[str, Any]]:
        return {row[column]: row for row in self.rows(table)}

    def of(self, table: str, row: dict[str, Any]) -> set[Any]:
        if table == "cases_chainhead":
            return {UUID(row["chain"].split(":")[1])}
        if table == "cases_remark":
            logs = (self.by(log, "remark_id").get(row["id"]) for log in guards.LOGS)
            return {entry["organisation_id"] for entry in logs if entry}
        said = {row.get("organisation_id"), row.get("case_organisation_id")} - {None}
        return said or self.through(table, row, staff=False) or self.through(table, row, staff=True)

    def through(self, table: str, row: dict[str, Any], *, staff: bool) -> set[Any]:
        found: set[Any] = set()
        for key in (key for key in self.keys if key["of"] == table and row[key["column"]]):
            whole, is_staff = key["whole"], key["whole"] == "cases_user"
            if is_staff == staff and (staff or whole not in self.common):
                found |= self.of(whole, self.by(whole, key["key"])[row[key["column"]]])
        return found


def test_what_needs_the_owner_says_so_and_takes_no_guard_away(role, demo) -> None:
    _, address = role
    before = guards_in(address)

    said = manage("rotate_keys", fails=True, **demo)

    assert "must be owner" in said or "permission denied" in said
    assert before and guards_in(address) == before


def guards_in(address: str) -> set[Any]:
    """Every trigger of the product, and whether it is switched on."""
    asked = (
        "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal"
    )
    with psycopg.connect(address) as connection:
        return set(connection.execute(asked).fetchall())


def test_a_role_that_owns_the_logs_or_sees_every_unit_is_named_by_the_check(role, tmp_path) -> None:
    name, address = role
    more = {"DATABASE_URL": address, "KRONOBERG_DATA": str(tmp_path)}
    check = ("check", "--database", "default")

    as_owner, as_role = manage(*check, **more), manage(*check, **more | working_as(name))

    assert "kronoberg.W022" in as_owner and "kronoberg.W023" in as_owner
    assert "kronoberg.W02" not in as_role
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute("ALTER TABLE cases_custodian DISABLE ROW LEVEL SECURITY")
        try:
            assert "kronoberg.W023" in manage(*check, **more | working_as(name))
        finally:
            owner.execute("ALTER TABLE cases_custodian ENABLE ROW LEVEL SECURITY")
        owner.execute("CREATE POLICY wide ON cases_person USING (true)")
        assert "kronoberg.W023" in manage(*check, **more | working_as(name))
        manage("grant_role", name, DATABASE_URL=address)
        assert "kronoberg.W02" not in manage(*check, **more | working_as(name)), "taken away"


def test_a_role_past_the_borders_is_refused(role, tmp_path) -> None:
    _, address = role
    past = f"kronoberg_past_{uuid4().hex[:8]}"
    with postgres.connected() as server:
        try:
            server.execute(f'CREATE ROLE "{past}" BYPASSRLS'.encode())
        except errors.InsufficientPrivilege:
            pytest.skip("only a superuser may make such a role")
        try:
            assert "går förbi" in manage("grant_role", past, fails=True, DATABASE_URL=address)
        finally:
            server.execute(f'DROP ROLE "{past}"'.encode())


def test_a_role_that_can_become_the_owner_is_refused_and_named_by_the_check(tmp_path) -> None:
    """Also where it does not have the owner's rights before it has asked to."""
    owner, near = (f"kronoberg_{each}_{uuid4().hex[:8]}" for each in ("owner", "near"))
    with postgres.connected() as server:
        skip_if_roles_cannot_be_made(server)
        with postgres.database(f"roles_{uuid4().hex[:8]}") as address:
            for name in (owner, near):
                server.execute(f'CREATE ROLE "{name}" NOINHERIT'.encode())
                server.execute(f'GRANT "{name}" TO CURRENT_USER'.encode())
            try:
                server.execute(f'GRANT "{owner}" TO "{near}"'.encode())
                with psycopg.connect(address, autocommit=True) as there:
                    there.execute(f'GRANT CREATE ON SCHEMA public TO "{owner}"'.encode())
                    for log in guards.LOGS:
                        there.execute(f'ALTER TABLE {log} OWNER TO "{owner}"'.encode())
                more = {"DATABASE_URL": address, "KRONOBERG_DATA": str(tmp_path)}

                refused = manage("grant_role", near, fails=True, **more)
                named = manage("check", "--database", "default", **more | working_as(near))
            finally:
                with psycopg.connect(address, autocommit=True) as there:
                    there.execute(f'DROP OWNED BY "{owner}", "{near}" CASCADE'.encode())
                for name in (near, owner):
                    server.execute(f'DROP ROLE "{name}"'.encode())
    assert "äger tabellerna" in refused
    assert "kronoberg.W022" in named


def test_a_role_that_is_not_there_is_refused(role, tmp_path) -> None:
    _, address = role
    said = manage("grant_role", "nobody", fails=True, DATABASE_URL=address)
    assert "finns inte" in said
