"""The indicators of domain 6, read from the cases and the journal: one function each.

A period and an area in, a frozen record of raw counts out. Nothing raw may reach a page: what may
be shown of a record is decided in `findings`. The unit is one youth in one intervention, and the
reference date is when the event began.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Min, OuterRef, Q, QuerySet, Subquery

from cases.identity import AgeClass
from cases.models import CustodianContact, JournalEntry, Kind, Municipality, Organisation, YouthCase
from cases.models.codes import Category, Decision, Outcome
from cases.models.youth_case import IN_THE_FIELD, State
from kronoberg.statistics.figures import Interventions, Parts, Period, Share, Waits, midnight
from kronoberg.statistics.models import EffortHours

SAME_NIGHT = timedelta(hours=12)
NOTICE_WITHIN = timedelta(hours=24)
FOLLOWED_FOR = timedelta(days=365)

OF_AGE = (AgeClass.FROM_18_TO_19, AgeClass.FROM_20)
NEVER_COUNTED = (State.ANNULLED, State.MERGED)
# A draft is not on record yet.
COUNTED = tuple(state for state in State if state not in (*NEVER_COUNTED, State.DRAFT))

# The order decides which neighbour is hidden beside a small count: first one that does not take
# the share with it. Pages list the parts in an order of their own.
NOT_REACHED, UNFINISHED, COLLECTED, ELSEWHERE, OTHER_ADULT, DRIVEN = ENDINGS = (
    "Inte nådd samma natt",
    "Ej avslutade",
    "Hämtad av vårdnadshavare",
    "Nådd, men till socialjour, sjukhus eller LOB",
    "Hämtad av annan vuxen",
    "Körd hem till vårdnadshavare",
)
REACHED = (COLLECTED, DRIVEN, OTHER_ADULT, ELSEWHERE)
NOT_SENT, LATE, NOT_NOTIFIED, IN_TIME = NOTICES = (
    "Ej avslutade",
    "Skickad senare",
    "Anmäls inte, med skäl",
    "Skickad inom 24 timmar",
)
AGAIN, NOT_AGAIN, NOT_KNOWN = REPEATS = (
    "Anträffad igen inom tolv månader",
    "Inte anträffad igen",
    "Går inte att följa: okänd identitet",
)


# The indicators -------------------------------------------------------------------------------


def interventions(period: Period, area: Municipality) -> Interventions:
    """1 and 2: youths by category A, B and C, beside the hours of effort (domain 2.2)."""
    found = Counter(
        (age_class in OF_AGE, category)
        for age_class, category in _cases(period, area).values_list("age_class", "category")
    )
    hours, months_missing = _effort(period, area)
    return Interventions(
        number=1,
        title="Ingripanden",
        definition=(
            "Antal ungdomar i ingripanden som är registrerade, per kategori: A berusad, B bär "
            "alkohol, C (under 18 år) i sällskap med någon som bär alkohol. Okänd ålder räknas "
            "som under 18. Timmarna är de som kommunens polisenheter har loggat. Fler ingripanden "
            "kan bero på mer arbete: läs antalet mot timmarna, aldrig för sig."
        ),
        period=period,
        minors={category: found[False, category] for category in Category.values},
        of_age={category: found[True, category] for category in Category.values},
        hours=hours,
        months_missing=months_missing,
    )


def waits(period: Period, area: Municipality) -> Waits:
    """3: minutes to the first attempt and to the first answer, for those under 18."""
    stops = list(_stops(period, area))
    finished = [stop for stop in stops if stop.ending != UNFINISHED]
    return Waits(
        number=3,
        title="Tid till vårdnadshavaren",
        definition=(
            "Minuter från händelsens början till första försöket att nå en vårdnadshavare och "
            "till det första svaret, för ungdomar under 18 år i avrapporterade ärenden. Den som "
            "inte nåddes inom tolv timmar räknas för sig och ingår inte i tiden till svar."
        ),
        period=period,
        parts=_in_order(ENDINGS, (stop.ending for stop in stops)),
        attempts=tuple(s.first_attempt for s in finished if s.first_attempt is not None),
        answers=tuple(
            stop.first_answer
            for stop in finished
            if stop.ending in REACHED and stop.first_answer is not None
        ),
    )


def custodian_reached(period: Period, area: Municipality) -> Share:
    """4: those under 18 for whom a custodian was reached the same night, of all under 18."""
    unreached = {NOT_REACHED: (NOT_REACHED,), UNFINISHED: (UNFINISHED,)}
    return Share(
        number=4,
        title="Vårdnadshavare nådd samma natt",
        definition=(
            "Ungdomar under 18 år där minst en vårdnadshavare svarade inom tolv timmar från "
            "händelsens början, av alla under 18. Ej avslutade: inte avrapporterade när talen "
            "frystes; de ingår i nämnaren."
        ),
        period=period,
        parts=_in_order(ENDINGS, (stop.ending for stop in _stops(period, area))),
        lines={"Nådd samma natt": REACHED, **unreached},
        counted="Nådd samma natt",
        among=("Nådd samma natt", *unreached),
        sentence="I {share} av {n} ingripanden nåddes en vårdnadshavare samma natt.",
    )


def collected(period: Period, area: Municipality) -> Share:
    """5: those under 18 whom a custodian came for, of all under 18, and how it ended otherwise."""
    return Share(
        number=5,
        title="Hämtad av vårdnadshavare",
        definition=(
            "Ungdomar under 18 år vars vårdnadshavare nåddes samma natt och hämtade, av alla under "
            "18. Den som inte nåddes står på en rad, hur ingripandet än slutade. Ej avslutade: "
            "inte avrapporterade när talen frystes; de ingår i nämnaren."
        ),
        period=period,
        parts=_in_order(ENDINGS, (stop.ending for stop in _stops(period, area))),
        lines={ending: (ending,) for ending in (*REACHED, NOT_REACHED, UNFINISHED)},
        counted=COLLECTED,
        among=ENDINGS,
        sentence="I {share} av {n} ingripanden hämtade en vårdnadshavare ungdomen.",
    )


def notified_in_time(period: Period, area: Municipality) -> Share:
    """7: notices sent within 24 hours, of the interventions under 18 with a duty to notify."""
    rows = _minors(period, area).values_list("opened_at", "notified_at", "reviewed_at", "decision")
    return Share(
        number=7,
        title="Anmäld inom 24 timmar",
        definition=(
            "Anmälningar till socialnämnden som skickades inom 24 timmar från händelsens början, "
            "av ingripanden mot ungdomar under 18 år med skyldighet att anmäla (SoL 19:1). Det är "
            "alla utom dem som granskaren med angivet skäl beslutade att inte anmäla. Ej "
            "avslutade: anmälan var inte skickad när talen frystes; de ingår i nämnaren."
        ),
        period=period,
        parts=_in_order(NOTICES, (_notice(*row, frozen_at=period.frozen_at) for row in rows)),
        lines={notice: (notice,) for notice in (IN_TIME, LATE, NOT_SENT, NOT_NOTIFIED)},
        counted=IN_TIME,
        among=(IN_TIME, LATE, NOT_SENT),
        sentence="{share} av {n} anmälningspliktiga ingripanden anmäldes inom 24 timmar.",
    )


def repeated(period: Period, area: Municipality) -> Share:
    """15: persons met with again within 365 days, of those first met with the year before.

    A person is one number in one unit's register. Nobody is followed from unit to unit.
    """
    cohort = period.first - relativedelta(months=12)
    return Share(
        number=15,
        title="Anträffad igen inom tolv månader",
        definition=(
            f"Personer som anträffades första gången {cohort:%Y-%m-%d} – "
            f"{period.first - timedelta(days=1):%Y-%m-%d} och igen inom 365 dagar, av alla som "
            "anträffades första gången då; alla har följts i tolv månader. Första gången betyder "
            "första gången i enhetens register. Den som saknar nummer kan inte följas."
        ),
        period=period,
        parts=_in_order(REPEATS, _follow(period, area, since=midnight(cohort))),
        lines={repeat: (repeat,) for repeat in REPEATS},
        counted=AGAIN,
        among=(AGAIN, NOT_AGAIN),
        sentence="{share} av {n} ungdomar anträffades igen inom tolv månader.",
        # The total beside a hidden part could be set against the interventions of that year.
        is_all_or_nothing=True,
    )


# Reading --------------------------------------------------------------------------------------


def _cases(period: Period, area: Municipality) -> "QuerySet[Any]":
    """The interventions of the period, each with the state it was in when the figures froze.

    What is annulled or merged leaves at once, also after the freeze: it never was an intervention.
    """
    known = JournalEntry.objects.filter(case_id=OuterRef("pk"), happened_at__lt=period.frozen_at)
    cases = YouthCase.objects.filter(
        incident__municipality=area,
        incident__started_at__gte=period.begins_at,
        incident__started_at__lt=period.ends_at,
    ).exclude(state__in=NEVER_COUNTED)
    state_then = Subquery(known.order_by("-id").values("to_state")[:1])
    return cases.annotate(state_then=state_then).filter(state_then__in=COUNTED)


def _minors(period: Period, area: Municipality) -> "QuerySet[Any]":
    # An unknown age counts as a child, as in `YouthCase.is_minor`.
    return _cases(period, area).exclude(age_class__in=OF_AGE)


def _in_order(labels: Iterable[str], found: Iterable[str]) -> Parts:
    counts = Counter(found)
    return {label: counts[label] for label in labels}


def _effort(period: Period, area: Municipality) -> tuple[int, int]:
    """The hours that the area's police units have logged, and how many unit months lack them."""
    units = Organisation.objects.filter(kind=Kind.POLICE, municipality=area)
    logged = EffortHours.objects.filter(
        organisation__in=units, month__gte=period.first, month__lte=period.last
    ).values_list("hours", flat=True)
    return sum(logged), units.count() * period.months - len(logged)


