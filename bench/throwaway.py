"""A database for one measurement: made, filled with the product's tables, and thrown away."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def database() -> Iterator[None]:
    """SQLite in a folder; with DATABASE_URL a database of its own on that server."""
    sys.path.insert(0, str(ROOT))
    folder = tempfile.mkdtemp(prefix="kronoberg-bench-")
    os.environ |= {"KRONOBERG_DATA": folder, "DJANGO_SETTINGS_MODULE": "kronoberg.settings"}
    os.environ.pop("KRONOBERG_KEYS", None)
    server = os.environ.get("DATABASE_URL", "")
    name = f"kronoberg_bench_{os.getpid()}"
    if server:
        import psycopg

        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        os.environ["DATABASE_URL"] = f"{server.rpartition('/')[0]}/{name}"
    try:
        _set_up(folder)
        yield
    finally:
        if server:
            from django.db import connection as ours

            ours.close()
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        shutil.rmtree(folder, ignore_errors=True)


def _set_up(folder: str) -> None:
    import django
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    django.setup()
    call_command("make_keys", verbosity=0)
    from django.conf import settings

    settings.SECRET_KEY = "only-for-the-bench-" + "x" * 40
    settings.STATIC_ROOT = folder
    # The reader has no second factor; what it costs is not what is measured here.
    settings.MFA_REQUIRED, settings.FRESH_MINUTES = False, None
    call_command("migrate", verbosity=0)
    setup_test_environment()
