"""What happens in the demo's invented lives: when, where, to whom, and how well the chain held.

Chance with seasons in it: summer beaches and Valborg, Fridays before midnight, some who are met
with again, parents who do not answer, notices that come late. None of it is anybody's statistics.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from django.utils import timezone

from cases.models import CustodianContact
from cases.models.codes import Attendance, Custody, Feedback, Outcome, SupplyAnswer
from cases.models.referral_record import SupportAnswer

Result = CustodianContact.Result
# Nights when many are out, by month and day; the weight is against an ordinary Friday.
OCCASIONS = {
    (4, 30): ("valborg", 9),
    (6, 5): ("studenten", 3),
    (6, 9): ("studenten", 4),
    (6, 12): ("school_end", 8),
    (6, 20): ("midsummer", 4),
    (8, 14): ("festival", 3),
    (8, 15): ("festival", 4),
    (9, 26): ("concert", 2),
    (12, 12): ("lucia", 3),
}
BY_WEEKDAY = (0.15, 0.15, 0.25, 0.35, 1.5, 1.4, 0.2)
BY_MONTH = (0.5, 0.5, 0.7, 0.9, 1.5, 1.5, 1.2, 1.4, 1.1, 0.8, 0.6, 0.9)
PLACES = {
    "Stortorget": ("centre", 5, 5),
    "Teleborgs centrum": ("centre", 3, 2),
    "Linnéparken": ("park", 2, 5),
    "Växjö resecentrum": ("station", 5, 3),
    "Evedals badplats": ("beach", 0, 6),
    "Systembolaget, Storgatan": ("systembolaget", 2, 2),
    "Skolgården vid Norrtull": ("school", 2, 1),
    "Festplatsen vid Arenastaden": ("party", 1, 3),
    "En villa på Hovshaga": ("home", 1, 1),
}
WARM = (5, 6, 7, 8)
RELATIONS = {
    "friend": 8, "sibling": 4, "partner": 2, "friends_sibling": 4, "parent_gave": 3,
    "parent_taken": 5, "adult": 4, "online": 7, "car": 2, "shop": 1, "stolen": 1, "unknown": 1,
}  # fmt: skip
DRINKS = {"strong_beer": 6, "cider": 6, "spirits": 4, "wine": 2, "folkol": 2, "home_made": 1}
CUSTODIES = {Custody.NONE: 92, Custody.PL_12: 3, Custody.PL_13: 3, Custody.LOB: 2}
FEEDBACK = {Feedback.OPENED: 36, Feedback.NOT_OPENED: 51, Feedback.ONGOING: 13}
SUPPORT = {
    SupportAnswer.CUSTODIANS: 4,
    SupportAnswer.YOUTH: 1,
    SupportAnswer.NO_CUSTODIANS: 5,
    SupportAnswer.NOT_OFFERED: 2,
}
MEETINGS = {
    (Attendance.ATTENDED, Attendance.ATTENDED): 10,
    (Attendance.ATTENDED, Attendance.ABSENT): 2,
    (Attendance.ABSENT, Attendance.ATTENDED): 3,
    (Attendance.ABSENT, Attendance.ABSENT): 4,
}


def pick(random: Random, weights: dict[str, int] | dict[Custody, int] | dict[Feedback, int]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


def some_night(random: Random, first: date, last: date) -> date:
    """A day between the two, as often as youths are out on it."""
    days, weights = _nights(first, last)
    return random.choices(days, cum_weights=weights)[0]


@cache
def _nights(first: date, last: date) -> tuple[list[date], list[float]]:
    """The days between the two, and how often youths are out until each of them."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return days, list(accumulate(map(_weight, days)))


def _weight(day: date) -> float:
    if (day.month, day.day) in OCCASIONS:
        return 3.0 * OCCASIONS[day.month, day.day][1]
    return BY_WEEKDAY[day.weekday()] * BY_MONTH[day.month - 1]


def occasion_of(day: date) -> str:
    if (day.month, day.day) in OCCASIONS:
        return OCCASIONS[day.month, day.day][0]
    return "weekend" if day.weekday() in (4, 5) else "weekday"


def hour_of(random: Random, day: date) -> datetime:
    """Weekends late, other days early in the evening."""
    middle = 21.9 if occasion_of(day) != "weekday" else 19.0
    minutes = int(60 * min(max(random.gauss(middle, 2.0), 14), 27))
    return timezone.make_aware(datetime.combine(day, time())) + timedelta(minutes=minutes)


@dataclass(frozen=True)
class Call:
    """One call home: minutes after the last, and what came of it."""

    after: int
    result: str
    to_first: bool


