"""Celery only wakes: each task does what a sweep of the database would find to do anyway."""

import os
from contextlib import suppress

from celery import shared_task
from kombu.exceptions import OperationalError

from notices import binding, editions, handouts, outbox

# About two seconds of one core.
LONG_QUEUE = 20


@shared_task(name="notices.tasks.render_waiting_letters")
def render_waiting_letters(is_helper: bool = False) -> int:  # noqa: FBT001, FBT002
    """Render what waits, until nothing does or this worker cannot.

    A long queue wakes a worker for every other core: each claims letters of its own.
    """
    if not is_helper and outbox.waiting() > LONG_QUEUE:
        for _ in range((os.cpu_count() or 1) - 1):
            with suppress(OperationalError, OSError):
                render_waiting_letters.delay(is_helper=True)
    made = outbox.render_waiting()
    if made and outbox.waiting():  # the round was over first: do not wait for the sweep
        with suppress(OperationalError, OSError):
            render_waiting_letters.delay(is_helper=is_helper)
    return made


@shared_task(name="notices.tasks.make_previews")
def make_previews() -> int:
    """Make the previews of wordings that somebody has written since the last time."""
    return editions.make_previews()


@shared_task(name="notices.tasks.make_waiting_piles")
def make_waiting_piles() -> int:
    """Make the post room's piles that wait, until none does or this worker cannot."""
    return binding.make_waiting()


@shared_task(name="notices.tasks.make_waiting_handouts")
def make_waiting_handouts() -> int:
    """Throw away the handouts that have had their time, and make those that wait."""
    return handouts.make_waiting()


def wake_worker() -> None:
    """Tell a worker that letters wait: for a page, outside every transaction.

    Without a broker the sweep finds them: nothing is lost.
    """
    with suppress(OperationalError, OSError):
        render_waiting_letters.delay()


def wake_for_piles() -> None:
    """Tell a worker that a pile waits, likewise."""
    with suppress(OperationalError, OSError):
        make_waiting_piles.delay()


def wake_for_handouts() -> None:
    """Tell a worker that somebody waits at a screen, likewise."""
    with suppress(OperationalError, OSError):
        make_waiting_handouts.delay()


def wake_for_previews() -> None:
    """Tell a worker that somebody has written a wording, likewise."""
    with suppress(OperationalError, OSError):
        make_previews.delay()
