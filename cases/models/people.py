"""The young person and the custodians (vårdnadshavare), as one authority knows them.

A row belongs to one organisation. The same young person is two rows in two authorities, and
nothing in the database joins them (OSL 8:1; 2018:1693 3:7).
"""

import json
from datetime import date
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cases import identity
from cases.identity import AgeClass
from cases.models.fields import BlindIndexField, BlindNamesField, Sealed, SealedTextField
from cases.models.staff import Municipality, Organisation, User


class Protection(models.TextChoices):
    """Skyddade personuppgifter. Unknown is handled as protected."""

    NOT_PROTECTED = "not_protected", "Inga skyddade personuppgifter"
    PROTECTED = "protected", "Skyddade personuppgifter"
    UNKNOWN = "unknown", "Vet ej – hanteras som skyddade"


class Contactable(models.Model):
    """Name, number, address and phone: everything here is encrypted at rest."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = SealedTextField()
    # Twelve digits, or empty when unknown. Never a made-up number.
    personal_number = SealedTextField()
    number_index = BlindIndexField(of="personal_number")
    street = SealedTextField()
    postal_code = SealedTextField()
    locality = SealedTextField()
    phone = SealedTextField()
    language = models.CharField(max_length=3, default="sv")
    needs_interpreter = models.BooleanField(default=False)
    protection = models.CharField(
        max_length=13, choices=Protection.choices, default=Protection.UNKNOWN
    )

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: Any, field_names: Any, values: Any, **how: Any) -> Self:
        row = super().from_db(db, field_names, values, **how)
        row.__dict__["_read"] = dict(zip(field_names, values, strict=True))
        return row

    def refresh_from_db(self, *args: Any, **how: Any) -> None:
        super().refresh_from_db(*args, **how)
        self.__dict__.pop("_read", None)

    def is_as_read(self) -> bool:
        """Does the register still say what this row was read from? Locks the row.

        Asked once, by whoever writes the row next; a row that was not read is its writer's own.
        """
        read = self.__dict__.pop("_read", None)
        if read is None:
            return True
        rows = type(self)._default_manager.select_for_update()
        stands: dict[str, Any] = rows.values(*read).get(pk=self.pk)
        return all(self._says_the_same(name, read[name], now) for name, now in stands.items())

    def _says_the_same(self, name: str, read: Any, now: Any) -> bool:
        """Sealed anew by a change of the key, the same words lie in other bytes."""
        if read == now or not (isinstance(read, Sealed) and isinstance(now, Sealed)):
            return bool(read == now)
        column: Any = self._meta.get_field(name)
        return bool(column.opened(read, self) == column.opened(now, self))

    @property
    def is_protected(self) -> bool:
        return self.protection != Protection.NOT_PROTECTED

    @property
    def postal_line(self) -> str:
        if not self.postal_code:
            return ""
        return identity.display_postal_line(self.postal_code, self.locality)


class LegalSex(models.TextChoices):
    GIRL = "girl", "Kvinna"
    BOY = "boy", "Man"


class Person(Contactable):
    """A young person in one organisation's register."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    name_index = BlindNamesField(of="name")
    # ISO date, or empty: then the age is an estimate.
    birth_date = SealedTextField()
    estimated_age = models.PositiveSmallIntegerField(null=True, blank=True)
    # What the officer saw at a glance, until an age in years is on record.
    estimated_group = models.CharField(max_length=8, choices=AgeClass.choices, blank=True)
    identified_by = SealedTextField()
    # Where no number says it.
    legal_sex = models.CharField(max_length=5, choices=LegalSex.choices, blank=True)
    municipality = models.ForeignKey(
        Municipality, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    school = SealedTextField()

    class Meta:
        default_permissions = ()
        permissions: ClassVar = [("read_protected", "Läsa skyddade personuppgifter")]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "number_index"], name="person_by_number")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(protection__in=Protection.values), name="person_protection"
            ),
        ]

    def __str__(self) -> str:
        return f"Person {self.pk}"

    @property
    def born_on(self) -> date | None:
        return date.fromisoformat(self.birth_date) if self.birth_date else None

    def age_on(self, day: date) -> int | None:
        """Age in whole years on `day`; the officer's estimate when the birth date is unknown."""
        return identity.age_on(self.born_on, day) if self.born_on else self.estimated_age

    @property
    def home_is_secret(self) -> bool:
        """Is anybody who lives there protected, or not checked? The address of one is that of all,
        and where the child is, they are.
        """
        at_home = (row for row in self.custodians.all() if row.lives_with_youth)
        return self.is_protected or any(row.is_protected for row in at_home)

    def custodians_on(self, day: date) -> "list[Custodian]":
        """Whoever has custody on `day`, also who may not be told."""
        return [custodian for custodian in self.custodians.all() if custodian.has_custody(day)]


