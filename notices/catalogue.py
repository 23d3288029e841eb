"""The letters as data: what each is called, whom it goes to, and in which step it is made."""

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    CUSTODIANS = "custodians"
    FAMILY = "family"  # each custodian, and the youth from fifteen
    BOARD = "board"
    NOTIFIER = "notifier"


@dataclass(frozen=True)
class Kind:
    code: str
    title: str
    audience: Audience
    step: str


CATALOGUE = {
    kind.code: kind
    for kind in (
        Kind("L1", "Brev till vårdnadshavare", Audience.CUSTODIANS, "send_letters"),
        Kind("L4", "Anmälan om oro för barn", Audience.BOARD, "notify"),
        Kind("L5", "Kvittens till den som anmälde", Audience.NOTIFIER, "acknowledge"),
        Kind("L6", "Kallelse till samtal", Audience.FAMILY, "call_to_talk"),
        Kind("L8", "Återkoppling till den som anmälde", Audience.NOTIFIER, "give_feedback"),
    )
}
