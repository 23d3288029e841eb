"""The border between the two authorities: five messages, and nothing else, cross it.

In one installation a message is handed over in the transaction that sends it; to an office outside
it waits for paper. Nothing else may know which. Each side keeps its own row; a second delivery of
the same message finds the first and changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases import access, workflow
from cases.identity import parse_personal_number
from cases.models import (
    Custodian,
    Kind,
    Municipality,
    Organisation,
    Person,
    Protection,
    Referral,
    User,
    YouthCase,
    codes,
)
from notices import letters, outbox, snapshots
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


def receive(sent: Message, *, at: datetime) -> Message:
    """Take a message in on the other side, once: the same message again changes nothing."""
    with transaction.atomic():
        here = sent.counterpart
        known = Message.objects.filter(
            organisation=here, direction=Message.Direction.IN, message_id=sent.message_id
        ).first()
        if known:
            return known
        if snapshots.sha256(sent.payload) != sent.payload_sha256:
            raise snapshots.SnapshotError("The message is not what its hash says.")
        kind = Message.Kind(sent.kind)
        case = _TAKE_IN[kind](sent, at)
        return Message.objects.create(
            message_id=sent.message_id,
            notice_id=sent.notice_id,
            kind=kind,
            direction=Message.Direction.IN,
            organisation=here,
            counterpart=sent.organisation,
            case_id=case.pk,
            payload=sent.payload,
            payload_sha256=sent.payload_sha256,
            legal_ground=sent.legal_ground,
            made_by=access.service_account(here),
            made_at=at,
            delivered_at=at,
        )


def office_of(municipality: Municipality | None) -> Organisation:
    """The function that receives notices in a municipality.

    None is a fault of the caller: the steps that send have the municipality as a condition.

    An office outside the installation is known by its municipality only; it is reached on paper.
    """
    if municipality is None:
        raise ValueError("A notice needs a municipality.")
    offices = Organisation.objects.filter(kind=Kind.SOCIAL, municipality=municipality)
    office = offices.order_by("-is_connected", "name").first()
    if office is None:
        office, _ = Organisation.objects.get_or_create(
            authority=municipality.name,
            name="Socialnämnden",
            defaults={
                "kind": Kind.SOCIAL,
                "municipality": municipality,
                "is_connected": False,
            },
        )
    return office


def has_had(notice: Message, office: Organisation) -> bool:
    """Did the notice come to that office once already? Then it would not come again."""
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
    found = [referral.organisation for referral in here.select_related("organisation")]
    if found:
        return found
    sent = Message.objects.filter(
        notice_id=notice_id, kind=Message.Kind.NOTICE, direction=Message.Direction.OUT
    )
    return [message.counterpart for message in sent.select_related("counterpart")]


# Taking in, one kind each ---------------------------------------------------------------------


def _take_notice(sent: Message, at: datetime) -> Referral:
    here = sent.counterpart
    notice = letters.from_json("L4", sent.payload)
    if not isinstance(notice, letters.ConcernNotice):
        raise snapshots.SnapshotError("Not a notice.")
    by = access.service_account(here)
    person = _person(notice.child, here)
    referral = Referral(
        notice_id=sent.notice_id,
        notice_sha256=sent.payload_sha256,
        sender=str(sent.organisation),
        sender_reference=notice.reporter.case_reference,
        category=notice.category,
        is_urgent=notice.is_urgent or notice.acute_danger,
        may_be_harmed_if_told=notice.may_be_harmed_if_told,
    )
    referral = workflow.open_referral(referral, person, by=by, at=at)
    for custodian in notice.custodians:
        _custodian(custodian, person).save()
    outbox.queue(
        "L4", notice, owner=here, case_id=referral.pk, addressee="socialnämnden", by=by, at=at
    )
    return referral


def _person(child: letters.Child, here: Organisation) -> Person:
    number = child.personal_number or ""
    born = parse_personal_number(number, on=timezone.localdate()).birth_date if number else None
    return Person(
        name=child.name,
        personal_number=number,
        birth_date=born.isoformat() if born else "",
        estimated_age=None if born else child.estimated_age,
        street=child.street or "",
        postal_code=child.postal_code or "",
        locality=child.locality or "",
        phone=child.phone or "",
        language=child.language,
        needs_interpreter=child.needs_interpreter,
        protection=_protection(child),
        school=child.school,
        municipality=here.municipality,
    )


def _custodian(row: letters.NoticeCustodian, person: Person) -> Custodian:
    return Custodian(
        person=person,
        name=row.name,
        personal_number=row.personal_number or "",
        street=row.street or "",
        postal_code=row.postal_code or "",
        locality=row.locality or "",
        phone=row.phone or "",
        language=row.language,
        needs_interpreter=row.needs_interpreter,
        lives_with_youth=bool(row.lives_with_child),
        protection=_protection(row),
    )


def _protection(row: letters.Child | letters.NoticeCustodian) -> Protection:
    return Protection.PROTECTED if row.is_protected else Protection.NOT_PROTECTED


# A police case that has ended (annulled, merged, closed) keeps the message and is not moved by it:
# the municipality must be able to go on with its own record.


def _take_receipt(sent: Message, at: datetime) -> YouthCase:
    case, by = _police_case(sent)
    receipt = snapshots.read(Receipt, sent.payload)
    if case.is_open and case.acknowledged_at is None:
        case = workflow.perform(case, "acknowledge", by=by, at=at, receipt_number=receipt.number)
    return case


def _take_supplement_request(sent: Message, at: datetime) -> YouthCase:
    case, by = _police_case(sent)
    question = snapshots.read(SupplementRequest, sent.payload).question
    if not case.is_open:
        return case
    return workflow.perform(
        case, "receive_supplement_request", by=by, at=at, supplement_question=question
    )


def _take_feedback(sent: Message, at: datetime) -> YouthCase:
    case, by = _police_case(sent)
    answer = snapshots.read(Answer, sent.payload)
    if not case.is_open:
        return case
    return workflow.perform(
        case,
        "receive_feedback",
        by=by,
        at=at,
        feedback=codes.Feedback(answer.value),
        feedback_on=answer.decided_on,
    )


def _take_supplement(sent: Message, at: datetime) -> Referral:
    here = sent.counterpart
    referral: Referral = Referral.objects.get(organisation=here, notice_id=sent.notice_id)
    if not referral.is_open:
        return referral  # the message is kept; a closed record is not moved by it
    recalls = snapshots.read(Supplement, sent.payload).recalls
    action = "receive_recall" if recalls else "receive_supplement"
    by = access.service_account(here)
    moved: Referral = workflow.perform(referral, action, by=by, at=at)
    return moved


def _police_case(sent: Message) -> tuple[YouthCase, User]:
    here = sent.counterpart
    case = YouthCase.objects.get(organisation=here, notice_id=sent.notice_id)
    return case, access.service_account(here)


_TAKE_IN: dict[Message.Kind, Callable[[Message, datetime], YouthCase | Referral]] = {
    Message.Kind.NOTICE: _take_notice,
    Message.Kind.RECEIPT: _take_receipt,
    Message.Kind.SUPPLEMENT_REQUEST: _take_supplement_request,
    Message.Kind.SUPPLEMENT: _take_supplement,
    Message.Kind.FEEDBACK: _take_feedback,
}
