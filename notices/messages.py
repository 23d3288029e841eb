"""What may be said across the border, beside the notice itself: four small frozen records."""

from dataclasses import dataclass
from datetime import date, datetime

from notices import letters, snapshots
from notices.models import Message


@dataclass(frozen=True)
class Receipt:
    number: str
    received_at: datetime


@dataclass(frozen=True)
class SupplementRequest:
    question: str


@dataclass(frozen=True)
class Supplement:
    text: str
    # The police annulled the case; the municipality keeps the document it received.
    recalls: bool = False


@dataclass(frozen=True)
class Answer:
    """One of three values and a day: there is no field for anything more (OSL 26:9 a)."""

    value: str
    decided_on: date


def facts_of(notice: Message) -> letters.ConcernNotice:
    """What a received notice says.

    Raises:
        SnapshotError: the message is no notice.
    """
    facts = letters.from_json("L4", notice.payload)
    if not isinstance(facts, letters.ConcernNotice):
        raise snapshots.SnapshotError("Not a notice.")
    return facts
