"""The police record about one young person, and the whole legal life of it (domain 5.1).

States on top, then the moves in order of life. Each move names its right, its conditions, its
words and the facts it may record. Only `workflow.perform` makes a move last: a trigger in the
database refuses a state that the journal does not know.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import (
    GET_STATE,
    FSMField,
    FSMModelMixin,
    transition,
)

from cases.models import youth_conditions as when
from cases.models.case import ConcurrentTransitionMixin, step
from cases.models.codes import Category, Custody
from cases.models.fields import only_numbers
from cases.models.grants import by_another, on_organisation, on_own_case
from cases.models.staff import Right, User
from cases.models.youth_record import YouthRecord


class State(models.TextChoices):
    DRAFT = "draft", "Utkast"
    PICKED_UP = "picked_up", "Anträffad"
    CONTACTING = "contacting_custodians", "Vårdnadshavare kontaktas"
    HANDED_OVER = "handed_over", "Överlämnad"
    REPORTED = "reported", "Avrapporterad"
    REVIEWED = "reviewed", "Granskad"
    NOTIFIED = "notified", "Anmäld"
    ACKNOWLEDGED = "acknowledged", "Kvitterad"
    FOLLOW_UP = "follow_up", "Uppföljning"
    CLOSED = "closed", "Avslutad"
    ANNULLED = "annulled", "Annullerad"
    MERGED = "merged", "Sammanförd"


ENDED = (State.CLOSED, State.ANNULLED, State.MERGED)
OPEN = tuple(state for state in State if state not in ENDED)
IN_THE_FIELD = (State.DRAFT, State.PICKED_UP, State.CONTACTING, State.HANDED_OVER)
NOTICE_IS_OUT = (State.NOTIFIED, State.ACKNOWLEDGED, State.FOLLOW_UP)

# What the officer writes down on the spot and may complete until the report has left.
RECORD = (
    "category", "intoxication", "injuries", "observations", "hearsay", "child_words",
    "concern", "why_now", "special_considerations", "is_in_danger", "told_of_notice",
    "why_not_told", "harm_if_told", "is_suspect", "custodian_reaction", "consents_to_contact",
    "consents_to_referral", "other_drugs", "description", "hearsay_by", "hearsay_at",
    "effect_on_child", "concern_since", "if_nothing_is_done", "danger_how", "whereabouts",
    "other_adults", "other_children", "attends_meeting", "attachments", "wants_feedback",
    "breath_mg", "medical_check", "crime_report",
)  # fmt: skip

CUSTODY = (
    "custody", "custody_at", "custody_decided_by", "custody_criteria", "reason_told_at",
    "superior_reviewed_at",
)  # fmt: skip

handles = on_own_case(Right.HANDLE_YOUTHCASE)
corrects = on_own_case(Right.HANDLE_YOUTHCASE, Right.REVIEW_YOUTHCASE)
reviews = by_another(on_organisation(Right.REVIEW_YOUTHCASE))
notifies = on_organisation(Right.NOTIFY_YOUTHCASE)
follows_up = on_organisation(Right.FOLLOW_UP_YOUTHCASE)
annuls = by_another(on_organisation(Right.ANNUL_YOUTHCASE))
names = on_organisation(Right.NAME_READERS)
receives = on_organisation(Right.EXCHANGE_MESSAGES)
# A municipality outside the installation answers by telephone: the youth officer notes it.
receives_or_notes = on_organisation(Right.EXCHANGE_MESSAGES, Right.NOTIFY_YOUTHCASE)


class YouthCase(ConcurrentTransitionMixin, FSMModelMixin, YouthRecord):
    """One young person in one incident, as the police know it."""

    state = FSMField(default=State.DRAFT, choices=State.choices, protected=True)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            # A work list: one unit's open cases by deadline, and all that is counted of them.
            models.Index(
                fields=["organisation", "due_at", "reference", "opened_at", "version"],
                condition=~Q(state__in=["closed", "annulled", "merged"]),
                name="youthcase_worklist",
            ),
            # The same of many units: the soonest of all, and then whose they are.
            models.Index(
                fields=["due_at", "reference", "organisation"],
                condition=~Q(state__in=["closed", "annulled", "merged"]),
                name="youthcase_soonest",
            ),
            models.Index(fields=["organisation", "opened_at"], name="youthcase_by_day"),
        ]
        constraints: ClassVar = [
            only_numbers("receipt_number", name="youthcase_receipt_number"),
            only_numbers("crime_report", name="youthcase_crime_report"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="youthcase_state"),
            models.CheckConstraint(
                condition=Q(category__in=["", *Category.values]),
                name="youthcase_category",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED

    @property
    def is_sent_back(self) -> bool:
        """Has the reviewer asked for more, of a report that is not written anew yet?"""
        return self.state == State.HANDED_OVER and self.reported_at is not None

    # On the spot -----------------------------------------------------------------------------

    @transition(
        state,
        source=IN_THE_FIELD,
        target=None,
        permission=handles,
        custom=step("Komplettera uppgifterna", "kompletterade uppgifterna", facts=RECORD),
    )
    def complete_record(self, *, by: User, at: datetime) -> None:
        """Write down what was seen, said and decided."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=corrects,
        custom=step("Rätta personuppgifter", "rättade personuppgifterna", facts=("age_class",)),
    )
    def correct_person(self, *, by: User, at: datetime) -> None:
        """Correct name, number, age, address or protection."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=corrects,
        custom=step("Lägg till vårdnadshavare", "lade till en vårdnadshavare"),
    )
    def add_custodian(self, *, by: User, at: datetime) -> None:
        """One more custodian, also one who lives elsewhere."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=corrects,
        custom=step("Rätta vårdnadshavare", "rättade uppgifterna om en vårdnadshavare"),
    )
    def correct_custodian(self, *, by: User, at: datetime) -> None:
        """Correct name, number, phone, address, language or with whom the youth lives."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=corrects,
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
        permission=corrects,
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
        source=IN_THE_FIELD,
        target=None,
        permission=handles,
        custom=step("Registrera alkohol", "registrerade alkohol"),
    )
    def record_seizure(self, *, by: User, at: datetime) -> None:
        """Alcohol met with, and what was done with it."""

    @transition(
        state,
        source=IN_THE_FIELD,
        target=None,
        permission=handles,
        conditions=[when.something_is_not_served],
        custom=step("Rätta alkohol", "rättade uppgifterna om alkohol", needs_reason=True),
    )
    def correct_seizure(self, *, by: User, at: datetime) -> None:
        """What was typed wrong, before the decision is handed over and the report is written."""

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=corrects,
        conditions=[when.something_was_forfeited],
        custom=step("Följ upp förverkandet", "antecknade om ett förverkande"),
    )
    def follow_forfeiture(self, *, by: User, at: datetime) -> None:
        """The decision was served, or somebody has objected to it (lag 2024:782 3:5)."""

    @transition(
        state,
        source=IN_THE_FIELD,
        target=None,
        permission=handles,
        custom=step(
            "Svara på langningsfrågan",
            "antecknade svaret på langningsfrågan",
            facts=("supply_answer", "supplied_by_custodian"),
        ),
    )
    def answer_supply(self, *, by: User, at: datetime) -> None:
        """Where the alcohol came from; "vet ej" and "vill ej" are answers."""

    @transition(
        state,
        source=IN_THE_FIELD,
        target=None,
        permission=handles,
        conditions=[when.custody_fits_age],
        custom=step("Omhändertagande", "antecknade om omhändertagandet", facts=CUSTODY),
    )
    def take_into_custody(self, *, by: User, at: datetime) -> None:
        """The ground and its criteria, who decided and when; or that there is none after all."""

    @transition(
        state,
        source=(State.PICKED_UP, State.CONTACTING, State.HANDED_OVER, State.REPORTED),
        target=None,
        permission=handles,
        conditions=[when.custody_is_by_lob],
        custom=step("Anteckna tillsyn", "antecknade tillsyn", facts=("custody_ended_at",)),
    )
    def record_supervision(self, *, by: User, at: datetime) -> None:
        """Somebody looked after the youth (LOB 6 §), or the custody ended (LOB 7 §)."""

    @transition(
        state,
        source=State.DRAFT,
        target=State.PICKED_UP,
        permission=handles,
        conditions=[
            when.category_is_chosen,
            when.person_is_known_or_estimated,
            when.is_under_20,
            when.category_fits_age,
            when.custody_fits_age,
        ],
        custom=step("Registrera ingripandet", "registrerade ingripandet"),
    )
    def pick_up(self, *, by: User, at: datetime) -> None:
        """The intervention is on record."""

    # Somebody in hospital is driven there first and the custodians are called after (domain 5.3).
    @transition(
        state,
        source=State.HANDED_OVER,
        target=None,
        permission=handles,
        conditions=[when.custodians_may_be_told],
        custom=step("Logga samtal", "försökte nå en vårdnadshavare"),
    )
    @transition(
        state,
        source=(State.PICKED_UP, State.CONTACTING),
        target=State.CONTACTING,
        permission=handles,
        conditions=[when.custodians_may_be_told],
        custom=step("Logga samtal", "försökte nå en vårdnadshavare"),
    )
    def record_contact(self, *, by: User, at: datetime) -> None:
        """One attempt to reach a custodian."""

    @transition(
        state,
        source=(State.PICKED_UP, State.CONTACTING, State.HANDED_OVER),
        target=None,
        permission=handles,
        custom=step("Logga samtal med jouren", "ringde socialjouren"),
    )
    def record_duty_contact(self, *, by: User, at: datetime) -> None:
        """A call to the duty team: with whom, and what they decided."""

    @transition(
        state,
        source=(State.PICKED_UP, State.CONTACTING),
        target=State.HANDED_OVER,
        permission=handles,
        conditions=[
            when.outcome_is_recorded,
            when.recipient_is_recorded,
            when.recipient_was_identified,
            when.minor_is_not_released,
            when.custodian_was_reached,
            when.custodians_were_tried_enough,
            when.leave_was_given,
            when.recipient_is_fit,
            when.outcome_fits_custody,
            when.reason_for_custody_is_told,
        ],
        custom=step(
            "Överlämna",
            "avslutade ingripandet på plats",
            facts=("outcome", "handed_over_to", "id_checked"),
        ),
    )
    def hand_over(self, *, by: User, at: datetime) -> None:
        """The stop ends: to whom, or how."""
        self.handed_over_at = at

    @transition(
        state,
        source=State.HANDED_OVER,
        target=State.REPORTED,
        permission=handles,
        conditions=[
            when.age_in_years_is_known,
            when.supplier_question_is_answered,
            when.observations_are_written,
            when.concern_is_written,
            when.told_of_notice_is_answered,
            when.harm_is_answered,
            when.custodians_were_called,
            when.participants_are_recorded,
            when.custody_is_described,
            when.custody_was_reviewed,
        ],
        custom=step("Avrapportera", "avrapporterade och intygade beslutet"),
    )
    def report(self, *, by: User, at: datetime) -> None:
        """The officer vouches for who decided, on what ground and when (PL 27 §)."""
        self.reported_at = at

    # Review ----------------------------------------------------------------------------------

    # An age that is corrected after the review may ask for another decision than the one made.
    @transition(
        state,
        source=(State.REPORTED, State.REVIEWED, State.FOLLOW_UP),
        target=State.HANDED_OVER,
        permission=reviews,
        conditions=[when.notice_has_not_left],
        custom=step(
            "Skicka tillbaka",
            "skickade tillbaka ärendet för komplettering",
            needs_reason=True,
        ),
    )
    def send_back(self, *, by: User, at: datetime) -> None:
        """Something is missing, and a decision on the notice is taken anew; the reason is kept."""
        self.decision, self.reviewer, self.reviewed_at = "", None, None

    @transition(
        state,
        source=State.REPORTED,
        target=State.REVIEWED,
        permission=reviews,
        conditions=[
            when.decision_is_made,
            when.not_notifying_is_explained,
            when.adult_has_consented,
        ],
        custom=step(
            "Granska",
            "granskade ärendet och beslutade om anmälan",
            facts=("decision", "decision_reason"),
        ),
    )
    def review(self, *, by: User, at: datetime) -> None:
        """The superior vouches for the rest of the protocol and decides on the notice."""
        self.reviewer, self.reviewed_at = by, at

    @transition(
        state,
        source=(State.HANDED_OVER, State.REPORTED, State.REVIEWED, *NOTICE_IS_OUT),
        target=None,
        permission=notifies,
        conditions=[
            when.custody_is_by_lob,
            when.copy_has_not_left,
            when.custody_is_described,
            when.home_municipality_is_known,
        ],
        custom=step("Skicka LOB-kopia", "skickade kopia av LOB-protokollet till socialnämnden"),
    )
    def send_custody_copy(self, *, by: User, at: datetime) -> None:
        """The protocol of a custody by LOB goes to the board, also about somebody of 18 or 19."""
        self.settle("custody_copied_at", at)

    # The notice ------------------------------------------------------------------------------

    @transition(
        state,
        source=State.REVIEWED,
        target=State.NOTIFIED,
        permission=notifies,
        conditions=[
            when.notice_is_decided,
            when.age_in_years_is_known,
            when.is_under_20,
            when.adult_has_consented,
            when.home_municipality_is_known,
            when.concern_is_written,
            when.told_of_notice_is_answered,
            when.harm_is_answered,
        ],
        custom=step(
            "Skicka anmälan",
            "skickade anmälan till socialnämnden",
            facts=("notice_id",),
        ),
    )
    def notify(self, *, by: User, at: datetime) -> None:
        """The notice has left as an immutable snapshot (SoL 19:1)."""
        self.notified_at = at
        if self.custody == Custody.LOB:
            self.settle("custody_copied_at", at)

    @transition(
        state,
        source=State.NOTIFIED,
        target=State.ACKNOWLEDGED,
        permission=receives_or_notes,
        conditions=[when.receipt_is_numbered],
        custom=step(
            "Anteckna kvittens",
            "tog emot kvittens från kommunen",
            facts=("receipt_number", "receipt_channel"),
        ),
    )
    def acknowledge(self, *, by: User, at: datetime) -> None:
        """The municipality has received the notice."""
        self.acknowledged_at = at

    @transition(
        state,
        source=NOTICE_IS_OUT,
        target=None,
        permission=receives,
        custom=step(
            "Ta emot fråga",
            "fick en fråga från kommunen",
            facts=("supplement_question",),
        ),
    )
    def receive_supplement_request(self, *, by: User, at: datetime) -> None:
        """Social services ask for more."""
        self.supplement_is_asked = True

    @transition(
        state,
        source=NOTICE_IS_OUT,
        target=None,
        permission=notifies,
        conditions=[when.supplement_is_asked],
        custom=step(
            "Skicka komplettering", "skickade en komplettering", facts=("consents_to_referral",)
        ),
    )
    def send_supplement(self, *, by: User, at: datetime) -> None:
        """Answer what social services asked."""
        self.supplement_is_asked, self.supplement_question = False, ""

    @transition(
        state,
        source=NOTICE_IS_OUT,
        target=None,
        permission=receives_or_notes,
        conditions=[when.feedback_is_one_of_three],
        custom=step(
            "Anteckna återkoppling",
            "tog emot återkoppling",
            facts=("feedback", "feedback_on"),
        ),
    )
    def receive_feedback(self, *, by: User, at: datetime) -> None:
        """One of three answers, and nothing else (OSL 26:9 a)."""

    @transition(
        state,
        source=NOTICE_IS_OUT,
        target=None,
        permission=receives,
        custom=step("Räkna om fristen", "räknade om fristen efter kommunens ändrade kalender"),
    )
    def recount_deadline(self, *, by: User, at: datetime) -> None:
        """The municipality entered or ended a special day: the door sets the deadline anew."""

    # Letters and follow-up -------------------------------------------------------------------

    @transition(
        state,
        source=(State.REVIEWED, *NOTICE_IS_OUT),
        target=None,
        permission=notifies,
        conditions=[when.letters_are_open, when.notice_is_settled],
        custom=step("Skicka brev", "beställde brev till vårdnadshavarna"),
    )
    def send_letters(self, *, by: User, at: datetime) -> None:
        """Letters to each custodian are queued."""
        self.settle("letters_settled_at", at)

    @transition(
        state,
        source=(State.REVIEWED, *NOTICE_IS_OUT),
        target=None,
        permission=notifies,
        conditions=[when.letters_are_open],
        custom=step("Avstå från brev", "avstod från brev", needs_reason=True),
    )
    def waive_letters(self, *, by: User, at: datetime) -> None:
        """No letter shall go; the reason is obligatory."""
        self.settle("letters_settled_at", at)

    @transition(
        state,
        source=(State.REVIEWED, State.ACKNOWLEDGED),
        target=State.FOLLOW_UP,
        permission=follows_up,
        conditions=[
            when.not_notifying_is_explained,
            when.notice_is_settled,
            when.notice_is_acknowledged,
            when.letters_are_settled,
        ],
        custom=step("Börja uppföljningen", "började uppföljningen"),
    )
    def start_follow_up(self, *, by: User, at: datetime) -> None:
        """The notice is settled; what remains is to follow up."""

    @transition(
        state,
        source=State.FOLLOW_UP,
        target=None,
        permission=follows_up,
        custom=step("Anteckna uppföljning", "antecknade en uppföljning"),
    )
    def record_follow_up(self, *, by: User, at: datetime) -> None:
        """A talk or a meeting was held, or was offered and declined."""
        self.settle("followed_up_at", at)

    @transition(
        state,
        source=(State.REVIEWED, State.FOLLOW_UP),
        target=State.CLOSED,
        permission=follows_up,
        conditions=[
            when.not_notifying_is_explained,
            when.notice_is_settled,
            when.letters_are_settled,
            when.feedback_is_received,
            when.supplement_is_sent,
            when.was_followed_up,
        ],
        custom=step("Avsluta", "avslutade ärendet"),
    )
    def close(self, *, by: User, at: datetime) -> None:
        """Everything is done. From here the one-year clock of 2018:1693 4:2 runs."""
        self.closed_at = at

    @transition(
        state,
        source=tuple(state for state in State if state != State.DRAFT),
        target=None,
        permission=handles,
        custom=step(
            "Anteckna invändning", "antecknade den enskildes invändning", needs_reason=True
        ),
    )
    def note_dispute(self, *, by: User, at: datetime) -> None:
        """Somebody whom the case is about says that something in it is wrong; it stays beside what
        is written, also when all is closed. The words are sealed beside the journal.
        """

    @transition(
        state,
        source=OPEN,
        target=None,
        permission=names,
        custom=step("Utse läsare", "utsåg en läsare av skyddade uppgifter", needs_reason=True),
    )
    def name_reader(self, *, by: User, at: datetime) -> None:
        """Somebody may read the protected identity by name."""

    # Mistakes --------------------------------------------------------------------------------

    @transition(
        state,
        source=OPEN,
        target=State.ANNULLED,
        permission=annuls,
        conditions=[when.annulment_has_reason],
        custom=step(
            "Annullera",
            "annullerade ärendet",
            facts=("annul_reason",),
            needs_reason=True,
        ),
    )
    def annul(self, *, by: User, at: datetime) -> None:
        """Registered by mistake. Nothing is deleted."""
        self.closed_at = at

    @transition(
        state,
        source=OPEN,
        target=State.MERGED,
        permission=annuls,
        conditions=[when.survivor_is_chosen],
        custom=step(
            "För samman",
            "förde samman ärendet med ett annat",
            facts=("merged_into",),
            needs_reason=True,
        ),
    )
    def merge(self, *, by: User, at: datetime) -> None:
        """The same stop was registered twice; both histories stay."""
        self.state_before_merge = str(self.state)

    @transition(
        state,
        source=State.MERGED,
        target=GET_STATE(lambda case, **_: case.state_before_merge, states=list(OPEN)),
        permission=annuls,
        conditions=[when.survivor_is_open],
        custom=step("Ångra sammanföringen", "ångrade sammanföringen", needs_reason=True),
    )
    def unmerge(self, *, by: User, at: datetime) -> None:
        """They were two after all: the case goes on where it was, until the survivor is closed."""
        self.merged_into = None
