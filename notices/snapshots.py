"""A frozen dataclass as canonical JSON and back, exactly.

The same facts give the same text on every machine and day, so that a SHA-256 of it proves them.
What is read is checked field by field: an unknown, missing or wrongly typed one is refused.
"""

import hashlib
import json
import types
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import (
    TYPE_CHECKING,
    Any,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record")


class SnapshotError(ValueError):
    """The text is not the snapshot of such a record; the message names the field."""


def to_json(record: "DataclassInstance") -> str:
    """Return the canonical JSON: sorted keys, no spaces, times in UTC. A naive time is refused."""
    return json.dumps(
        asdict(record),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
        default=_write_time,
    )


def read(kind: type[Record], text: str) -> Record:
    """Return the ``kind`` that ``to_json`` wrote; raise SnapshotError for anything else."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise SnapshotError("Not JSON") from error
    record: Record = _read(kind, value, kind.__name__)
    return record


def sha256(text: str) -> str:
    """Return the fingerprint of a snapshot as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _write_time(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("A time without zone says nothing")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"No place in a letter for {type(value).__name__}")


def _read(kind: Any, value: object, where: str) -> Any:
    """Return ``value`` as ``kind``, strictly; ``where`` is the path named in the error."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = next(part for part in get_args(kind) if part is not types.NoneType)
        return None if value is None else _read(inner, value, where)
    if origin is tuple:
        return tuple(
            _read(get_args(kind)[0], item, f"{where}[{n}]")
            for n, item in enumerate(_expect(list, value, where))
        )
    if is_dataclass(kind):
        return _read_record(kind, _expect(dict, value, where), where)
    if kind in (str, int, bool):
        return _expect(kind, value, where)
    return _parse(kind, _expect(str, value, where), where)


def _read_record(kind: Any, value: dict[str, object], where: str) -> Any:
    hints = get_type_hints(kind)
    # What a field has a default for came later than some snapshots, which are true without it.
    newer = {field.name for field in fields(kind) if field.default is not MISSING}
    if strange := sorted((value.keys() ^ hints.keys()) - (newer - value.keys())):
        raise SnapshotError(f"{where}: unknown or missing {', '.join(strange)}")
    facts = {name: _read(hints[name], each, f"{where}.{name}") for name, each in value.items()}
    try:
        return kind(**facts)
    except ValueError as error:
        raise SnapshotError(f"{where}: {error}") from error


def _parse(kind: Any, text: str, where: str) -> Any:
    """Return a date, a time with its zone, or a member of a closed list."""
    readers: dict[Any, Callable[[str], object]] = {
        date: date.fromisoformat,
        datetime: datetime.fromisoformat,
    }
    try:
        parsed = readers.get(kind, kind)(text)
    except ValueError as error:
        raise SnapshotError(f"{where}: not a {kind.__name__}") from error
    if isinstance(parsed, datetime) and parsed.tzinfo is None:
        raise SnapshotError(f"{where}: a time without zone")
    return parsed


def _expect(kind: type[Any], value: object, where: str) -> Any:
    # `type() is`, since True is an int to isinstance.
    if type(value) is not kind:
        raise SnapshotError(f"{where}: expected {kind.__name__}")
    return value
