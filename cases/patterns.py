"""Looks that stand out by their pattern, asked of the log's rows alone: no content is opened.

A relative of the same name, the same case again and again, many cases that are nobody's own, hours
when the reader was not at work. Each is a question to ask, never a finding.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from cases import identity
from cases.models import AccessEntry, PatrolPass, Referral, ReviewedEntry, User, YouthCase
from cases.models.fields import blind_name

Drawn, Kind, Purpose = ReviewedEntry.Drawn, AccessEntry.Kind, AccessEntry.Purpose
LOOKS = (Kind.READ, Kind.PRINT, Kind.EXPORT)
# Purposes that follow from the work itself.
WORK = (Purpose.OWN, Purpose.DUTY)
# One reader, one case, on this many different days, without its being theirs.
DAYS = 4
# One reader, one day, this many cases that are not theirs.
OUTSIDE = 8
# The hours of an office; a pass says when a patrol works, with some time around it.
OPENS, CLOSES, AROUND = 6, 20, timedelta(hours=2)


def found(rows: list[AccessEntry]) -> dict[int, str]:
    """The rows that stand out, each by its gravest pattern; a handful of queries."""
    looks = [row for row in rows if row.kind in LOOKS and row.subject_id]
    why: dict[int, str] = {}
    # The gravest last: it takes the place of the others.
    for pattern, those in (
        (Drawn.OFF_DUTY, _off_duty(looks)),
        (Drawn.OUTSIDE, _outside(looks)),
        (Drawn.REPEATED, _repeated(looks)),
        (Drawn.KIN, _kin(looks)),
    ):
        why |= dict.fromkeys((row.pk for row in those), str(pattern))
    return why


def _outside(looks: list[AccessEntry]) -> list[AccessEntry]:
    days: dict[object, list[AccessEntry]] = defaultdict(list)
    for row in looks:
        if row.purpose not in WORK:
            days[row.actor_id, timezone.localdate(row.recorded_at)].append(row)
    many = [rows for rows in days.values() if len({row.subject_id for row in rows}) >= OUTSIDE]
    return [row for rows in many for row in rows]


def _repeated(looks: list[AccessEntry]) -> list[AccessEntry]:
    pairs: dict[object, list[AccessEntry]] = defaultdict(list)
    for row in looks:
        if row.purpose not in WORK:
            pairs[row.actor_id, row.subject_id].append(row)
    again = [
        rows
        for rows in pairs.values()
        if len({timezone.localdate(row.recorded_at) for row in rows}) >= DAYS
    ]
    return [row for rows in again for row in rows]


def _kin(looks: list[AccessEntry]) -> list[AccessEntry]:
    """The reader bears a name that the youth bears too: asked of the blind index."""
    names = _names({row.subject_id for row in looks if row.subject_id})
    readers = dict(
        User.objects.filter(pk__in={row.actor_id for row in looks}).values_list("pk", "name")
    )
    kin = []
    for row in looks:
        parts = identity.name_parts(readers.get(row.actor_id, ""))
        name = names.get(row.subject_id) if row.subject_id else None
        if parts and name and blind_name(parts[-1], name[0]) in name[1].split():
            kin.append(row)
    return kin


def _names(subjects: Iterable[UUID]) -> dict[UUID, tuple[UUID, str]]:
    keys, names = list(subjects), {}
    for model in (YouthCase, Referral):
        cases = model._default_manager.filter(pk__in=keys)
        for key, unit, index in cases.values_list(
            "pk", "person__organisation_id", "person__name_index"
        ):
            names[key] = (unit, index)
    return names


def _off_duty(looks: list[AccessEntry]) -> list[AccessEntry]:
    """Outside an office's hours, and on no pass. A police unit without passes says nothing."""
    late = [row for row in looks if _is_late(row.recorded_at)]
    if not late:
        return []
    first, last = late[0].recorded_at, max(row.recorded_at for row in late)
    passes = PatrolPass.objects.filter(
        organisation=late[0].organisation_id,
        planned_from__lte=last + AROUND,
        planned_to__gte=first - AROUND,
    ).prefetch_related("team")
    hours = [(each, {user.pk for user in each.team.all()}) for each in passes]
    if late[0].organisation.is_police and not hours:
        return []
    return [row for row in late if not any(_covers(each, row, team) for each, team in hours)]


def _covers(each: PatrolPass, row: AccessEntry, team: set[UUID]) -> bool:
    begins, ends = each.planned_from - AROUND, each.planned_to + AROUND
    return row.actor_id in team and begins <= row.recorded_at <= ends


def _is_late(at: datetime) -> bool:
    local = timezone.localtime(at)
    return local.weekday() >= 5 or not OPENS <= local.hour < CLOSES
