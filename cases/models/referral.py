"""The municipality's record of one notice, and the whole legal life of it (domain 5.2).

It knows no police table: what it has of the police is the notice, an immutable snapshot, under
`notice_id`. Only `workflow.perform` makes a move last.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import FSMField, FSMModelMixin, transition

from cases.models import referral_conditions as when
from cases.models.case import ConcurrentTransitionMixin, step
from cases.models.codes import Feedback
from cases.models.grants import on_organisation
from cases.models.referral_record import ReferralRecord
from cases.models.staff import Right, User


class State(models.TextChoices):
    RECEIVED = "received", "Inkommen"
    PROTECTION_ASSESSED = "protection_assessed", "Skyddsbedömd"
    PRELIMINARY = "preliminary_assessment", "Förhandsbedömning"
    OPENED = "investigation_opened", "Utredning inledd"
    NOT_OPENED = "not_opened", "Utredning inleds inte"
    ONGOING = "already_ongoing", "Utredning pågår redan"
    SUPPORT = "support", "Stöd"
    FOLLOW_UP = "follow_up", "Uppföljning"
    CLOSED = "closed", "Avslutad"
    TRANSFERRED = "transferred", "Överflyttad"


ENDED = (State.CLOSED, State.TRANSFERRED)
OPEN = tuple(state for state in State if state not in ENDED)
UNDECIDED = (State.RECEIVED, State.PROTECTION_ASSESSED, State.PRELIMINARY)
ASSESSABLE = (State.PROTECTION_ASSESSED, State.PRELIMINARY)
DECIDED = (
    State.OPENED,
    State.NOT_OPENED,
    State.ONGOING,
    State.SUPPORT,
    State.FOLLOW_UP,
)

receives = on_organisation(Right.RECEIVE_REFERRAL)
assesses = on_organisation(Right.ASSESS_REFERRAL)
decides = on_organisation(Right.DECIDE_REFERRAL)
supports = on_organisation(Right.SUPPORT_REFERRAL)
transfers = on_organisation(Right.TRANSFER_REFERRAL)
assigns = on_organisation(Right.ASSIGN_REFERRAL)
names = on_organisation(Right.NAME_READERS)
exchanges = on_organisation(Right.EXCHANGE_MESSAGES)


class Referral(ConcurrentTransitionMixin, FSMModelMixin, ReferralRecord):
    """One notice about one young person, as one municipality handles it."""

    state = FSMField(default=State.RECEIVED, choices=State.choices, protected=True)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "due_at"],
                condition=~Q(state__in=["closed", "transferred"]),
                name="referral_worklist",
            ),
            models.Index(fields=["organisation", "opened_at"], name="referral_by_day"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="referral_state"),
            # The same notice delivered twice is one referral.
            models.UniqueConstraint(
                fields=["organisation", "notice_id"], name="one_referral_per_notice"
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED

    def decide(self, decision: Feedback, *, by: User, at: datetime) -> None:
        """What the three decisions share: what, when, by whom."""
        self.decision, self.decided_at, self.decided_by = decision, at, by

    # Receiving -------------------------------------------------------------------------------

    @transition(
        state,
        source=UNDECIDED,
        target=None,
        permission=receives,
        conditions=[when.is_not_acknowledged],
        custom=step("Kvittera", "kvitterade anmälan"),
    )
    def acknowledge(self, *, by: User, at: datetime) -> None:
        """Tell the notifier that the notice has arrived, with number and time."""
        self.acknowledged_at = at

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=assesses,
        conditions=[when.is_not_mine_already],
        custom=step("Ta ärendet", "tog ärendet"),
    )
    def take(self, *, by: User, at: datetime) -> None:
        """Make it one's own; nothing is owned by nobody."""
        self.owner = by

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=assigns,
        conditions=[when.owner_is_chosen],
        custom=step("Fördela", "fördelade ärendet", facts=("owner",)),
    )
    def assign(self, *, by: User, at: datetime) -> None:
        """Give it to somebody at the unit."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=receives,
        custom=step("Rätta personuppgifter", "rättade personuppgifterna", facts=("age_class",)),
    )
    def correct_person(self, *, by: User, at: datetime) -> None:
        """Correct address, protection or custodians after checking the register."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=receives,
        custom=step("Lägg till vårdnadshavare", "lade till en vårdnadshavare"),
    )
    def add_custodian(self, *, by: User, at: datetime) -> None:
        """One more custodian, also one who lives elsewhere."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=exchanges,
        custom=step("Ta emot komplettering", "fick en komplettering från polisen"),
    )
    def receive_supplement(self, *, by: User, at: datetime) -> None:
        """The police answered, or added something."""
        self.supplement_is_asked = False

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=exchanges,
        custom=step("Ta emot återkallelse", "fick veta att polisen återkallat anmälan"),
    )
    def receive_recall(self, *, by: User, at: datetime) -> None:
        """The document stays: it is a public record (allmän handling)."""
        self.recalled_at = at

    # Assessing -------------------------------------------------------------------------------

    @transition(
        state,
        source=State.RECEIVED,
        target=State.PROTECTION_ASSESSED,
        permission=assesses,
        conditions=[when.protection_is_answered, when.protection_has_reasons],
        custom=step(
            "Gör skyddsbedömning",
            "gjorde skyddsbedömningen",
            facts=(
                "needs_protection",
                "protection_reasons",
                "protection_source",
                "may_be_harmed_if_told",
            ),
        ),
    )
    def assess_protection(self, *, by: User, at: datetime) -> None:
        """Does the child need protection at once (SoL 20:1)?"""
        self.protection_assessed_at = at

    @transition(
        state,
        source=State.PROTECTION_ASSESSED,
        target=State.PRELIMINARY,
        permission=assesses,
        custom=step("Börja förhandsbedömningen", "började förhandsbedömningen"),
    )
    def start_assessment(self, *, by: User, at: datetime) -> None:
        """Decide within fourteen days whether to open an investigation (SoL 20:2)."""
        self.owner = self.owner or by

    @transition(
        state,
        source=UNDECIDED,
        target=None,
        permission=assesses,
        conditions=[when.question_is_asked],
        custom=step(
            "Be om komplettering",
            "bad polisen om komplettering",
            facts=("supplement_question",),
        ),
    )
    def request_supplement(self, *, by: User, at: datetime) -> None:
        """Ask the notifier; no investigation measure (JO 5219-2018)."""
        self.supplement_is_asked = True

    @transition(
        state,
        source=(*ASSESSABLE, *DECIDED),
        target=None,
        permission=supports,
        conditions=[when.harm_is_considered],
        custom=step("Kalla till samtal", "kallade till samtal"),
    )
    def call_to_talk(self, *, by: User, at: datetime) -> None:
        """Call each custodian and the youth from 15; letters are queued."""

    @transition(
        state,
        source=(*ASSESSABLE, *DECIDED),
        target=None,
        permission=supports,
        conditions=[when.has_talk_to_record],
        custom=step("Anteckna samtalet", "antecknade samtalet"),
    )
    def record_talk(self, *, by: User, at: datetime) -> None:
        """Held or not, and who came."""

    # The decision ----------------------------------------------------------------------------

    @transition(
        state,
        source=ASSESSABLE,
        target=State.OPENED,
        permission=decides,
        conditions=[
            when.is_acknowledged,
            when.decision_has_reasons,
            when.overrun_is_explained,
        ],
        custom=step(
            "Inled utredning",
            "beslutade att inleda utredning",
            facts=("decision_reasons", "overrun_reasons"),
        ),
    )
    def open_investigation(self, *, by: User, at: datetime) -> None:
        """An investigation is opened (SoL 14:2); four months run (20:3)."""
        self.decide(Feedback.OPENED, by=by, at=at)

    @transition(
        state,
        source=ASSESSABLE,
        target=State.NOT_OPENED,
        permission=decides,
        conditions=[
            when.is_acknowledged,
            when.decision_has_reasons,
            when.overrun_is_explained,
        ],
        custom=step(
            "Inled inte utredning",
            "beslutade att inte inleda utredning",
            facts=("decision_reasons", "overrun_reasons"),
        ),
    )
    def decide_not_to_open(self, *, by: User, at: datetime) -> None:
        """No investigation; help may be offered without it (SoL 11:5)."""
        self.decide(Feedback.NOT_OPENED, by=by, at=at)

    @transition(
        state,
        source=ASSESSABLE,
        target=State.ONGOING,
        permission=decides,
        conditions=[when.is_acknowledged, when.ongoing_matter_is_named],
        custom=step(
            "Pågår redan",
            "antecknade att utredning redan pågår",
            facts=("ongoing_reference",),
        ),
    )
    def note_ongoing(self, *, by: User, at: datetime) -> None:
        """The notice joins the investigation that is open already."""
        self.decide(Feedback.ONGOING, by=by, at=at)

    @transition(
        state,
        source=DECIDED,
        target=None,
        permission=assesses,
        conditions=[when.feedback_is_open],
        custom=step("Återkoppla", "återkopplade till polisen"),
    )
    def give_feedback(self, *, by: User, at: datetime) -> None:
        """One of three answers, within a week (SoL 19:6)."""
        self.feedback_at = at

    @transition(
        state,
        source=DECIDED,
        target=None,
        permission=decides,
        conditions=[when.feedback_is_open],
        custom=step("Avstå från återkoppling", "avstod från återkoppling", needs_reason=True),
    )
    def withhold_feedback(self, *, by: User, at: datetime) -> None:
        """Not suitable to answer; the reason is obligatory."""
        self.feedback_at, self.feedback_withheld = at, True

    # After the decision ----------------------------------------------------------------------

    @transition(
        state,
        source=State.OPENED,
        target=None,
        permission=decides,
        conditions=[when.extension_has_end],
        custom=step(
            "Förläng utredningen",
            "förlängde utredningen",
            facts=("investigation_due_on",),
            needs_reason=True,
        ),
    )
    def extend_investigation(self, *, by: User, at: datetime) -> None:
        """A set time, for särskilda skäl (SoL 20:3)."""

    @transition(
        state,
        source=State.OPENED,
        target=None,
        permission=decides,
        conditions=[when.investigation_runs],
        custom=step("Avsluta utredningen", "avslutade utredningen"),
    )
    def conclude_investigation(self, *, by: User, at: datetime) -> None:
        """The investigation is done."""
        self.concluded_at = at

    @transition(
        state,
        source=(State.OPENED, State.NOT_OPENED, State.ONGOING),
        target=State.SUPPORT,
        permission=supports,
        conditions=[
            when.support_is_accepted,
            when.consent_is_lawful,
            when.investigation_is_concluded,
        ],
        custom=step("Börja stödet", "började stödet", facts=("support_answer",)),
    )
    def start_support(self, *, by: User, at: datetime) -> None:
        """Talks or other help, with the consent it needs (SoL 11:5, 21:2)."""
        self.support_answered_at = at

    @transition(
        state,
        source=(State.OPENED, State.NOT_OPENED, State.ONGOING),
        target=None,
        permission=supports,
        conditions=[when.support_is_declined],
        custom=step(
            "Anteckna nej till stöd",
            "antecknade att stöd avböjdes",
            facts=("support_answer",),
        ),
    )
    def decline_support(self, *, by: User, at: datetime) -> None:
        """Offered and declined: nobody is forced."""
        self.support_answered_at = at

    @transition(
        state,
        source=(State.OPENED, State.NOT_OPENED, State.ONGOING, State.SUPPORT),
        target=State.FOLLOW_UP,
        permission=supports,
        conditions=[when.investigation_is_concluded],
        custom=step("Börja uppföljningen", "började uppföljningen"),
    )
    def start_follow_up(self, *, by: User, at: datetime) -> None:
        """Check later how it went, at most six months (SoL 23:5)."""
        self.follow_up_started_at = at

    @transition(
        state,
        source=State.FOLLOW_UP,
        target=None,
        permission=supports,
        custom=step("Anteckna uppföljning", "antecknade en uppföljning"),
    )
    def record_follow_up(self, *, by: User, at: datetime) -> None:
        """What the check showed."""
        self.followed_up_at = at

    @transition(
        state,
        source=(State.NOT_OPENED, State.ONGOING, State.FOLLOW_UP),
        target=State.CLOSED,
        permission=supports,
        conditions=[
            when.is_acknowledged,
            when.feedback_is_settled,
            when.talks_are_recorded,
            when.support_is_answered,
            when.was_followed_up,
            when.end_is_coded,
        ],
        custom=step("Avsluta", "avslutade ärendet", facts=("end",)),
    )
    def close(self, *, by: User, at: datetime) -> None:
        """Every step is taken; the retention clock of SoL 16 kap. runs."""
        self.closed_at = at

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=names,
        custom=step("Utse läsare", "utsåg en läsare av skyddade uppgifter", needs_reason=True),
    )
    def name_reader(self, *, by: User, at: datetime) -> None:
        """Somebody may read the protected identity by name."""

    # Another municipality --------------------------------------------------------------------

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=transfers,
        conditions=[when.transfer_has_target],
        custom=step(
            "Begär överflyttning",
            "begärde överflyttning till annan kommun",
            facts=("transfer_to",),
            needs_reason=True,
        ),
    )
    def request_transfer(self, *, by: User, at: datetime) -> None:
        """A written request (SoL 29:9); silence for a month can go to IVO."""
        self.transfer_requested_at = at

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=transfers,
        conditions=[when.transfer_is_requested],
        custom=step(
            "Anteckna nej till överflyttning",
            "antecknade nej till överflyttningen",
            needs_reason=True,
        ),
    )
    def note_transfer_refusal(self, *, by: User, at: datetime) -> None:
        """The other municipality said no: the matter stays."""
        self.transfer_to, self.transfer_requested_at = None, None

    @transition(
        state,
        source=OPEN,
        target=State.TRANSFERRED,
        permission=transfers,
        conditions=[when.transfer_is_requested],
        custom=step("Överflytta", "överflyttade ärendet"),
    )
    def transfer(self, *, by: User, at: datetime) -> None:
        """The other municipality said yes: the notice goes on, this record ends."""
        self.closed_at = at
