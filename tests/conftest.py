"""The cast, made once; fast passwords; keys in a throw-away folder."""

import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest
from django.core.cache import cache

from cases import circle
from tests import cast, migrated, server, throwaway

throwaway.settle()


def pytest_sessionstart(session):
    """The migrations are walked before any process is started that would wait for them."""
    if server.is_used():
        server.template()
    else:
        migrated.made(kept_in(session.config))


def kept_in(config) -> Path:
    return Path(config.cache.mkdir("migrated"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, pytestconfig):
    """The database begins as a copy of the one that has been migrated."""
    server.begin_from_template()
    with migrated.begun_from(kept_in(pytestconfig)):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The units and the people who work there are in the database before any test begins."""
    with django_db_blocker.unblock(), circle.every():
        cast.hire()
        with server.under_the_role():
            yield


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """What shares an installation runs in one process, and before what takes no time."""
    from tests.scheduling import InCompany

    return InCompany(config, log) if config.getoption("dist") == "load" else None


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
    """Nearly every claim is about rows; the pure modules cost nothing by it.

    A test sees every unit's; what it asks through HTTP is handed out to its reader's circle.
    """
    with circle.every():
        yield


@pytest.fixture(autouse=True)
def _nobody_has_tried_to_log_in_yet():
    """The limits on sign-in count across tests that run within the same minute."""
    cache.clear()


@pytest.fixture
def owner(db):
    """Who owns the tables: past the borders, and free to take the guards away."""
    with server.owning():
        yield


@pytest.fixture
def earnest(settings):
    """As outside the demo: a second factor for whoever sees cases."""
    settings.MFA_REQUIRED = True
