"""The Celery application and the beat table. The database is the queue; Celery only wakes."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kronoberg.settings")

app = Celery("kronoberg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# No broker message is ever the only copy of anything: these sweeps find what a lost message left.
app.conf.beat_schedule = {
    "render letters that wait, every 20 seconds": {
        "task": "notices.tasks.render_waiting_letters",
        "schedule": 20.0,
    },
}
