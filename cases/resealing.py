"""Key rotation: everything sealed with an older key is sealed anew with the newest one.

There is no list of what remains: what is left is asked of the database itself, by the key id that
every sealed value begins with. So it can be cut off anywhere and go on, and it also finds what a
process that had not seen the new key wrote in the meantime.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from cases import factors, sealing
from cases.models import guards
from cases.models.fields import Sealed, SealedField

BATCH = 200


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

    Raises:
        SealBroken: a value could not be opened. Nothing of the batch is changed.
    """
    for model, columns in sealed_columns():
        keys = _old(model, columns, batch)
        if keys:
            with guards.lifted(connection):
                for row in model._base_manager.select_for_update().filter(pk__in=keys):
                    _reseal(row, columns)
            return len(keys)
    with transaction.atomic():
        return factors.reseal_some(batch)


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
