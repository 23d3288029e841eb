"""22: what the figures say of a measure: before and after, here and where nothing was done.

Worked out of published cells alone, so that nothing can be told by it that the pages do not tell.
The same months of the year before are "before": a spring is compared with a spring (domain 2.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, sqrt

from dateutil.relativedelta import relativedelta

from cases.models import Municipality
from kronoberg.measures.models import Measure
from kronoberg.statistics import charts, figures, police, published
from kronoberg.statistics.areas import COUNTIES, Area, area_of
from kronoberg.statistics.figures import SMALL_BELOW, number
from kronoberg.statistics.findings import WHAT_SMALL_MEANS, Entry, Finding, counted
from kronoberg.statistics.freezing import EFFORT, HOURS
from kronoberg.statistics.models import FrozenTable
from kronoberg.statistics.periods import Month, Period, Span, month_of
from kronoberg.statistics.tables import Cells, NotCounted

TITLE = "Före och efter en åtgärd"
YEAR = relativedelta(years=1)
# Domain 6, no. 22: below this the figures are read with a warning.
FEW = 20
SURE = 1.96  # 95 percent
# Each month's count has been moved by at most three, mostly less than one (docs/decisions.md).
MOVED_A_MONTH = 1.0

KEYS = frozenset({
    EFFORT, police.registrations.key, police.places.key, police.weekdays.key, police.hours.key,
    police.place_by_hour.key, police.weekday_by_hour.key,
})  # fmt: skip
NOT_YET = "Ännu är inga månader frysta både före och efter, här och i jämförelsen."
NO_TABLE = (
    "Talen för den här platsen och tiden räknades inte i alla månader: de går inte att jämföra."
)
NO_HOURS = (
    "Insatstimmar saknas före eller efter: då går det inte att skilja fler ungdomar från mer "
    "arbete, och ingen kvot räknas ut."
)
TOO_FEW = "Talen är för små för att säga något om åtgärden."
WARNING = f"Litet underlag: minst ett av antalen är under {FEW}. Läs kvoten med försiktighet."


@dataclass(frozen=True)
class Side:
    """The spot in one area, before and after: youths met with, and hours of effort."""

    name: str
    before: int
    after: int
    hours_before: int
    hours_after: int

    @property
    def counts(self) -> tuple[int, int]:
        return self.before, self.after

    @property
    def has_effort(self) -> bool:
        return self.hours_before > 0 and self.hours_after > 0

    @property
    def ratio(self) -> float:
        """How many times as many youths an hour after as before."""
        return (self.after / self.hours_after) / (self.before / self.hours_before)


@dataclass(frozen=True)
class Ratio:
    """The rate ratio here divided by that of the comparison, with its 95 percent interval."""

    value: float
    low: float
    high: float

    @property
    def text(self) -> str:
        return f"{_decimal(self.value)} ({_decimal(self.low)}–{_decimal(self.high)})"


def ratio_of(here: Side, there: Side, *, n_months: int) -> Ratio:
    """Both sides by their effort; the counts are Poisson, and each was moved a little too.

    No count may be 0, and no side without hours.
    """
    counts = (*here.counts, *there.counts)
    variance = sum(1 / n + n_months * MOVED_A_MONTH / n**2 for n in counts)
    value, by = here.ratio / there.ratio, exp(SURE * sqrt(variance))
    return Ratio(value, value / by, value * by)


def before_after(measure: Measure) -> Finding:
    """22: the rate ratio before and after, with a comparison area, effort and uncertainty."""
    here, there = area_of(measure.area), comparison_of(measure)
    months = _months(measure, here, there)
    if not months:
        return _finding(measure, there, (), NOT_YET)
    try:
        sides = [_side(measure, area, months) for area in (here, there)]
    except NotCounted:
        return _finding(measure, there, months, NO_TABLE)
    return _finding(measure, there, months, _said(sides, len(months)), sides)


def comparison_of(measure: Measure) -> Area:
    """The area that is compared with: one municipality, or the rest of the county."""
    if measure.comparison:
        return area_of(measure.comparison)
    county = measure.area.county_code
    others = Municipality.objects.filter(county_code=county).exclude(pk=measure.area_id)
    name = f"Övriga {COUNTIES[county]} län"
    return Area("", name, tuple(others.order_by("pk").values_list("pk", flat=True)))


def _months(measure: Measure, here: Area, there: Area) -> list[Month]:
    """The months that the measure touches, a year at most, as far as both years are frozen."""
    first = month_of(measure.starts_on)
    touched = [
        month for month in Period(first.first, Span.YEAR).months
        if measure.ends_on is None or month.first <= measure.ends_on
    ]  # fmt: skip
    frozen = [set(published.frozen_months(area)) for area in (here, there)]
    return [
        month for month in touched if all({month, _year_before(month)} <= each for each in frozen)
    ]


def _side(measure: Measure, area: Area, months: Sequence[Month]) -> Side:
    """Raises: NotCounted: no such table in all of the months."""
    before = [_year_before(month) for month in months]
    same = _alike(area, [*before, *months])
    then, now = (_sum(measure, same, each) for each in (before, months))
    return Side(area.name, then[0], now[0], then[1], now[1])


def _alike(area: Area, months: Sequence[Month]) -> Area:
    """The municipalities that have figures for every month: the same ones before and after."""
    firsts = [month.first for month in months]
    rows = FrozenTable.objects.filter(area__in=area.municipalities, key=EFFORT, first__in=firsts)
    found: dict[str, int] = {}
    for code in rows.values_list("area_id", flat=True):
        found[code] = found.get(code, 0) + 1
    whole = tuple(sorted(code for code, n in found.items() if n == len(months)))
    return Area(area.code, area.name, whole)


def _sum(measure: Measure, area: Area, months: Sequence[Month]) -> tuple[int, int]:
    found = published.read(area, Period(months[0].first, Span.YEAR), keys=KEYS)
    if found is None:
        raise NotCounted(EFFORT)
    cells = published.part(found, months).cells
    return spot_of(measure, cells), cells[EFFORT][HOURS]


def spot_of(measure: Measure, cells: Cells) -> int:
    """The published count of the measure's place, weekday and hours."""
    place, weekday, hours = (
        next((part for part in table.parts if part.code == code), None)
        for table, code in (
            (police.places, measure.place_type), (police.weekdays, measure.weekday),
            (police.hours, measure.hours),
        )
    )  # fmt: skip
    if place and hours:
        return police.place_by_hour.read(cells, place, hours)
    if weekday and hours:
        return police.weekday_by_hour.read(cells, weekday, hours)
    return (place or weekday or hours or police.VALID_STOPS).read(cells)


