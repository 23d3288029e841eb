"""What the police write down about one young person in one incident. The moves: `youth_case`."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models

from cases.identity import AgeClass
from cases.models.case import Case
from cases.models.codes import (
    AnnulReason,
    Category,
    Custody,
    Decision,
    Feedback,
    Harm,
    Intoxication,
    MedicalCheck,
    Outcome,
    ReceiptChannel,
    SupplyAnswer,
    Told,
    YesNo,
)
from cases.models.fields import SealedTextField
from cases.models.incidents import Incident
from cases.models.people import Person
from cases.models.staff import User

if TYPE_CHECKING:
    from cases.models.youth_case import YouthCase


class YouthRecord(Case):
    """The columns of a `YouthCase`, and the questions that can be answered from them."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="youth_cases")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="youth_cases")
    category = models.CharField(max_length=1, choices=Category.choices, blank=True)
    # Fixed by the birth date (or the estimate) and the limits in force on the day.
    age_class = models.CharField(max_length=8, choices=AgeClass.choices, default=AgeClass.UNKNOWN)
    intoxication = models.CharField(max_length=9, choices=Intoxication.choices, blank=True)
    injuries = SealedTextField()
    other_drugs = SealedTextField()
    # Milligrams of alcohol in a litre of breath, where somebody measured it.
    breath_mg = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)
    medical_check = models.CharField(max_length=10, choices=MedicalCheck.choices, blank=True)
    # Of somebody whose identity is unknown: whom the social services are to look for.
    description = SealedTextField()

    custody = models.CharField(max_length=5, choices=Custody.choices, default=Custody.NONE)
    custody_at = models.DateTimeField(null=True, blank=True)
    custody_decided_by = SealedTextField()
    custody_criteria = SealedTextField()
    reason_told_at = models.DateTimeField(null=True, blank=True)
    superior_reviewed_at = models.DateTimeField(null=True, blank=True)
    # Not the hand-over of the stop: in an arrest a custody by LOB goes on after that.
    custody_ended_at = models.DateTimeField(null=True, blank=True)
    # The copy of the protocol of a custody by LOB left for the board at home (RPSFS 2000:57).
    custody_copied_at = models.DateTimeField(null=True, blank=True)

    # Own observations apart from what others said (domain 4.1 p. 7).
    observations = SealedTextField()
    hearsay = SealedTextField()
    hearsay_by = SealedTextField()
    hearsay_at = models.DateTimeField(null=True, blank=True)
    child_words = SealedTextField()
    concern = SealedTextField()
    why_now = SealedTextField()
    effect_on_child = SealedTextField()
    concern_since = SealedTextField()
    if_nothing_is_done = SealedTextField()
    special_considerations = SealedTextField()
    custodian_reaction = SealedTextField()
    is_in_danger = models.BooleanField(default=False)
    danger_how = SealedTextField()
    # The people around the child, as the notice tells of them (domain 4.1 p. 2-4).
    whereabouts = SealedTextField()
    other_adults = SealedTextField()
    other_children = SealedTextField()
    # What the notice carries of the notifier's own (domain 4.1 p. 5, 13, 14).
    attends_meeting = models.CharField(max_length=3, choices=YesNo.choices, blank=True)
    attachments = SealedTextField()
    wants_feedback = models.BooleanField(default=True)
    told_of_notice = models.CharField(max_length=10, choices=Told.choices, blank=True)
    why_not_told = SealedTextField()
    harm_if_told = models.CharField(max_length=7, choices=Harm.choices, blank=True)
    is_suspect = models.BooleanField(default=False)
    # The report of the crime that the youth is suspected of or was the victim of.
    crime_report = models.CharField(max_length=20, blank=True)
    # 18–19: nobody is told anything without the youth's own yes (OSL 12:2, 35:1).
    consents_to_contact = models.BooleanField(default=False)
    consents_to_referral = models.BooleanField(default=False)
    # The one thing about the source that concerns this child and no other (domain 5.3).
    supplied_by_custodian = models.BooleanField(default=False)
    supply_answer = models.CharField(max_length=13, choices=SupplyAnswer.choices, blank=True)

    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    handed_over_to = SealedTextField()
    id_checked = models.BooleanField(default=False)
    handed_over_at = models.DateTimeField(null=True, blank=True)

    reported_at = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decision_reason = SealedTextField()

    notice_id = models.UUIDField(null=True, blank=True)
    notified_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    receipt_number = models.CharField(max_length=40, blank=True)
    # Null until there is a receipt; an office outside the installation answers by phone or letter.
    receipt_channel = models.CharField(
        max_length=7, choices=ReceiptChannel.choices, null=True, blank=True
    )
    supplement_is_asked = models.BooleanField(default=False)
    supplement_question = SealedTextField()
    feedback = models.CharField(max_length=10, choices=Feedback.choices, blank=True)
    feedback_on = models.DateField(null=True, blank=True)
    letters_settled_at = models.DateTimeField(null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    annul_reason = models.CharField(max_length=12, choices=AnnulReason.choices, blank=True)
    merged_into: "models.ForeignKey[YouthCase | None, YouthCase | None]" = models.ForeignKey(
        "cases.YouthCase", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    state_before_merge = models.CharField(max_length=50, blank=True)

    class Meta:
        abstract = True

    @property
    def custody_end(self) -> datetime | None:
        """When the custody ended; whoever was taken to an arrest is kept after the hand-over."""
        is_kept = self.outcome == Outcome.LOB
        return self.custody_ended_at or (None if is_kept else self.handed_over_at)

    @property
    def is_minor(self) -> bool:
        """Under 18 on the day of the stop; an unknown age counts as a child (PL 12 §)."""
        return self.age_class not in (AgeClass.FROM_18_TO_19, AgeClass.FROM_20)

    @property
    def custodians_may_be_told(self) -> bool:
        return self.is_minor or self.consents_to_contact

    @property
    def may_be_harmed_if_told(self) -> bool:
        """Could a custodian who is told harm the child (OSL 12:3)? Unanswered counts as yes."""
        return self.harm_if_told != Harm.NO

    def age_today(self, day: date) -> int | None:
        """The age on `day`: custody ends at 18, also during the case (FB 6:2)."""
        return self.person.age_on(day)

    def settle(self, column: str, at: datetime) -> None:
        """Stamp `column` with the first time the step was taken; repeating does not move it."""
        if getattr(self, column) is None:
            setattr(self, column, at)
