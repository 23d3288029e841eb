"""The PostgreSQL server that the suite runs on: databases of its own there, made from a template.

The migrations are most of what a new database waits for. They are walked once on each server, in a
template that is named after what they are made of and stays there; every database is a copy of it.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from tests import migrated

PREFIX = "kronoberg_migrated_"
# Under it the whole suite works, as the product does: it owns nothing.
ROLE = "kronoberg_suite"


def is_used() -> bool:
    """Does the suite run on a server, or on SQLite?"""
    return "postgresql" in settings.DATABASES["default"]["ENGINE"]


# So many queries more on a server: a request tells its connection whose rows it reaches, when it
# begins and when it ends.
TELLING = 2 if is_used() else 0


def url(name: str) -> str:
    """The address of the database `name`, as DATABASE_URL takes it."""
    known = _known()
    who = f"{known['user']}:{known['password']}" if known["password"] else known["user"]
    where = f"{known['host']}:{known['port']}" if known["port"] else known["host"]
    return f"postgres://{who}@{where}/{name}"


@contextmanager
def connected() -> Iterator[psycopg.Connection[Any]]:
    """The server itself, where databases are made and dropped."""
    given = {key: value or None for key, value in _known().items()}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as server:
        yield server


@contextmanager
def database(name: str) -> Iterator[str]:
    """A database with the product's tables, dropped afterwards; the address of it."""
    copied = template()
    with connected() as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copied}"'.encode())
        try:
            yield url(name)
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def template() -> str:
    """The migrated database that others are copies of; made by whoever needs it first."""
    name = f"{PREFIX}{migrated.made_of()[:12]}"
    with connected() as server:
        server.execute("SELECT pg_advisory_lock(hashtext('kronoberg_migrated'))")
        found = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
                               [PREFIX]).fetchall()  # fmt: skip
        if (name,) not in found:
            # Those of other migrations, and what was cut off half-way.
            for (old,) in found:
                server.execute(f'DROP DATABASE "{old}" WITH (FORCE)'.encode())
            _migrate(server, f"{name}_new")
            server.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"'.encode())
    return name


def begin_from_template() -> None:
    """Let the database that Django makes for this process be a copy too."""
    if is_used():
        connection.settings_dict["TEST"]["TEMPLATE"] = template()


def may_make_roles(server: psycopg.Connection[Any]) -> bool:
    asked = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    return server.execute(asked).fetchone() == (True,)


@contextmanager
def under_the_role() -> Iterator[None]:
    """Within it this process, and the threads it starts, work as the product in earnest does."""
    if not has_role():
        yield
        return
    connection.close()
    connection.settings_dict["OPTIONS"]["assume_role"] = ROLE
    try:
        yield
    finally:
        connection.close()
        del connection.settings_dict["OPTIONS"]["assume_role"]


def has_role() -> bool:
    """Is there such a role, on a server that lets the suite make one?"""
    if not is_used():
        return False
    with connected() as server:
        return may_make_roles(server)


@contextmanager
def owning() -> Iterator[None]:
    """Within it this connection, in its transaction, is the owner's: who may take a guard away."""
    if "assume_role" not in connection.settings_dict["OPTIONS"]:
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("SHOW role").fetchone()[0]
        cursor.execute("SET LOCAL ROLE none")
        # What fails is undone with its transaction, and the role with it.
        yield
        cursor.execute(f"SET LOCAL ROLE {before}")


@contextmanager
def as_owner() -> Iterator[None]:
    """Within it new connections are the owner's: who may make a database."""
    options = connection.settings_dict["OPTIONS"]
    role = options.pop("assume_role", None)
    try:
        yield
    finally:
        if role:
            options["assume_role"] = role


def _migrate(server: psycopg.Connection[Any], name: str) -> None:
    server.execute(f'CREATE DATABASE "{name}"'.encode())
    with tempfile.TemporaryDirectory() as folder:
        migrated.walk(folder, DATABASE_URL=url(name))
        if may_make_roles(server):
            made = server.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone()
            if made is None:
                server.execute(f'CREATE ROLE "{ROLE}"'.encode())
                server.execute(f'GRANT "{ROLE}" TO CURRENT_USER'.encode())
            migrated.manage(folder, "grant_role", ROLE, DATABASE_URL=url(name))


def _known() -> dict[str, str]:
    known = settings.DATABASES["default"]
    return {key.lower(): str(known.get(key) or "") for key in ("HOST", "PORT", "USER", "PASSWORD")}