@dataclass(frozen=True)
class _Stop:
    """How one intervention against somebody under 18 went; minutes from the event."""

    ending: str
    first_attempt: float | None
    first_answer: float | None


def _stops(period: Period, area: Municipality) -> Iterator[_Stop]:
    answered = Q(contacts__result__in=CustodianContact.REACHED)
    # Named first, so that the database groups by these and not by every sealed column.
    cases = _minors(period, area).values("pk", "state_then", "outcome", "opened_at")
    rows = cases.annotate(
        tried_at=Min("contacts__at"), answered_at=Min("contacts__at", filter=answered)
    )
    for _, state, outcome, began_at, tried_at, answered_at in rows.values_list(
        "pk", "state_then", "outcome", "opened_at", "tried_at", "answered_at"
    ):
        is_reached = answered_at is not None and answered_at - began_at <= SAME_NIGHT
        yield _Stop(
            _ending(state, outcome, is_reached=is_reached),
            _minutes(began_at, tried_at),
            _minutes(began_at, answered_at),
        )


def _ending(state: str, outcome: str, *, is_reached: bool) -> str:
    if state in IN_THE_FIELD:
        return UNFINISHED
    if not is_reached:
        return NOT_REACHED
    endings: dict[str, str] = {
        Outcome.COLLECTED: COLLECTED,
        Outcome.DRIVEN_HOME: DRIVEN,
        Outcome.OTHER_ADULT: OTHER_ADULT,
    }
    return endings.get(outcome, ELSEWHERE)


