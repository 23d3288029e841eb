"""What a municipality writes down about one notice. The moves: `referral`."""

from datetime import date
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from cases.identity import AgeClass
from cases.models.case import Case
from cases.models.codes import Attendance, Category, Feedback, Talk
from cases.models.fields import SealedTextField
from cases.models.people import Custodian, Person
from cases.models.staff import Municipality, User


class SupportAnswer(models.TextChoices):
    """Who said yes or no to the help that was offered (SoL 21:2)."""

    CUSTODIANS = "custodians", "Vårdnadshavarna tackade ja"
    YOUTH = "youth", "Ungdomen (15 år eller äldre) tackade ja"
    DECLINED = "declined", "Tackade nej"
    NOT_OFFERED = "not_offered", "Erbjöds inte – insats finns redan"


class End(models.TextChoices):
    """How the matter ended, for follow-up and statistics."""

    NO_FURTHER = "no_further", "Ingen ytterligare åtgärd"
    TALKED = "talked", "Samtal genomfört"
    SUPPORT_DONE = "support_done", "Stöd genomfört"
    IN_OTHER_MATTER = "in_other_matter", "Hanteras i pågående ärende"
    DECLINED = "declined", "Familjen avböjde"
    MOVED = "moved", "Flyttat"


class ReferralRecord(Case):
    """The columns of a `Referral`, and the questions that can be answered from them."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="referrals")
    # The notice: its identity on both sides of the border, and the proof of its content.
    notice_id = models.UUIDField()
    notice_sha256 = models.CharField(max_length=64)
    sender = models.CharField(max_length=160)
    sender_reference = models.CharField(max_length=20)
    category = models.CharField(max_length=1, choices=Category.choices, blank=True)
    age_class = models.CharField(max_length=8, choices=AgeClass.choices, default=AgeClass.UNKNOWN)
    is_urgent = models.BooleanField(default=False)
    # The notifier's warning: a custodian who is told may harm the child (OSL 12:3).
    may_be_harmed_if_told = models.BooleanField(default=False)
    recalled_at = models.DateTimeField(null=True, blank=True)

    acknowledged_at = models.DateTimeField(null=True, blank=True)
    needs_protection = models.BooleanField(null=True, blank=True)
    protection_reasons = SealedTextField()
    protection_source = SealedTextField()
    protection_assessed_at = models.DateTimeField(null=True, blank=True)
    supplement_is_asked = models.BooleanField(default=False)
    supplement_question = SealedTextField()

    # SoL 20:2, from the rule of the day of arrival; past it a decision needs synnerliga skäl.
    decide_before = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Feedback.choices, blank=True)
    decision_reasons = SealedTextField()
    overrun_reasons = SealedTextField()
    ongoing_reference = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    feedback_at = models.DateTimeField(null=True, blank=True)
    feedback_withheld = models.BooleanField(default=False)

    investigation_due_on = models.DateField(null=True, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    support_answer = models.CharField(max_length=11, choices=SupportAnswer.choices, blank=True)
    support_answered_at = models.DateTimeField(null=True, blank=True)
    follow_up_started_at = models.DateTimeField(null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=15, choices=End.choices, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    transfer_to = models.ForeignKey(
        Municipality, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    transfer_requested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_minor(self) -> bool:
        return self.age_class not in (AgeClass.FROM_18_TO_19, AgeClass.FROM_20)

    def age_today(self, day: date) -> int | None:
        return self.person.age_on(day)


class Appointment(models.Model):
    """A talk that somebody was called to. Rescheduling makes a new one; history stays."""

    class Result(models.TextChoices):
        HELD = "held", "Hölls"
        NOT_HELD = "not_held", "Hölls inte"
        MOVED = "moved", "Flyttades"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(
        "cases.Referral", on_delete=models.CASCADE, related_name="appointments"
    )
    kind = models.CharField(max_length=20, choices=Talk.choices, default=Talk.TALK)
    at = models.DateTimeField()
    place = SealedTextField()
    interpreter = models.CharField(max_length=30, blank=True)
    caseworker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=8, choices=Result.choices, blank=True)
    note = SealedTextField()

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class Attendee(models.Model):
    """One person called to a talk; no custodian means the youth."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="attendees")
    custodian = models.ForeignKey(
        Custodian, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    attendance = models.CharField(max_length=11, choices=Attendance.choices, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["appointment", "custodian"], name="custodian_called_once"
            ),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(custodian=None),
                name="youth_called_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.attendance}"


class FollowUp(models.Model):
    """One contact in the follow-up of a police case or of a referral (the id says whose)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20, choices=Talk.choices)
    at = models.DateTimeField()
    youth = models.CharField(max_length=11, choices=Attendance.choices)
    custodians = models.CharField(max_length=11, choices=Attendance.choices)
    note = SealedTextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
