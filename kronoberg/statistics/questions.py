"""The pages of figures: what each asks, and the findings that answer, in reading order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial

from cases import access
from cases.models import Right, User
from cases.models.codes import Occasion
from kronoberg.measures.situation import measures_under_way
from kronoberg.statistics import comparisons as two
from kronoberg.statistics import crosses as c
from kronoberg.statistics import indicators as i
from kronoberg.statistics import indicators_afterwards as after
from kronoberg.statistics import municipal as m
from kronoberg.statistics.areas import Area
from kronoberg.statistics.by_area import chain_by_area
from kronoberg.statistics.figures import EVENT_START, Indicator
from kronoberg.statistics.findings import (
    NOT_BY_OCCASION,
    NOT_COUNTED,
    NOT_YET_FOLLOWED,
    Finding,
    not_counted,
    publish,
)
from kronoberg.statistics.freezing import EFFORT, HOURS, PASSES
from kronoberg.statistics.people import COHORT
from kronoberg.statistics.periods import Month, Span, midnight, period_of
from kronoberg.statistics.published import (
    DRINKS,
    EFFORT_BY_OCCASION,
    OCCASION,
    TABLES,
    Frozen,
)
from kronoberg.statistics.tables import Cells, NotCounted, under_key


@dataclass(frozen=True)
class Question:
    """One page: an answer from one indicator each, and from tables in two directions."""

    slug: str
    title: str
    indicators: tuple[Callable[[Cells], Indicator], ...]
    crosses: tuple[Callable[[Cells], Finding], ...] = field(default=())
    # What is told month by month, or beside the years before.
    series: tuple[Callable[[Frozen, two.Earlier], Finding], ...] = field(default=())
    right: Right = Right.VIEW_STATISTICS
    # What is told of each municipality of a county, for whoever may read each of them.
    by_area: tuple[Callable[[Frozen, Sequence[Area]], Finding], ...] = field(default=())
    # Where its map is the ground for a measure (kronoberg/measures).
    is_of_places: bool = False


QUESTIONS = (
    Question(
        "kedjan",
        "Var brister kedjan?",
        (after.chain,),
        (c.funnel, c.chain_by_place),
        (c.chain_by_month,),
        by_area=(chain_by_area,),
    ),
    Question(
        "ingripanden",
        "Hur många ingripanden, och när?",
        (i.interventions, i.per_hundred_hours),
        series=(c.season, two.occasions_by_year, two.weekdays_by_year),
    ),
    Question(
        "vardnadshavare",
        "Hur snabbt nås föräldrarna?",
        (
            i.wait_for_answer,
            i.wait_for_attempt,
            i.custodian_reached,
            i.collected,
            i.handed_to_duty_team,
        ),
    ),
    Question(
        "anmalan",
        "Kommer anmälan fram i tid?",
        (
            after.notified_in_time,
            after.notified_in_shift,
            after.receipted,
            after.feedback_received,
        ),
    ),
    Question(
        "brev",
        "Når breven hem?",
        (after.letters_in_time, after.letters_returned, after.letter_language),
    ),
    Question(
        "socialtjansten",
        "Vad händer med anmälningarna?",
        (m.protection_assessed, m.decided_in_time, m.opened, m.feedback_in_time, m.talks_held),
        (two.talks_by_round,),
    ),
    Question(
        "uppfoljning",
        "Följs ungdomarna upp, och kommer de igen?",
        (after.met_afterwards, after.youth_met, after.custodian_met, m.times_met, m.repeated),
    ),
    Question(
        "alkoholen",
        "Varifrån kommer alkoholen?",
        (i.supplier_told, i.supplier_relation, i.crime_reported),
        (c.destroyed, c.supply_by_place, c.supply_by_hour),
        right=Right.VIEW_SUPPLY_STATISTICS,
    ),
    Question(
        "platser",
        "Var och när behövs patrullen?",
        (i.place,),
        (c.weekday_by_hour, c.place_by_hour),
        is_of_places=True,
    ),
    Question(
        "ungdomarna",
        "Vilka är ungdomarna?",
        (i.age, i.sex, i.custody, after.custody_copied),
        (c.age_by_sex,),
    ),
    Question("kvalitet", "Går uppgifterna att lita på?", (after.attested, i.corrected)),
)


# What the law's lägesbild needs of the other pages' answers, to print or to take out (lag 2023:196
# 4 §); who supplies is not in it, since the municipality may not read that.
SITUATION = Question(
    "lagesbild",
    "Underlag till lägesbild",
    (i.interventions, i.per_hundred_hours, i.age, i.sex, i.custody, m.times_met, after.chain),
    (c.weekday_by_hour, c.place_by_hour),
    (c.season, two.occasions_by_year, measures_under_way),
)
PAGES = (*QUESTIONS, SITUATION)


def open_to(user: User) -> tuple[Question, ...]:
    """The questions whose answers the reader may see."""
    return tuple(each for each in QUESTIONS if access.may(user, each.right))


def answers(
    question: Question, frozen: Frozen, earlier: two.Earlier = (), inside: Sequence[Area] = ()
) -> list[Finding]:
    """Every finding of a page; `earlier` are the same period one, two, three years earlier, None
    where it is not frozen.

    `inside` are the municipalities of the county that the reader may see one by one.

    What was not counted in all of the months stands there and says so.
    """
    return [
        _told(question, name, make, frozen.occasion)
        for name, make in _makers(question, frozen, earlier, inside or None).items()
    ]


def _makers(
    question: Question, frozen: Frozen, earlier: two.Earlier, inside: Sequence[Area] | None
) -> dict[str, Callable[[], Finding]]:
    """How each finding of a page is made, in order; with None `inside`, no municipality alone."""
    makers: dict[str, Callable[[], Finding]] = {}
    for make in question.indicators:
        makers[make.__name__] = partial(_published, make, frozen.cells)
    for tell in question.series:
        makers[tell.__name__] = partial(tell, frozen, earlier)
    if inside is not None:
        makers |= {each.__name__: partial(each, frozen, inside) for each in question.by_area}
    for cross in question.crosses:
        makers[cross.__name__] = partial(cross, frozen.cells)
    return makers


def _published(make: Callable[[Cells], Indicator], cells: Cells) -> Finding:
    indicator = make(cells)
    if not indicator.beside and indicator.reference_date == EVENT_START:
        # No count of stops without the hours that it took to make them (domain 2.2).
        indicator = replace(indicator, beside=i.effort(cells))
    return publish(indicator, key=make.__name__)


def _told(question: Question, name: str, make: Callable[[], Finding], occasion: str) -> Finding:
    try:
        return make()
    except NotCounted as missing:
        return not_counted(_empty(question.slug)[name], _why(str(missing), occasion))


def _why(key: str, occasion: str) -> str:
    """Why a table is not there."""
    if occasion and under_key(OCCASION, key) not in TABLES:
        return NOT_BY_OCCASION
    return NOT_YET_FOLLOWED if key == COHORT.key else NOT_COUNTED


@cache
def _empty(slug: str) -> dict[str, Finding]:
    """The findings of a page of which nothing is counted, for what they are called."""
    question = next(each for each in PAGES if each.slug == slug)
    nobody = _nobody(_Asked())
    return {name: make() for name, make in _makers(question, nobody, [nobody], ()).items()}


def tables_of(*questions: Question) -> frozenset[str]:
    """The keys of the tables that these pages are made of, so that no others are read."""
    return frozenset().union(*(_asked_by(question.slug)[0] for question in questions))


def compared(*questions: Question) -> frozenset[str]:
    """The keys of the tables that these pages set beside the years before; of most pages none."""
    return frozenset().union(*(_asked_by(question.slug)[1] for question in questions))


@cache
def _asked_by(slug: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a page asks of its own year, and what of those before."""
    question = next(each for each in PAGES if each.slug == slug)
    now, then = _Asked(), _Asked()
    answers(question, _nobody(now), [_nobody(then)])
    return frozenset(now.asked), frozenset(then.asked)


def _nobody(cells: "_Asked") -> Frozen:
    month = Month(date(2000, 1, 1))
    period = period_of(month.first, Span.MONTH)
    return Frozen(Area("", "", ()), period, midnight(month.first), {month: cells}, cells)


class _Asked(dict[str, dict[str, int]]):
    """Cells in which nobody stands, that remember which tables were asked for."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def __missing__(self, key: str) -> dict[str, int]:
        self.asked.add(key)
        if key in TABLES:
            return dict.fromkeys(TABLES[key].lines, 0)
        if key == EFFORT:
            return {HOURS: 0, PASSES: 0}
        if key == EFFORT_BY_OCCASION:
            return dict.fromkeys(Occasion.labels, 0)
        return dict.fromkeys(DRINKS.labels, 0)
