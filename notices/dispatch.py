"""The steps that make paper or send a message: the step, its letters and its message in one
transaction. Each is called like `workflow.perform`, and `take` chooses between the two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from cases import workflow
from cases.models import Appointment, Custodian, Organisation, Referral, User, YouthCase
from cases.models.codes import Custody, Feedback, Talk
from notices import (
    composing,
    composing_social,
    concern,
    crossing,
    exchange,
    gates,
    held,
    letters,
    mailing,
    routing,
)
from notices.gates import GateClosed, Obstacle
from notices.models import Letter, Message

AnyCase = YouthCase | Referral
# Whom a gate stopped, in words that name nobody, and by what.
Held = tuple[tuple[str, list[Obstacle]], ...]


@dataclass(frozen=True)
class Taken:
    """A step that has been taken, the letters it made, and the ones a gate held back."""

    case: AnyCase
    letters: tuple[Letter, ...] = ()
    held: Held = ()
    notes: tuple[Obstacle, ...] = ()  # to see to; nothing was held back for them


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
    office = routing.office_for(case, case.person.municipality, at=at)
    facts = concern.notice(case, to=office, notice_id=notice_id, by=by, at=at)
    on_paper = not office.is_connected
    made = [mailing.queue(case, "L4", facts, "socialnämnden", by=by, at=at, on_paper=on_paper)]
    # Unless it went before the notice.
    if case.custody == Custody.LOB and case.custody_copied_at == case.notified_at:
        made.append(_custody_copy(case, office, by=by, at=at))
    crossing.send(case, facts, Message.Kind.NOTICE, to=office, by=by, at=at, paper=made[0])
    return Taken(case, tuple(made), notes=gates.without_address(office))


def send_custody_copy(case: YouthCase, *, by: User, **step: Any) -> Taken:
    """Queue the copy of a LOB protocol for the board at home, with or without a notice (L10)."""
    at = step.get("at") or timezone.now()
    case = workflow.perform(case, "send_custody_copy", by=by, **step)
    office = routing.office_for(case, case.person.municipality, at=at)
    return Taken(case, (_custody_copy(case, office, by=by, at=at),))


def _custody_copy(case: YouthCase, office: Organisation, *, by: User, at: datetime) -> Letter:
    copy = composing.custody_copy(case, to=office, by=by, at=at)
    return mailing.queue(case, "L10", copy, "socialnämnden", by=by, at=at, on_paper=True)


def send_letters(case: YouthCase, *, by: User, **step: Any) -> Taken:
    """Queue a letter to each custodian who may get one, two households two letters, and one to
    the youth from fifteen; with each the decision on what was forfeited.

    Raises:
        GateClosed: no custodian of a child, or nobody at all, may get one. Then the step is
            `waive_letters`, with the reason.
    """
    at = step.get("at") or timezone.now()
    case = workflow.perform(case, "send_letters", by=by, **step)
    custodians = custodians_of(case, at=at)
    if case.is_minor and not custodians:
        raise GateClosed([gates.NOBODY_ON_RECORD])
    family = [*custodians, *_youth(case, at=at)]
    asked = custodians if gates.is_child(case, on=timezone.localdate(at)) else family
    if all(addressee.obstacles for addressee in asked):
        raise GateClosed([each for addressee in asked for each in addressee.obstacles])
    told = any(not addressee.obstacles for addressee in custodians)
    made = []
    stopped = _hold_police(case, family, by=by, at=at)
    for to in family:
        if to.obstacles:
            continue
        facts: letters.Letter = (
            composing.custodian_letter(case, to.custodian, by=by, at=at)
            if to.custodian
            else composing.youth_letter(case, by=by, at=at, custodians_get_letter=told)
        )
        made.append(_post(case, "L1" if to.custodian else "L3", facts, to, by=by, at=at))
        if decision := composing.forfeiture(case, to.custodian, by=by, at=at):
            made.append(_post(case, "L9", decision, to, by=by, at=at))
    return Taken(case, tuple(made), stopped)


def waive_letters(case: YouthCase, *, by: User, **step: Any) -> Taken:
    """No letter goes now; whom a gate stopped is on record, should it open."""
    at = step.get("at") or timezone.now()
    case = workflow.perform(case, "waive_letters", by=by, **step)
    return Taken(case, held=_hold_police(case, _family(case, at=at), by=by, at=at))


def _hold_police(case: YouthCase, family: list[Addressee], *, by: User, at: datetime) -> Held:
    """Put on record whom the police's letters could not go to, each with its reasons."""
    for to in family:
        if to.obstacles:
            codes = ["L1" if to.custodian else "L3"]
            codes += ["L9"] if composing.forfeiture(case, to.custodian, by=by, at=at) else []
            for code in codes:
                held.keep(case, code, to.label, to.custodian, to.obstacles, by=by, at=at)
    return tuple((to.label, to.obstacles) for to in family if to.obstacles)


