"""Paper and messages, as rows first: nothing that leaves the house exists only in a queue.

A case is named by its id alone: a letter or message can belong to either authority, and no
foreign key may join the two.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Organisation, User
from cases.models.fields import SealedBytesField, SealedTextField
from notices import sheets
from notices.posting import Posting as Posting
from notices.printing import PrintRun as PrintRun
from notices.printing import RunFile as RunFile
from notices.printing import RunItem as RunItem


class Edition(models.Model):
    """One version of a letter's wording in one language. What has been written never changes."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Utkast"
        REVIEWED = "reviewed", "Granskad"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code = models.CharField(max_length=4)
    language = models.CharField(max_length=8)
    version = models.PositiveSmallIntegerField()
    # Key -> text with placeholders; checked by `wording.faults` before it gets here.
    texts = models.JSONField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    reviewed_by = models.CharField(max_length=80, blank=True)
    reviewed_on = models.DateField(null=True)
    # Nobody: it came with the product.
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # The letter about invented people, with a watermark until it is reviewed.
    preview = models.BinaryField(null=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["code", "language", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "language", "version"], name="edition_once"),
            models.CheckConstraint(
                condition=Q(status="draft") | (~Q(reviewed_by="") & Q(reviewed_on__isnull=False)),
                name="a_reviewed_edition_has_a_reviewer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}-{self.language}-{self.version}"

    @property
    def is_reviewed(self) -> bool:
        return self.status == self.Status.REVIEWED


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
    # Of the pages after the Swedish ones; "sv": there are none.
    language = models.CharField(max_length=8, default="sv")
    # Who it is to, in words that name nobody: "vårdnadshavare 1", "socialnämnden".
    addressee = models.CharField(max_length=60)
    # The custodian's row, when it is to one; null when to the youth or an authority.
    custodian_id = models.UUIDField(null=True)
    # The wordings it is made with, for ever: Swedish, and the translation's if there is one.
    edition = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="+")
    translation = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="+")
    template_version = models.CharField(max_length=40)
    # The digest of the layout and stylesheet that the PDF was made with; "" until it is made.
    layout = models.CharField(max_length=64, blank=True)
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
    # How long it has waited is asked of this: a step may be recorded long after it was taken.
    queued_at = models.DateTimeField(default=timezone.now)
    rendered_at = models.DateTimeField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["made_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["queued_at"],
                condition=Q(state="queued"),
                name="letters_that_wait",
            ),
            models.Index(
                fields=["organisation", "queued_at"],
                condition=Q(state__in=["queued", "failed"]),
                name="letters_in_trouble",
            ),
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


class HeldLetter(models.Model):
    """A letter that has not reached its addressee: why, and the lawful other way. Names nobody.

    A gate held it back, or its paper was withdrawn or came back. It is sent again at most once.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    case_id = models.UUIDField(db_index=True)
    code = models.CharField(max_length=4)
    addressee = models.CharField(max_length=60)
    # As in a letter: null when it is to the youth or an authority.
    custodian_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=200)
    other_way = models.CharField(max_length=200)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # When the step was taken that should have sent it.
    made_at = models.DateTimeField()
    # The letter whose paper never arrived; null when a gate held it back before there was any.
    letter = models.OneToOneField(Letter, null=True, on_delete=models.CASCADE, related_name="held")
    # What went instead, once the way was open.
    sent = models.OneToOneField(Letter, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["made_at", "addressee"]

    def __str__(self) -> str:
        return f"{self.code} {self.addressee}"


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
    # Empty for a message to an office outside the installation until its paper is posted.
    delivered_at = models.DateTimeField(null=True)
    letter = models.OneToOneField(
        Letter, null=True, on_delete=models.SET_NULL, related_name="message"
    )

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


class Handout(models.Model):
    """A file for one person at a screen: ordered, made by a worker, opened, and thrown away."""

    class State(models.TextChoices):
        QUEUED = "queued", "I kö"
        READY = "ready", "Klar"
        FAILED = "failed", "Kunde inte göras"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    # The record that it tells of, if any: who may no longer see that may not open this.
    case_id = models.UUIDField(null=True, db_index=True)
    # Neither may name anybody.
    title = models.CharField(max_length=80)
    file_name = models.CharField(max_length=80)
    # Which stylesheet of `rendering.STYLES` it is set with, or which of `sheets.FORMATS` it is.
    style = models.CharField(max_length=10)
    # The whole page, or the rows of the tables, as they were ordered; nothing once it is made.
    html = SealedTextField()
    content = SealedBytesField(null=True)
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    # Never a personal fact: the name of the fault and what to do about it.
    failure = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["made_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "failed"])
                | Q(state="ready", content__isnull=False),
                name="a_ready_handout_has_content",
            ),
        ]

    @property
    def is_tables(self) -> bool:
        return self.style in sheets.FORMATS

    def __str__(self) -> str:
        return f"Handout {self.pk}"
