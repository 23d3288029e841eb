"""What each letter may say: one frozen dataclass per letter, and its JSON.

A template sees one of these and nothing else: a fact without a field here cannot reach paper. The
JSON is the snapshot that its SHA-256 proves; L4's is also the message. No database here.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from notices import snapshots
from notices.snapshots import SnapshotError

to_json = snapshots.to_json
sha256 = snapshots.sha256

# Which wording a letter was made with; raised when a word of its template changes.
TEMPLATE_VERSIONS = {
    "L1": "L1-sv-1",
    "L4": "L4-sv-1",
    "L5": "L5-sv-1",
    "L6": "L6-sv-1",
    "L8": "L8-sv-1",
}


class Category(StrEnum):
    INTOXICATED = "A"
    CARRYING = "B"
    IN_COMPANY = "C"


class AlcoholMeasure(StrEnum):
    POURED_OUT = "poured_out"
    SEIZED = "seized"
    NONE = "none"


class CallResult(StrEnum):
    """How the call to *this* recipient went; the other custodian's calls are not told."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    NOT_CALLED = "not_called"


class Outcome(StrEnum):
    """How the evening ended, worded so that it does not tell which other person came."""

    COLLECTED_BY_YOU = "collected_by_you"
    COLLECTED_BY_CUSTODIAN = "collected_by_custodian"
    COLLECTED_BY_OTHER_ADULT = "collected_by_other_adult"
    DRIVEN_HOME = "driven_home"
    SOCIAL_DUTY = "social_duty"
    HOSPITAL = "hospital"
    TAKEN_INTO_CARE = "taken_into_care"  # LOB
    NO_DUTY_TEAM = "no_duty_team"
    LEFT_ON_OWN = "left_on_own"


class Audience(StrEnum):
    CUSTODIAN = "custodian"
    YOUTH = "youth"


class FeedbackAnswer(StrEnum):
    """The only three things that may be told to the notifier (OSL 26:9 a, SoL 19:6)."""

    INVESTIGATION_OPENED = "investigation_opened"
    NOT_OPENED = "not_opened"
    ALREADY_ONGOING = "already_ongoing"


@dataclass(frozen=True, kw_only=True)
class Sender:
    name: str
    unit: str
    street: str
    postal_line: str  # "352 30 VÄXJÖ"
    phone: str
    email: str
    website: str
    org_number: str


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who stands in the window. Without an address only the name is printed."""

    name: str
    street: str | None
    postal_line: str | None
    is_person: bool
    care_of: str = ""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Somebody to call."""

    name: str
    title: str  # of a help line: what it helps with
    phone: str
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class LawReference:
    """One line of the box at the foot: what it is about, and where it is written."""

    about: str  # "Polisens anmälan"
    paragraph: str  # "19 kap. 1 § socialtjänstlagen (2025:400)"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What every letter carries."""

    sender: Sender
    recipient: Recipient
    handler: Contact
    written_on: date
    reference: str  # Dnr at the social services, beteckning at the police
    law: tuple[LawReference, ...]
    is_demo: bool
    their_reference: str = ""


@dataclass(frozen=True, kw_only=True)
class CustodianLetter(Letter):
    """L1: to one custodian after the intervention. Names no young person but their own."""

    youth_name: str
    youth_first_name: str
    met_at: datetime
    place: str  # with its preposition: "på Stortorget i Växjö"
    category: Category
    alcohol: AlcoholMeasure
    call: CallResult
    called_at: datetime | None
    outcome: Outcome
    outcome_at: datetime | None
    municipality: str  # "Växjö kommun"
    notice_sent_on: date | None
    assessment_days: int  # SoL 20:2, from the rulebook
    meeting_at: datetime | None
    meeting_place: str
    objection_until: date | None  # forfeiture: three weeks from service, Lag (2024:782) 3 kap.
    help_contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Child:
    """The child of a notice. ``personal_number`` None means unknown; then the age is estimated."""

    name: str
    personal_number: str | None
    estimated_age: int | None
    is_protected: bool
    street: str | None
    postal_code: str | None
    locality: str | None
    phone: str | None
    language: str
    needs_interpreter: bool
    whereabouts: str  # where the child is now
    school: str = ""
    description: str = ""  # of a child whose identity is unknown

    def __post_init__(self) -> None:
        if self.personal_number is None and self.estimated_age is None:
            raise ValueError("A child without personal number needs an estimated age")
        _refuse_place_of_protected(self)


