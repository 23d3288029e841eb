"""What letters share: who writes to whom, in which matter, and the closed lists of facts.

No database here, and nothing of any single letter.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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


class MessageKind(StrEnum):
    """What a message about a notice is, where it leaves on paper."""

    SUPPLEMENT = "supplement"
    RECALL = "recall"
    QUESTION = "question"


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
class Alcohol:
    kind: str
    amount: str
    measure: AlcoholMeasure


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
