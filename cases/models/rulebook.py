"""Age limits, deadlines and paragraphs: rows with a first and a last day, never code."""

from datetime import date, timedelta
from typing import ClassVar

from django.db import models, transaction
from django.db.models import F, Q

from cases.models.staff import User


class OutOfOrder(Exception):
    """A later value of the rule is there already: history is never changed."""


class Rule(models.Model):
    """One value of one rule, in force from a day. A change is a new row; history stays."""

    class Unit(models.TextChoices):
        MINUTES = "minutes", "minuter"
        HOURS = "hours", "timmar"
        DAYS = "days", "dagar"
        WEEKDAYS = "weekdays", "vardagar"
        MONTHS = "months", "månader"
        YEARS = "years", "år"
        AMOUNT = "amount", ""

    class Standing(models.TextChoices):
        LAW = "law", "Lag"
        PRACTICE = "practice", "Mål i verksamheten"
        UNCONFIRMED = "unconfirmed", "Inte bekräftad – kontrollera"

    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    value = models.PositiveIntegerField()
    unit = models.CharField(max_length=8, choices=Unit.choices)
    paragraph = models.CharField(max_length=80, blank=True)
    standing = models.CharField(max_length=11, choices=Standing.choices)
    note = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    changed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["key", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="rule_once_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="rule_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.value} {self.unit} från {self.valid_from}"

    @classmethod
    def values_on(cls, day: date, *keys: str) -> list[int]:
        """The values in force on `day`, in the order of `keys`: for the conditions of a machine.

        Raises:
            KeyError: a rule is not in force on that day.
        """
        in_force = cls.objects.filter(key__in=keys, valid_from__lte=day).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )
        found = dict(in_force.values_list("key", "value"))
        return [found[key] for key in keys]

    def follow(
        self,
        *,
        by: User,
        value: int,
        valid_from: date,
        standing: str,
        paragraph: str = "",
        note: str = "",
    ) -> "Rule":
        """Add the rule's next value; the newest until now ends the day before.

        Raises:
            OutOfOrder: `valid_from` is not after the newest value's first day.
        """
        with transaction.atomic():
            newest = Rule.objects.select_for_update().filter(key=self.key).latest("valid_from")
            if valid_from <= newest.valid_from:
                raise OutOfOrder
            newest.valid_to = valid_from - timedelta(days=1)
            newest.save(update_fields=["valid_to"])
            return Rule.objects.create(
                key=self.key,
                label=self.label,
                unit=self.unit,
                value=value,
                valid_from=valid_from,
                standing=standing,
                paragraph=paragraph,
                note=note,
                changed_by=by,
            )
