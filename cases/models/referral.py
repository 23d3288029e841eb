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
from cases.models.fields import only_numbers
from cases.models.grants import on_organisation, on_owned_case
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
assesses_own = on_owned_case(Right.ASSESS_REFERRAL)
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
            # A work list: one unit's open cases by deadline, and all that is counted of them.
            models.Index(
                fields=["organisation", "due_at", "reference", "opened_at", "version"],
                condition=~Q(state__in=["closed", "transferred"]),
                name="referral_worklist",
            ),
            # The same of many units: the soonest of all, and then whose they are.
            models.Index(
                fields=["due_at", "reference", "organisation"],
                condition=~Q(state__in=["closed", "transferred"]),
                name="referral_soonest",
            ),
            models.Index(fields=["organisation", "opened_at"], name="referral_by_day"),
        ]
        constraints: ClassVar = [
            only_numbers("ongoing_reference", name="referral_ongoing_reference"),
            only_numbers("delegation", name="referral_delegation"),
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
        conditions=[when.owner_is_chosen, when.owner_may_assess],
        custom=step("Fördela", "fördelade ärendet", facts=("owner",)),
    )
    def assign(self, *, by: User, at: datetime) -> None:
        """Give it to somebody at the unit."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=assesses_own,
        conditions=[when.colleague_is_chosen, when.owner_may_assess],
        custom=step("Lämna över", "lämnade över ärendet till en kollega", facts=("owner",)),
    )
    def hand_on(self, *, by: User, at: datetime) -> None:
        """Give one's own to a colleague; the clocks go along."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=exchanges,
        custom=step("Låt vikarien ta över", "gick till en vikarie", facts=("owner",)),
    )
    def cover(self, *, by: User, at: datetime) -> None:
        """The owner is away, is back again, or has left: the clocks follow."""

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
        permission=receives,
        custom=step("Rätta vårdnadshavare", "rättade uppgifterna om en vårdnadshavare"),
    )
    def correct_custodian(self, *, by: User, at: datetime) -> None:
        """Correct name, number, phone, address, language or with whom the youth lives."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=receives,
        custom=step(
            "Ändra vem som får informeras",
            "ändrade om en vårdnadshavare får informeras",
            needs_reason=True,
        ),
    )
    def bar_custodian(self, *, by: User, at: datetime) -> None:
        """A custodian may not be told (OSL 12:3), or may be again; the reason is obligatory."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=receives,
        custom=step(
            "Anteckna att vårdnaden upphört",
            "antecknade att någon inte längre är vårdnadshavare",
            needs_reason=True,
        ),
    )
    def end_custody(self, *, by: User, at: datetime) -> None:
        """Somebody is a custodian no longer, from a day; the row and its history stay."""

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

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=exchanges,
        custom=step("Räkna om fristen", "räknade om fristen efter kommunens ändrade kalender"),
    )
    def recount_deadline(self, *, by: User, at: datetime) -> None:
        """A special day was entered or ended: the door sets the next deadline anew."""

    # The record ------------------------------------------------------------------------------

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=assesses,
        conditions=[when.custodian_contact_waits_for_protection, when.contact_is_consented],
        custom=step("Anteckna kontakt", "antecknade en kontakt"),
    )
    def record_contact(self, *, by: User, at: datetime) -> None:
        """With the youth, a custodian, the notifier or the own files; nobody else (SoL 20:2)."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=assesses,
        custom=step("Skriv i journalen", "skrev i journalen"),
    )
    def write_entry(self, *, by: User, at: datetime) -> None:
        """A note becomes an entry of the record, and is locked (SoL 14:3)."""

    @transition(
        state,
        source=tuple(State),
        target=None,
        permission=assesses,
        custom=step("Rätta i journalen", "rättade i journalen genom ett tillägg"),
    )
    def correct_entry(self, *, by: User, at: datetime) -> None:
        """What is written stays; what is right stands beside it, also when all is closed."""

    @transition(
        state,
        source=tuple(State),
        target=None,
        permission=assesses,
        custom=step("Anteckna invändning", "antecknade den enskildes invändning"),
    )
    def note_dispute(self, *, by: User, at: datetime) -> None:
        """Somebody says that something in the matter is wrong (SoL 14:6): an entry, the notice,
        the protection assessment, the decision; also when all is closed.
        """

    # Assessing -------------------------------------------------------------------------------

    @transition(
        state,
        source=State.RECEIVED,
        target=State.PROTECTION_ASSESSED,
        permission=assesses,
        conditions=[
            when.protection_is_answered,
            when.protection_has_reasons,
            when.protection_has_source,
        ],
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
        custom=step("Anteckna svar på kallelsen", "antecknade svar på kallelsen"),
    )
    def record_reply(self, *, by: User, at: datetime) -> None:
        """Who comes, who does not, who asks for another time."""

    @transition(
        state,
        source=(*ASSESSABLE, *DECIDED),
        target=None,
        permission=supports,
        conditions=[when.has_talk_to_record],
        custom=step("Flytta samtalet", "flyttade samtalet"),
    )
    def reschedule_talk(self, *, by: User, at: datetime) -> None:
        """A new time with new letters; the old one stays in the history."""

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
            when.delegation_is_named,
            when.decision_has_reasons,
            when.overrun_is_explained,
        ],
        custom=step(
            "Inled utredning",
            "beslutade att inleda utredning",
            facts=("delegation", "decision_reasons", "overrun_reasons"),
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
            when.delegation_is_named,
            when.decision_has_reasons,
            when.overrun_is_explained,
        ],
        custom=step(
            "Inled inte utredning",
            "beslutade att inte inleda utredning",
            facts=("delegation", "decision_reasons", "overrun_reasons"),
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
            when.consent_is_own,
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
        conditions=[
            when.investigation_is_concluded,
            when.follow_up_is_accepted,
            when.follow_up_is_consented,
            when.follow_up_is_own,
            when.has_checks,
            when.checks_end_in_time,
        ],
        custom=step("Börja uppföljningen", "började uppföljningen", facts=("follow_up_answer",)),
    )
    def start_follow_up(self, *, by: User, at: datetime) -> None:
        """Check later how it went: after an investigation at most six months (SoL 23:5)."""
        self.follow_up_started_at = at

    @transition(
        state,
        source=(State.OPENED, State.NOT_OPENED, State.ONGOING, State.SUPPORT),
        target=None,
        permission=supports,
        conditions=[when.follow_up_is_declined],
        custom=step(
            "Anteckna nej till uppföljning",
            "antecknade att uppföljning avböjdes",
            facts=("follow_up_answer",),
        ),
    )
    def decline_follow_up(self, *, by: User, at: datetime) -> None:
        """Offered and declined, or followed in another matter."""

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
        source=State.FOLLOW_UP,
        target=None,
        permission=supports,
        conditions=[when.has_open_check],
        custom=step(
            "Avstå från en uppföljning", "avstod från en planerad uppföljning", needs_reason=True
        ),
    )
    def skip_check(self, *, by: User, at: datetime) -> None:
        """A planned check is not called for any longer."""

    @transition(
        state,
        source=(State.NOT_OPENED, State.ONGOING, State.SUPPORT, State.FOLLOW_UP),
        target=State.CLOSED,
        permission=supports,
        conditions=[
            when.is_acknowledged,
            when.feedback_is_settled,
            when.talks_are_recorded,
            when.support_is_answered,
            when.follow_up_is_answered,
            when.was_followed_up,
            when.checks_are_settled,
            when.transfer_is_answered,
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
            facts=("transfer_to", "answer_before"),
            needs_reason=True,
        ),
    )
    def request_transfer(self, *, by: User, at: datetime) -> None:
        """A written request (SoL 29:9); silence for a month can go to IVO."""
        self.transfer_requested_at = at
        self.transfer_refused_at = self.brought_to_ivo_at = None

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=transfers,
        conditions=[when.transfer_awaits_answer],
        custom=step(
            "Anteckna nej till överflyttning",
            "antecknade nej till överflyttningen",
            needs_reason=True,
        ),
    )
    def note_transfer_refusal(self, *, by: User, at: datetime) -> None:
        """The other municipality, or IVO, said no: the matter stays, and so does the request."""
        self.transfer_refused_at = at

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=transfers,
        conditions=[
            when.transfer_is_requested,
            when.answer_is_no_or_late,
            when.is_not_brought_to_ivo,
        ],
        custom=step("Anteckna ansökan hos IVO", "antecknade ansökan hos IVO", needs_reason=True),
    )
    def apply_to_ivo(self, *, by: User, at: datetime) -> None:
        """The other municipality said no, or has been silent for a month (SoL 29:11)."""
        self.brought_to_ivo_at = at

    @transition(
        state,
        source=OPEN,
        target=State.TRANSFERRED,
        permission=transfers,
        conditions=[
            when.is_acknowledged,
            when.is_assessed_before_it_goes,
            when.transfer_awaits_answer,
        ],
        custom=step("Överflytta", "överflyttade ärendet"),
    )
    def transfer(self, *, by: User, at: datetime) -> None:
        """The other municipality, or IVO, said yes: the notice goes on, this record ends."""
        self.closed_at = at
