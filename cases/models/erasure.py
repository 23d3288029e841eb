"""The protocol of erasure: what was to go, by which rule, who approved, when."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from cases.models.fields import SealedTextField
from cases.models.staff import Organisation, User


class ErasureList(models.Model):
    """What one unit's records are due on a day: proposed by the clock, approved by a person."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    due_by = models.DateField()
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-proposed_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(approved_at__isnull=False),
                name="nothing_erased_unapproved",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(approved_at__isnull=True),
                name="one_open_list_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.due_by}"


class LegalHold(models.Model):
    """Somebody's decision that one case is kept past its day: a reason, and until when."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    case_id = models.UUIDField(db_index=True)
    reason = SealedTextField()
    ends_on = models.DateField()
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["ends_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id"], condition=Q(lifted_at=None), name="one_hold_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"LegalHold {self.pk}"


class ErasureItem(models.Model):
    """One record of the list. The number is there for the one who approves, and goes with it."""

    class Kind(models.TextChoices):
        YOUTH_CASE = "youth_case", "Ungdomsärende"
        REFERRAL = "referral", "Anmälan"
        SUPPLY_TIP = "supply_tip", "Langningstips"

    batch = models.ForeignKey(ErasureList, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # A random id that nothing answers to once the record is gone; a restored backup is swept by it.
    object_id = models.UUIDField(db_index=True)
    reference = models.CharField(max_length=20, blank=True)
    due_on = models.DateField()
    rule = models.SlugField(max_length=40)
    erased_at = models.DateTimeField(null=True, blank=True)
    n_rows = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "object_id"], name="record_once_a_list"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(reference=""),
                name="protocol_without_the_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.object_id}"
