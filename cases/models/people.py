"""The young person and the custodians (vårdnadshavare), as one authority knows them.

A row belongs to one organisation. The same young person is two rows in two authorities, and
nothing in the database joins them (OSL 8:1; 2018:1693 3:7).
"""

from datetime import date
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from cases import identity
from cases.models.fields import BlindIndexField, SealedTextField
from cases.models.staff import Municipality, Organisation


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

    @property
    def is_protected(self) -> bool:
        return self.protection != Protection.NOT_PROTECTED

    @property
    def postal_line(self) -> str:
        if not self.postal_code:
            return ""
        return identity.display_postal_line(self.postal_code, self.locality)


class Person(Contactable):
    """A young person in one organisation's register."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    # ISO date, or empty: then the age is an estimate.
    birth_date = SealedTextField()
    estimated_age = models.PositiveSmallIntegerField(null=True, blank=True)
    identified_by = SealedTextField()
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


class Custodian(Contactable):
    """Somebody with custody of the young person (FB 6 kap.); one row per custodian."""

    class Relation(models.TextChoices):
        MOTHER = "mother", "Mamma"
        FATHER = "father", "Pappa"
        PARENT = "parent", "Förälder"
        APPOINTED = "appointed", "Särskilt förordnad vårdnadshavare"
        TRUSTEE = "trustee", "God man"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="custodians")
    relation = models.CharField(max_length=10, choices=Relation.choices, default=Relation.PARENT)
    lives_with_youth = models.BooleanField(default=True)
    # Kontaktförbud or other protection: this custodian is told nothing.
    is_barred = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(protection__in=Protection.values),
                name="custodian_protection",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()} {self.pk}"
