"""The Celery application and the beat table. The database is the queue; Celery only wakes."""

import logging
import os
from pathlib import Path
from typing import Any

from celery import Celery, Task, bootsteps
from celery.schedules import crontab

from cases import circle
from kronoberg import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kronoberg.settings")

log = logging.getLogger(__name__)


class InEveryUnit(Task):  # type: ignore[misc]  # no types
    """Background work is nobody's reading: it reaches the rows of every unit."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with circle.every():
            return super().__call__(*args, **kwargs)


app = Celery("kronoberg", task_cls=InEveryUnit)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class NamesMissingFonts(bootsteps.StartStopStep):  # type: ignore[misc]  # no types
    """A worker without the letters' fonts says so when it starts, not at the first letter."""

    def start(self, parent: Any) -> None:
        for fault in checks.fonts_of_the_letters():
            log.error("%s %s", fault.msg, fault.hint)


app.steps["worker"].add(NamesMissingFonts)

if app.conf.broker_url.startswith("filesystem"):
    # The queue's folders, for this user's eyes only; the transport makes just some of them itself.
    for name in ("data_folder_in", "control_folder", "processed_folder"):
        folder = Path(app.conf.broker_transport_options[name])
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

# No broker message is ever the only copy of anything: these sweeps find what a lost message left.
app.conf.beat_schedule = {
    "render letters that wait, every 20 seconds": {
        "task": "notices.tasks.render_waiting_letters",
        "schedule": 20.0,
    },
    "make previews of new wordings, every minute": {
        "task": "notices.tasks.make_previews",
        "schedule": 60.0,
    },
    "make piles that wait, every 20 seconds": {
        "task": "notices.tasks.make_waiting_piles",
        "schedule": 20.0,
    },
    "make handouts that wait and throw away the old, every 20 seconds": {
        "task": "notices.tasks.make_waiting_handouts",
        "schedule": 20.0,
    },
    "erase what is approved and write the logs' last links outside, every night": {
        "task": "kronoberg.tasks.sweep",
        "schedule": crontab(hour="3", minute="10"),
    },
    "freeze the figures that are due, every hour": {
        "task": "kronoberg.tasks.freeze_figures",
        "schedule": 3600.0,
    },
    "raise reminders and follow absences, every ten minutes": {
        "task": "kronoberg.tasks.follow_the_time",
        "schedule": 600.0,
    },
    "send the letters of the week, every hour": {
        "task": "kronoberg.tasks.send_digests",
        "schedule": 3600.0,
    },
    "tell units of a new month's figures, every hour": {
        "task": "kronoberg.tasks.tell_of_figures",
        "schedule": 3600.0,
    },
}