def _said(sides: Sequence[Side], n_months: int) -> str:
    here, there = sides
    if min(*here.counts, *there.counts) < SMALL_BELOW:
        return TOO_FEW
    if not (here.has_effort and there.has_effort):
        return NO_HOURS
    found = ratio_of(here, there, n_months=n_months)
    if found.low <= 1 <= found.high:
        said = f"Talen visar ingen säker skillnad mot jämförelsen: kvoten är {found.text}."
    else:
        said = (
            f"Ingripandena per insatstimme {_way(here, there)} här än i jämförelsen: kvoten är "
            f"{found.text}. Det visar inte att åtgärden är orsaken."
        )
    return f"{WARNING} {said}" if min(*here.counts, *there.counts) < FEW else said


def _way(here: Side, there: Side) -> str:
    """How it went here, set against the comparison: both may have gone the same way."""
    if here.ratio < there.ratio:
        return "minskade mer" if here.ratio < 1 else "ökade mindre"
    return "ökade mer" if here.ratio > 1 else "minskade mindre"


def _finding(
    measure: Measure,
    there: Area,
    months: Sequence[Month],
    sentence: str,
    sides: Sequence[Side] = (),
) -> Finding:
    rows = [row for side in sides for row in _rows(side)]
    if sides and sentence not in (TOO_FEW, NO_HOURS):
        found = ratio_of(*sides, n_months=len(months))
        rows.append((Entry("Kvot mot jämförelsen, med osäkerhet"), Entry("–"), Entry("–"),
                     Entry(found.text)))  # fmt: skip
    notes = [WHAT_SMALL_MEANS] if any(each.is_small for row in rows for each in row) else []
    return Finding(
        key="before-after",
        number=22,
        title=TITLE,
        sentence=sentence,
        columns=("Vad", "Före", "Efter", "Kvot") if rows else (),
        rows=tuple(rows),
        definition=_definition(measure, there, months),
        notes=tuple(notes),
        chart=_chart(sentence, sides) if rows else None,
    )


def _rows(side: Side) -> list[tuple[Entry, ...]]:
    none = Entry("–")
    then, now = (figures.rate(n, hours) for n, hours in (
        (side.before, side.hours_before), (side.after, side.hours_after),
    ))  # fmt: skip
    is_told = min(side.counts) >= SMALL_BELOW and side.has_effort
    ratio = Entry(_decimal(side.ratio)) if is_told else none
    return [
        (Entry(f"{side.name}: ungdomar (n)"), counted(side.before), counted(side.after), none),
        (Entry(f"{side.name}: insatstimmar"), Entry(number(side.hours_before)),
         Entry(number(side.hours_after)), none),
        (Entry(f"{side.name}: per 100 timmar"), Entry(then.text, then.value),
         Entry(now.text, now.value), ratio),
    ]  # fmt: skip


def _chart(title: str, sides: Sequence[Side]) -> charts.Bars:
    rates = [
        (side.name, figures.rate(side.before, side.hours_before),
         figures.rate(side.after, side.hours_after))
        for side in sides
    ]  # fmt: skip
    largest = max((each.value or 0 for _, *both in rates for each in both), default=0) or 1
    return charts.Bars(title, tuple(
        charts.Bar(
            f"{name}, per 100 timmar", f"{now.text} (före: {then.text})",
            None if now.value is None else now.value / largest,
            None if then.value is None else then.value / largest,
        )
        for name, then, now in rates
    ))  # fmt: skip


def _definition(measure: Measure, there: Area, months: Sequence[Month]) -> str:
    when = (
        f"Efter är {months[0]}–{months[-1]} ({len(months)} månader), före är samma månader året "
        "innan. " if months else ""
    )  # fmt: skip
    return (
        f"Ungdomar i registrerade ingripanden: {measure.spot.lower()}. {when}Månader räknas hela, "
        "från den då åtgärden började och högst ett år. Kvoten är ingripanden per insatstimme "
        f"efter genom före i {measure.area}, delad med samma kvot i jämförelsen ({there}): 1 är "
        "ingen skillnad, under 1 är färre här. Timmarna är kommunens alla insatser. Inom parentes "
        "står 95 procents osäkerhet, ur antalen och den ändring som skyddar den enskilde. Unga som "
        "anträffas tillsammans gör den verkliga osäkerheten större. Referensdatum: händelsens "
        "början."
    )


def _year_before(month: Month) -> Month:
    return Month(date(month.first.year - 1, month.first.month, 1))


def _decimal(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")
