"""What the product does by itself. Celery only wakes: a sweep would find to do the same."""

from contextlib import suppress

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone
from kombu.exceptions import OperationalError

from cases import absences, reminders
from kronoberg import digest
from kronoberg.statistics import freezing, mails

# Seconds; with the longest month of one area after it, shorter than the worker's soft time limit.
ROUND = 30.0


@shared_task(name="kronoberg.tasks.sweep")
def sweep() -> None:
    """Erase what is approved, propose what is due, drop old sessions."""
    call_command("sweep")


@shared_task(name="kronoberg.tasks.freeze_figures")
def freeze_figures() -> list[str]:
    """Make the figures of every month whose freeze date has come; returns where it failed.

    A round ends before the worker's time limit, and the next one follows at once: on the first of a
    month there can be hundreds of areas, and letters must not wait for them all.
    """
    today = timezone.localdate()
    failed = freezing.freeze_all(today, seconds=ROUND)
    if freezing.is_due(today, but_not_in=failed):
        with suppress(OperationalError, OSError):  # without a broker the next hour goes on
            freeze_figures.delay()
    return failed


@shared_task(name="kronoberg.tasks.follow_the_time")
def follow_the_time() -> None:
    """Move what belongs to whoever is away, raise the reminders that are due, settle the done."""
    now = timezone.now()
    absences.sweep(at=now)
    reminders.sweep(at=now)


@shared_task(name="kronoberg.tasks.send_digests")
def send_digests() -> int:
    """Send the units' letters of the week."""
    return digest.sweep(at=timezone.now())


@shared_task(name="kronoberg.tasks.tell_of_figures")
def tell_of_figures() -> int:
    """Send the units that asked for it a link to the figures of a new month."""
    return mails.sweep(at=timezone.now())
