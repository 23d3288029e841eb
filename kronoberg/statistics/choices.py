"""What the address of a statistics page chooses: area, period and occasion, and nothing else."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils import timezone

from cases import access
from cases.models.codes import Occasion
from kronoberg.statistics import published
from kronoberg.statistics.areas import Area, remit
from kronoberg.statistics.comparisons import YEARS_BACK
from kronoberg.statistics.periods import Month, Period, Span, last_closed, named
from kronoberg.statistics.published import Frozen, frozen_months
from kronoberg.statistics.questions import Question, compared, tables_of

AREA, PERIOD, OCCASION = "omrade", "period", "tillfalle"
SPANS = {
    Span.SCHOOL_YEAR: "Läsår", Span.YEAR: "Kalenderår", Span.QUARTER: "Kvartal",
    Span.MONTH: "Månad",
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One thing to choose, as a list on the page shows it."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Chosen:
    """What the address asks for, and what else could be asked for."""

    areas: list[Area]
    months: list[Month]
    area: Area | None
    period: Period | None
    occasion: str

    @property
    def query(self) -> str:
        """The address's own words for it."""
        words = {AREA: self.area and self.area.code, PERIOD: self.period and self.period.name}
        return urlencode({k: v for k, v in words.items() if v} | self._occasion)

    @property
    def _occasion(self) -> dict[str, str]:
        return {OCCASION: self.occasion} if self.occasion else {}

    @property
    def occasion_label(self) -> str:
        return Occasion(self.occasion).label if self.occasion else ""

    @property
    def area_choices(self) -> list[Choice]:
        return [Choice(area.code, area.name, area == self.area) for area in self.areas]

    @property
    def period_choices(self) -> list[tuple[str, list[Choice]]]:
        return [
            (label, [Choice(each.name, str(each), each == self.period)
                     for each in published.periods(self.months, span)])
            for span, label in SPANS.items()
        ]  # fmt: skip

    @property
    def occasion_choices(self) -> list[Choice]:
        every = Choice("", "Alla tillfällen", not self.occasion)
        return [every, *(Choice(o.value, o.label, o == self.occasion) for o in Occasion)]

    @property
    def inside(self) -> list[Area]:
        """The municipalities of the chosen county that the reader may see one by one."""
        if self.area is None or not self.area.county_code:
            return []
        alone = [area for area in self.areas if not area.county_code]
        return alone if len(alone) > 1 else []

    @property
    def name(self) -> str:
        """In the name of a file."""
        parts = (self.area and self.area.code, self.period and self.period.name, self.occasion)
        return "-".join(part for part in parts if part)

    def read(self, *questions: Question) -> tuple[Frozen | None, list[Frozen | None]]:
        """The figures that the pages show, and those they set beside them of the years before."""
        if self.area is None or self.period is None:
            return None, []
        now = published.read(
            self.area, self.period, keys=tables_of(*questions), occasion=self.occasion
        )
        keys, periods = compared(*questions), [self.period]
        if not keys:
            return now, []
        for _ in range(YEARS_BACK):
            periods.append(periods[-1].before)
        earlier = published.read_each(self.area, periods[1:], keys=keys, occasion=self.occasion)
        return now, earlier


def chosen(request: HttpRequest) -> Chosen:
    """Read the address; what it leaves out is the reader's own area and the newest whole year.

    Raises:
        Http404: an area outside the reader's remit, no such period or occasion, or nothing frozen.
    """
    areas = remit(access.signed_in(request))
    if not areas:
        return Chosen([], [], None, None, "")
    code, name = request.GET.get(AREA, ""), request.GET.get(PERIOD, "")
    occasion = request.GET.get(OCCASION, "")
    area = next((each for each in areas if each.code == code), None) if code else areas[0]
    if area is None or (occasion and occasion not in Occasion.values):
        raise Http404
    months = frozen_months(area)
    period = _period(name, months)
    return Chosen(areas, months, area, period, occasion)


def next_freeze() -> Month:
    """The month that is frozen next."""
    return last_closed(timezone.localdate()).after


def _period(name: str, months: list[Month]) -> Period | None:
    if not name:
        years = published.periods(months, Span.SCHOOL_YEAR)
        whole = [year for year in years if set(year.months) <= set(months)]
        return next(iter([*whole, *years]), None)
    try:
        period = named(name)
    except ValueError:
        raise Http404 from None
    if not set(period.months) & set(months):
        raise Http404
    return period