@dataclass(frozen=True)
class Fate:
    """Everything that is left to chance in one life."""

    met_at: datetime
    age: int
    is_boy: bool
    is_unknown: bool
    is_repeated: bool
    is_mistake: bool
    category: str
    place: str
    custody: str
    drink: str | None
    volume_cl: int
    calls: tuple[Call, ...]
    outcome: str
    supply_answer: str
    relation: str
    is_crime_reported: bool
    notifies: bool
    hours_to_review: int
    hours_to_notice: int
    hours_to_receipt: int
    days_to_letters: int
    days_to_decision: int
    days_to_feedback: int
    feedback: str
    talk_is_held: bool
    support: str
    meeting: tuple[str, str] | None
    wants_feedback: bool
    days_of_investigation: int
    days_to_follow_up: int

    @property
    def is_ordinary(self) -> bool:
        """Neither a mistake nor somebody unknown, and somebody answered the first call."""
        return not self.is_mistake and not self.is_unknown and len(self.calls) == 1


def draw(random: Random, met_at: datetime) -> Fate:
    """Draw one life that begins then."""
    age = random.choices((13, 14, 15, 16, 17, 18, 19), (2, 5, 8, 9, 8, 3, 2))[0]
    minor = age < 18
    category = random.choices("ABC", (5, 5, 3 if minor else 0))[0]
    custody = Custody(pick(random, CUSTODIES)) if category == "A" and minor else Custody.NONE
    calls = _calls(random) if minor else ()
    takes = random.random() < {"A": 0.6, "B": 0.95, "C": 0.0}[category]
    answer = random.choices(list(SupplyAnswer), (42, 25, 33))[0]
    return Fate(
        met_at=met_at,
        age=age,
        is_boy=random.random() < 0.56,
        is_unknown=random.random() < 0.03,
        is_repeated=random.random() < 0.2,
        is_mistake=random.random() < 0.04,
        category=category,
        place=random.choices(list(PLACES), _by_season(met_at))[0],
        custody=custody,
        drink=pick(random, DRINKS) if takes else None,
        volume_cl=random.choice((33, 50, 70, 99, 150, 200, 300, 600)),
        calls=calls,
        outcome=_outcome(random, calls, custody, minor=minor),
        supply_answer=answer,
        relation=pick(random, RELATIONS),
        is_crime_reported=random.random() < 0.2,
        notifies=minor and random.random() < 0.9,
        hours_to_review=random.choice((1, 2, 4, 8, 10, 12)),
        hours_to_notice=random.choices((1, 3, 6, 30, 60), (8, 6, 3, 2, 1))[0],
        hours_to_receipt=random.choices((2, 8, 20, 100), (6, 5, 3, 2))[0],
        days_to_letters=random.choices((1, 2, 3, 5, 9), (3, 4, 3, 2, 2))[0],
        days_to_decision=random.choices((3, 6, 9, 12, 17), (3, 4, 4, 2, 2))[0],
        days_to_feedback=random.choices((0, 1, 3, 6, 10), (4, 4, 3, 2, 2))[0],
        feedback=pick(random, FEEDBACK),
        talk_is_held=random.random() < 0.78,
        support=random.choices(list(SUPPORT), list(SUPPORT.values()))[0],
        meeting=random.choices(list(MEETINGS), list(MEETINGS.values()))[0]
        if random.random() < 0.8
        else None,
        wants_feedback=random.random() < 0.93,
        days_of_investigation=random.choice((25, 40, 60, 80)),
        days_to_follow_up=random.choice((20, 30, 45, 60)),
    )


def _by_season(met_at: datetime) -> list[int]:
    return [warm if met_at.month in WARM else cold for _, cold, warm in PLACES.values()]


def _calls(random: Random) -> tuple[Call, ...]:
    """Call until somebody answers; sometimes nobody does, and then three times."""
    calls = [Call(max(1, int(random.lognormvariate(1.9, 0.6))), _answer(random), to_first=True)]
    while calls[-1].result in (Result.NO_ANSWER, Result.WRONG_NUMBER) and len(calls) < 4:
        wait = max(1, int(random.lognormvariate(2.2, 0.6)))
        calls.append(Call(wait, _answer(random), to_first=random.random() < 0.5))
    return tuple(calls)


def _answer(random: Random) -> str:
    results = (Result.WILL_COLLECT, Result.CANNOT_COLLECT, Result.REFUSES, Result.UNFIT,
               Result.NO_ANSWER, Result.WRONG_NUMBER)  # fmt: skip
    return random.choices(results, (48, 7, 3, 2, 36, 4))[0]


def _outcome(random: Random, calls: tuple[Call, ...], custody: str, *, minor: bool) -> str:
    if custody == Custody.LOB:
        return random.choice((Outcome.LOB, Outcome.HOSPITAL))
    if not minor:
        return Outcome.RELEASED
    if random.random() < 0.03:
        return Outcome.HOSPITAL
    match calls[-1].result:
        case Result.WILL_COLLECT:
            return Outcome.COLLECTED
        case Result.CANNOT_COLLECT:
            return random.choice((Outcome.DRIVEN_HOME, Outcome.DRIVEN_HOME, Outcome.OTHER_ADULT))
        case _:
            return random.choices((Outcome.DUTY_TEAM, Outcome.NO_DUTY_TEAM), (4, 1))[0]
