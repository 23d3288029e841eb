"""A whole house in memory: the migrated database, the cast, and nothing left afterwards."""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.test.utils import (
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)

from tests import cast, migrated, server, throwaway


@contextmanager
def in_memory(*, hires: bool = True) -> Iterator[Path]:
    """Within it the cast works in a database of its own; the folder holds its keys and files."""
    folder = throwaway.settle()
    if server.is_used():
        # There a suite that starts a proof has a database of the usual name open.
        connection.settings_dict["TEST"]["NAME"] = f"test_proof_{os.getpid()}"
        server.begin_from_template()
    setup_test_environment()
    # A hundred thousand refusals are what is wanted here.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    with migrated.begun_from(Path(tempfile.gettempdir())):
        before = setup_databases(verbosity=0, interactive=False, keepdb=not server.is_used())
        if hires:
            cast.hire()
        yield folder
        teardown_databases(before, verbosity=0)
    teardown_test_environment()


@contextmanager
def undone() -> Iterator[None]:
    """Within it anything may happen; afterwards nothing has."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
