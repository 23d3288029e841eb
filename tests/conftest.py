"""The cast, made once; fast passwords; keys in a throw-away folder."""

import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest
from django.core.cache import cache

from tests import cast, migrated, throwaway

throwaway.settle()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, pytestconfig):
    """The migrations are walked once, and again when they change."""
    kept = migrated.place(Path(pytestconfig.cache.mkdir("migrated")))
    with migrated.begun_from(kept):
        yield kept


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_modify_db_settings, django_db_blocker):
    """The units and the people who work there are in the database before any test begins."""
    with django_db_blocker.unblock():
        migrated.keep(django_db_modify_db_settings)
        cast.hire()


class _Refusing(MetaPathFinder):
    """Lets nobody import WeasyPrint, and remembers that somebody tried."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def find_spec(self, fullname, path, target=None):
        if fullname == "weasyprint":
            self.tried.append(fullname)
            raise ModuleNotFoundError("a web process makes no PDF")


@pytest.fixture
def web_process(monkeypatch):
    """As in a process that answers requests: whoever wants to make a PDF there is remembered."""
    from notices import engine

    finder = _Refusing()
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [finder, *sys.meta_path])
    engine.engine.cache_clear()
    yield finder
    engine.engine.cache_clear()


@pytest.fixture(autouse=True)
def _everything_uses_the_database(db):
    """Nearly every claim is about rows; the pure modules cost nothing by it."""


@pytest.fixture(autouse=True)
def _nobody_has_tried_to_log_in_yet():
    """The limits on sign-in count across tests that run within the same minute."""
    cache.clear()


@pytest.fixture
def earnest(settings):
    """As outside the demo: a second factor for whoever sees cases."""
    settings.MFA_REQUIRED = True
