"""A letter that has not arrived, sent again: composed of the facts of today, through every gate.

What went wrong the first time is judged anew. Each is sent again once; if that fails too, it is on
record again, with its own reason.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases import papers, workflow
from cases.models import Custodian, Referral, User, YouthCase
from cases.models.codes import Talk
from notices import (
    composing,
    composing_social,
    exchange,
    gates,
    letters,
    mailing,
    postroom,
    routing,
)
from notices.catalogue import TOLD_AFTER_THE_END
from notices.gates import GateClosed, Obstacle
from notices.models import HeldLetter, Letter, Message

AnyCase = YouthCase | Referral

ALREADY = "Brevet är redan skickat igen."
ENDED = "Ärendet är annullerat eller fört till ett annat: inget mer skickas."
NO_TALK = "Samtalet är hållet eller avbokat. Kalla till ett nytt i stället."
NOTHING_LEFT = "Det finns inget att skicka: beslutet är överlämnat eller gäller inte längre."


def send_again(held: HeldLetter, *, by: User, request_id: UUID | None = None) -> Letter:
    """Queue the letter anew for the same addressee, as the case is now.

    Raises:
        PermissionDenied: `by` does not handle the unit's post.
        workflow.StepRepeated: this `request_id` has been taken already.
        workflow.NotAllowedNow: it has been sent, the case has ended, or there is nothing to send.
        GateClosed: what held it back holds still, or something else does.
    """
    at = timezone.now()
    with transaction.atomic():
        related = HeldLetter.objects.select_for_update(of=("self",)).select_related("organisation")
        fresh = related.get(pk=held.pk)
        case = postroom.case_in(fresh.organisation, fresh.case_id)
        if request_id and workflow.is_repeated(case, request_id):
            raise workflow.StepRepeated(case)
        if fresh.sent_id:
            raise workflow.NotAllowedNow(ALREADY)
        if case.state in ("annulled", "merged") and fresh.code not in TOLD_AFTER_THE_END:
            raise workflow.NotAllowedNow(ENDED)
        sent = _family(fresh, case, by, at) or _authority(fresh, case, by, at)
        fresh.sent = sent
        fresh.save(update_fields=["sent"])
        said = {"letter": sent.reference}
        papers.note(case, "send_again", by=by, at=at, request_id=request_id, **said)
    return sent


def _family(held: HeldLetter, case: AnyCase, by: User, at: datetime) -> Letter | None:
    compose = FAMILY.get(held.code)
    if compose is None:
        return None
    to = case.person.custodians.get(pk=held.custodian_id) if held.custodian_id else None
    if stopped := obstacles(case, to, at=at):
        raise GateClosed(stopped)
    facts = compose(held, case, to, by=by, at=at)
    if facts is None:
        raise workflow.NotAllowedNow(NOTHING_LEFT)
    return mailing.queue(
        case, held.code, facts, held.addressee, by=by, at=at, on_paper=True,
        reader=to or case.person,
    )  # fmt: skip


def obstacles(case: AnyCase, to: Custodian | None, *, at: datetime) -> list[Obstacle]:
    """What stops a letter to the custodian, or to the youth when None, on that day."""
    return gates.to_family(case, to, on=timezone.localdate(at))


def _authority(held: HeldLetter, case: AnyCase, by: User, at: datetime) -> Letter:
    """What an authority never got: the same facts, to its address of today."""
    if held.letter is None:
        raise workflow.NotAllowedNow(NOTHING_LEFT)
    before = letters.from_json(held.code, held.letter.facts)
    facts = replace(before, recipient=composing.to_unit(_office(held.code, case, at=at)))
    again = mailing.queue(case, held.code, facts, held.addressee, by=by, at=at, on_paper=True)
    Message.objects.filter(letter=held.letter).update(letter=again, delivered_at=None)
    return again


def _office(code: str, case: AnyCase, *, at: datetime) -> Any:
    if isinstance(case, YouthCase):
        return routing.office_for(case, case.person.municipality, at=at)
    if code == "L11":
        return routing.office_for(case, case.transfer_to, at=at)
    return exchange.notice_of(case).counterpart


# The family's letters, of the facts of today ----------------------------------------------------


def _custodian_letter(_: HeldLetter, case: Any, to: Any, *, by: User, at: datetime) -> Any:
    return composing.custodian_letter(case, to, by=by, at=at)


def _youth_letter(_: HeldLetter, case: Any, __: Any, *, by: User, at: datetime) -> Any:
    gone = ("withdrawn", "returned", "settled")
    told = Letter.objects.filter(case_id=case.pk, code="L1").exclude(posting__state__in=gone)
    return composing.youth_letter(case, by=by, at=at, custodians_get_letter=told.exists())


def _forfeiture(_: HeldLetter, case: Any, to: Any, *, by: User, at: datetime) -> Any:
    return composing.forfeiture(case, to, by=by, at=at)


def _talk(held: HeldLetter, case: Any, to: Any, *, by: User, at: datetime) -> Any:
    is_meeting = held.code == "L2"
    booked = case.appointments.filter(result="", at__gt=at).order_by("-at")
    kinds = booked.filter(kind=Talk.INFORMATION_MEETING)
    talk = (kinds if is_meeting else booked.exclude(pk__in=kinds)).first()
    if talk is None:
        raise workflow.NotAllowedNow(NO_TALK)
    compose = (
        composing_social.meeting_invitation if is_meeting else composing_social.talk_invitation
    )
    return compose(case, talk, to, by=by, at=at)


def _decision(_: HeldLetter, case: Any, to: Any, *, by: User, at: datetime) -> Any:
    return composing_social.decision(case, to, by=by, at=at)


def _follow_up(held: HeldLetter, case: Any, to: Any, *, by: User, at: datetime) -> Any:
    first = composing_social.follow_up(
        case, to, by=by, at=case.follow_up_started_at or held.made_at
    )
    return replace(first, written_on=timezone.localdate(at))


def _follow_up_end(held: HeldLetter, case: Any, to: Any, *, by: User, at: datetime) -> Any:
    first = composing_social.follow_up_end(case, to, by=by, at=held.made_at)
    return replace(first, written_on=timezone.localdate(at))


FAMILY: dict[str, Callable[..., letters.Letter | None]] = {
    "L1": _custodian_letter,
    "L2": _talk,
    "L3": _youth_letter,
    "L6": _talk,
    "L7a": _decision,
    "L7b": _decision,
    "L9": _forfeiture,
    "L12": _follow_up,
    "L12b": _follow_up_end,
}
