"""Start-up checks of an installation in earnest, on top of Django's own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from kronoberg import broker
from notices import fonts

LONGEST_IDLE = 60
SQLITE = ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "secure_delete=on")
HERE = ("localhost", "127.0.0.1", "::1")


@register(deploy=True)
def broker_keeps_its_queue(**_: Any) -> list[CheckMessage]:
    """A Redis that evicts keys when it is full loses what waits in it."""
    url = settings.CELERY_BROKER_URL
    if not broker.is_redis(url):
        return []
    policy = broker.eviction_policy(url)
    if policy is None:
        hint = "Start it, or see to its maxmemory-policy yourself where CONFIG is closed."
        return [Warning("The broker does not say what it evicts.", hint=hint, id="kronoberg.W015")]
    if policy != broker.KEEPS_ALL:
        hint = f"Set maxmemory-policy to {broker.KEEPS_ALL}, in a Redis that holds no cache."
        return [Error(f"The broker evicts: {policy}.", hint=hint, id="kronoberg.E015")]
    return []


@register()
def fonts_of_the_letters(**_: Any) -> list[CheckMessage]:
    """Every font of the letters is here; a machine that only answers pages needs none."""
    missing = fonts.missing_fonts()
    if not missing:
        return []
    words = f"Letters cannot be made here: {', '.join(missing)} missing."
    return [Warning(words, hint=fonts.REMEDY, id="kronoberg.W020")]


@register(Tags.security, deploy=True)
def installation_is_in_earnest(**_: Any) -> list[CheckMessage]:
    """Keys apart from the data, no demo, and a second factor."""
    found: list[CheckMessage] = []
    keys, data = Path(settings.KEYS_DIR).resolve(), Path(settings.DATA_DIR).resolve()
    if keys.is_relative_to(data):
        found.append(
            Warning(
                "The keys lie in the same folder as the data, and so in its backups.",
                hint="Set KRONOBERG_KEYS to a folder of its own.",
                id="kronoberg.W010",
            )
        )
    if settings.DEMO:
        found.append(Error("The demo's logins are open.", id="kronoberg.E011"))
    if not settings.MFA_REQUIRED:
        found.append(Error("No second factor is asked for.", id="kronoberg.E012"))
    if "*" in settings.ALLOWED_HOSTS:
        found.append(Error("Any host name is answered.", id="kronoberg.E013"))
    if any(name in settings.CACHES["default"]["BACKEND"] for name in ("locmem", "dummy")):
        found.append(
            Error(
                "The limits on sign-in are counted by each process for itself.",
                hint="Set CACHE_URL to Redis, or leave it empty on one machine.",
                id="kronoberg.E021",
            )
        )
    found += of_the_database(settings.DATABASES["default"]) + _of_addresses()
    if keys.is_dir() and keys.stat().st_mode & 0o077:
        found.append(Error("Others on the machine can read the keys.", id="kronoberg.E016"))
    if max(settings.IDLE_MINUTES, settings.IDLE_MINUTES_PATROL) > LONGEST_IDLE:
        found.append(
            Error("An untouched screen is not locked within an hour.", id="kronoberg.E017")
        )
    if settings.DEBUG:
        found.append(Error("Errors are shown with their values.", id="kronoberg.E014"))
    return found


def of_the_database(database: dict[str, Any]) -> list[CheckMessage]:
    """SQLite loses what it said was saved, or deadlocks, without these."""
    if "sqlite" not in database["ENGINE"]:
        return []
    options = database.get("OPTIONS", {})
    set_up = options.get("init_command", "").replace(" ", "").lower()
    lacks = [one for one in SQLITE if one not in set_up]
    if options.get("transaction_mode") != "IMMEDIATE":
        lacks.append("transaction_mode")
    return [Error(f"SQLite lacks {', '.join(lacks)}.", id="kronoberg.E018")] if lacks else []


@register(Tags.database)
def role_is_bound(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Whoever owns a log, or can become its owner, can drop the triggers that keep it; and the
    borders between units bind nobody who owns the tables, nor anybody whom they are switched off
    for.

    Asked where a database is asked.
    """
    if not databases or connection.vendor != "postgresql":
        return []
    # The checks are there before the models are.
    from cases.models import guards
    from kronoberg import borders

    guarded = [model._meta.db_table for model in borders.models() if borders.is_guarded(model)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(pg_has_role(relowner, 'MEMBER')) FILTER (WHERE relname = ANY(%s)), "
            "bool_and(row_security_active(oid)) FILTER (WHERE relname = ANY(%s)) "
            "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
            [list(guards.LOGS), guarded],
        )
        owns, is_kept_apart = cursor.fetchone()
        cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
        is_kept_apart = is_kept_apart and set(cursor.fetchall()) == borders.policies()
    found: list[CheckMessage] = []
    hint = "Let it work under a role that owns nothing: manage.py grant_role (docs/operations.md)."
    if owns is not False:
        words = "The product's database role owns the logs."
        found.append(Warning(words, hint=hint, id="kronoberg.W022"))
    if not is_kept_apart:
        words = "The database hands out every unit's rows to any request."
        found.append(Warning(words, hint=hint, id="kronoberg.W023"))
    return found


def _of_addresses() -> list[CheckMessage]:
    """What is asked of another machine goes sealed, and by a password."""
    found: list[CheckMessage] = []
    if urlsplit(settings.OIDC_SERVER).scheme == "http":
        found.append(Error("The identity provider is asked in clear.", id="kronoberg.E019"))
    broker = urlsplit(settings.CELERY_BROKER_URL)
    if broker.hostname not in (None, *HERE) and not broker.password:
        found.append(Error("The queue has no password.", id="kronoberg.E020"))
    return found
