"""A whole installation in a folder of its own, for what only real processes can show.

Run as a script it fills the folder in `KRONOBERG_DATA`: a database, a unit, letters that wait and
a message in the queue that wakes a worker.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest

from tests import migrated

ROOT = Path(__file__).resolve().parent.parent
LETTERS = 6
WORK = "import django; django.setup(); from notices import outbox; print(outbox.render_waiting())"
# In a worker of its own: whoever gets there is killed at that very moment, with nothing said.
DIE = """
import os, signal
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
"""
PATIENCE = 120  # seconds, on a machine that has much else to do


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


def killed(data: Path, command: str) -> None:
    """Run until the process kills itself (`DIE`), as a power cut would."""
    process = start(data, "-c", command)
    _, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL, complaints


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


@pytest.fixture(scope="module")
def filled(tmp_path_factory: Any, pytestconfig: Any) -> Path:
    """An installation with letters that wait, made once for a file of tests."""
    folder: Path = tmp_path_factory.mktemp("filled")
    migrated.lay_in(folder, Path(pytestconfig.cache.mkdir("migrated")))
    run(folder, "-m", "tests.installation")
    return folder


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    """One of its own, as it was left."""
    copy: Path = tmp_path / "data"
    shutil.copytree(filled, copy)
    return copy


def fill() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    call_command("make_keys")
    call_command("migrate", verbosity=0)

    from cases.models import Kind, Organisation, Role, User
    from notices import outbox, samples, tasks

    unit = Organisation.objects.create(kind=Kind.POLICE, authority="Polisen", name="Växjö")
    omar = User.objects.create(
        username="omar", name="Omar", role=Role.YOUTH_OFFICER, organisation=unit
    )
    for _ in range(LETTERS):
        outbox.queue(
            "L4",
            samples.concern(),
            owner=unit,
            case_id=uuid4(),
            addressee="socialnämnden",
            by=omar,
            at=timezone.now(),
        )
    tasks.render_waiting_letters.delay()


if __name__ == "__main__":
    fill()
