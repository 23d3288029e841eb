"""The cast, made once; fast passwords; keys in a throw-away folder."""

import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from tests import cast

_folder = Path(tempfile.mkdtemp(prefix="kronoberg-test-"))
settings.KEYS_DIR = _folder / "keys"
settings.SECRET_KEY = "only-for-tests-" + "x" * 40
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.STATIC_ROOT = _folder


def pytest_configure() -> None:
    from cases.sealing import make_keys

    make_keys(settings.KEYS_DIR)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The units and the people who work there are in the database before any test begins."""
    with django_db_blocker.unblock():
        cast.hire()


@pytest.fixture(autouse=True)
def _everything_uses_the_database(db):
    """Nearly every claim is about rows; the pure modules cost nothing by it."""
