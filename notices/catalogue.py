"""The letters as data: what each is called, whom it goes to, and in which step it is made."""

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    CUSTODIANS = "custodians"
    YOUTH = "youth"  # from fifteen; from eighteen to nobody else
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
        Kind("L2", "Inbjudan till informationsträff", Audience.FAMILY, "call_to_talk"),
        Kind("L3", "Brev till ungdomen", Audience.YOUTH, "send_letters"),
        Kind("L4", "Anmälan om oro för barn", Audience.BOARD, "notify"),
        Kind("L4b", "Meddelande om en anmälan", Audience.BOARD, "send_supplement"),
        Kind("L5", "Kvittens till den som anmälde", Audience.NOTIFIER, "acknowledge"),
        Kind("L6", "Kallelse till samtal", Audience.FAMILY, "call_to_talk"),
        Kind("L7a", "Beslut att inleda utredning", Audience.FAMILY, "open_investigation"),
        Kind("L7b", "Beslut att inte inleda utredning", Audience.FAMILY, "decide_not_to_open"),
        Kind("L8", "Återkoppling till den som anmälde", Audience.NOTIFIER, "give_feedback"),
        Kind("L9", "Beslut om förverkande", Audience.FAMILY, "send_letters"),
        Kind("L10", "Kopia av LOB-protokoll", Audience.BOARD, "send_custody_copy"),
        Kind("L11", "Begäran om överflyttning", Audience.BOARD, "request_transfer"),
        Kind("L12", "Brev om uppföljning", Audience.FAMILY, "start_follow_up"),
        Kind("L12b", "Brev om att uppföljningen är slut", Audience.FAMILY, "close"),
    )
}

# What is told also when the case has ended: that it has (domain 5.1, PX).
TOLD_AFTER_THE_END = frozenset({"L4b"})
