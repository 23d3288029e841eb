"""A whole installation in a folder of its own, for what only real processes can show.

Run as a script it fills the folder in `KRONOBERG_DATA`: a database, a unit, letters that wait and
a message in the queue that wakes a worker.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
LETTERS = 6
WORK = "import django; django.setup(); from notices import outbox; print(outbox.render_waiting())"
PATIENCE = 30  # seconds


def environment(data: Path, **more: str) -> dict[str, str]:
    """The embedded installation under `data`, whatever the suite itself runs on."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KRONOBERG_", "DATABASE_", "BROKER_", "PYTEST_"))
    }
    own = {"KRONOBERG_DATA": str(data), "DJANGO_SETTINGS_MODULE": "kronoberg.settings"}
    return kept | {"PYTHONPATH": str(ROOT)} | own | more


def start(data: Path, *command: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(data, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(data: Path, *command: str, **more: str) -> str:
    """Run to the end; what it printed."""
    process = start(data, *command, **more)
    said, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, complaints
    return said


def stop(process: subprocess.Popen[str], how: int) -> None:
    """Stop a process that this test started."""
    process.send_signal(how)
    process.communicate(timeout=PATIENCE)


def query(data: Path, sql: str) -> list[Any]:
    """Ask the database past the product, as somebody with the file could."""
    with closing(sqlite3.connect(data / "kronoberg.sqlite3", timeout=20)) as database:
        rows = database.execute(sql).fetchall()
        database.commit()
    return rows


def states(data: Path) -> list[str]:
    return sorted(state for (state,) in query(data, "SELECT state FROM notices_letter"))


def until(holds: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    end = monotonic() + PATIENCE
    while not holds():
        assert monotonic() < end, "It did not happen."
        sleep(0.02)


def fill() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    call_command("make_keys")
    call_command("migrate", verbosity=0)

    from cases.models import Kind, Organisation, Role, User
    from notices import outbox, tasks
    from tests import sample_letters

    unit = Organisation.objects.create(kind=Kind.POLICE, authority="Polisen", name="Växjö")
    omar = User.objects.create(
        username="omar", name="Omar", role=Role.YOUTH_OFFICER, organisation=unit
    )
    for _ in range(LETTERS):
        outbox.queue(
            "L4",
            sample_letters.concern(),
            owner=unit,
            case_id=uuid4(),
            addressee="socialnämnden",
            by=omar,
            at=timezone.now(),
        )
    tasks.render_waiting_letters.delay()


if __name__ == "__main__":
    fill()
