"""Taking a message in: what each of the five becomes on the side where it arrives, once."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases import access, circle, workflow
from cases.identity import parse_personal_number
from cases.models import (
    Custodian,
    JournalEntry,
    Organisation,
    Person,
    Protection,
    Referral,
    YouthCase,
    codes,
)
from notices import concern, letters, outbox, snapshots
from notices.messages import Answer, Receipt, Supplement, SupplementRequest, facts_of
from notices.models import Letter, Message


def receive(sent: Message, *, at: datetime) -> Message:
    """Take a message in on the other side, once: the same message again changes nothing.

    It reaches the rows of two units: whose message it is, and where it arrives.
    """
    with circle.entered({sent.organisation_id, sent.counterpart_id}), transaction.atomic():
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


def catch_up(case: YouthCase) -> YouthCase:
    """Let the answers move a case that came while it was merged, each at its own time."""
    answers = Message.objects.filter(
        organisation=case.organisation, direction=Message.Direction.IN, case_id=case.pk
    )
    moved = JournalEntry.objects.filter(
        case_id=case.pk, actor=access.service_account(case.organisation)
    ).values_list("action", flat=True)
    taken = Counter(moved)
    for message in answers.order_by("made_at"):
        action, _ = _read_answer(message)
        if taken[action]:
            taken[action] -= 1
        else:
            case = _answer(case, message, at=message.made_at)
    return case


def _take_notice(sent: Message, at: datetime) -> Referral:
    here = sent.counterpart
    notice = facts_of(sent)
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
    owned: Any = {"owner": here, "case_id": referral.pk, "by": by, "at": at}
    if copy := _senders_copy(sent, notice):
        outbox.repeat(copy, **owned)
    else:
        outbox.queue("L4", notice, addressee="socialnämnden", **owned)
    return referral


def _senders_copy(sent: Message, notice: letters.ConcernNotice) -> Letter | None:
    """The notice as whoever sent it on has it: the same words, however late it is forwarded."""
    held = Letter.objects.filter(organisation=sent.organisation, code="L4")
    return held.filter(facts_sha256=letters.sha256(letters.to_json(notice))).first()


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
        # Nobody is called that: the name comes from the population register, by whoever may look.
        name="" if row.name == concern.HIDDEN_NAME else row.name,
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
# the municipality must be able to go on with its own record. `catch_up` is for the merged one.


def _take_answer(sent: Message, at: datetime) -> YouthCase:
    case = YouthCase.objects.get(organisation=sent.counterpart, notice_id=sent.notice_id)
    return _answer(case, sent, at=at)


def _answer(case: YouthCase, message: Message, *, at: datetime) -> YouthCase:
    """Let what the municipality says move the police case, where it can still be moved."""
    action, facts = _read_answer(message)
    if not case.is_open or (action == "acknowledge" and case.acknowledged_at is not None):
        return case
    by = access.service_account(case.organisation)
    return workflow.perform(case, action, by=by, at=at, **facts)


def _read_answer(message: Message) -> tuple[str, dict[str, Any]]:
    """The step of the police that a message asks for, and the facts that it brings."""
    match Message.Kind(message.kind):
        case Message.Kind.RECEIPT:
            receipt = snapshots.read(Receipt, message.payload)
            by_message = codes.ReceiptChannel.MESSAGE
            facts = {"receipt_number": receipt.number, "receipt_channel": by_message}
            return "acknowledge", facts
        case Message.Kind.SUPPLEMENT_REQUEST:
            asked = snapshots.read(SupplementRequest, message.payload)
            return "receive_supplement_request", {"supplement_question": asked.question}
        case _:
            answer = snapshots.read(Answer, message.payload)
            value = codes.Feedback(answer.value)
            return "receive_feedback", {"feedback": value, "feedback_on": answer.decided_on}


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


_TAKE_IN: dict[Message.Kind, Callable[[Message, datetime], YouthCase | Referral]] = {
    Message.Kind.NOTICE: _take_notice,
    Message.Kind.RECEIPT: _take_answer,
    Message.Kind.SUPPLEMENT_REQUEST: _take_answer,
    Message.Kind.SUPPLEMENT: _take_supplement,
    Message.Kind.FEEDBACK: _take_answer,
}
