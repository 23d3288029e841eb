"""The calls from the spot: to the custodians, and to the municipality's duty team."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.fields import SealedTextField
from cases.models.people import Custodian
from cases.models.staff import User


class CustodianContact(models.Model):
    """One attempt to reach a custodian: who, when, what came of it."""

    class Result(models.TextChoices):
        WILL_COLLECT = "will_collect", "Svarade – hämtar"
        CANNOT_COLLECT = "cannot_collect", "Svarade – kan inte hämta"
        REFUSES = "refuses", "Svarade – vill inte hämta"
        HINDERED = "hindered", "Svarade – är förhindrad"
        ABROAD = "abroad", "Svarade – är utomlands"
        UNFIT = "unfit", "Svarade – bedöms inte kunna ta hand om ungdomen"
        NO_ANSWER = "no_answer", "Svarade inte"
        WRONG_NUMBER = "wrong_number", "Fel nummer"

    REACHED = (
        Result.WILL_COLLECT,
        Result.CANNOT_COLLECT,
        Result.REFUSES,
        Result.HINDERED,
        Result.ABROAD,
        Result.UNFIT,
    )

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    youth_case = models.ForeignKey(
        "cases.YouthCase", on_delete=models.CASCADE, related_name="contacts"
    )
    custodian = models.ForeignKey(
        Custodian,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contacts",
    )
    # The number that was called, E.164.
    phone = SealedTextField()
    at = models.DateTimeField()
    result = models.CharField(max_length=14, choices=Result.choices)
    expected_at = models.DateTimeField(null=True, blank=True)
    # The custodian's own leave for another adult to fetch the youth, and to whom (domain 5.3).
    leave_for_other_adult = SealedTextField()
    # The language that was spoken; through an interpreter or not.
    language = models.CharField(max_length=3, blank=True)
    by_interpreter = models.BooleanField(default=False)
    note = SealedTextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    result__in=[
                        "will_collect",
                        "cannot_collect",
                        "refuses",
                        "hindered",
                        "abroad",
                        "unfit",
                        "no_answer",
                        "wrong_number",
                    ]
                ),
                name="contact_result",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_result_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"

    @property
    def reached(self) -> bool:
        return self.result in self.REACHED


class DutyContact(models.Model):
    """A call to the duty team (socialjouren): when, with whom, what they decided."""

    class Result(models.TextChoices):
        TAKES_OVER = "takes_over", "Tar över"
        ADVISES = "advises", "Ger råd, vi fortsätter"
        NO_ANSWER = "no_answer", "Svarade inte"
        CLOSED = "closed", "Ingen jour har öppet"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    youth_case = models.ForeignKey(
        "cases.YouthCase", on_delete=models.CASCADE, related_name="duty_contacts"
    )
    phone = SealedTextField()
    at = models.DateTimeField()
    result = models.CharField(max_length=10, choices=Result.choices)
    spoke_with = SealedTextField()
    decision = SealedTextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"{self.get_result_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"


class CustodyCheck(models.Model):
    """One look after somebody who is kept drunk: continuous supervision (LOB 3, 6 §§)."""

    class Condition(models.TextChoices):
        AWAKE = "awake", "Vaken, svarar redigt"
        ASLEEP = "asleep", "Sover, går att väcka"
        WORSE = "worse", "Sämre – vård tillkallad"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    youth_case = models.ForeignKey(
        "cases.YouthCase", on_delete=models.CASCADE, related_name="custody_checks"
    )
    at = models.DateTimeField()
    condition = models.CharField(max_length=6, choices=Condition.choices)
    note = SealedTextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # Two looks of one minute: which was the later.
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["at", "recorded_at"]

    def __str__(self) -> str:
        return f"{self.get_condition_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"

    def in_words(self) -> str:
        """How the youth was, what was noted, and who looked."""
        said = f"{self.get_condition_display()}. {self.note}".strip()
        return f"{said} – {self.made_by.name}"
