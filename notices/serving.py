"""The decision on what was forfeited (L9) for the hand: printed and handed over, not posted.

It is addressed to the youth, has no address, and names the last day to object once it is known. The
same decision is made once: printing it again is opening the same PDF.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cases import access, papers, rules, workflow
from cases.models import AlcoholSeizure, User, YouthCase
from notices import composing, letters, mailing
from notices.models import Letter

ADDRESSEE = "ungdomen, att lämna över"
NOTHING = "Det finns inget beslut att skriva ut: inget är förverkat, eller så skickas beslutet."
HIDDEN = "Uppgifterna är skyddade för dig. Be den som är utsedd läsare."
ENDED = ("draft", "annulled", "merged")


def can_be_printed(case: YouthCase) -> bool:
    """Was anything forfeited whose decision is handed over, or may still be?"""
    return case.state not in ENDED and bool(_by_day(case))


def print_decisions(case: YouthCase, *, by: User) -> list[Letter]:
    """The decisions to hand over, one for each day they were served on; made if they are not yet.

    Raises:
        PermissionDenied: `by` does not handle cases on the spot.
        workflow.NotAllowedNow: nothing can be handed over, or not by `by`.
    """
    at = timezone.now()
    with transaction.atomic():
        case = YouthCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if not access.may_read_identity(by, case):
            raise workflow.NotAllowedNow(HIDDEN)
        if not can_be_printed(case):
            raise workflow.NotAllowedNow(NOTHING)
        wanted = [_facts(case, day, rows, by=by, at=at) for day, rows in _by_day(case).items()]
        found = [_made_before(case, facts) for facts in wanted]
        made = [
            letter or mailing.queue(case, "L9", facts, ADDRESSEE, by=by, at=at, reader=case.person)
            for letter, facts in zip(found, wanted, strict=True)
        ]
        numbers = [letter.reference for letter in made]
        papers.note(case, "print_decision", by=by, at=at, letters=numbers)
    return made


def _by_day(case: YouthCase) -> dict[date | None, list[AlcoholSeizure]]:
    """What is decided in writing (not by LOB 8 §) and not by post, by the day it was served."""
    rows = case.seizures.filter(measure=AlcoholSeizure.Measure.FORFEITED).exclude(
        ground=AlcoholSeizure.Ground.LOB
    )
    days: dict[date | None, list[AlcoholSeizure]] = defaultdict(list)
    for row in rows.exclude(served_how=AlcoholSeizure.Service.BY_POST).order_by("decided_at", "pk"):
        days[row.served_at and timezone.localdate(row.served_at)].append(row)
    return days


def _facts(
    case: YouthCase, day: date | None, rows: list[AlcoholSeizure], *, by: User, at: datetime
) -> letters.ForfeitureDecision:
    decision = composing.decision_on(case, rows, None, by=by, at=at)
    last = rules.objection_until(rows[0], on=case.day) if day else None
    return replace(
        decision,
        recipient=letters.Recipient(
            name=case.person.name, street=None, postal_line=None, is_person=True
        ),
        objection_last_on=timezone.localdate(last) if last else None,
    )


def _made_before(case: YouthCase, facts: letters.ForfeitureDecision) -> Letter | None:
    """The letter that says the same, whoever had it made and when."""
    for letter in Letter.objects.filter(case_id=case.pk, code="L9", addressee=ADDRESSEE):
        before = letters.from_json("L9", letter.facts)
        if replace(before, written_on=facts.written_on, handler=facts.handler) == facts:
            return letter
    return None
