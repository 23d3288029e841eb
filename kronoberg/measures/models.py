"""What is done about a place, and what has been promised to those who live there: about nobody.

A measure says where and when it should be seen in the figures before it begins, so that nobody can
choose afterwards what looks best.
"""

from datetime import date
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.models import Municipality, Organisation, User
from cases.models.fields import SealedTextField
from kronoberg.statistics import police

WEEKDAYS = police.weekdays.codes, police.weekdays.lines


class Who(models.TextChoices):
    POLICE = "police", "Polisen"
    MUNICIPALITY = "municipality", "Kommunen"
    SCHOOL = "school", "Skolan"
    OTHERS = "others", "Andra"


class CitizenPromise(models.Model):
    """A medborgarlöfte: what the police and the municipality have promised, and by when."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    title = SealedTextField()
    # What those who live there told, and what the promise answers.
    problem = SealedTextField()
    target = SealedTextField()
    # So many activities; none where the target is words alone.
    target_number = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()
        ordering: ClassVar = ["-starts_on", "id"]
        indexes: ClassVar = [models.Index(fields=["area", "starts_on"], name="promises_by_area")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="promise_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)


class PromiseActivity(models.Model):
    """One thing that the promise says shall be done, and the tick when it is."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    promise = models.ForeignKey(CitizenPromise, on_delete=models.CASCADE, related_name="activities")
    words = SealedTextField()
    who = models.CharField(max_length=12, choices=Who.choices)
    # How many of the target it counts for: four evenings are one line.
    n_times = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_by__isnull=True)
                | Q(done_on__isnull=False, done_by__isnull=False),
                name="activity_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.words)


class PromiseComment(models.Model):
    """What the quarterly follow-up to the local Brå says in words; the last one holds."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    promise = models.ForeignKey(CitizenPromise, on_delete=models.CASCADE, related_name="comments")
    # The first day of the quarter.
    quarter = models.DateField()
    words = SealedTextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()
        ordering: ClassVar = ["-made_at", "id"]

    def __str__(self) -> str:
        return f"{self.promise_id} {self.quarter:%Y-%m}"


class Measure(models.Model):
    """An åtgärd: what is done, where, when, by whom, and where it is expected to be seen."""

    class Kind(models.TextChoices):
        PRESENCE = "presence", "Synlig närvaro"
        SUPPLY = "supply", "Mot langning"
        PARENTS = "parents", "Riktat till föräldrar"
        SCHOOL = "school", "Arbete i skolan"
        PLACE = "place", "Platsen: ljus, sikt, öppettider"
        ACTIVITY = "activity", "Något att göra för unga"
        OTHER = "other", "Annat"

    class Term(models.TextChoices):
        SHORT = "short", "Kortsiktig"
        LONG = "long", "Långsiktig"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    title = SealedTextField()
    words = SealedTextField()
    who = models.CharField(max_length=12, choices=Who.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    term = models.CharField(max_length=5, choices=Term.choices)
    # The spot, by the codes of the figures; empty: all places, days or hours.
    place_type = models.CharField(max_length=13, blank=True, choices=list(police.PLACES.items()))
    weekday = models.CharField(max_length=3, blank=True, choices=list(zip(*WEEKDAYS, strict=True)))
    hours = models.CharField(
        max_length=5, blank=True, choices=[(each, each) for each in police.HOURS]
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    # With which municipality it is compared; none: the others of the county together.
    comparison = models.ForeignKey(
        Municipality, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    promise = models.ForeignKey(
        CitizenPromise, null=True, blank=True, on_delete=models.SET_NULL, related_name="measures"
    )
    # What became of it, in words.
    outcome = SealedTextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()
        ordering: ClassVar = ["-starts_on", "id"]
        indexes: ClassVar = [models.Index(fields=["area", "starts_on"], name="measures_by_area")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="measure_in_order",
            ),
            # No table has a place and a weekday at once.
            models.CheckConstraint(
                condition=Q(place_type="") | Q(weekday=""), name="measure_of_a_cell"
            ),
            models.CheckConstraint(
                condition=Q(comparison__isnull=True) | ~Q(comparison=F("area")),
                name="measure_compared_elsewhere",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def has_begun(self, today: date) -> bool:
        return self.starts_on <= today

    @property
    def spot(self) -> str:
        """Where and when, in words."""
        said = (self.get_place_type_display(), self.get_weekday_display(), self.get_hours_display())
        found = ", ".join(word for word in said if word)
        return found[:1].upper() + found[1:] if found else "Hela kommunen"
