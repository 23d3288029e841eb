"""The calls as a ladder: whom to call next, when again, and when it is the duty team's turn.

Nothing is stored here: the ladder is read from the calls on record and the clock passed in.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from cases import duty, rules
from cases.models import Custodian, CustodianContact, Rule, YouthCase
from cases.models.youth_conditions import was_tried_enough

Result = CustodianContact.Result
# Calling the same number again does not change these.
FINAL = (
    Result.CANNOT_COLLECT,
    Result.REFUSES,
    Result.HINDERED,
    Result.ABROAD,
    Result.UNFIT,
    Result.WRONG_NUMBER,
)


@dataclass(frozen=True)
class Rung:
    """One custodian on the ladder, with the calls made so far, in order."""

    custodian: Custodian
    calls: tuple[CustodianContact, ...]

    @property
    def last(self) -> CustodianContact | None:
        return self.calls[-1] if self.calls else None

    @property
    def is_worth_calling(self) -> bool:
        return bool(self.custodian.phone) and (self.last is None or self.last.result not in FINAL)


@dataclass(frozen=True)
class Ladder:
    """Where the calls stand at a moment."""

    rungs: tuple[Rung, ...]
    # Whom to call next, and not before when; None when somebody comes or nobody is left to call.
    suggested: Rung | None
    again_at: datetime | None
    # The call in which somebody said that they would come, unless a later one took it back.
    coming: CustodianContact | None
    is_tried_enough: bool
    duty_team: duty.Shift | None
    opens_next: tuple[datetime, duty.Shift] | None


def ladder(case: YouthCase, *, at: datetime) -> Ladder:
    """The ladder of one case as it stands at `at`."""
    calls = sorted(case.contacts.all(), key=lambda call: call.at)
    family = case.person.custodians_on(timezone.localdate(at))
    rungs = tuple(
        Rung(each, tuple(call for call in calls if call.custodian_id == each.pk))
        for each in family
        if not each.is_barred
    )
    coming = _coming(calls)
    suggested = None if coming else _suggested(rungs)
    # Where the youth is decides who acts at once (SoL 29:1), not where the youth lives.
    place = case.incident.municipality_id
    team = duty.open_team(place, at)
    book = rules.rulebook(case.day)
    return Ladder(
        rungs=rungs,
        suggested=suggested,
        again_at=_again_at(suggested, book["next_attempt"], at=at),
        coming=coming,
        is_tried_enough=was_tried_enough(calls, enough=book["enough_attempts"].value),
        duty_team=team,
        opens_next=None if team else duty.next_open(place, at),
    )


def _coming(calls: list[CustodianContact]) -> CustodianContact | None:
    """The newest promise to come that the same custodian has not taken back since."""
    last = {call.custodian_id: call for call in calls if call.reached}
    promises = [call for call in last.values() if call.result == Result.WILL_COLLECT]
    return max(promises, key=lambda call: call.at, default=None)


def _suggested(rungs: tuple[Rung, ...]) -> Rung | None:
    """Whoever was called the fewest times, of those that it is any use to call."""
    worth = [rung for rung in rungs if rung.is_worth_calling]
    return min(worth, key=lambda rung: len(rung.calls), default=None)


def _again_at(rung: Rung | None, pause: Rule, *, at: datetime) -> datetime | None:
    if rung is None or rung.last is None:
        return None
    again = rules.deadline(pause, since=rung.last.at)
    return again if again > at else None
