"""Paper and messages, as rows first: nothing that leaves the house exists only in a queue.

A case is named by its id alone: a letter or message can belong to either authority, and no
foreign key may join the two.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from cases.models import Organisation, User
from cases.models.fields import SealedBytesField, SealedTextField


class Letter(models.Model):
    """One letter: its frozen facts, its template version, and how far it has come."""

    class State(models.TextChoices):
        QUEUED = "queued", "I kö"
        READY = "ready", "Klar"
        FAILED = "failed", "Kunde inte göras"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    case_id = models.UUIDField(db_index=True)
    reference = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=4)
    language = models.CharField(max_length=3, default="sv")
    # Who it is to, in words that name nobody: "vårdnadshavare 1", "socialnämnden".
    addressee = models.CharField(max_length=60)
    # The custodian's row, when it is to one; null when to the youth or an authority.
    custodian_id = models.UUIDField(null=True)
    template_version = models.CharField(max_length=20)
    window = models.CharField(max_length=2)
    # The frozen dataclass as canonical JSON; the hash proves it.
    facts = SealedTextField()
    facts_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    # A worker's claim: whoever comes after it may take the letter over.
    leased_until = models.DateTimeField(null=True)
    # Never a personal fact: the name of the fault and what to do about it.
    failure = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    rendered_at = models.DateTimeField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["made_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["made_at"],
                condition=Q(state="queued"),
                name="letters_that_wait",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "ready", "failed"]),
                name="letter_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | ~Q(pdf_sha256=""),
                name="ready_letter_has_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.reference}"


class Document(models.Model):
    """The PDF of a letter. Printing again means serving these bytes, never rendering anew."""

    letter = models.OneToOneField(Letter, primary_key=True, on_delete=models.CASCADE)
    content = SealedBytesField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Document {self.letter_id}"


class Message(models.Model):
    """One of the five messages, as one side of the border sees it: sent there, received here."""

    class Kind(models.TextChoices):
        NOTICE = "notice", "Anmälan"
        RECEIPT = "receipt", "Kvittens"
        SUPPLEMENT_REQUEST = "supplement_request", "Begäran om komplettering"
        SUPPLEMENT = "supplement", "Komplettering"
        FEEDBACK = "feedback", "Återkoppling"

    class Direction(models.TextChoices):
        OUT = "out", "Skickat"
        IN = "in", "Mottaget"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # The same on both sides: what makes a second delivery harmless.
    message_id = models.UUIDField(default=uuid4)
    # The notice that the exchange is about; it joins the two sides, and no key does.
    notice_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=18, choices=Kind.choices)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    counterpart = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    case_id = models.UUIDField(db_index=True)
    payload = SealedTextField()
    payload_sha256 = models.CharField(max_length=64)
    legal_ground = models.CharField(max_length=120)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # Empty for a message to an office outside the installation until it is posted by hand.
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "direction", "message_id"],
                name="message_once_a_side",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "notice",
                        "receipt",
                        "supplement_request",
                        "supplement",
                        "feedback",
                    ]
                ),
                name="one_of_five_messages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.direction} {self.message_id}"
