"""What happened on the spot: one incident, its youths, the alcohol, the calls, the source.

Coded facts are columns that statistics can count. Whatever somebody wrote is sealed.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from cases.models.fields import SealedTextField
from cases.models.people import Custodian
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


class Occasion(models.TextChoices):
    WEEKDAY = "weekday", "Vanlig vardag"
    WEEKEND = "weekend", "Vanlig helg"
    VALBORG = "valborg", "Valborg"
    SCHOOL_END = "school_end", "Skolavslutning"
    STUDENTEN = "studenten", "Studenten"
    MIDSUMMER = "midsummer", "Midsommar"
    LUCIA = "lucia", "Lucia"
    CONCERT = "concert", "Konsert"
    FESTIVAL = "festival", "Festival"


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
    circumstances = SealedTextField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["organisation", "started_at"], name="incident_by_time")
        ]

    def __str__(self) -> str:
        return self.reference


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

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    youth_case = models.ForeignKey(
        "cases.YouthCase", on_delete=models.CASCADE, related_name="seizures"
    )
    drink = models.CharField(max_length=11, choices=Drink.choices)
    volume_cl = models.PositiveIntegerField()
    is_opened = models.BooleanField(default=False)
    measure = models.CharField(max_length=9, choices=Measure.choices, default=Measure.FORFEITED)
    ground = models.CharField(max_length=8, choices=Ground.choices, default=Ground.ALCOHOL_ACT)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(measure="none") | ~Q(ground="none"),
                name="seizure_needs_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_drink_display()} {self.volume_cl} cl"


class SupplyTip(models.Model):
    """Where the alcohol came from. Kept apart from the youth's record: own retention, own rights.

    2018:1693 4:7: three to five years, where the youth's record stays one.
    """

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

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(
        Incident, null=True, on_delete=models.SET_NULL, related_name="supply_tips"
    )
    relation = models.CharField(max_length=15, choices=Relation.choices)
    price = SealedTextField()
    platform = SealedTextField()
    phone = SealedTextField()
    vehicle = SealedTextField()
    description = SealedTextField()
    crime_report = models.CharField(max_length=20, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.get_relation_display()} {self.pk}"


class CustodianContact(models.Model):
    """One attempt to reach a custodian: who, when, what came of it."""

    class Result(models.TextChoices):
        WILL_COLLECT = "will_collect", "Svarade – hämtar"
        CANNOT_COLLECT = "cannot_collect", "Svarade – kan inte hämta"
        REFUSES = "refuses", "Svarade – vill inte hämta"
        UNFIT = "unfit", "Svarade – bedöms inte kunna ta hand om ungdomen"
        NO_ANSWER = "no_answer", "Svarade inte"
        WRONG_NUMBER = "wrong_number", "Fel nummer"

    REACHED = (Result.WILL_COLLECT, Result.CANNOT_COLLECT, Result.REFUSES, Result.UNFIT)

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    youth_case = models.ForeignKey(
        "cases.YouthCase", on_delete=models.CASCADE, related_name="contacts"
    )
    custodian = models.ForeignKey(
        Custodian,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contacts",
    )
    # The number that was called, E.164.
    phone = SealedTextField()
    at = models.DateTimeField()
    result = models.CharField(max_length=14, choices=Result.choices)
    expected_at = models.DateTimeField(null=True, blank=True)
    # The custodian's own leave for another adult to fetch the youth, and to whom (domain 5.3).
    leave_for_other_adult = SealedTextField()
    note = SealedTextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    result__in=[
                        "will_collect",
                        "cannot_collect",
                        "refuses",
                        "unfit",
                        "no_answer",
                        "wrong_number",
                    ]
                ),
                name="contact_result",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_result_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def reached(self) -> bool:
        return self.result in self.REACHED
