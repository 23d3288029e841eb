"""Which pass somebody is out on, where it was last, and what it came to.

A pass is planned, begun and closed here and nowhere else; the stops made in it are counted from the
cases, never beside them.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q, QuerySet

from cases import merged
from cases.models import AlcoholSeizure, Incident, Organisation, PatrolPass, User, YouthCase
from cases.models.codes import Category, Outcome
from cases.models.incidents import PlaceType
from cases.models.youth_case import IN_THE_FIELD

# A pass can be chosen for a stop as long as somebody may still be writing up the night.
NEARBY = timedelta(hours=18)
# Longer ago than this the last place says nothing about where the next stop is.
SAME_SHIFT = timedelta(hours=6)
MOST_PLACES = 8


class AlreadyClosed(Exception):
    """The pass has its closing report: nothing more is written in it."""


def choosable(organisation: Organisation, *, at: datetime) -> "QuerySet[PatrolPass]":
    """The unit's passes that a stop at `at` can belong to."""
    near = Q(planned_from__lte=at + NEARBY, planned_to__gte=at - NEARBY)
    return PatrolPass.objects.filter(near, organisation=organisation)


def current(user: User, *, at: datetime) -> PatrolPass | None:
    """The pass that `user` is out on: begun and not closed."""
    out = PatrolPass.objects.filter(
        organisation=user.organisation_id, team=user, started_at__lte=at, ended_at__isnull=True
    )
    return out.order_by("-started_at").first()


def last_stop(user: User, patrol_pass: PatrolPass | None, *, at: datetime) -> Incident | None:
    """The last stop of the pass; outside a pass the officer's own of the same shift."""
    recent = Incident.objects.filter(started_at__range=(at - SAME_SHIFT, at))
    # Somebody's home is not where the next youth was met.
    recent = recent.exclude(place_type=PlaceType.HOME)
    if patrol_pass:
        recent = recent.filter(patrol_pass=patrol_pass)
    else:
        recent = recent.filter(organisation=user.organisation_id, author=user)
    return recent.order_by("-started_at").first()


def is_ours(incident: Incident, user: User) -> bool:
    """Did `user` log the stop, or was `user` out on the pass that it was made in?"""
    if incident.organisation_id != user.organisation_id:
        return False
    if incident.author_id == user.pk:
        return True
    return PatrolPass.objects.filter(incidents=incident, team=user).exists()


def places(patrol_pass: PatrolPass | None) -> list[str]:
    """The places of the pass, planned and met with, as suggestions; nothing outside a pass."""
    if patrol_pass is None:
        return []
    planned = patrol_pass.places.splitlines()
    stops = patrol_pass.incidents.exclude(place_type=PlaceType.HOME)
    stops = stops.order_by("-started_at")[:MOST_PLACES]
    met = [stop.place for stop in stops]
    return list(dict.fromkeys(filter(None, map(str.strip, [*met, *planned]))))[:MOST_PLACES]


def litres(incident: Incident) -> float:
    """The alcohol of a stop, whoever of its youths it was taken from; never which of them."""
    taken = AlcoholSeizure.objects.filter(youth_case__incident=incident)
    taken = taken.exclude(youth_case__state="annulled")
    return (taken.aggregate(volume=models.Sum("volume_cl"))["volume"] or 0) / 100


def begin(patrol_pass: PatrolPass, *, by: User, at: datetime) -> None:
    """Whoever begins it is out on it. Begun twice, it began the first time."""
    with transaction.atomic():
        patrol_pass = PatrolPass.objects.select_for_update().get(pk=patrol_pass.pk)
        patrol_pass.team.add(by)
        if patrol_pass.started_at is None:
            patrol_pass.started_at = at
            patrol_pass.save(update_fields=["started_at"])


def close(patrol_pass: PatrolPass, *, by: User) -> None:
    """Put the closing report on record. The columns come filled, unsaved.

    Raises:
        AlreadyClosed: somebody else of the team was first.
    """
    with transaction.atomic():
        stored = PatrolPass.objects.select_for_update().get(pk=patrol_pass.pk)
        if stored.is_closed:
            raise AlreadyClosed
        patrol_pass.closed_by = by
        patrol_pass.save()


@dataclass(frozen=True)
class Sum:
    """What a pass came to. Numbers for the unit itself: nothing here may leave it unhidden."""

    n_stops: int
    n_youths: int
    by_category: tuple[tuple[str, int], ...]
    n_collected: int
    n_duty_team: int
    n_seizures: int
    litres: float
    n_unfinished: int


def summed(patrol_pass: PatrolPass) -> Sum:
    """Count the pass from its cases; annulled and merged ones are nobody's."""
    youths = list(
        YouthCase.objects.filter(incident__patrol_pass=patrol_pass).exclude(
            state__in=("annulled", "merged")
        )
    )
    categories = Counter(case.category for case in youths)
    outcomes = Counter(case.outcome for case in youths)
    # What stands in a case that has gone into another counts with the one that is left.
    met_with = merged.alcohol_of(case.pk for case in youths)
    seizures = [row for rows in met_with.values() for row in rows if row.measure != "none"]
    return Sum(
        n_stops=len({case.incident_id for case in youths}),
        n_youths=len(youths),
        by_category=tuple((code.label, categories[code]) for code in Category),
        n_collected=outcomes[Outcome.COLLECTED] + outcomes[Outcome.DRIVEN_HOME],
        n_duty_team=outcomes[Outcome.DUTY_TEAM] + outcomes[Outcome.NO_DUTY_TEAM],
        n_seizures=len(seizures),
        litres=sum(row.volume_cl for row in seizures) / 100,
        n_unfinished=sum(case.state in IN_THE_FIELD for case in youths),
    )
