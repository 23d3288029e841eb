"""The parts of a case page, as values: what `case.html` may see."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Link:
    label: str
    status: str


@dataclass(frozen=True)
class Tap:
    """A step that is taken where its button stands: what is sent along, and what it means."""

    request_id: str
    means: str


@dataclass(frozen=True)
class Button:
    name: str
    label: str
    url: str
    missing: tuple[tuple[str, str], ...]
    is_primary: bool
    is_quiet: bool
    hint: str = ""
    tap: Tap | None = None
    # A decision with several answers, each as (words, address); then the button is none of them.
    either: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Face:
    """A person as the reader may see them."""

    name: str
    relation: str
    details: tuple[str, ...]
    is_masked: bool
    # What can be done about this person, as (words, address).
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Call:
    at: datetime
    who: str
    result: str
    note: str
    # The number and the language.
    how: str = ""


@dataclass(frozen=True)
class Paper:
    code: str
    title: str
    recipient: str
    state: str
    state_label: str
    url: str
    sha256: str
    # How far the paper has come: empty for what leaves through the system.
    paper: str = ""
    # What its reader must do about it, empty for nothing.
    to_do: str = ""


@dataclass(frozen=True)
class Missed:
    """A letter that has not reached its addressee, as the case page tells of it."""

    title: str
    recipient: str
    reason: str
    other_way: str
    # Where it is sent again; empty for who cannot.
    url: str


@dataclass(frozen=True)
class Event:
    at: datetime
    sentence: str
    actor: str
    reason: str


@dataclass(frozen=True)
class Look:
    at: datetime
    who: str
    purpose: str
