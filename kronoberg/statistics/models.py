"""What statistics keep of their own: the hours of effort that every count is shown beside."""

from typing import ClassVar

from django.db import models

from cases.models import Organisation


class EffortHours(models.Model):
    """Patrol hours spent on the method, per unit and month: the denominator (domain 2.2)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    hours = models.PositiveIntegerField()

    class Meta:
        app_label = "kronoberg"
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "month"], name="hours_once_a_month"),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="hours_belong_to_a_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.month:%Y-%m} {self.hours} h"
