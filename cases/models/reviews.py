"""The systematic review of the access log (SoLPuL 10 §): what was sampled, judged and signed."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from cases.models.fields import SealedTextField
from cases.models.journal import AccessEntry
from cases.models.staff import Organisation, User


class LogReview(models.Model):
    """One review of one unit's log over some days; ended by a signature, never changed after it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    # How many rows the log had over those days: what the sample was drawn from.
    n_rows = models.PositiveIntegerField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    conclusion = SealedTextField()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="review_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"


class ReviewedEntry(models.Model):
    """One row of the sample: why it was drawn, and what the reviewer found."""

    class Drawn(models.TextChoices):
        EMERGENCY = "emergency", "Nödåtkomst"
        ITSELF = "itself", "Utsåg sig själv till läsare"
        REFUSED = "refused", "Nekad"
        REASON = "reason", "Inte eget ärende"
        SEARCH = "search", "Sökning"
        KIN = "kin", "Samma efternamn som läsaren"
        REPEATED = "repeated", "Samma ärende många dagar"
        OUTSIDE = "outside", "Många ärenden som inte är egna"
        OFF_DUTY = "off_duty", "Utanför arbetstid"
        BURST = "burst", "Många ärenden samma dag"
        CHANCE = "chance", "Slumpvis"

    class Finding(models.TextChoices):
        RIGHTFUL = "rightful", "Behörig läsning"
        ASKED = "asked", "Frågat medarbetaren, godtagbart svar"
        WRONGFUL = "wrongful", "Obehörig – anmäld till chef"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    review = models.ForeignKey(LogReview, on_delete=models.CASCADE, related_name="rows")
    entry = models.ForeignKey(AccessEntry, on_delete=models.PROTECT, related_name="+")
    drawn = models.CharField(max_length=9, choices=Drawn.choices)
    finding = models.CharField(max_length=8, choices=Finding.choices, blank=True)
    note = SealedTextField()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["entry_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "entry"], name="entry_once_a_review")
        ]

    def __str__(self) -> str:
        return f"{self.get_drawn_display()} {self.entry_id}"
