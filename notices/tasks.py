"""Celery only wakes: each task does what a sweep of the database would find to do anyway."""

from celery import shared_task

from notices import outbox


@shared_task(name="notices.tasks.render_waiting_letters")
def render_waiting_letters() -> int:
    """Render what waits, until nothing does or this worker cannot."""
    return outbox.render_waiting()