def _minutes(since: datetime, until: datetime | None) -> float | None:
    """Minutes between two moments, never below zero: a call may be noted before the stop."""
    return None if until is None else max(0.0, (until - since).total_seconds() / 60)


def _notice(
    began_at: datetime,
    notified_at: datetime | None,
    reviewed_at: datetime | None,
    decision: str,
    *,
    frozen_at: datetime,
) -> str:
    if notified_at is not None and notified_at < frozen_at:
        return IN_TIME if notified_at - began_at <= NOTICE_WITHIN else LATE
    if decision == Decision.NOT_NOTIFY and reviewed_at is not None and reviewed_at < frozen_at:
        return NOT_NOTIFIED
    return NOT_SENT


def _follow(period: Period, area: Municipality, *, since: datetime) -> Iterator[str]:
    """What became of each person first met with between `since` and the period's beginning."""
    always = Period(date(1900, 1, 1), period.last, period.frozen_on)
    rows = _cases(always, area).values_list(
        "organisation_id", "person__number_index", "incident_id", "incident__started_at"
    )
    ordered = sorted(rows, key=lambda row: (str(row[0]), row[1], row[3]))
    for (_, number), group in groupby(ordered, key=lambda row: (row[0], row[1])):
        times = list({incident: at for *_, incident, at in group}.values())
        if not number:
            yield from (NOT_KNOWN for at in times if since <= at < period.begins_at)
        elif since <= times[0] < period.begins_at:
            is_again = len(times) > 1 and times[1] - times[0] <= FOLLOWED_FOR
            yield AGAIN if is_again else NOT_AGAIN
