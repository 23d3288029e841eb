"""What a municipality writes down about one notice. The moves: `referral`."""

from datetime import date
from typing import ClassVar
from uuid import uuid4

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.identity import AgeClass
from cases.models.case import Case
from cases.models.codes import Attendance, Category, Feedback, Talk
from cases.models.fields import SealedTextField
from cases.models.people import Custodian, Person
from cases.models.staff import Municipality, Organisation, User


class SupportAnswer(models.TextChoices):
    """Who said yes or no to the help that was offered (SoL 21:2)."""

    CUSTODIANS = "custodians", "Vårdnadshavarna tackade ja"
    YOUTH = "youth", "Ungdomen (15 år eller äldre) tackade ja"
    NO_CUSTODIANS = "no_custodians", "Vårdnadshavarna tackade nej"
    NO_YOUTH = "no_youth", "Ungdomen (15 år eller äldre) tackade nej"
    # As it was written before a no said whose it was; nobody can answer so any longer.
    DECLINED = "declined", "Tackade nej"
    NOT_OFFERED = "not_offered", "Erbjöds inte – insats finns redan"


class FollowUpAnswer(models.TextChoices):
    """Who said yes or no to being followed up."""

    CUSTODIANS = "custodians", "Vårdnadshavarna tackade ja"
    YOUTH = "youth", "Ungdomen (15 år eller äldre) tackade ja"
    NO_CUSTODIANS = "no_custodians", "Vårdnadshavarna tackade nej"
    NO_YOUTH = "no_youth", "Ungdomen (15 år eller äldre) tackade nej"
    DECLINED = "declined", "Tackade nej"
    NOT_OFFERED = "not_offered", "Erbjöds inte – följs i annat ärende"


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
    # On what the decider decides: the point of the board's order of delegation.
    delegation = models.CharField(max_length=20, blank=True)
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
    support_answer = models.CharField(max_length=13, choices=SupportAnswer.choices, blank=True)
    support_answered_at = models.DateTimeField(null=True, blank=True)
    follow_up_answer = models.CharField(max_length=13, choices=FollowUpAnswer.choices, blank=True)
    follow_up_started_at = models.DateTimeField(null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=15, choices=End.choices, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    transfer_to = models.ForeignKey(
        Municipality, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    transfer_requested_at = models.DateTimeField(null=True, blank=True)
    # SoL 29:11, by the rule of the day of the request.
    answer_before = models.DateTimeField(null=True, blank=True)
    # The no, of the other municipality or of IVO; the request itself stays on record.
    transfer_refused_at = models.DateTimeField(null=True, blank=True)
    # A month's silence, or a no: whether it goes on to IVO has been settled.
    brought_to_ivo_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_minor(self) -> bool:
        return self.age_class not in (AgeClass.FROM_18_TO_19, AgeClass.FROM_20)

    def age_today(self, day: date) -> int | None:
        return self.person.age_on(day)

    @property
    def transfer_is_open(self) -> bool:
        """Does a request, or an application to IVO, wait for its answer?"""
        asked = self.brought_to_ivo_at or self.transfer_requested_at
        refused = self.transfer_refused_at
        return asked is not None and (refused is None or refused < asked)

    def follow_up_until(self, months: int) -> date | None:
        """The last day of a follow-up after an investigation without support (SoL 23:5).

        None: no such follow-up. Counted from the end of the investigation, the stricter reading.
        """
        helped = self.support_answer in (SupportAnswer.CUSTODIANS, SupportAnswer.YOUTH)
        if self.decision != Feedback.OPENED or helped or self.concluded_at is None:
            return None
        return timezone.localdate(self.concluded_at) + relativedelta(months=months)


class InformationMeeting(models.Model):
    """One evening for many families (domain 1.3). Each family's invitation is an `Appointment`."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    place = SealedTextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    outcome = SealedTextField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [models.Index(fields=["organisation", "at"], name="meetings_by_day")]

    def __str__(self) -> str:
        return f"Informationsträff {timezone.localtime(self.at):%Y-%m-%d %H:%M}"


class Appointment(models.Model):
    """A talk that somebody was called to. Rescheduling makes a new one; history stays."""

    class Result(models.TextChoices):
        HELD = "held", "Hölls"
        NOT_HELD = "not_held", "Hölls inte"
        MOVED = "moved", "Flyttades"

    class MovedFor(models.TextChoices):
        FAMILY = "family", "Familjen"
        OFFICE = "office", "Vi"
        OTHER = "other", "Någon annan"

    class NotHeld(models.TextChoices):
        """Why a talk was not held."""

        DECLINED = "declined", "Familjen avböjde"
        NOBODY_CAME = "nobody_came", "Ingen kom"
        FAMILY_HINDERED = "family_hindered", "Familjen fick förhinder"
        OFFICE_HINDERED = "office_hindered", "Vi fick förhinder"
        NO_INTERPRETER = "no_interpreter", "Tolk saknades"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    referral = models.ForeignKey(
        "cases.Referral", on_delete=models.CASCADE, related_name="appointments"
    )
    kind = models.CharField(max_length=20, choices=Talk.choices, default=Talk.TALK)
    meeting = models.ForeignKey(
        InformationMeeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="invitations",
    )
    at = models.DateTimeField()
    place = SealedTextField()
    interpreter = models.CharField(max_length=30, blank=True)
    caseworker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=8, choices=Result.choices, blank=True)
    not_held_because = models.CharField(max_length=15, choices=NotHeld.choices, blank=True)
    # The new time of a talk that was moved, and who asked for it.
    superseded_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )
    moved_for = models.CharField(max_length=9, choices=MovedFor.choices, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["at"]
        indexes: ClassVar = [models.Index(fields=["caseworker", "at"], name="talks_of_a_week")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["meeting", "referral"], name="family_invited_once_a_meeting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.at):%Y-%m-%d %H:%M}"


class Attendee(models.Model):
    """One person called to a talk; no custodian means the youth."""

    class Reply(models.TextChoices):
        COMING = "coming", "Kommer"
        NOT_COMING = "not_coming", "Kommer inte"
        OTHER_TIME = "other_time", "Vill ha en annan tid"

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="attendees")
    custodian = models.ForeignKey(
        Custodian, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reply = models.CharField(max_length=10, choices=Reply.choices, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    attendance = models.CharField(max_length=11, choices=Attendance.choices, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["pk"]  # as they were called
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

    class Outcome(models.TextChoices):
        BETTER = "better", "Bättre än vid anmälan"
        SAME = "same", "Oförändrat"
        WORSE = "worse", "Sämre än vid anmälan"
        UNKNOWN = "unknown", "Gick inte att få veta"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    case_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20, choices=Talk.choices)
    at = models.DateTimeField()
    youth = models.CharField(max_length=11, choices=Attendance.choices)
    custodians = models.CharField(max_length=11, choices=Attendance.choices)
    # How it goes, in a follow-up of a referral.
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    note = SealedTextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {timezone.localtime(self.at):%Y-%m-%d}"
