"""Columns that are encrypted at rest, and the blind index beside the identity number.

A sealed column is decrypted when the attribute is read, never when the row is loaded, so a list
of cases costs nothing and `.values()` yields only ciphertext. It cannot be searched.
"""

import re
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from cases.identity import name_parts
from cases.sealing import blind_index, seal, unseal

NAME_PARTS = 12

# A number of some register, as 2026/17, R-2026-000123 or 5000-K123456-26: at most a short series
# of letters, then figures with marks between. A column that lies open takes nothing else.
REGISTER_NUMBER = r"^([A-ZÅÄÖ][A-ZÅÄÖa-zåäö]{0,3}[ .:-]?)?[0-9]+([ ./:-]?[A-ZÅÄÖ]{0,3}[0-9]+)*$"


class Sealed:
    """Ciphertext as it lies in the database."""

    __slots__ = ("blob",)

    def __init__(self, blob: bytes) -> None:
        self.blob = blob

    def __repr__(self) -> str:
        return "<sealed>"

    def __eq__(self, other: object) -> bool:
        """The same ciphertext: nobody has written the column in between."""
        return isinstance(other, Sealed) and self.blob == other.blob

    def __hash__(self) -> int:
        return hash(self.blob)


class SealedAttribute(DeferredAttribute):
    """Opens the seal at first reading and keeps the plain value on the instance."""

    field: "SealedField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed) and instance is not None:
            value = self.field.opened(value, instance)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(models.BinaryField[Any, Any]):
    """Base of the sealed columns: bound to table, column and row, so that none can be swapped."""

    descriptor_class = SealedAttribute
    empty_strings_allowed = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def place(self, instance: models.Model) -> str:
        return f"{self.model._meta.db_table}.{self.column}:{instance.pk}"

    def opened(self, value: Sealed, instance: models.Model) -> Any:
        return self.from_bytes(
            unseal(value.blob, place=self.place(instance)) if value.blob else b""
        )

    def from_bytes(self, plain: bytes) -> Any:
        return plain

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value)

    def from_db_value(self, value: Any, *_: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        if model_instance.pk is None:
            raise FieldError(f"{self.name} is bound to its row: give the row its key first.")
        plain = self.to_bytes(value)
        return Sealed(seal(plain, place=self.place(model_instance)) if plain else b"")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        if value is None:
            return None
        # What a migration puts into a new column: nothing, and that is no secret.
        if isinstance(value, bytes) and not value:
            return connection.Database.Binary(value)
        if not isinstance(value, Sealed):
            raise FieldError(f"{self.name} is sealed: it is written by saving the row.")
        return connection.Database.Binary(value.blob)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is sealed and cannot be searched.")

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(f"{self.name} is sealed and does not leave with a dump.")


class SealedTextField(SealedField):
    """Text, encrypted at rest. Empty text is stored as nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def get_default(self) -> str:
        return ""

    def to_python(self, value: Any) -> Any:
        """Words as they are, also from a form of the model: a column of bytes expects base64."""
        return value

    def from_bytes(self, plain: bytes) -> str:
        return plain.decode()

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()


class SealedBytesField(SealedField):
    """Bytes, encrypted at rest: the PDFs."""


class BlindIndexField(models.CharField[str, str]):
    """The keyed fingerprint of a sealed sibling column, kept right at every save."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        kwargs |= {"max_length": 64, "editable": False, "default": "", "blank": True}
        kwargs.setdefault("db_index", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001
        value = blind_index(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, value)
        return value


class BlindNamesField(models.CharField[str, str]):
    """Keyed fingerprints of the parts of a sealed name, so that a whole part can be asked for.

    The key is mixed with the row's organisation: the same name in two units has nothing in common.
    A name so long that its parts do not fit is found by the first ones.
    """

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        kwargs |= {"max_length": 17 * NAME_PARTS, "editable": False, "default": "", "blank": True}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, model_instance: Any, add: bool) -> str:  # noqa: FBT001
        parts = name_parts(getattr(model_instance, self.of))[:NAME_PARTS]
        value = " ".join(blind_name(part, model_instance.organisation_id) for part in parts)
        setattr(model_instance, self.attname, value)
        return value


def blind_name(part: str, organisation_id: UUID) -> str:
    """The fingerprint of one part of a name in one organisation; 64 bits are enough to find by."""
    return blind_index(f"name:{organisation_id}:{part}")[:16]


def is_register_number(text: str) -> bool:
    return re.fullmatch(REGISTER_NUMBER, text) is not None


def only_numbers(column: str, *, name: str) -> models.CheckConstraint:
    """The database's own no to words in an open column that is meant for a number."""
    fits = models.Q(**{f"{column}__regex": REGISTER_NUMBER})
    return models.CheckConstraint(condition=models.Q(**{column: ""}) | fits, name=name)
