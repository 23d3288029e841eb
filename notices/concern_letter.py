"""L4, the notice of concern: the fourteen groups of facts of domain 4.1, frozen.

It is both a letter and the message that crosses the border.
"""

from dataclasses import dataclass
from datetime import date, datetime

from notices.languages import LANGUAGES
from notices.stationery import Alcohol, Category, Letter


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

    @property
    def speaks(self) -> str:
        return _speaks(self)


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
    relation: str = ""

    def __post_init__(self) -> None:
        _refuse_place_of_protected(self)

    @property
    def speaks(self) -> str:
        return _speaks(self)


@dataclass(frozen=True, kw_only=True)
class OtherChild:
    """Another child of the family, as the officer wrote it; None is what nobody has said."""

    name: str
    age: int | None = None
    has_own_notice: bool | None = None


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
    attends_meeting: bool | None  # SoL 19:5; None: not asked


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
    custodians_told: bool | None  # None: from eighteen nobody asks
    custodians_not_told_because: str
    may_be_harmed_if_told: bool  # OSL 12:3: what the other side's gates read
    special_to_consider: str
    attachments: tuple[str, ...]
    feedback_requested: bool = True  # SoL 19:6
    other_adults: str = ""
    custodian_reaction: str = ""
    # Both sides make their PDF of the same facts, whatever envelopes they have.
    window: str = ""


def _speaks(person: Child | NoticeCustodian) -> str:
    """The language in words, and an interpreter where one is needed; nobody is asked for a no."""
    known = LANGUAGES.get(person.language)
    name = known.name.lower() if known else person.language
    return f"{name}, behöver tolk" if person.needs_interpreter else name


def _refuse_place_of_protected(person: Child | NoticeCustodian) -> None:
    """Raise ValueError if a protected person would be findable through the notice."""
    places = [person.street, person.postal_code, person.locality, person.phone]
    if isinstance(person, Child):
        places.append(person.school)
    if person.is_protected and any(places):
        raise ValueError("A protected person has no address, phone or school in a notice")
