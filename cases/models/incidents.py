"""What happened on the spot: one stop, shared by its youths.

Coded facts are columns that statistics can count. Whatever somebody wrote is sealed.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from cases.models.codes import Occasion
from cases.models.fields import SealedTextField, only_numbers
from cases.models.passes import PatrolPass
from cases.models.staff import Municipality, Organisation, User


class PlaceType(models.TextChoices):
    CENTRE = "centre", "Centrum"
    PARK = "park", "Park"
    BEACH = "beach", "Strand eller badplats"
    SCHOOL = "school", "Skola"
    STATION = "station", "Resecentrum"
    PARTY = "party", "Festplats"
    HOME = "home", "Bostad"
    SYSTEMBOLAGET = "systembolaget", "Systembolaget"
    VEHICLE = "vehicle", "Fordon"
    OTHER = "other", "Annan plats"


class FoundBy(models.TextChoices):
    PATROL = "patrol", "Yttre tjänst"
    OUTREACH = "outreach", "Uppsökande"
    SURVEILLANCE = "surveillance", "Spaning"
    ALARM = "alarm", "Larm"
    TIP = "tip", "Tips"
    GUARD = "guard", "Ordningsvakt"


class Incident(models.Model):
    """One stop by one patrol. Its youths are cases of their own."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    # The pass it was made in, if it was made in one.
    patrol_pass = models.ForeignKey(
        PatrolPass, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    reference = models.CharField(max_length=20, unique=True)
    started_at = models.DateTimeField()
    place = SealedTextField()
    place_type = models.CharField(max_length=13, choices=PlaceType.choices)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=10, choices=Occasion.choices, default=Occasion.WEEKDAY)
    found_by = models.CharField(max_length=12, choices=FoundBy.choices, default=FoundBy.PATROL)
    call_sign = models.CharField(max_length=20, blank=True)
    # PL 27 §: who took part.
    participants = SealedTextField()
    # Who else was there, without names (domain 1.5).
    guards_present = models.BooleanField(default=False)
    field_workers_present = models.BooleanField(default=False)
    circumstances = SealedTextField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["organisation", "started_at"], name="incident_by_time"),
            models.Index(fields=["municipality", "started_at"], name="incident_by_area"),
        ]
        constraints: ClassVar = [
            only_numbers("call_sign", name="incident_call_sign"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_in_a_home(self) -> bool:
        """Was it in somebody's home? Then the place tells whose, and is not shown to the others."""
        return self.place_type == PlaceType.HOME

    @property
    def others_present(self) -> str:
        """Who else was on the spot, as a page says it."""
        there = (("ordningsvakter", self.guards_present), ("fältare", self.field_workers_present))
        return ", ".join(who for who, were in there if were)

    @property
    def shown_place(self) -> str:
        """The place for whoever sees the whole stop; a home by its kind alone."""
        return (not self.is_in_a_home and self.place) or self.get_place_type_display()