class Custodian(Contactable):
    """Somebody with custody of the young person (FB 6 kap.); one row per custodian."""

    class Relation(models.TextChoices):
        MOTHER = "mother", "Mamma"
        FATHER = "father", "Pappa"
        PARENT = "parent", "Förälder"
        APPOINTED = "appointed", "Särskilt förordnad vårdnadshavare"
        TRUSTEE = "trustee", "God man"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="custodians")
    # "Vårdnadshavare 1" is the same one in every letter and on every page: who came first.
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    relation = models.CharField(max_length=10, choices=Relation.choices, default=Relation.PARENT)
    lives_with_youth = models.BooleanField(default=True)
    # Kontaktförbud or other protection: this custodian is told nothing.
    is_barred = models.BooleanField(default=False)
    # The first day without custody. The row stays: a letter or a call may name it.
    custody_ended_on = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["recorded_at", "-lives_with_youth", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(protection__in=Protection.values),
                name="custodian_protection",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()} {self.pk}"

    def has_custody(self, on: date) -> bool:
        return self.custody_ended_on is None or on < self.custody_ended_on


class FormerFacts(models.Model):
    """What a person's row said before it was corrected (SoL 14:6): a correction hides no history.

    Written by the door in the step that corrects, and never changed. Where somebody lived, was
    reached or went to school is not kept: a home that becomes secret would stand here.
    """

    KEPT = (
        *("name", "personal_number", "birth_date", "estimated_age", "identified_by", "legal_sex"),
        *("protection", "language", "relation", "custody_ended_on", "is_barred"),
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="former_facts")
    # None: it is the youth's own row.
    custodian = models.ForeignKey(
        Custodian, null=True, blank=True, on_delete=models.CASCADE, related_name="former_facts"
    )
    # Column -> what it said, as JSON.
    facts = SealedTextField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["changed_at"]

    def __str__(self) -> str:
        return f"FormerFacts {self.pk}"

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.facts)
        return found

    @classmethod
    def before(cls, row: Person | Custodian, *, by: User) -> "FormerFacts | None":
        """The unsaved history of saving `row` now; None when nothing that is kept changes."""
        stood = type(row)._default_manager.filter(pk=row.pk).first()
        if stood is None:
            return None
        names = [name for name in cls.KEPT if hasattr(row, name)]
        said = {
            name: getattr(stood, name)
            for name in names
            # What was not known before has no history.
            if getattr(stood, name) not in ("", None, getattr(row, name))
        }
        if not said:
            return None
        custodian = row if isinstance(row, Custodian) else None
        person = row.person if isinstance(row, Custodian) else row
        facts = json.dumps(said, ensure_ascii=False, default=str)
        return cls(person=person, custodian=custodian, facts=facts, changed_by=by)


def in_secret_homes(cases: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the cases whose youth has a secret home, as `Person.home_is_secret` asks of one."""
    at_home = Custodian.objects.filter(person=OuterRef("person"), lives_with_youth=True)
    hidden = at_home.exclude(protection=Protection.NOT_PROTECTED)
    return cases.filter(~Q(person__protection=Protection.NOT_PROTECTED) | Exists(hidden))
