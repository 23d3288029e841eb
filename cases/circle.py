"""Whose rows this process may reach now: the database's own border, beside what `access` asks.

Under the role of `manage.py grant_role`, PostgreSQL hands out a row about somebody only to whoever
has entered the circle of its unit (`kronoberg.borders`), whatever a query forgot to ask, and
refuses whoever has entered none. Each request enters its reader's units; background work, which
is nobody's reading, enters every one. SQLite has no such border, nor has the owner of the tables.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.conf import settings
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper

SETTING = "kronoberg.circle"
EVERY = "every"
# The units of a circle; None is every unit there is.
Circle = frozenset[UUID] | None
NOBODYS: Circle = frozenset()
_now: ContextVar[Circle] = ContextVar("circle", default=NOBODYS)


def now() -> Circle:
    """The units whose rows are reached now; None is every unit's."""
    return _now.get()


@contextmanager
def entered(units: Iterable[UUID]) -> Iterator[None]:
    """Within it the rows of these units are reached and no others, whatever was before."""
    with _within(frozenset(units)):
        yield


@contextmanager
def every() -> Iterator[None]:
    """Within it the rows of every unit are reached: for work that is nobody's reading."""
    with _within(None):
        yield


@contextmanager
def also(unit: UUID) -> Iterator[None]:
    """Within it the rows of one more unit are reached: where something is handed over to it."""
    with _within(_with(unit)):
        yield


def join(unit: UUID) -> None:
    """As `also`, until the circle that was entered last is left: what a whole request opens.

    Not in a transaction: what undoes that takes the unit away again.
    """
    _enter(_with(unit))


def become(units: Iterable[UUID]) -> None:
    """As `entered`, until the circle entered last is left: a request has found out who asks."""
    _enter(frozenset(units))


def tell(opened: BaseDatabaseWrapper) -> None:
    """Let a connection that has just been opened know whose rows it may reach."""
    if _now.get() != NOBODYS:
        _set(opened, _now.get())


@contextmanager
def _within(circle: Circle) -> Iterator[None]:
    before = _now.get()
    _enter(circle)
    try:
        yield
    finally:
        _leave_to(before)


def _with(unit: UUID) -> Circle:
    circle = _now.get()
    return None if circle is None else circle | {unit}


def _enter(circle: Circle) -> None:
    if circle == _now.get():
        return
    # A command begins before there are settings; a connection that is opened later is told then.
    if settings.configured and connection.connection is not None:
        _set(connection, circle)
    _now.set(circle)


def _leave_to(before: Circle) -> None:
    try:
        _enter(before)
    except Error:
        _now.set(before)
        # A transaction that has failed takes its circle with it. Else nobody knows what the
        # connection was told last, so nobody uses it again.
        if not connection.in_atomic_block:
            connection.close()


def _set(opened: BaseDatabaseWrapper, circle: Circle) -> None:
    if opened.vendor == "postgresql":
        with opened.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, _spelled(circle)])


def _spelled(circle: Circle) -> str:
    """As PostgreSQL is told: an array of keys, `every`, or nothing at all."""
    if circle is None:
        return EVERY
    return f"{{{','.join(sorted(map(str, circle)))}}}" if circle else ""
