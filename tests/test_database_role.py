"""On PostgreSQL the product works under a role that owns nothing and cannot touch a log."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from cases.models import guards
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
    asked = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    if server.execute(asked).fetchone() != (True,):
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


def test_a_role_that_owns_the_logs_is_named_by_the_check(role, tmp_path) -> None:
    name, address = role
    more = {"DATABASE_URL": address, "KRONOBERG_DATA": str(tmp_path)}
    check = ("check", "--database", "default")

    assert "kronoberg.W022" in manage(*check, **more)
    assert "kronoberg.W022" not in manage(*check, **more | working_as(name))


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
