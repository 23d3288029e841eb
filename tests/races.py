"""Real threads against a database of their own: what happens when two people press at once.

A test's own database lies in one transaction (and, on SQLite, in one connection's memory), where
nothing can race. The copy holds the cast and is thrown away; the logs in it refuse to be emptied.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect
from threading import Barrier
from typing import Any, TypeVar

from django.db import connection

from cases import circle
from tests import server

T = TypeVar("T")


@contextmanager
def copied_database(folder: Path) -> Iterator[str]:
    """Copy the test database while no test is running; gives the name of the copy."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(connect(folder / "races.sqlite3")) as copy:
            connection.connection.backup(copy)
        yield str(folder / "races.sqlite3")
        return
    original = connection.settings_dict["NAME"]
    name = f"{original}_races"
    connection.close()
    with server.as_owner(), connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    yield name
    with server.as_owner(), connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class Track:
    """The database in which the runners meet."""

    def __init__(self, name: str) -> None:
        self.name = name

    def alone(self, do: Callable[[], T]) -> T:
        """Do something in a thread with a connection of its own, before or after the race."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(self._in_thread, do).result()

    def race(self, runners: list[Callable[[], Any]]) -> list[Any]:
        """Start all at the same moment; gives what each returned or raised."""
        start = Barrier(len(runners))

        def run(do: Callable[[], Any]) -> Any:
            return self._in_thread(do, start)

        with ThreadPoolExecutor(len(runners)) as pool:
            return [
                future.exception() or future.result()
                for future in [pool.submit(run, runner) for runner in runners]
            ]

    def _in_thread(self, do: Callable[[], T], start: Barrier | None = None) -> T:
        # Each thread has its own connection object; only its address is changed.
        connection.settings_dict = connection.settings_dict | {"NAME": self.name}
        connection.ensure_connection()
        try:
            if start is not None:
                start.wait(timeout=20)
            with circle.every():
                return do()
        finally:
            connection.close()
