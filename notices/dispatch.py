"""The steps that make paper or send a message: the step, its letters and its message in one
transaction. Each is called like `workflow.perform`, and `take` chooses between the two.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from cases import rules, workflow
from cases.identity import AgeClass
from cases.models import Appointment, Custodian, Organisation, Referral, User, YouthCase
from notices import composing, concern, exchange, gates, letters, outbox
from notices.gates import GateClosed, Obstacle
from notices.models import Letter, Message

AnyCase = YouthCase | Referral


@dataclass(frozen=True)
class Taken:
    """A step that has been taken, the letters it made, and the ones a gate held back."""

    case: AnyCase
    letters: tuple[Letter, ...] = ()
    held: tuple[tuple[str, list[Obstacle]], ...] = ()


@dataclass(frozen=True)
class Addressee:
    """Somebody a letter could go to; `custodian` None is the youth."""

    label: str
    custodian: Custodian | None
    obstacles: list[Obstacle]


def take(case: AnyCase, action: str, *, by: User, **step: Any) -> Taken:
    """Take any step: through its own function here when it makes paper, else just perform it."""
    with transaction.atomic():
        paper = PAPER.get((type(case), action))
        if paper is not None:
            return paper(case, by=by, **step)
        return Taken(workflow.perform(case, action, by=by, **step))


def custodians_of(case: AnyCase, *, at: datetime) -> list[Addressee]:
    """Each custodian of the youth, numbered, with what stops a letter to them on that day."""
    on = timezone.localdate(at)
    return [
        Addressee(f"vårdnadshavare {number}", custodian, gates.to_custodian(case, custodian, on=on))
        for number, custodian in enumerate(case.person.custodians.all(), start=1)
    ]


def notify(case: YouthCase, *, by: User, **step: Any) -> Taken:
    """Send the notice of concern to the youth's home municipality (SoL 19:1), with its PDF."""
    notice_id = uuid4()
    at = step.get("at") or timezone.now()
    case = workflow.perform(case, "notify", by=by, notice_id=notice_id, **step)
    office = exchange.office_of(case.person.municipality)
    facts = concern.notice(case, to=office, notice_id=notice_id, by=by, at=at)
    letter = _queue(case, "L4", facts, "socialnämnden", by=by, at=at)
    _send(case, facts, Message.Kind.NOTICE, to=office, by=by, at=at)
    case.refresh_from_db()
    return Taken(case, (letter,))


def send_letters(case: YouthCase, *, by: User, **step: Any) -> Taken:
    """Queue a letter to each custodian who may get one; two households, two letters.

    Raises:
        GateClosed: nobody may get one. Then the step is `waive_letters`, with the reason.
    """
    at = step.get("at") or timezone.now()
    case = workflow.perform(case, "send_letters", by=by, **step)
    addressees = custodians_of(case, at=at)
    if not addressees:
        raise GateClosed([gates.NOBODY_ON_RECORD])
    if all(addressee.obstacles for addressee in addressees):
        raise GateClosed([each for addressee in addressees for each in addressee.obstacles])
    made, held = [], []
    for addressee in addressees:
        if addressee.obstacles or addressee.custodian is None:
            held.append((addressee.label, addressee.obstacles))
            continue
        facts = composing.custodian_letter(case, addressee.custodian, by=by, at=at)
        made.append(
            _queue(case, "L1", facts, addressee.label, by=by, at=at, custodian=addressee.custodian)
        )
    return Taken(case, tuple(made), tuple(held))


def send_supplement(case: YouthCase, *, by: User, text: str, **step: Any) -> Taken:
    """Answer what social services asked."""
    case = workflow.perform(case, "send_supplement", by=by, **step)
    _supplement(case, exchange.Supplement(text), by=by)
    return Taken(case)


def annul(case: YouthCase, *, by: User, **step: Any) -> Taken:
    """Annul a case; a notice that has left is recalled, and the municipality keeps its document."""
    case = workflow.perform(case, "annul", by=by, **step)
    if case.notice_id:
        recall = exchange.Supplement("Anmälan återkallas av polisen.", recalls=True)
        _supplement(case, recall, by=by)
    return Taken(case)


def acknowledge(case: Referral, *, by: User, **step: Any) -> Taken:
    """Tell the police that the notice has arrived, with number, time and a paper (L5)."""
    case = workflow.perform(case, "acknowledge", by=by, **step)
    at = step.get("at") or timezone.now()
    police = exchange.notice_of(case).counterpart
    facts = composing.acknowledgement(case, to=police, by=by, at=at)
    letter = _queue(case, "L5", facts, "polisen", by=by, at=at)
    receipt = exchange.Receipt(number=case.reference, received_at=case.opened_at)
    _reply(case, receipt, Message.Kind.RECEIPT, to=police, by=by, at=at)
    return Taken(case, (letter,))


def request_supplement(case: Referral, *, by: User, **step: Any) -> Taken:
    """Ask the police for more."""
    case = workflow.perform(case, "request_supplement", by=by, **step)
    at = step.get("at") or timezone.now()
    question = exchange.SupplementRequest(case.supplement_question)
    police = exchange.notice_of(case).counterpart
    _reply(case, question, Message.Kind.SUPPLEMENT_REQUEST, to=police, by=by, at=at)
    return Taken(case)


