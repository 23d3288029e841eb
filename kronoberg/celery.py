"""The Celery application and the beat table. The database is the queue; Celery only wakes."""

import os
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kronoberg.settings")

app = Celery("kronoberg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

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
}