def send_supplement(case: YouthCase, *, by: User, text: str, **step: Any) -> Taken:
    """Answer what social services asked."""
    case = workflow.perform(case, "send_supplement", by=by, **step)
    return Taken(case, crossing.supplement(case, exchange.Supplement(text), by=by))


def annul(case: YouthCase, *, by: User, **step: Any) -> Taken:
    """Annul a case; a notice that has left is recalled, and the municipality keeps its document."""
    case = workflow.perform(case, "annul", by=by, **step)
    if not case.notice_id:
        return Taken(case)
    recall = exchange.Supplement("Anmälan återkallas av polisen.", recalls=True)
    return Taken(case, crossing.supplement(case, recall, by=by))


def unmerge(case: YouthCase, *, by: User, **step: Any) -> Taken:
    """Part two cases; what the municipality answered meanwhile reaches the one it was meant for."""
    case = workflow.perform(case, "unmerge", by=by, **step)
    return Taken(exchange.catch_up(case))


def acknowledge(case: Referral, *, by: User, **step: Any) -> Taken:
    """Tell the police that the notice has arrived, with number, time and a paper (L5)."""
    case = workflow.perform(case, "acknowledge", by=by, **step)
    at = step.get("at") or timezone.now()
    notice = exchange.notice_of(case)
    police, is_asked = notice.counterpart, exchange.facts_of(notice).feedback_requested
    facts = composing_social.acknowledgement(case, to=police, by=by, at=at, is_asked=is_asked)
    on_paper = not police.is_connected
    letter = mailing.queue(case, "L5", facts, "polisen", by=by, at=at, on_paper=on_paper)
    receipt = exchange.Receipt(number=case.reference, received_at=case.opened_at)
    crossing.reply(case, receipt, Message.Kind.RECEIPT, to=police, by=by, at=at, paper=letter)
    return Taken(case, (letter,))


def request_supplement(case: Referral, *, by: User, **step: Any) -> Taken:
    """Ask the police for more."""
    case = workflow.perform(case, "request_supplement", by=by, **step)
    at = step.get("at") or timezone.now()
    question = exchange.SupplementRequest(case.supplement_question)
    police = exchange.notice_of(case).counterpart
    return Taken(case, crossing.question(case, question, to=police, by=by, at=at))


def call_to_talk(case: Referral, *, by: User, **step: Any) -> Taken:
    """Call each custodian, and the youth from fifteen, to the talk that comes in `records`."""
    case = workflow.perform(case, "call_to_talk", by=by, **step)
    return _call(case, by=by, **step)


def reschedule_talk(case: Referral, *, by: User, **step: Any) -> Taken:
    """A new time for the talk in `records`, and a new letter to each of those called."""
    case = workflow.perform(case, "reschedule_talk", by=by, **step)
    return _call(case, by=by, **step)


def _call(case: Referral, *, by: User, **step: Any) -> Taken:
    at = step.get("at") or timezone.now()
    rows = (row for row in step["records"] if isinstance(row, Appointment))
    talk = next(row for row in rows if not row.result)
    called = {attendee.custodian_id for attendee in talk.attendees.all()}
    family = [to for to in _family(case, at=at) if (to.custodian and to.custodian.pk) in called]
    code = "L6"
    compose: Callable[..., letters.Letter] = composing_social.talk_invitation
    if talk.kind == Talk.INFORMATION_MEETING:
        code, compose = "L2", composing_social.meeting_invitation
    return _to_each(case, family, code, partial(compose, case, talk), by=by, at=at)


def decide(case: Referral, *, by: User, action: str, **step: Any) -> Taken:
    """Tell each custodian, and the youth from fifteen, what was decided (SoL 20:4; FL 33 §)."""
    at = step.get("at") or timezone.now()
    case = workflow.perform(case, action, by=by, **step)
    code = "L7a" if case.decision == Feedback.OPENED else "L7b"
    compose = partial(composing_social.decision, case)
    return _to_each(case, _family(case, at=at), code, compose, by=by, at=at)


def start_follow_up(case: Referral, *, by: User, **step: Any) -> Taken:
    """Tell the family that the matter is followed up for a while (SoL 23:5)."""
    at = step.get("at") or timezone.now()
    case = workflow.perform(case, "start_follow_up", by=by, **step)
    compose = partial(composing_social.follow_up, case)
    return _to_each(case, _family(case, at=at), "L12", compose, by=by, at=at)


def close_referral(case: Referral, *, by: User, **step: Any) -> Taken:
    """Whoever was told that a follow-up began is told that it has ended (SoL 23:5)."""
    at = step.get("at") or timezone.now()
    case = workflow.perform(case, "close", by=by, **step)
    if case.follow_up_started_at is None:
        return Taken(case)
    compose = partial(composing_social.follow_up_end, case)
    return _to_each(case, _family(case, at=at), "L12b", compose, by=by, at=at)


