"""The database after its migrations, kept from one run of the suite to the next.

The migrations and the postal codes are most of what a process or an installation waits for. They
are walked once, by a process of its own; whatever they are made of is in the name of what is kept.
Here SQLite's; a server has its own (tests/server.py).
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
MADE_OF = (
    "*/migrations/*.py", "*/guards.py", "*/models/guards.py",
    "kronoberg/borders.py", "cases/municipalities.py",
    "cases/data/*.csv", "notices/data/**/*.toml", "requirements/*.txt",
)  # fmt: skip
IN_MEMORY = "file:memorydb_default?mode=memory&cache=shared"


def made_of() -> str:
    """A name for the migrations as they are now: another one as soon as they change."""
    digest = hashlib.sha256()
    for pattern in MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def made(folder: Path) -> Path:
    """The kept file in `folder`, made where it is missing; several processes may do so at once."""
    kept = folder / f"{made_of()}.sqlite3"
    if not kept.exists():
        with tempfile.TemporaryDirectory(dir=folder) as data:
            walk(data)
            Path(data, "kronoberg.sqlite3").replace(kept)
    return kept


def walk(data: str, **more: str) -> None:
    """Migrate a new installation in the folder `data`, in a process of its own."""
    manage(data, "make_keys", **more)
    manage(data, "migrate", "--verbosity=0", **more)


def manage(data: str, *command: str, **more: str) -> None:
    """Let an operator's command look after the installation in the folder `data`."""
    left_out = ("KRONOBERG_", "DATABASE_URL", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    own = {"KRONOBERG_DATA": data, "KRONOBERG_DEMO": "1"}
    asked = [sys.executable, "manage.py", *command]
    done = subprocess.run(asked, cwd=ROOT, env=kept | own | more, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def begun_from(folder: Path) -> Iterator[None]:
    """Within it the database in memory is there, and holds what is kept in `folder`."""
    if "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        yield
        return
    memory = sqlite3.connect(IN_MEMORY, uri=True)
    disk = sqlite3.connect(made(folder))
    disk.backup(memory)
    disk.close()
    yield
    memory.close()


def lay_in(data: Path, folder: Path) -> None:
    """Give an installation in `data` the kept database to begin from."""
    shutil.copy(made(folder), data / "kronoberg.sqlite3")
