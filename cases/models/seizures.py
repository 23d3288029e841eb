"""Alcohol met with on the spot: what it was, what was done with it, and the decision about it."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from cases.models.staff import User


class AlcoholSeizure(models.Model):
    """Alcohol met with on the spot, and what was done with it."""

    class Drink(models.TextChoices):
        FOLKOL = "folkol", "Folköl"
        STRONG_BEER = "strong_beer", "Starköl"
        CIDER = "cider", "Cider eller alkoläsk"
        WINE = "wine", "Vin"
        SPIRITS = "spirits", "Sprit"
        HOME_MADE = "home_made", "Hemtillverkad"
        UNKNOWN = "unknown", "Okänd"

    class Measure(models.TextChoices):
        FORFEITED = "forfeited", "Förverkad och utspilld"
        SEIZED = "seized", "Kvar i beslag"
        NONE = "none", "Ingen åtgärd"

    class Ground(models.TextChoices):
        ALCOHOL_ACT = "al_12_1", "Alkohollagen 12 kap. 1 §"
        PUBLIC_ORDER = "1958_205", "Lagen (1958:205) 1 §"
        LOB = "lob_8", "LOB 8 §"
        NONE = "none", "–"

    class Origin(models.TextChoices):
        SYSTEMBOLAGET = "systembolaget", "Systembolaget"
        SMUGGLED = "smuggled", "Införd från utlandet"
        UNKNOWN = "unknown", "Okänt"

    class Service(models.TextChoices):
        """How the decision reached whoever it is about (lag 2024:782)."""

        IN_PERSON = "in_person", "Överlämnat på plats"
        TO_CUSTODIAN = "to_custodian", "Överlämnat till vårdnadshavaren"
        BY_POST = "by_post", "Skickat med mottagningsbevis"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    youth_case = models.ForeignKey(
        "cases.YouthCase", on_delete=models.CASCADE, related_name="seizures"
    )
    drink = models.CharField(max_length=11, choices=Drink.choices)
    volume_cl = models.PositiveIntegerField()
    is_opened = models.BooleanField(default=False)
    # Per cent by volume, as printed on it; unknown is empty.
    strength = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    value_sek = models.PositiveIntegerField(null=True, blank=True)
    origin = models.CharField(max_length=13, choices=Origin.choices, default=Origin.UNKNOWN)
    measure = models.CharField(max_length=9, choices=Measure.choices, default=Measure.FORFEITED)
    ground = models.CharField(max_length=8, choices=Ground.choices, default=Ground.ALCOHOL_ACT)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # From the day it was served three weeks run, in which it can be objected to.
    served_at = models.DateTimeField(null=True, blank=True)
    served_how = models.CharField(max_length=12, choices=Service.choices, blank=True)
    objected_on = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["decided_at", "drink", "volume_cl", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(measure="none") | ~Q(ground="none"),
                name="seizure_needs_ground",
            ),
            models.CheckConstraint(
                condition=Q(served_at__isnull=True) | Q(measure="forfeited"),
                name="only_a_forfeiture_is_served",
            ),
            models.CheckConstraint(
                condition=Q(strength__isnull=True) | Q(strength__lte=100), name="seizure_strength"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_drink_display()} {self.volume_cl} cl"

    @property
    def needs_decision_by_post(self) -> bool:
        """Was it forfeited (2024:782 3:5) and the decision not handed over? LOB 8 § has none."""
        handed_over = self.served_how not in ("", self.Service.BY_POST)
        is_forfeited = self.measure == self.Measure.FORFEITED and self.ground != self.Ground.LOB
        return is_forfeited and not handed_over
