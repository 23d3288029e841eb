"""What an indicator is: a period, and raw counts with the sentence that explains them.

Raw: what may be shown of it is decided in `findings`, and nothing else may show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from django.utils import timezone

# After the last day of a period: late reports and the notices of the last night are in by then.
FROZEN_AFTER = timedelta(days=7)

Parts = Mapping[str, int]


@dataclass(frozen=True)
class Period:
    """Closed months. The figures are those of the freeze date, whatever has happened since."""

    first: date
    last: date
    frozen_on: date

    @property
    def begins_at(self) -> datetime:
        return midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        return midnight(self.last + timedelta(days=1))

    @property
    def frozen_at(self) -> datetime:
        return midnight(self.frozen_on)

    @property
    def months(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    def __str__(self) -> str:
        return f"{self.first:%Y-%m-%d} – {self.last:%Y-%m-%d}, fryst {self.frozen_on:%Y-%m-%d}"


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def closed_year(today: date) -> Period:
    """The last twelve whole months whose freeze date has come."""
    following = (today - FROZEN_AFTER).replace(day=1)
    first = following - relativedelta(months=12)
    return Period(first, following - timedelta(days=1), following + FROZEN_AFTER)


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """What every indicator says about itself; `definition` is the sentence that explains it."""

    number: int
    title: str
    definition: str
    period: Period
    reference_date: str = "händelsens början"


@dataclass(frozen=True, kw_only=True)
class Share(Indicator):
    """A population in disjoint parts, and the share that some of them make up of others."""

    parts: Parts
    # What a page lists: each line is the sum of some parts.
    lines: Mapping[str, tuple[str, ...]]
    counted: str
    among: tuple[str, ...]
    # "{share}" and "{n}" are filled in when they may be shown.
    sentence: str
    is_all_or_nothing: bool = False

    @property
    def numerator(self) -> int:
        return sum(self.parts[part] for part in self.lines[self.counted])

    @property
    def denominator(self) -> int:
        return sum(self.parts[part] for line in self.among for part in self.lines[line])


@dataclass(frozen=True, kw_only=True)
class Interventions(Indicator):
    """Counts by category for the two age groups, and the hours of effort behind them."""

    minors: Parts
    of_age: Parts
    hours: int
    # Unit months without logged hours: then a rate would be too high.
    months_missing: int

    @property
    def numerator(self) -> int:
        return sum(self.minors.values()) + sum(self.of_age.values())

    @property
    def denominator(self) -> int:
        return self.hours


@dataclass(frozen=True, kw_only=True)
class Waits(Indicator):
    """Minutes from the event to the first attempt and to the first answer."""

    parts: Parts
    attempts: tuple[float, ...]
    answers: tuple[float, ...]

    @property
    def numerator(self) -> int:
        return len(self.answers)

    @property
    def denominator(self) -> int:
        return sum(self.parts.values())
