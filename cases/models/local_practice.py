"""What differs from municipality to municipality: its calendar, who answers for what, the ladder.

Rows with a first and a last day; a change is a new row, and history stays. What never came to hold
is withdrawn, not erased: the row says by whom.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from cases.models.staff import Municipality, Organisation, User


class LocalRow(models.Model):
    """What a municipality has decided for itself, and who changed, ended or took it back."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Taken back before the first day.
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        default_permissions = ()


class DutyHours(LocalRow):
    """One weekday's hours of a municipality's out-of-hours duty team (socialjour)."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "måndag"
        TUESDAY = 1, "tisdag"
        WEDNESDAY = 2, "onsdag"
        THURSDAY = 3, "torsdag"
        FRIDAY = 4, "fredag"
        SATURDAY = 5, "lördag"
        SUNDAY = 6, "söndag"

    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    # Not after `opens`: the team is on duty past midnight, to this time the next day.
    closes = models.TimeField()
    team = models.CharField(max_length=60)
    phone = models.CharField(max_length=30)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta(LocalRow.Meta):
        ordering: ClassVar = ["municipality", "weekday", "opens", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "weekday", "opens", "valid_from"],
                condition=Q(withdrawn_at=None),
                name="duty_hours_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="duty_hours_end_after_they_begin",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="duty_hours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.get_weekday_display()} {self.hours}"

    @property
    def hours(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"

    @property
    def passes_midnight(self) -> bool:
        return self.closes <= self.opens


class SpecialDay(LocalRow):
    """One day that is not as other days in a municipality: the office's, the duty team's, or both.

    It moves targets in weekdays and the duty team's hours. No deadline of the law is counted in
    weekdays, so none is moved by it.
    """

    class Office(models.TextChoices):
        USUAL = "usual", "Som vanligt"
        CLOSED = "closed", "Stängt: räknas inte som vardag"
        OPEN = "open", "Öppet: räknas som vardag"

    class Duty(models.TextChoices):
        USUAL = "usual", "Som vanligt"
        CLOSED = "closed", "Ingen jour"
        HOURS = "hours", "Egna tider"

    day = models.DateField()
    label = models.CharField(max_length=60)
    office = models.CharField(max_length=6, choices=Office.choices)
    duty = models.CharField(max_length=6, choices=Duty.choices)
    # Of the duty team's own hours that day; as in `DutyHours`.
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)
    team = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)

    class Meta(LocalRow.Meta):
        ordering: ClassVar = ["municipality", "day"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "day"],
                condition=Q(withdrawn_at=None),
                name="special_day_once",
            ),
            models.CheckConstraint(
                condition=~Q(duty="hours") | Q(opens__isnull=False, closes__isnull=False),
                name="special_day_has_its_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.label}"


class ResponsibleFunction(LocalRow):
    """Who in a municipality takes what: a function with an address, and the office behind it."""

    class Task(models.TextChoices):
        CHILDREN = "children", "Anmälningar om den som är under 18"
        ADULTS = "adults", "Anmälningar om den som har fyllt 18"
        DUTY_TEAM = "duty_team", "Socialjour"

    task = models.CharField(max_length=9, choices=Task.choices)
    name = models.CharField(max_length=80)
    street = models.CharField(max_length=80)
    postal_line = models.CharField(max_length=80)
    phone = models.CharField(max_length=30, blank=True)
    # The office here that takes it in; none: what is sent leaves on paper.
    office = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Takes also what no other function of the municipality takes.
    is_default = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta(LocalRow.Meta):
        ordering: ClassVar = ["municipality", "task", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "task", "valid_from"],
                condition=Q(withdrawn_at=None),
                name="function_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="function_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.municipality}"


class EscalationStep(models.Model):
    """What the unit and the municipality have agreed on when a youth is met again (domain 1.3).

    Never instead of the notice, and never later: that duty is the same each time (SoL 19:1).
    """

    # Empty: everywhere where the municipality has no ladder of its own.
    municipality = models.ForeignKey(
        Municipality, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # From this stop on, the first being 1.
    times = models.PositiveSmallIntegerField()
    suggestion = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["times", "valid_from"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(times__gte=1), name="escalation_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.times}: {self.suggestion}"