@dataclass(frozen=True, kw_only=True)
class NoticeCustodian:
    """A custodian as the notice tells of them: to the social services only, never to a family."""

    name: str
    personal_number: str | None
    is_protected: bool
    street: str | None
    postal_code: str | None
    locality: str | None
    phone: str | None
    lives_with_child: bool | None
    language: str
    needs_interpreter: bool
    reached_at: datetime | None
    collected: bool
    reaction: str

    def __post_init__(self) -> None:
        _refuse_place_of_protected(self)


@dataclass(frozen=True, kw_only=True)
class OtherChild:
    name: str
    age: int | None
    has_own_notice: bool


@dataclass(frozen=True, kw_only=True)
class Alcohol:
    kind: str
    amount: str
    measure: AlcoholMeasure


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What somebody else said: kept apart from what the officer saw."""

    who: str
    said_at: datetime | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """An official cannot be anonymous."""

    name: str
    title: str
    unit: str
    phone: str
    case_reference: str
    attends_meeting: bool  # SoL 19:5


@dataclass(frozen=True, kw_only=True)
class ConcernNotice(Letter):
    """L4: the notice of concern from the police to the social board, one child a notice."""

    # 1–5 The notice and the people
    notice_id: str
    made_at: datetime
    municipality: str
    receiving_function: str
    legal_ground: str  # SoL 19:1, which breaks secrecy by OSL 10:28
    is_urgent: bool
    oral_notice_at: datetime | None
    oral_notice_to: str
    child: Child
    custodians: tuple[NoticeCustodian, ...]
    other_children: tuple[OtherChild, ...]
    reporter: Reporter
    # 6 What happened
    happened_at: datetime
    place: str
    category: Category
    what_happened: str
    intoxication: str
    alcohol: tuple[Alcohol, ...]
    injuries: str
    other_drugs: str
    company: str
    # 7 Seen and heard
    own_observations: str
    statements: tuple[Statement, ...]
    # 8 The concern
    child_words: str
    effect_on_child: str
    concern: str
    why_now: str
    concern_since: str
    if_nothing_is_done: str
    acute_danger: bool
    acute_danger_how: str
    # 9 Earlier interventions, from a lawful source
    earlier_count: int
    earlier_on: tuple[date, ...]
    # 10 Afterwards
    handed_over_to: str
    handed_over_at: datetime | None
    supplier_is_custodian: bool
    # 11 Told of the notice
    child_told: bool
    child_not_told_because: str
    custodians_told: bool
    custodians_not_told_because: str
    may_be_harmed_if_told: bool  # OSL 12:3: what the other side's gates read
    special_to_consider: str
    attachments: tuple[str, ...]
    feedback_requested: bool = True  # SoL 19:6


@dataclass(frozen=True, kw_only=True)
class Acknowledgement(Letter):
    """L5: to the notifier, who sees the own reference and no word about the family."""

    receipt_id: str
    received_at: datetime
    feedback_requested: bool
    assessment_days: int  # SoL 20:2
    feedback_days: int  # SoL 19:6


@dataclass(frozen=True, kw_only=True)
class TalkInvitation(Letter):
    """L6: kallelse to a voluntary talk, to each custodian and to the youth from 15."""

    audience: Audience
    youth_name: str
    youth_first_name: str
    notifier: str  # "Polismyndigheten"
    notice_received_on: date
    starts_at: datetime
    minutes: int
    place: str
    directions: str
    meets: tuple[Contact, ...]
    interpreter_language: str  # empty: none booked
    rebook_before: date
    decision_due_on: date  # SoL 20:2


@dataclass(frozen=True, kw_only=True)
class Feedback(Letter):
    """L8: one of three fixed answers and its day. There is no field for anything more."""

    answer: FeedbackAnswer
    decided_on: date


LETTERS: dict[str, type[Letter]] = {
    "L1": CustodianLetter,
    "L4": ConcernNotice,
    "L5": Acknowledgement,
    "L6": TalkInvitation,
    "L8": Feedback,
}


def from_json(code: str, text: str) -> Letter:
    """Return the letter whose snapshot this is; raise SnapshotError for anything else."""
    if code not in LETTERS:
        raise SnapshotError(f"No such letter: {code}")
    return snapshots.read(LETTERS[code], text)


def _refuse_place_of_protected(person: Child | NoticeCustodian) -> None:
    """Raise ValueError if a protected person would be findable through the notice."""
    places = [person.street, person.postal_code, person.locality, person.phone]
    if isinstance(person, Child):
        places.append(person.school)
    if person.is_protected and any(places):
        raise ValueError("A protected person has no address, phone or school in a notice")
