"""The border between the two authorities: five messages, and nothing else, cross it.

In one installation a message is handed over in the transaction that sends it; to an office outside
it waits for paper. Nothing else may know which. Each side keeps its own row; a second delivery of
the same message finds the first and changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from cases import circle
from cases.models import Organisation, Referral, User
from notices import snapshots
from notices.messages import Answer as Answer
from notices.messages import Receipt as Receipt
from notices.messages import Supplement as Supplement
from notices.messages import SupplementRequest as SupplementRequest
from notices.messages import facts_of as facts_of
from notices.models import Message
from notices.receiving import catch_up as catch_up
from notices.receiving import receive as receive


@dataclass(frozen=True)
class Route:
    """From whom to whom, about which notice, from which record."""

    sender: Organisation
    to: Organisation
    notice_id: UUID
    case_id: UUID
    # What breaks the secrecy, stored with every transmission (OSL 10:28).
    ground: str


def send(message: Any, kind: Message.Kind, *, route: Route, by: User, at: datetime) -> Message:
    """Write the message as sent and hand it over.

    Args:
        message: the frozen dataclass of that kind (for a notice, `letters.ConcernNotice`).
    """
    payload = snapshots.to_json(message)
    sent = Message.objects.create(
        notice_id=route.notice_id,
        kind=kind,
        direction=Message.Direction.OUT,
        organisation=route.sender,
        counterpart=route.to,
        case_id=route.case_id,
        payload=payload,
        payload_sha256=snapshots.sha256(payload),
        legal_ground=route.ground,
        made_by=by,
        made_at=at,
    )
    if route.to.is_connected:
        receive(sent, at=at)
        sent.delivered_at = at
        sent.save(update_fields=["delivered_at"])
    return sent


def undelivered(unit: Organisation, *, before: datetime) -> "QuerySet[Message]":
    """What the unit has sent before then to offices outside, and nobody has posted.

    Whoever withdraws a paper knows: that is on the case's own page.
    """
    waits = Message.objects.filter(
        organisation=unit,
        direction=Message.Direction.OUT,
        delivered_at__isnull=True,
        made_at__lt=before,
    )
    return waits.exclude(letter__posting__state="withdrawn")


def has_had(notice: Message, office: Organisation) -> bool:
    """Did the notice come to that office once already? Then it would not come again."""
    with circle.also(office.pk):
        return Message.objects.filter(
            organisation=office, direction=Message.Direction.IN, message_id=notice.message_id
        ).exists()


def forward(notice: Message, *, to: Organisation, by: User, at: datetime) -> Message | None:
    """Let a notice that came to the wrong municipality go on, unchanged, to the right one."""
    if not to.is_connected:
        return None
    passed_on = Message(
        message_id=notice.message_id,
        notice_id=notice.notice_id,
        kind=notice.kind,
        organisation=notice.counterpart,
        counterpart=to,
        payload=notice.payload,
        payload_sha256=notice.payload_sha256,
        legal_ground=notice.legal_ground,
        made_by=by,
    )
    return receive(passed_on, at=at)


def notice_of(referral: Referral) -> Message:
    """The notice as it was received: the immutable snapshot."""
    return Message.objects.select_related("counterpart").get(
        organisation=referral.organisation,
        direction=Message.Direction.IN,
        kind=Message.Kind.NOTICE,
        notice_id=referral.notice_id,
    )


def holders(notice_id: UUID) -> list[Organisation]:
    """The offices that hold a notice: the one it was sent to, or the one it was transferred to."""
    here = Referral.objects.filter(notice_id=notice_id).exclude(state="transferred")
    with circle.every():  # where it went on to is for the office that has it to know
        found = [referral.organisation for referral in here.select_related("organisation")]
    if found:
        return found
    sent = Message.objects.filter(
        notice_id=notice_id, kind=Message.Kind.NOTICE, direction=Message.Direction.OUT
    )
    return [message.counterpart for message in sent.select_related("counterpart")]
