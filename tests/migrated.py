"""The database after its migrations, kept from one run of the suite to the next.

Only SQLite's database in memory is: the migrations and the postal codes are most of what a process
waits for before its first test. Whatever they are made of is in the name of what is kept.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
MADE_OF = (
    "*/migrations/*.py", "*/guards.py", "*/models/guards.py", "cases/municipalities.py",
    "cases/data/*.csv", "notices/data/**/*.toml", "requirements/*.txt",
)  # fmt: skip
IN_MEMORY = "file:memorydb_default?mode=memory&cache=shared"


def place(folder: Path) -> Path:
    """The file for the migrations as they are now, whether it is there or not."""
    made_of = hashlib.sha256()
    for pattern in MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            made_of.update(path.read_bytes())
    return folder / f"{made_of.hexdigest()}.sqlite3"


@contextmanager
def begun_from(kept: Path) -> Iterator[None]:
    """Within it the database in memory is there, and holds what was kept."""
    if not _is_sqlite() or not kept.exists():
        yield
        return
    memory = sqlite3.connect(IN_MEMORY, uri=True)
    disk = sqlite3.connect(kept)
    disk.backup(memory)
    disk.close()
    yield
    memory.close()


def keep(kept: Path) -> None:
    """Write the database of this process down; several processes may do so at once."""
    if not _is_sqlite() or kept.exists():
        return
    ours = kept.with_suffix(f".{os.getpid()}")
    disk = sqlite3.connect(ours)
    connection.ensure_connection()
    connection.connection.backup(disk)
    disk.close()
    ours.replace(kept)


def lay_in(data: Path, folder: Path) -> None:
    """Give an installation in `data` the kept database to begin from, where there is one."""
    if (kept := place(folder)).exists():
        shutil.copy(kept, data / "kronoberg.sqlite3")


def _is_sqlite() -> bool:
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")
