"""Where the alcohol came from, kept apart from the youth: own rights, own retention.

2018:1693 4:7: three to five years, where the youth's record stays one. No key leads from here to a
youth's case, only to the stop.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from cases.models.fields import BlindIndexField, SealedTextField, only_numbers
from cases.models.incidents import Incident
from cases.models.staff import Organisation, User


class SupplySource(models.Model):
    """Several tips that somebody has linked as being about the same supplier."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Källa {self.pk}"


class SupplyTip(models.Model):
    """One account of where the alcohol came from, with the clues to find it by."""

    class Relation(models.TextChoices):
        FRIEND = "friend", "Kompis"
        SIBLING = "sibling", "Äldre syskon"
        PARTNER = "partner", "Pojk- eller flickvän"
        FRIENDS_SIBLING = "friends_sibling", "Kompis syskon"
        PARENT_GAVE = "parent_gave", "Förälder gav"
        PARENT_TAKEN = "parent_taken", "Taget hemma utan lov"
        ADULT = "adult", "Annan vuxen köpte ut"
        ONLINE = "online", "Langare via app eller sociala medier"
        CAR = "car", "Langare med bil"
        RESTAURANT = "restaurant", "Servering"
        SHOP = "shop", "Butik"
        STOLEN = "stolen", "Stulet"
        UNKNOWN = "unknown", "Okänd"

    class Status(models.TextChoices):
        TIP = "tip", "Tips"
        ASSESSED = "assessed", "Bedömt"
        REPORTED = "reported", "Brottsanmält"
        DROPPED = "dropped", "Leder inte vidare"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(
        Incident, null=True, on_delete=models.SET_NULL, related_name="supply_tips"
    )
    relation = models.CharField(max_length=15, choices=Relation.choices)
    price = SealedTextField()
    platform = SealedTextField()
    # Each in one spelling (`cases.forms.spot`), so that equal ones meet by their index.
    nick = SealedTextField()
    nick_index = BlindIndexField(of="nick")
    phone = SealedTextField()
    phone_index = BlindIndexField(of="phone")
    plate = SealedTextField()
    plate_index = BlindIndexField(of="plate")
    # Make and colour.
    vehicle = SealedTextField()
    description = SealedTextField()
    crime_report = models.CharField(max_length=20, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.TIP)
    assessment = SealedTextField()
    # Somebody has said that these tips are about one and the same; nothing else ever does.
    source = models.ForeignKey(
        SupplySource, null=True, blank=True, on_delete=models.SET_NULL, related_name="tips"
    )

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-registered_at"]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "status", "registered_at"], name="tip_by_status")
        ]
        constraints: ClassVar = [
            only_numbers("crime_report", name="tip_crime_report"),
            models.CheckConstraint(
                condition=~Q(status="reported") | ~Q(crime_report=""),
                name="reported_tip_has_its_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()} {self.pk}"
