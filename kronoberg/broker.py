"""How Celery's queue is kept: in a folder, or in Redis where there are several machines.

The database is the queue of record; a broker only wakes workers. What it loses costs time.
"""

from pathlib import Path
from typing import Any

import redis

# Redis hands out again what was not acknowledged within this time. Longer than the longest task
# (`CELERY_TASK_TIME_LIMIT`), or it runs twice; short, since a dead worker's task waits it out.
VISIBILITY_SECONDS = 300
# A page that wakes a worker tries once: the row is saved, and the sweep finds it anyway. Without
# these, kombu tries for six seconds; CELERY_TASK_PUBLISH_RETRY is about something else.
ONE_TRY = {
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "socket_connect_timeout": 0.5,
}
# With any other policy a full Redis throws queued messages away.
KEEPS_ALL = "noeviction"


def is_redis(url: str) -> bool:
    return url.startswith(("redis://", "rediss://"))


def options(url: str, folder: Path) -> dict[str, Any]:
    """The transport's options for Celery."""
    if is_redis(url):
        return {"visibility_timeout": VISIBILITY_SECONDS, **ONE_TRY}
    if not url.startswith("filesystem"):
        return {}
    return {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "processed_folder": str(folder / "processed"),
        "store_processed": False,
    }


def eviction_policy(url: str) -> str | None:
    """What the Redis at `url` does when it is full; None when it does not answer or say."""
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        answer: Any = client.config_get("maxmemory-policy")
    except redis.RedisError:
        return None
    finally:
        client.close()
    policy: str | None = answer.get("maxmemory-policy")
    return policy
