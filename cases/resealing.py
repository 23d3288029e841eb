"""Key rotation: everything sealed with an older key is sealed anew with the newest one.

There is no list of what remains: what is left is asked of the database itself, by the key id that
every sealed value begins with. So it can be cut off anywhere and go on, and it also finds what a
process that had not seen the new key wrote in the meantime.
"""

from collections.abc import Iterator
from time import sleep
from typing import Any

from django.apps import apps
from django.db import OperationalError, connection, models, transaction

from cases import factors, sealing
from cases.models import guards
from cases.models.fields import Sealed, SealedField

BATCH = 200
# PostgreSQL: so long others wait behind us for a table, and so long we then let them go first.
LOCKED_OUT, LET_OTHERS = "2s", 0.2
# "Not in this time", and a circle of those who wait: nothing was changed, and it is tried again.
TRY_AGAIN = ("55P03", "40P01")
TRIES = 100


def sealed_columns() -> Iterator[tuple[type[models.Model], list[SealedField]]]:
    """Every table with sealed columns, and which they are."""
    for model in apps.get_models(include_auto_created=True):
        columns = [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]
        if columns:
            yield model, columns


def rows_left() -> int:
    """How many rows still hold something that an older key sealed."""
    columns = sum(_count(model, columns) for model, columns in sealed_columns())
    return columns + factors.rows_left()


def reseal_some(batch: int = BATCH) -> int:
    """Seal up to `batch` rows anew, in one transaction; returns how many. 0: nothing is left.

    A row that somebody is writing at this moment is left for the next time: whoever works waits
    for nobody but us, and we hold nothing while we wait.

    Raises:
        SealBroken: a value could not be opened. Nothing of the batch is changed.
    """
    for model, columns in sealed_columns():
        keys = _old(model, columns, batch)
        if keys:
            _patiently(model, columns, keys)
            return len(keys)
    with transaction.atomic():
        return factors.reseal_some(batch)


def _patiently(model: type[models.Model], columns: list[SealedField], keys: list[Any]) -> None:
    for _ in range(TRIES):
        try:
            if _reseal_rows(model, columns, keys):
                return
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") not in TRY_AGAIN:
                raise
        sleep(LET_OTHERS)
    raise OperationalError(f"{model._meta.db_table} is locked by others: run it again.")


def _reseal_rows(model: type[models.Model], columns: list[SealedField], keys: list[Any]) -> int:
    """How many of the rows were sealed anew or have gone."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCKED_OUT}'")
        with guards.lifted_on(connection, model._meta.db_table):
            there = model._base_manager.filter(pk__in=keys)
            rows = list(there.select_for_update(skip_locked=True))
            for row in rows:
                _reseal(row, columns)
            return len(rows) or int(not there.exists())


def _reseal(row: models.Model, columns: list[SealedField]) -> None:
    anew: dict[str, Any] = {}
    for column in columns:
        value = row.__dict__[column.attname]
        if isinstance(value, Sealed) and value.blob and value.blob[0] != sealing.newest_key():
            place = column.place(row)
            plain = sealing.unseal(value.blob, place=place)
            anew[column.attname] = Sealed(sealing.seal(plain, place=place))
    type(row)._base_manager.filter(pk=row.pk).update(**anew)


def _old(model: type[models.Model], columns: list[SealedField], limit: int) -> list[Any]:
    where, values = _where(columns)
    key: Any = model._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key.column} FROM {model._meta.db_table} WHERE {where} LIMIT {limit:d}",  # noqa: S608  (names of our own tables)
            values,
        )
        return [row[0] for row in cursor.fetchall()]


def _count(model: type[models.Model], columns: list[SealedField]) -> int:
    where, values = _where(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {model._meta.db_table} WHERE {where}", values)  # noqa: S608
        return int(cursor.fetchone()[0])


def _where(columns: list[SealedField]) -> tuple[str, list[Any]]:
    newest = memoryview(bytes([sealing.newest_key()]))
    where = " OR ".join(
        f"(length({column.column}) > 0 AND substr({column.column}, 1, 1) <> %s)"
        for column in columns
    )
    return where, [newest] * len(columns)
