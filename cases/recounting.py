"""What a changed calendar does to deadlines that are stored already.

A clock is computed whenever it is read, but the work list is sorted by what the last step stored.
So each open case whose next deadline a special day moves gets a step of its own, taken by the
unit's machine through the one door: the case's journal says why its deadline is another.
"""

from collections.abc import Iterator
from itertools import chain

from django.db import transaction

from cases import access, circle, rules, workflow
from cases.models import Referral, YouthCase
from cases.models import referral as social
from cases.models import youth_case as police
from cases.models.moves import AnyCase


def recount(municipality: str, *, why: str) -> int:
    """Store anew the deadlines that count the weekdays of `municipality`; returns how many moved.

    Those are what still waits for the office's receipt, in the office and with the police. `why`
    is what the journal says, sealed.
    """
    moved = 0
    # A municipality's calendar moves the deadlines of the police too: no look, the machine's work.
    with circle.every(), transaction.atomic():
        for case in _waiting(municipality):
            clock = rules.next_clock(case)
            if clock is None or (clock.step, clock.due_at) == (case.due_step, case.due_at):
                continue
            by = access.service_account(case.organisation)
            workflow.perform(case, "recount_deadline", by=by, reason=why)
            moved += 1
    return moved


def _waiting(municipality: str) -> Iterator[AnyCase]:
    referrals = Referral.objects.filter(
        state__in=social.OPEN, acknowledged_at=None, organisation__municipality=municipality
    )
    cases = YouthCase.objects.filter(
        state__in=police.NOTICE_IS_OUT, acknowledged_at=None, person__municipality=municipality
    )
    related = ("organisation", "person")
    return chain(referrals.select_related(*related), cases.select_related(*related))
