"""The parts of a case page, as values: what `case.html` may see."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Link:
    label: str
    status: str


@dataclass(frozen=True)
class Button:
    name: str
    label: str
    url: str
    missing: tuple[tuple[str, str], ...]
    is_primary: bool
    is_quiet: bool
    hint: str = ""


@dataclass(frozen=True)
class Face:
    """A person as the reader may see them."""

    name: str
    relation: str
    details: tuple[str, ...]
    is_masked: bool


@dataclass(frozen=True)
class Call:
    at: datetime
    who: str
    result: str
    note: str


@dataclass(frozen=True)
class Paper:
    code: str
    title: str
    recipient: str
    state: str
    state_label: str
    url: str
    sha256: str


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


@dataclass(frozen=True)
class Number:
    """A number to call with one tap."""

    label: str
    url: str