def call_to_talk(case: Referral, *, by: User, **step: Any) -> Taken:
    """Call each custodian, and the youth from fifteen, to the talk that comes in `records`."""
    at = step.get("at") or timezone.now()
    case = workflow.perform(case, "call_to_talk", by=by, **step)
    talk = next(row for row in step["records"] if isinstance(row, Appointment))
    made, held = [], []
    for addressee in _called(case, talk, at=at):
        if addressee.obstacles:
            held.append((addressee.label, addressee.obstacles))
            continue
        facts = composing.talk_invitation(case, talk, addressee.custodian, by=by, at=at)
        made.append(
            _queue(case, "L6", facts, addressee.label, by=by, at=at, custodian=addressee.custodian)
        )
    return Taken(case, tuple(made), tuple(held))


def give_feedback(case: Referral, *, by: User, **step: Any) -> Taken:
    """Send one of the three answers to the police, and its paper (L8)."""
    case = workflow.perform(case, "give_feedback", by=by, **step)
    at = step.get("at") or timezone.now()
    police = exchange.notice_of(case).counterpart
    facts = composing.feedback(case, to=police, by=by, at=at)
    letter = _queue(case, "L8", facts, "polisen", by=by, at=at)
    answer = exchange.Answer(value=case.decision, decided_on=facts.decided_on)
    _reply(case, answer, Message.Kind.FEEDBACK, to=police, by=by, at=at)
    return Taken(case, (letter,))


def transfer(case: Referral, *, by: User, **step: Any) -> Taken:
    """The other municipality has said yes: the notice goes on to it, unchanged (SoL 29:9).

    Raises:
        GateClosed: that municipality has had it and moved it on; its record cannot open again.
    """
    case = workflow.perform(case, "transfer", by=by, **step)
    at = step.get("at") or timezone.now()
    office, notice = exchange.office_of(case.transfer_to), exchange.notice_of(case)
    if exchange.has_had(notice, office):
        raise GateClosed([gates.HAS_HAD_IT])
    passed_on = exchange.forward(notice, to=office, by=by, at=at)
    return Taken(case, held=() if passed_on else ((str(office), [gates.ON_PAPER]),))


PAPER: dict[tuple[type[AnyCase], str], Callable[..., Taken]] = {
    (YouthCase, "notify"): notify,
    (YouthCase, "send_letters"): send_letters,
    (YouthCase, "send_supplement"): send_supplement,
    (YouthCase, "annul"): annul,
    (Referral, "acknowledge"): acknowledge,
    (Referral, "request_supplement"): request_supplement,
    (Referral, "call_to_talk"): call_to_talk,
    (Referral, "give_feedback"): give_feedback,
    (Referral, "transfer"): transfer,
}


def _called(case: Referral, talk: Appointment, *, at: datetime) -> Iterator[Addressee]:
    called = {attendee.custodian_id for attendee in talk.attendees.all()}
    for addressee in custodians_of(case, at=at):
        if addressee.custodian and addressee.custodian.pk in called:
            yield addressee
    # SoL 3:4: from fifteen, also reached during the case, the youth is a party of their own and
    # gets a letter of their own; an age that nobody knows is no proof of it.
    on = timezone.localdate(at)
    age_class = rules.age_class_on(case.age_today(on), on=on)
    if None in called and age_class not in (AgeClass.UNDER_15, AgeClass.UNKNOWN):
        yield Addressee("ungdomen", None, gates.to_youth(case))


def _queue(
    case: AnyCase,
    code: str,
    facts: letters.Letter,
    addressee: str,
    *,
    by: User,
    at: datetime,
    custodian: Custodian | None = None,
) -> Letter:
    return outbox.queue(
        code,
        facts,
        owner=case.organisation,
        case_id=case.pk,
        addressee=addressee,
        by=by,
        at=at,
        custodian=custodian,
    )


def _send(
    case: YouthCase, message: Any, kind: Message.Kind, *, to: Organisation, by: User, at: datetime
) -> None:
    ground = concern.ground(case)
    route = exchange.Route(case.organisation, to, _notice_id(case), case.pk, ground)
    exchange.send(message, kind, route=route, by=by, at=at)


def _notice_id(case: YouthCase) -> UUID:
    if case.notice_id is None:
        raise ValueError("Nothing crosses the border before the notice.")
    return case.notice_id


def _supplement(case: YouthCase, message: exchange.Supplement, *, by: User) -> None:
    """To every office that holds the notice, also one it was transferred to."""
    for office in exchange.holders(_notice_id(case)):
        _send(case, message, Message.Kind.SUPPLEMENT, to=office, by=by, at=timezone.now())


def _reply(
    case: Referral, message: Any, kind: Message.Kind, *, to: Organisation, by: User, at: datetime
) -> None:
    ground = "26 kap. 9 a § offentlighets- och sekretesslagen"
    route = exchange.Route(case.organisation, to, case.notice_id, case.pk, ground)
    exchange.send(message, kind, route=route, by=by, at=at)
