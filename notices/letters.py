"""What each letter may say: one frozen dataclass per letter, and its JSON.

A template sees one of these and nothing else: a fact without a field here cannot reach paper. The
JSON is the snapshot that its SHA-256 proves; L4's is also the message. No database here.
"""

from dataclasses import dataclass
from datetime import date, datetime

from notices import snapshots
from notices.concern_letter import Child as Child
from notices.concern_letter import ConcernNotice as ConcernNotice
from notices.concern_letter import NoticeCustodian as NoticeCustodian
from notices.concern_letter import OtherChild as OtherChild
from notices.concern_letter import Reporter as Reporter
from notices.concern_letter import Statement as Statement
from notices.snapshots import SnapshotError
from notices.stationery import Alcohol as Alcohol
from notices.stationery import AlcoholMeasure as AlcoholMeasure
from notices.stationery import Audience as Audience
from notices.stationery import CallResult as CallResult
from notices.stationery import Category as Category
from notices.stationery import Contact as Contact
from notices.stationery import FeedbackAnswer as FeedbackAnswer
from notices.stationery import LawReference as LawReference
from notices.stationery import Letter as Letter
from notices.stationery import MessageKind as MessageKind
from notices.stationery import Outcome as Outcome
from notices.stationery import Recipient as Recipient
from notices.stationery import Sender as Sender

to_json = snapshots.to_json
sha256 = snapshots.sha256


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


@dataclass(frozen=True, kw_only=True)
class MeetingInvitation(Letter):
    """L2: to an evening of information by police and municipality. Says nothing of the stop."""

    audience: Audience
    youth_first_name: str
    starts_at: datetime
    minutes: int
    place: str
    answer_before: date


@dataclass(frozen=True, kw_only=True)
class YouthLetter(Letter):
    """L3: to the youth from fifteen, and from eighteen to nobody else."""

    youth_first_name: str
    met_at: datetime
    place: str
    category: Category
    alcohol: AlcoholMeasure
    is_adult: bool
    custodians_get_letter: bool
    municipality: str
    notice_sent_on: date | None
    assessment_days: int


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
class DecisionLetter(Letter):
    """L7a, L7b: an investigation was opened, or was not. The reasons are told by a person: they
    may hold what another custodian has said.
    """

    audience: Audience
    youth_name: str
    youth_first_name: str
    notifier: str
    notice_received_on: date
    decided_on: date
    investigation_due_on: date | None  # SoL 20:3; None in L7b


@dataclass(frozen=True, kw_only=True)
class Feedback(Letter):
    """L8: one of three fixed answers and its day. There is no field for anything more."""

    answer: FeedbackAnswer
    decided_on: date


@dataclass(frozen=True, kw_only=True)
class ForfeitureDecision(Letter):
    """L9: the written decision on forfeited alcohol, and how to object (Lag 2024:782 3:5)."""

    audience: Audience
    youth_name: str
    youth_first_name: str
    decided_at: datetime
    place: str
    items: tuple[Alcohol, ...]
    ground: str
    decided_by: str
    objection_weeks: int
    # Known once it is served; by post the weeks run from the day the letter came.
    objection_last_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class CustodyCopy(Letter):
    """L10: goes with the copy of a protocol of custody by LOB to the board at home."""

    youth_name: str
    personal_number: str | None
    is_protected: bool
    taken_at: datetime
    place: str
    ended_at: datetime | None
    outcome: str
    decided_by: str
    notice_id: str


@dataclass(frozen=True, kw_only=True)
class TransferRequest(Letter):
    """L11: one municipality asks another to take over a matter (SoL 29:9-11)."""

    municipality: str
    youth_name: str
    personal_number: str | None
    is_protected: bool
    notifier: str
    notice_received_on: date
    reason: str
    answer_before: date


@dataclass(frozen=True, kw_only=True)
class FollowUpLetter(Letter):
    """L12: the matter is followed up for a while, at most six months (SoL 23:5)."""

    audience: Audience
    youth_name: str
    youth_first_name: str
    started_on: date
    ends_before: date


@dataclass(frozen=True, kw_only=True)
class FollowUpEndLetter(Letter):
    """L12b: nobody follows the matter up any longer (SoL 23:5)."""

    audience: Audience
    youth_name: str
    youth_first_name: str
    ended_on: date


@dataclass(frozen=True, kw_only=True)
class NoticeMessage(Letter):
    """L4b: one of the messages about a notice, on paper to an office outside the installation."""

    about: MessageKind
    notice_id: str
    notice_reference: str
    text: str


LETTERS: dict[str, type[Letter]] = {
    "L1": CustodianLetter,
    "L2": MeetingInvitation,
    "L3": YouthLetter,
    "L4": ConcernNotice,
    "L4b": NoticeMessage,
    "L5": Acknowledgement,
    "L6": TalkInvitation,
    "L7a": DecisionLetter,
    "L7b": DecisionLetter,
    "L8": Feedback,
    "L9": ForfeitureDecision,
    "L10": CustodyCopy,
    "L11": TransferRequest,
    "L12": FollowUpLetter,
    "L12b": FollowUpEndLetter,
}


def from_json(code: str, text: str) -> Letter:
    """Return the letter whose snapshot this is; raise SnapshotError for anything else."""
    if code not in LETTERS:
        raise SnapshotError(f"No such letter: {code}")
    return snapshots.read(LETTERS[code], text)
