"""Rows that wait for a worker: taken with a lease, made, and told in the row how it went.

Such a row has `state` ("queued", "ready", "failed"), `attempts`, `leased_until` and `failure`. If
the worker dies, the lease runs out and the next one takes the row over. A row that fails, or kills
its worker, five times is set aside with its reason, so that it never stops the queue. A fault of
the machine (no library, no database, a full disk) is no attempt of the row's: it waits as it was.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from time import monotonic
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from notices import rendering

# Longer than the workers' hard time limit: a living worker's row is never taken.
LEASE = timedelta(minutes=2)
# Shorter than the workers' soft time limit, so that no innocent row is cut off by it.
ROUND = timedelta(seconds=40)
MAX_ATTEMPTS = 5
INTERRUPTED = "Arbetet avbröts varje gång det skulle göras. Säg till driften."
UNEXPECTED = "Ett oväntat fel. Driften är underrättad genom loggen."
MACHINE = "Databasen eller disken tar inte emot just nu. Driften är underrättad genom loggen."
# Neither the row's fault nor ours: the database is gone or the disk is full.
FAULTS_OF_THE_MACHINE = (OperationalError, InterfaceError, OSError)
Row = TypeVar("Row", bound=Model)
log = logging.getLogger(__name__)


def work(rows: QuerySet[Row], make: Callable[[Row], None], *, limit: int = 200) -> int:
    """Make up to `limit` of the rows that wait, the first one first; returns how many were made.

    `make` stores what it made and sets the row's state; it must bear to be called twice. The round
    ends early when the machine can make nothing.
    """
    _give_up_on_fatal(rows)
    done, until = 0, monotonic() + ROUND.total_seconds()
    for _ in range(limit):
        row = claim(rows.filter(state="queued")) if monotonic() < until else None
        if row is None:
            break
        try:
            done += attempt(row, make)
        except rendering.CannotRender:
            break  # nor could this machine make the next one
    return done


def claim(waiting: QuerySet[Row]) -> Row | None:
    """Take the first of the rows that nobody holds, or None. The lease is in the database."""
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    with transaction.atomic():
        row: Any = waiting.filter(free).select_for_update(skip_locked=True).first()
        if row is None:
            return None
        row.leased_until, row.attempts = now + LEASE, row.attempts + 1
        row.save(update_fields=["leased_until", "attempts"])
    return row  # type: ignore[no-any-return]


def attempt(row: Row, make: Callable[[Row], None]) -> bool:
    """Make one claimed row; False when it failed, now or for good.

    Raises:
        CannotRender: this machine can make nothing now. The row waits and says why.
    """
    try:
        with blaming_the_machine(row):
            make(row)
    except rendering.Unprintable as fault:
        _set_aside(row, str(fault), for_good=True)
    except rendering.CannotRender:
        raise
    except Exception:
        # Whatever it was must not stop the queue; the log has the trace, the page the fact.
        log.exception("%s could not be made", row.pk)
        last = row.attempts >= MAX_ATTEMPTS  # type: ignore[attr-defined]
        _set_aside(row, UNEXPECTED, for_good=last)
    else:
        return True
    return False


@contextmanager
def blaming_the_machine(row: Model) -> Iterator[None]:
    """Inside it, what the machine lacks is no fault of the claimed row: it waits as it was.

    Raises:
        CannotRender: this machine can make nothing now.
    """
    try:
        yield
    except rendering.Unprintable:
        raise
    except rendering.CannotRender as fault:
        _give_back(row, str(fault))
        raise
    except FAULTS_OF_THE_MACHINE as fault:
        log.exception("%s waits for the machine", row.pk)
        with suppress(DatabaseError, *FAULTS_OF_THE_MACHINE):
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            _give_back(row, MACHINE)  # if not even that is taken, the lease runs out
        raise rendering.CannotRender(MACHINE) from fault


def _give_back(row: Model, failure: str) -> None:
    """Let another machine take the row at once: it was no fault of the row's."""
    type(row)._default_manager.filter(pk=row.pk).update(
        leased_until=None, attempts=F("attempts") - 1, failure=failure[:300]
    )


def wait_again(rows: QuerySet[Any], **columns: Any) -> None:
    """Let failed rows, or those that nobody makes, wait again from their first attempt."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=timezone.now())
    unmade = Q(state="failed") | Q(state="queued") & free
    anew = {"state": "queued", "attempts": 0, "leased_until": None, "failure": ""}
    rows.filter(unmade).update(**anew, **columns)


def _give_up_on_fatal(rows: QuerySet[Any]) -> None:
    """A row whose workers died every time would stop the queue for ever: it fails instead."""
    fatal = rows.filter(state="queued", attempts__gte=MAX_ATTEMPTS, leased_until__lt=timezone.now())
    fatal.update(state="failed", failure=INTERRUPTED)


def _set_aside(row: Model, failure: str, *, for_good: bool) -> None:
    state = "failed" if for_good else "queued"
    rows = type(row)._default_manager.filter(pk=row.pk, state="queued")
    rows.update(state=state, failure=failure[:300])
