"""What a caseworker writes in a referral: contacts, record entries, working notes, later checks.

An entry of the record is written once and never changed (the database refuses, see `guards`): a
correction is an entry of its own that names the one it corrects, and so is what somebody disputes.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models.codes import Talk
from cases.models.fields import SealedTextField
from cases.models.people import Custodian
from cases.models.referral_record import Appointment, FollowUp
from cases.models.staff import User


class ContactMade(models.Model):
    """A contact in the preliminary assessment: nobody but these four may be asked (SoL 20:2)."""

    class Who(models.TextChoices):
        YOUTH = "youth", "Ungdomen"
        CUSTODIAN = "custodian", "Vårdnadshavare"
        NOTIFIER = "notifier", "Den som anmälde"
        OWN_FILES = "own_files", "Egna akter"

    class Result(models.TextChoices):
        REACHED = "reached", "Nåddes"
        NOT_REACHED = "not_reached", "Nåddes inte"
        DECLINED = "declined", "Ville inte tala"

    class Consent(models.TextChoices):
        """To what comes next: another talk, a meeting with the notifier (SoL 19:5)."""

        GIVEN = "given", "Samtycker"
        REFUSED = "refused", "Samtycker inte"

    class ConsentedBy(models.TextChoices):
        CUSTODIANS = "custodians", "Vårdnadshavarna"
        YOUTH = "youth", "Ungdomen (15 år eller äldre)"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(
        "cases.Referral", on_delete=models.CASCADE, related_name="contacts_made"
    )
    who = models.CharField(max_length=9, choices=Who.choices)
    custodian = models.ForeignKey(
        Custodian, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=Talk.choices)
    at = models.DateTimeField()
    result = models.CharField(max_length=11, choices=Result.choices)
    # Empty: nobody was asked.
    consent = models.CharField(max_length=7, choices=Consent.choices, blank=True)
    consented_by = models.CharField(max_length=10, choices=ConsentedBy.choices, blank=True)
    interpreter = models.CharField(max_length=30, blank=True)
    note = SealedTextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(consent="", consented_by="") | ~Q(consent="") & ~Q(consented_by=""),
                name="consent_is_somebody_s",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_who_display()} {timezone.localtime(self.at):%Y-%m-%d}"


class RecordEntry(models.Model):
    """One entry of the record (journalanteckning), with its own author and time (SoL 14:3, 14:6).

    `happened_at` is when, `written_at` when it was written down (FL 27 §).
    """

    class Kind(models.TextChoices):
        NOTE = "note", "Anteckning"
        HAPPENED = "happened", "Vad som hände vid samtalet"
        CONCERN = "concern", "Oro att föra vidare"
        CORRECTION = "correction", "Rättelse"
        DISPUTE = "dispute", "Den enskildes invändning"

    class What(models.TextChoices):
        """What else in a matter can be wrong in somebody's eyes."""

        NOTICE = "notice", "Anmälan"
        PROTECTION = "protection", "Skyddsbedömningen"
        DECISION = "decision", "Beslutet"
        PERSON = "person", "Personuppgifterna"
        OTHER = "other", "Annat i ärendet"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey("cases.Referral", on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = SealedTextField()
    appointment = models.ForeignKey(
        Appointment, null=True, blank=True, on_delete=models.PROTECT, related_name="entries"
    )
    about = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="additions"
    )
    # Where it is about something that is no entry.
    about_what = models.CharField(max_length=10, choices=What.choices, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["written_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(about__isnull=False)
                | ~Q(about_what="")
                | ~Q(kind__in=["correction", "dispute"]),
                name="addition_names_its_entry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.written_at):%Y-%m-%d %H:%M}"


class WorkingNote(models.Model):
    """A caseworker's draft in a case: no part of the record until it is written into it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey("cases.Referral", on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    text = SealedTextField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "author"], name="one_draft_each"),
        ]

    def __str__(self) -> str:
        return f"WorkingNote {self.pk}"


class FollowUpCheck(models.Model):
    """A check agreed on for later (after three, six, twelve months): done, or let go."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey("cases.Referral", on_delete=models.CASCADE, related_name="checks")
    months = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    done_by = models.OneToOneField(
        FollowUp, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    skipped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["due_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "months"], name="one_check_a_date"),
        ]

    def __str__(self) -> str:
        return f"Uppföljning efter {self.months} månader"

    @property
    def is_open(self) -> bool:
        return self.done_by_id is None and self.skipped_at is None
