"""The messages that the steps of a case send across the border, each with what breaks secrecy.

To an office outside the installation a message is a paper; it is delivered when that is posted.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from cases.models import Organisation, Referral, User, YouthCase
from cases.models.codes import NOTHING_MORE
from notices import composing, concern, exchange, gates, letters, mailing, routing
from notices.gates import GateClosed
from notices.models import Letter, Message

AnyCase = YouthCase | Referral
FEEDBACK_GROUND = "26 kap. 9 a § offentlighets- och sekretesslagen"


def send(
    case: YouthCase,
    message: Any,
    kind: Message.Kind,
    *,
    to: Organisation,
    by: User,
    at: datetime,
    paper: Letter | None = None,
) -> None:
    """A message of the police, about the case's own notice (SoL 19:1; OSL 10:28)."""
    route = exchange.Route(case.organisation, to, _notice_id(case), case.pk, concern.ground(case))
    _hand_over(message, kind, route, by=by, at=at, paper=paper)


def supplement(case: YouthCase, message: exchange.Supplement, *, by: User) -> tuple[Letter, ...]:
    """To every office that holds the notice, also one it was transferred to; returns the papers.

    Raises:
        GateClosed: it tells more of somebody of age, who has not consented to that.
    """
    has_said_yes = case.is_minor or case.consents_to_referral
    if not (message.recalls or has_said_yes or message.text == NOTHING_MORE):
        raise GateClosed([gates.NO_CONSENT])
    at = timezone.now()
    about = letters.MessageKind.RECALL if message.recalls else letters.MessageKind.SUPPLEMENT
    made = []
    for office in exchange.holders(_notice_id(case)):
        paper = _paper(case, about, message.text, to=office, by=by, at=at)
        send(case, message, Message.Kind.SUPPLEMENT, to=office, by=by, at=at, paper=paper)
        made += [paper] if paper else []
    return tuple(made)


def reply(
    case: Referral,
    message: Any,
    kind: Message.Kind,
    *,
    to: Organisation,
    by: User,
    at: datetime,
    paper: Letter | None = None,
) -> None:
    """A message of the social services, to whoever notified (SoL 19:6)."""
    route = exchange.Route(case.organisation, to, case.notice_id, case.pk, FEEDBACK_GROUND)
    _hand_over(message, kind, route, by=by, at=at, paper=paper)


def question(
    case: Referral, message: exchange.SupplementRequest, *, to: Organisation, by: User, at: datetime
) -> tuple[Letter, ...]:
    """What the social services need to know more about; returns the paper, if it is one."""
    about = letters.MessageKind.QUESTION
    paper = _paper(case, about, message.question, to=to, by=by, at=at)
    reply(case, message, Message.Kind.SUPPLEMENT_REQUEST, to=to, by=by, at=at, paper=paper)
    return (paper,) if paper else ()


def _hand_over(
    message: Any,
    kind: Message.Kind,
    route: exchange.Route,
    *,
    by: User,
    at: datetime,
    paper: Letter | None,
) -> None:
    sent = exchange.send(message, kind, route=route, by=by, at=at)
    if paper is not None and not route.to.is_connected:
        sent.letter = paper
        sent.save(update_fields=["letter"])


def _paper(
    case: AnyCase,
    about: letters.MessageKind,
    text: str,
    *,
    to: Organisation,
    by: User,
    at: datetime,
) -> Letter | None:
    """The message as a letter, to an office that the installation does not reach."""
    if to.is_connected:
        return None
    # With the address of today, where it is the municipality's function that has one.
    there = routing.office_for(case, to.municipality, at=at) if to.municipality else to
    facts = composing.notice_message(
        case, about, text, to=there if there == to else to, by=by, at=at
    )
    addressee = "socialnämnden" if isinstance(case, YouthCase) else "polisen"
    return mailing.queue(case, "L4b", facts, addressee, by=by, at=at, on_paper=True)


def _notice_id(case: YouthCase) -> UUID:
    if case.notice_id is None:
        raise ValueError("Nothing crosses the border before the notice.")
    return case.notice_id