def request_transfer(case: Referral, *, by: User, **step: Any) -> Taken:
    """Ask another municipality, in writing, to take the matter over (SoL 29:9)."""
    at = step.get("at") or timezone.now()
    case = workflow.perform(case, "request_transfer", by=by, **step)
    office = routing.office_for(case, case.transfer_to, at=at)
    reason = step.get("reason", "")
    facts = composing_social.transfer_request(case, to=office, by=by, at=at, reason=reason)
    letter = mailing.queue(case, "L11", facts, "den andra kommunen", by=by, at=at, on_paper=True)
    return Taken(case, (letter,), notes=gates.without_address(office))


def give_feedback(case: Referral, *, by: User, **step: Any) -> Taken:
    """Send one of the three answers to the police, and its paper (L8)."""
    case = workflow.perform(case, "give_feedback", by=by, **step)
    at = step.get("at") or timezone.now()
    police = exchange.notice_of(case).counterpart
    facts = composing_social.feedback(case, to=police, by=by, at=at)
    on_paper = not police.is_connected
    letter = mailing.queue(case, "L8", facts, "polisen", by=by, at=at, on_paper=on_paper)
    answer = exchange.Answer(value=case.decision, decided_on=facts.decided_on)
    crossing.reply(case, answer, Message.Kind.FEEDBACK, to=police, by=by, at=at, paper=letter)
    return Taken(case, (letter,))


def transfer(case: Referral, *, by: User, **step: Any) -> Taken:
    """The other municipality has said yes: the notice goes on to it, unchanged (SoL 29:9).

    Raises:
        GateClosed: that municipality has had it and moved it on; its record cannot open again.
    """
    case = workflow.perform(case, "transfer", by=by, **step)
    at = step.get("at") or timezone.now()
    office, notice = routing.office_for(case, case.transfer_to, at=at), exchange.notice_of(case)
    if exchange.has_had(notice, office):
        raise GateClosed([gates.HAS_HAD_IT])
    passed_on = exchange.forward(notice, to=office, by=by, at=at)
    return Taken(case, held=() if passed_on else ((str(office), [gates.ON_PAPER]),))


PAPER: dict[tuple[type[AnyCase], str], Callable[..., Taken]] = {
    (YouthCase, "notify"): notify,
    (YouthCase, "send_custody_copy"): send_custody_copy,
    (YouthCase, "send_letters"): send_letters,
    (YouthCase, "waive_letters"): waive_letters,
    (YouthCase, "send_supplement"): send_supplement,
    (YouthCase, "annul"): annul,
    (YouthCase, "unmerge"): unmerge,
    (Referral, "acknowledge"): acknowledge,
    (Referral, "request_supplement"): request_supplement,
    (Referral, "call_to_talk"): call_to_talk,
    (Referral, "reschedule_talk"): reschedule_talk,
    (Referral, "open_investigation"): partial(decide, action="open_investigation"),
    (Referral, "decide_not_to_open"): partial(decide, action="decide_not_to_open"),
    (Referral, "start_follow_up"): start_follow_up,
    (Referral, "close"): close_referral,
    (Referral, "request_transfer"): request_transfer,
    (Referral, "give_feedback"): give_feedback,
    (Referral, "transfer"): transfer,
}


def _family(case: AnyCase, *, at: datetime) -> list[Addressee]:
    return [*custodians_of(case, at=at), *_youth(case, at=at)]


def _youth(case: AnyCase, *, at: datetime) -> list[Addressee]:
    """The youth from fifteen, also reached during the case; a child is told by word of mouth."""
    on = timezone.localdate(at)
    if gates.is_a_party(case, on=on):
        return []
    return [Addressee("ungdomen", None, gates.to_youth(case, on=on))]


def _to_each(
    case: AnyCase,
    family: list[Addressee],
    code: str,
    compose: Callable[..., letters.Letter],
    *,
    by: User,
    at: datetime,
) -> Taken:
    """Queue the same kind of letter to everybody whose gates are open."""
    open_to = [to for to in family if not to.obstacles]
    made = [
        _post(case, code, compose(to.custodian, by=by, at=at), to, by=by, at=at) for to in open_to
    ]
    stopped = [to for to in family if to.obstacles]
    for to in stopped:
        held.keep(case, code, to.label, to.custodian, to.obstacles, by=by, at=at)
    return Taken(case, tuple(made), tuple((to.label, to.obstacles) for to in stopped))


def _post(
    case: AnyCase, code: str, facts: letters.Letter, to: Addressee, *, by: User, at: datetime
) -> Letter:
    """A letter to somebody of the family leaves on paper."""
    reader = to.custodian or case.person
    return mailing.queue(case, code, facts, to.label, by=by, at=at, on_paper=True, reader=reader)
