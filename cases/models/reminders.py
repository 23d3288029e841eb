"""Reminders as rows: what was due when, who was told, and whether it is settled.

A reminder is computed from the dates of a case's clocks, never counted up: a night when nobody
swept is made up for by the next sweep, and the constraint lets none be made twice.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from cases.models.staff import Organisation, User


class Reminder(models.Model):
    """One deadline of one case, brought before somebody. The id says whose case it is."""

    class Level(models.TextChoices):
        OWNER = "owner", "Till den som har ärendet"
        HEAD = "head", "Till den som leder enheten"

    class State(models.TextChoices):
        OPEN = "open", "Väntar"
        SETTLED = "settled", "Klar"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    case_id = models.UUIDField()
    # The clock: the key of its rule, or "talk" and the like.
    step = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    level = models.CharField(max_length=5, choices=Level.choices)
    # When it was to be raised, by the dates; and when a sweep did.
    raise_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["raise_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "level", "case_id"],
                condition=Q(state="open"),
                name="reminders_that_wait",
            ),
            models.Index(fields=["case_id"], name="reminders_of_a_case"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id", "step", "due_at", "level"], name="reminded_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.level} {self.due_at:%Y-%m-%d}"


class WeeklyDigest(models.Model):
    """A unit's letter of the week: a link and nothing else. A row first, then a mail."""

    class State(models.TextChoices):
        WAITING = "waiting", "Väntar"
        SENT = "sent", "Skickad"
        PASSED = "passed", "Ersatt av en senare vecka"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    monday = models.DateField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    # Whoever sends it has it until then; a process that was killed leaves it to the next sweep.
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["monday"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "monday"], name="one_digest_a_week"),
        ]

    def __str__(self) -> str:
        return f"{self.monday} {self.state}"


class Absence(models.Model):
    """A caseworker is away from a day to a day; somebody else has the cases meanwhile."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    absent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["first_day"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="absence_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(absent=F("substitute")), name="substitute_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} till {self.last_day}"


class Cover(models.Model):
    """One case that went to the substitute, and whether it has come back."""

    absence = models.ForeignKey(Absence, on_delete=models.PROTECT, related_name="covers")
    referral = models.ForeignKey("cases.Referral", on_delete=models.CASCADE, related_name="+")
    given_to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Cover {self.referral_id}"
