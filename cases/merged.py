"""What was written in a case that has gone into another: it counts there, and its rows stay put.

Two patrols write down one stop; one case goes on. The calls, the alcohol and the answers that stand
in the other are read through the one that is left, so that taking the merger back moves nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from uuid import UUID

from cases.models import AlcoholSeizure, YouthCase

# The rows of a case by drink and volume.
Alike = dict[tuple[str, int], list[AlcoholSeizure]]


def into(keys: Iterable[UUID]) -> dict[UUID, UUID]:
    """Each case that has gone into one of these, however many steps: its key -> the one left."""
    left: dict[UUID, UUID] = {}
    level = {key: key for key in keys}
    while level:
        gone = YouthCase.objects.filter(merged_into__in=level, state="merged")
        found = gone.values_list("pk", "merged_into")
        level = {key: level[to] for key, to in found if to and key not in left}
        left |= level
    return left


def alcohol_of(cases: Iterable[UUID]) -> dict[UUID, list[AlcoholSeizure]]:
    """What was met with in each case and in those that have gone into it, every bottle once.

    Two patrols who wrote down the same drink and volume mean the same bottle: of the rows that are
    alike, as many count as the one case has that has most of them; the one that is left first.
    """
    keys = list(cases)
    gone = into(keys)
    by_case: dict[UUID, Alike] = defaultdict(lambda: defaultdict(list))
    rows = AlcoholSeizure.objects.filter(youth_case__in=[*keys, *gone])
    for row in rows.order_by("decided_at", "pk"):
        by_case[row.youth_case_id][row.drink, row.volume_cl].append(row)
    sources: dict[UUID, list[Alike]] = {key: [by_case[key]] for key in keys if key not in gone}
    for other, left in gone.items():
        sources.setdefault(left, []).append(by_case[other])
    return {left: list(_once(alike)) for left, alike in sources.items()}


def _once(sources: list[Alike]) -> Iterator[AlcoholSeizure]:
    for what in dict.fromkeys(what for source in sources for what in source):
        yield from max((source.get(what, []) for source in sources), key=len)


def cases_in(case: YouthCase) -> list[YouthCase]:
    """The cases that have gone into this one, oldest first."""
    gone = YouthCase.objects.filter(pk__in=into([case.pk]))
    return list(gone.select_related("person").order_by("opened_at", "reference"))
