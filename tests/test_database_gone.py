"""PostgreSQL gone in the middle of a letter, and back: the same worker makes each letter once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from notices import rendering
from tests import server as postgres
from tests.installation import LETTERS, PATIENCE, run, start

# The worker stands still with its first PDF in hand until the file is there, then goes on; and
# once more when the database is back, between two tasks as Celery has it.
WORKER = """
import sys, time
from pathlib import Path
import django; django.setup()
from django.db import close_old_connections
from notices import outbox, rendering

def wait_for(name):
    print(name, flush=True)
    while not Path(sys.argv[1], name).exists():
        time.sleep(0.02)

write = rendering._write
def standing_still(*args):
    rendering._write = write
    wait_for("gone")
    return write(*args)

rendering._write = standing_still
print(outbox.render_waiting(), flush=True)
wait_for("back")
close_old_connections()
print(outbox.render_waiting(), flush=True)
"""


@pytest.fixture
def server() -> Iterator[tuple[str, Any]]:
    """A database of its own on the server of the suite: its address, and the server to ask."""
    if not postgres.is_used():
        pytest.skip("a server that can be gone: PostgreSQL (DATABASE_URL)")
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the fonts are missing")
    with (
        postgres.database(f"gone_{uuid4().hex[:12]}") as address,
        postgres.connected() as ask,
    ):
        yield address, ask


def query(url: str, sql: str) -> list[Any]:
    import psycopg

    with psycopg.connect(url, autocommit=True) as database:
        found = database.execute(sql)
        return found.fetchall() if found.description else []


def test_a_database_that_goes_in_the_middle_of_a_letter_loses_none_and_doubles_none(
    server, tmp_path
):
    url, ask = server
    name, data = url.rpartition("/")[2], tmp_path / "data"
    data.mkdir()
    run(data, "-m", "tests.installation", DATABASE_URL=url)
    worker = start(data, "-c", WORKER, str(tmp_path), DATABASE_URL=url)
    assert worker.stdout is not None
    said = worker.stdout
    assert said.readline().strip() == "gone"

    ask.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    ask.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    Path(tmp_path, "gone").touch()
    assert said.readline().strip() == "0", "the round ends: this machine can make nothing now"
    assert said.readline().strip() == "back", "and the worker lives"

    ask.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert query(url, "SELECT DISTINCT state FROM notices_letter") == [("queued",)]
    assert query(url, "SELECT COUNT(*) FROM notices_document") == [(0,)]
    query(url, "UPDATE notices_letter SET leased_until = '2026-01-01' WHERE state = 'queued'")
    Path(tmp_path, "back").touch()
    _, complaints = worker.communicate(timeout=PATIENCE)

    assert worker.returncode == 0, complaints
    each = query(url, "SELECT letter_id, COUNT(*) FROM notices_document GROUP BY letter_id")
    assert [count for _, count in each] == [1] * LETTERS
    assert query(url, "SELECT DISTINCT state, failure FROM notices_letter") == [("ready", "")]
