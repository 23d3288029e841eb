"""Have we met before? Only inside the circle of cases that the reader may know of anyway.

2018:1693 3:5 lets nobody search all police data for a youth who was only drunk. So the number and
the days of earlier stops come from the reader's own circle: a patrol officer's own stops, a youth
officer's unit. Nothing of the other authority is asked, and nothing of what the cases say.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from cases import access, rules
from cases.models import EscalationStep, User, YouthCase

NEVER_HAPPENED = ("draft", "annulled", "merged")
# Two patrols write down the same stop within this time (domain 5.3): a suggestion, never a merge.
SAME_STOP = timedelta(hours=6)


def earlier_days(case: YouthCase, *, by: User) -> list[date]:
    """The days of earlier stops with the same number in the reader's circle, as far as counted."""
    return met_before([case], by=by)[case.pk]


def met_before(cases: list[YouthCase], *, by: User) -> dict[UUID, list[date]]:
    """`earlier_days` of several cases of one stop, by case, in as many queries as for one."""
    numbers = {case.person.number_index for case in cases} - {"", None}
    if not numbers:
        return {case.pk: [] for case in cases}
    months = rules.rule("repeat_within", on=cases[0].day)
    known = access.findable_cases(by).filter(
        organisation=cases[0].organisation,
        person__number_index__in=numbers,
        opened_at__lt=cases[0].opened_at,
    )
    times = known.exclude(state__in=NEVER_HAPPENED).exclude(incident=cases[0].incident_id)
    opened = list(times.values_list("person__number_index", "opened_at").order_by("opened_at"))
    return {
        case.pk: [
            timezone.localdate(at)
            for number, at in opened
            if number == case.person.number_index
            and rules.deadline(months, since=at) >= case.opened_at
        ]
        for case in cases
    }


def steps_agreed(on: date) -> list[EscalationStep]:
    """Every step of every municipality's ladder on that day."""
    held = EscalationStep.objects.filter(valid_from__lte=on)
    return list(held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on)))


def suggestion(
    case: YouthCase, n_earlier: int, *, steps: list[EscalationStep] | None = None
) -> str:
    """What has been agreed on for this time; beside the notice, never instead of it.

    `steps` spares the query where several cases of one day are shown.
    """
    home = case.person.municipality_id
    agreed = steps_agreed(case.day) if steps is None else steps
    reached = [step for step in agreed if step.times <= n_earlier + 1]
    own = [step for step in reached if step.municipality_id == home and home]
    usual = own or [step for step in reached if step.municipality_id is None]
    return max(usual, key=lambda step: step.times).suggestion if usual else ""


def duplicates(case: YouthCase, *, by: User) -> list[YouthCase]:
    """Open cases of the unit that may be the same person met once: within six hours, other stop.

    The same number; where one of them has none, the same name. A suggestion to somebody.
    """
    if not case.is_open:
        return []
    near = _near(case, case.opened_at, by=by)
    return [other for other in near if _is_same(case, other)]


def _near(case: YouthCase, at: datetime, *, by: User) -> "QuerySet[YouthCase]":
    near = access.findable_cases(by).filter(
        organisation=case.organisation,
        opened_at__range=(at - SAME_STOP, at + SAME_STOP),
    )
    ended = ("closed", "annulled", "merged")
    others = near.exclude(pk=case.pk).exclude(incident=case.incident_id).exclude(state__in=ended)
    return others.select_related("person").order_by("opened_at")


def _is_same(case: YouthCase, other: YouthCase) -> bool:
    mine, theirs = case.person, other.person
    if mine.number_index and theirs.number_index:
        return mine.number_index == theirs.number_index
    names = [" ".join(person.name.casefold().split()) for person in (mine, theirs)]
    return bool(names[0]) and names[0] == names[1]
