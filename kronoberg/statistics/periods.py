"""Which time a figure covers: months, each frozen once, and the sums of whole months.

Months never overlap, and whatever is longer is a sum of them: so no choice of period tells more
than the months together. A school year (July to June) keeps the season of the young in one piece.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from dateutil.relativedelta import relativedelta
from django.utils import timezone

SCHOOL_YEAR_BEGINS_IN = 7
# After a month's end: by then every clock of domain 5 but the late follow-ups has run out (notice,
# receipt, letters in 7 days, feedback in 3 weeks, information meeting in 4–6 weeks).
FREEZES_AFTER = relativedelta(months=2)
MONTH = relativedelta(months=1)
MONTHS = ("januari", "februari", "mars", "april", "maj", "juni",
          "juli", "augusti", "september", "oktober", "november", "december")  # fmt: skip
QUARTERS = ("första", "andra", "tredje", "fjärde")


@dataclass(frozen=True, order=True)
class Month:
    """One month, from its first day."""

    first: date

    @property
    def last(self) -> date:
        return self.first + MONTH - relativedelta(days=1)

    @property
    def freezes_on(self) -> date:
        """The first day on which the figures may be made; from then on they never change."""
        return self.first + MONTH + FREEZES_AFTER

    @property
    def begins_at(self) -> datetime:
        return midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        return midnight(self.first + MONTH)

    @property
    def after(self) -> "Month":
        return Month(self.first + MONTH)

    @property
    def before(self) -> "Month":
        return Month(self.first - MONTH)

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    def __str__(self) -> str:
        return f"{MONTHS[self.first.month - 1]} {self.first.year}"


class Span(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    SCHOOL_YEAR = "school_year"
    YEAR = "year"


LENGTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.SCHOOL_YEAR: 12, Span.YEAR: 12}


@dataclass(frozen=True, order=True)
class Period:
    """Whole months that follow on one another."""

    first: date
    span: Span

    @property
    def months(self) -> tuple[Month, ...]:
        return tuple(Month(self.first + n * MONTH) for n in range(LENGTHS[self.span]))

    @property
    def last(self) -> date:
        return self.months[-1].last

    @property
    def before(self) -> "Period":
        """The same period a year earlier."""
        return Period(self.first - relativedelta(years=1), self.span)

    @property
    def name(self) -> str:
        """As in an address: 2026-05, 2026-k2, 2025-2026, 2026."""
        year = self.first.year
        return {
            Span.MONTH: f"{self.first:%Y-%m}",
            Span.QUARTER: f"{year}-k{(self.first.month - 1) // 3 + 1}",
            Span.SCHOOL_YEAR: f"{year}-{year + 1}",
            Span.YEAR: f"{year}",
        }[self.span]

    def __str__(self) -> str:
        year = self.first.year
        return {
            Span.MONTH: str(Month(self.first)),
            Span.QUARTER: f"{QUARTERS[(self.first.month - 1) // 3]} kvartalet {year}",
            Span.SCHOOL_YEAR: f"läsåret {year}/{year + 1}",
            Span.YEAR: f"år {year}",
        }[self.span]


def period_of(day: date, span: Span) -> Period:
    """The period of that length in which `day` lies."""
    first = {
        Span.MONTH: day.replace(day=1),
        Span.QUARTER: date(day.year, day.month - (day.month - 1) % 3, 1),
        Span.SCHOOL_YEAR: date(day.year - (day.month < SCHOOL_YEAR_BEGINS_IN), 7, 1),
        Span.YEAR: date(day.year, 1, 1),
    }[span]
    return Period(first, span)


def month_of(day: date) -> Month:
    return Month(day.replace(day=1))


NAMES = (
    (re.compile(r"(\d{4})-(0[1-9]|1[0-2])"), Span.MONTH),
    (re.compile(r"(\d{4})-k([1-4])"), Span.QUARTER),
    (re.compile(r"(\d{4})-(\d{4})"), Span.SCHOOL_YEAR),
    (re.compile(r"(\d{4})"), Span.YEAR),
)


def named(name: str) -> Period:
    """The period of an address.

    Raises:
        ValueError: the name of none.
    """
    for pattern, span in NAMES:
        if found := pattern.fullmatch(name):
            year, *rest = map(int, found.groups())
            months = {Span.MONTH: rest[:1], Span.QUARTER: [3 * n - 2 for n in rest]}
            [month] = months.get(span, [SCHOOL_YEAR_BEGINS_IN if span == Span.SCHOOL_YEAR else 1])
            period = Period(date(year, month, 1), span)
            if period.name == name:
                return period
    raise ValueError(name)


def last_closed(today: date) -> Month:
    """The newest month whose freeze date has come."""
    return Month(today.replace(day=1) - FREEZES_AFTER - MONTH)


def closed_months(today: date, *, since: date) -> list[Month]:
    """Every month from that of `since` on whose freeze date has come, oldest first."""
    found, month = [], month_of(since)
    while month.freezes_on <= today:
        found.append(month)
        month = month.after
    return found


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
