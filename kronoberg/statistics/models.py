"""What statistics keep of their own: figures as they were frozen, and what making them needs."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from cases.models import Municipality, Organisation, PatrolPass, User
from cases.models.fields import SealedTextField


class FrozenTable(models.Model):
    """One table of one area and one month, made once after the freeze date, never changed.

    The cells are those that may be shown (`noise`), by the codes of their lines, and only those
    that anybody stands on. The true counts outlive neither retention nor the case they came from.
    """

    area = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    # The first day of the month.
    first = models.DateField()
    key = models.CharField(max_length=40)
    # Of the table's definition: cells of another version are not those of today's table.
    version = models.PositiveSmallIntegerField(default=1)
    cells = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "first", "key"], name="table_frozen_once"),
        ]
        # What a page asks: some tables of many months.
        indexes: ClassVar = [models.Index(fields=["area", "key", "first"], name="cells_by_table")]

    def __str__(self) -> str:
        return f"{self.area_id} {self.first:%Y-%m} {self.key}"


class CountySum(models.Model):
    """The cells of one table and one month of all a county's areas together, added up once.

    It holds nothing that the areas' own rows do not, so that a county is read as fast as one area.
    """

    county_code = models.CharField(max_length=2)
    first = models.DateField()
    key = models.CharField(max_length=40)
    # Of the table's definition in every area; 0 where they differ.
    version = models.PositiveSmallIntegerField()
    # How many areas are in the sum.
    n_areas = models.PositiveSmallIntegerField()
    cells = models.JSONField()
    # When the last of them was made.
    made_at = models.DateTimeField()

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county_code", "first", "key"], name="county_sum_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["county_code", "key", "first"], name="county_by_table"),
        ]

    def __str__(self) -> str:
        return f"{self.county_code} {self.first:%Y-%m} {self.key}"


class CountedStop(models.Model):
    """In which month a case was counted, and which time it was within twelve months.

    It belongs to the case and is erased with it. The time in order is written down while the
    earlier case is still there to be counted.
    """

    case_id = models.UUIDField(primary_key=True)
    area = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    # 1: not met with in the twelve months before; 0: no number to know the youth by.
    nth = models.PositiveSmallIntegerField()
    counted_in = models.DateField(null=True)
    # Whether it is known, and tallied, if the youth was met with again.
    is_settled = models.BooleanField(default=False)

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["area", "counted_in"], name="stops_by_month"),
            models.Index(
                fields=["counted_in"], condition=Q(nth=1, is_settled=False), name="stops_to_settle"
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)


class CountedPass(models.Model):
    """In which month the hours of a pass were counted."""

    patrol_pass = models.OneToOneField(PatrolPass, primary_key=True, on_delete=models.CASCADE)
    counted_in = models.DateField()

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.patrol_pass_id)


class CohortTally(models.Model):
    """How many of those first met with in a month have been met with again: a number, no persons.

    True until the month's follow-up is over; then it is moved, frozen, and this row goes.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    area = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    n_again = SealedTextField()

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "first"], name="cohort_tallied_once"),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.first:%Y-%m}"


class RunningError(models.Model):
    """How far the figures of an area and a period are off so far; sealed, gone when it is over."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # A municipality's code, or "lan-" and a county's; the cohorts' own begin with "igen-".
    scope = models.CharField(max_length=12)
    span = models.CharField(max_length=11)
    first = models.DateField()
    last_month = models.DateField()
    errors = SealedTextField()

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "span", "first"], name="running_error_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.span} {self.first:%Y-%m}"


class FiguresWish(models.Model):
    """A unit wants to be told by mail when the figures of a month are made."""

    organisation = models.OneToOneField(
        Organisation, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    wished_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    wished_at = models.DateTimeField()

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.organisation_id)


class FiguresMail(models.Model):
    """A unit's mail of the month: a link and nothing else. A row first, then a mail."""

    class State(models.TextChoices):
        WAITING = "waiting", "Väntar"
        SENT = "sent", "Skickad"
        PASSED = "passed", "Ersatt av en senare månad"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    # The month that was made, from its first day.
    first = models.DateField()
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # Whoever sends it has it until then; a process that was killed leaves it to the next sweep.
    leased_until = models.DateTimeField(null=True)

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()
        ordering: ClassVar = ["first"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "first"], name="one_mail_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.first:%Y-%m} {self.state}"
