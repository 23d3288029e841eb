"""The two authorities' units, the people who work there, and the rights a role can carry.

Which role has which right stands in `cases.access`; here are only the words.
"""

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group
from django.db import models
from django.db.models import Q


class Municipality(models.Model):
    """One of Sweden's 290 municipalities (SCB's four-digit code)."""

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=60)
    county_code = models.CharField(max_length=2)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class PostalCode(models.Model):
    """A postal code and a municipality in which it lies; some lie in several."""

    postal_code = models.CharField(max_length=5, db_index=True)
    locality = models.CharField(max_length=60)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["postal_code", "municipality"],
                name="postal_code_once_per_municipality",
            )
        ]

    def __str__(self) -> str:
        return f"{self.postal_code[:3]} {self.postal_code[3:]} {self.locality}"


class Kind(models.TextChoices):
    """Which authority a unit belongs to: secrecy holds between the two (OSL 8:1)."""

    POLICE = "police", "Polisen"
    SOCIAL = "social", "Socialtjänsten"


class Right(models.TextChoices):
    """What can be permitted on a unit. Each is a guardian permission on `Organisation`."""

    # Police
    LOG_INCIDENT = "log_incident", "Registrera händelser"
    VIEW_OWN_YOUTHCASE = "view_own_youthcase", "Läsa egna ungdomsärenden"
    VIEW_YOUTHCASE = "view_youthcase", "Läsa enhetens ungdomsärenden"
    HANDLE_YOUTHCASE = "handle_youthcase", "Handlägga på plats"
    REVIEW_YOUTHCASE = "review_youthcase", "Granska"
    NOTIFY_YOUTHCASE = "notify_youthcase", "Skicka anmälan och brev"
    FOLLOW_UP_YOUTHCASE = "follow_up_youthcase", "Följa upp och avsluta"
    ANNUL_YOUTHCASE = "annul_youthcase", "Annullera och sammanföra"
    VIEW_SUPPLY_TIPS = "view_supply_tips", "Följa langningstips"
    # Social services
    VIEW_REFERRAL = "view_referral", "Läsa enhetens anmälningar"
    RECEIVE_REFERRAL = "receive_referral", "Ta emot och kvittera"
    ASSESS_REFERRAL = "assess_referral", "Bedöma"
    DECIDE_REFERRAL = "decide_referral", "Besluta (delegation)"
    SUPPORT_REFERRAL = "support_referral", "Ge stöd och följa upp"
    TRANSFER_REFERRAL = "transfer_referral", "Överflytta till annan kommun"
    ASSIGN_REFERRAL = "assign_referral", "Fördela"
    # Both
    HANDLE_POST = "handle_post", "Sköta posten"
    NAME_READERS = "name_readers", "Utse läsare av skyddade personuppgifter"
    APPROVE_ERASURE = "approve_erasure", "Godkänna gallring"
    EDIT_WORDING = "edit_wording", "Skriva och granska brevens texter"
    VIEW_STATISTICS = "view_statistics", "Se statistik"
    VIEW_SUPPLY_STATISTICS = "view_supply_statistics", "Se statistik om langning"
    PLAN_MEASURES = "plan_measures", "Planera åtgärder och medborgarlöften"
    REVIEW_LOG = "review_log", "Granska loggen"
    MANAGE_SETTINGS = "manage_settings", "Ändra regler och användare"
    EXCHANGE_MESSAGES = "exchange_messages", "Ta emot meddelanden (systemet)"


class Window(models.TextChoices):
    """Where the unit's window envelopes have their window."""

    RIGHT = "H2", "Till höger (H2)"
    LEFT = "V2", "Till vänster (V2)"


class Organisation(models.Model):
    """A police unit or a social services office: the tenant. Rights are granted on it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    authority = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    municipality = models.ForeignKey(
        Municipality,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="organisations",
    )
    # False: a real office outside this installation; notices to it leave on paper.
    is_connected = models.BooleanField(default=True)
    street = models.CharField(max_length=80, blank=True)
    postal_line = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    website = models.CharField(max_length=80, blank=True)
    org_number = models.CharField(max_length=11, blank=True)
    # The out-of-hours duty team's number, empty where there is none.
    duty_phone = models.CharField(max_length=30, blank=True)
    # Empty: as the installation says (settings.LETTER_WINDOW).
    letter_window = models.CharField(max_length=2, choices=Window.choices, blank=True)

    class Meta:
        ordering: ClassVar = ["authority", "name"]
        default_permissions = ()
        permissions = Right.choices  # type: ignore[assignment]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["authority", "name"], name="unit_name_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="organisation_kind"),
            models.CheckConstraint(
                condition=Q(kind=Kind.POLICE) | Q(municipality__isnull=False),
                name="social_office_has_municipality",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority}, {self.name}"

    @property
    def is_police(self) -> bool:
        return self.kind == Kind.POLICE


class Role(models.TextChoices):
    """What somebody works as. One role in one unit at a time; `access.ROLES` says what it may."""

    PATROL_OFFICER = "patrol_officer", "Polis i yttre tjänst"
    YOUTH_OFFICER = "youth_officer", "Ungdomspolis"
    SUPERIOR = "superior", "Förman"
    POLICE_MANAGER = "police_manager", "Kommunpolis"
    INTAKE = "intake", "Mottagning"
    SOCIAL_WORKER = "social_worker", "Socialsekreterare"
    HEAD_OF_UNIT = "head_of_unit", "Enhetschef"
    COORDINATOR = "coordinator", "Brottsförebyggande samordnare"
    LOG_REVIEWER = "log_reviewer", "Loggranskare"
    ADMINISTRATOR = "administrator", "Administratör"
    SERVICE = "service", "Systemet"


class UserManager(BaseUserManager["User"]):
    """Creates users; rights follow from `access.enrol`, never from here."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who logs in. There is no superuser: the column does not exist."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="users")
    role = models.CharField(max_length=20, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    groups = models.ManyToManyField(
        Group, blank=True, related_name="user_set", related_query_name="user"
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name"]
    # guardian and Django ask for it; here nobody ever is.
    is_superuser = False

    class Meta:
        ordering: ClassVar = ["name"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role"),
        ]

    def __str__(self) -> str:
        return self.name
