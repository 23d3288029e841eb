"""A pass (insats): who went out, where, when, on which occasion, and what it cost in hours.

Every stop made in it carries it. Its hours are the denominator that no count is shown without
(domain 2.2). It holds nothing about any youth.
"""

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.models.codes import Occasion
from cases.models.fields import SealedTextField
from cases.models.staff import Municipality, Organisation, User


class PatrolPass(models.Model):
    """Planned, begun and closed. `effort_minutes` is the time of all who took part together."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    # What the unit calls it, like "Valborg 2026"; empty: the occasion and the day say it.
    title = models.CharField(max_length=60, blank=True)
    occasion = models.CharField(max_length=10, choices=Occasion.choices, default=Occasion.WEEKEND)
    planned_from = models.DateTimeField()
    planned_to = models.DateTimeField()
    # One place a line, as it was planned.
    places = SealedTextField()
    team = models.ManyToManyField(User, related_name="passes")
    # The officers of the team, and whoever came along without a login here.
    n_people = models.PositiveSmallIntegerField(default=2)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # The joint closing report.
    effort_minutes = models.PositiveIntegerField(null=True, blank=True)
    # Youths and parents who were talked to without an intervention, and parents who were called
    # before anything had happened: what the police themselves publish (domain 2.1).
    n_talks = models.PositiveIntegerField(null=True, blank=True)
    n_parents_called = models.PositiveIntegerField(null=True, blank=True)
    summary = SealedTextField()
    next_time = SealedTextField()
    closed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-planned_from"]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "planned_from"], name="pass_by_time"),
            models.Index(fields=["municipality", "started_at"], name="pass_by_area"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(planned_to__gt=F("planned_from")), name="pass_plan_in_order"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True)
                | Q(
                    started_at__isnull=False,
                    ended_at__gte=F("started_at"),
                    effort_minutes__isnull=False,
                    closed_by__isnull=False,
                ),
                name="pass_closed_with_effort",
            ),
        ]

    def __str__(self) -> str:
        if self.title:
            return self.title
        return f"{self.get_occasion_display()} {timezone.localtime(self.planned_from):%Y-%m-%d}"

    @property
    def is_closed(self) -> bool:
        return self.ended_at is not None

    def minutes_until(self, moment: datetime) -> int:
        """The time of all who took part, if the pass ended at `moment`; 0 before it has begun."""
        if self.started_at is None or moment <= self.started_at:
            return 0
        return round((moment - self.started_at).total_seconds() / 60) * self.n_people
