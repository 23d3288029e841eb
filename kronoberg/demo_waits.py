"""Two cases of the demo in which the police wait for the municipality past their own time limits.

Both are walked by lawful steps: a notice without a receipt after a weekday, and one whose decision
came late, for extraordinary reasons, so that the answer is within its week and still expected.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases.models import Referral, YouthCase
from cases.models.codes import Feedback
from cases.models.referral import DECIDED
from kronoberg.demo_fate import Fate, draw, hour_of
from kronoberg.demo_life import police_life
from kronoberg.demo_town import Town, fresh

# Over any weekend and holiday there is.
WITHOUT_RECEIPT = timedelta(days=8)
# Past the three weeks in which an answer is expected, within a week after the decision.
WITHOUT_ANSWER, TO_DECISION = timedelta(days=23), 17


def fill(town: Town) -> None:
    """Add both to the town."""
    quick = {"hours_to_review": 1, "hours_to_notice": 1}
    _live(town, _fate(town, WITHOUT_RECEIPT, **quick), until=lambda case: case.notice_id)
    slow = quick | {"days_to_decision": TO_DECISION, "feedback": Feedback.NOT_OPENED}
    _live(town, _fate(town, WITHOUT_ANSWER, **slow), until=_is_decided)


def _fate(town: Town, ago: timedelta, **chosen: Any) -> Fate:
    met_at = hour_of(town.random, timezone.localdate() - ago)
    fate = draw(town.random, met_at)
    while not (fate.notifies and fate.is_ordinary):
        fate = draw(town.random, met_at)
    return replace(fate, **chosen)


def _live(town: Town, fate: Fate, *, until: Callable[[YouthCase], object]) -> None:
    for case in police_life(town, fate):
        if until(fresh(case)):
            return


def _is_decided(case: YouthCase) -> bool:
    decided = Referral.objects.filter(state__in=DECIDED)
    return case.notice_id is not None and decided.filter(notice_id=case.notice_id).exists()
