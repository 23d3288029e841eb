"""Who has a caseworker's cases while the caseworker is away. Nothing is owned by nobody.

Cases move through the door, as a step of the system, and come back the same way.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cases import access, workflow
from cases.models import Absence, Cover, Organisation, Referral, Role, User

MOST_LINKS = 10
OPEN = ~Q(state__in=("closed", "transferred"))


def away_on(day: date) -> Q:
    """The users who are away on `day`, as a condition."""
    return Q(
        pk__in=Absence.objects.filter(ended_at=None, first_day__lte=day, last_day__gte=day).values(
            "absent"
        )
    )


def stand_in(user: User, *, on: date) -> User | None:
    """Whoever has `user`'s cases on `on`: the substitute, or the substitute's, or a head of unit.

    None when even the unit has nobody: then the case stays where it is, and the list shows it.
    """
    current, seen = user, {user.pk}
    for _ in range(MOST_LINKS):
        away = _absence_of(current, on)
        if current.is_active and away is None:
            return current
        following = away.substitute if away else None
        if following is None or following.pk in seen:
            break
        seen.add(following.pk)
        current = following
    return _head(user.organisation, on=on, besides=user)


def _head(unit: Organisation, *, on: date, besides: User) -> User | None:
    heads = User.objects.filter(organisation=unit, role=Role.HEAD_OF_UNIT, is_active=True)
    return heads.exclude(pk=besides.pk).exclude(away_on(on)).first()


def sweep(*, at: datetime) -> int:
    """Give the cases of whoever is away to a substitute, and give back what has come to an end.

    Also the cases of somebody who has left: those go to the head of unit. Returns how many moved.
    Safe to run twice, and as seldom as it will.
    """
    today = timezone.localdate(at)
    ended = Absence.objects.filter(ended_at=None, last_day__lt=today)
    return sum(end(absence, at=at) for absence in ended) + _hand_out(today, at)


def end(absence: Absence, *, at: datetime) -> int:
    """The caseworker is back: so are the cases, except those that went on to somebody else."""
    n_moved, back = 0, absence.absent
    with transaction.atomic():
        for cover in absence.covers.filter(returned_at=None).select_related("referral"):
            referral = cover.referral
            if referral.is_open and referral.owner_id == cover.given_to_id and back.is_active:
                _move(referral, back, at)
                n_moved += 1
            cover.returned_at = at
            cover.save(update_fields=["returned_at"])
        absence.ended_at = at
        absence.save(update_fields=["ended_at"])
    return n_moved


def _hand_out(today: date, at: datetime) -> int:
    n_moved = 0
    gone = User.objects.filter(Q(is_active=False) | away_on(today))
    owned = Referral.objects.filter(OPEN, owner__in=gone)
    for referral in owned.select_related("owner__organisation", "organisation"):
        owner = referral.owner
        to = stand_in(owner, on=today) if owner else None
        if owner is None or to is None or to.pk == owner.pk:
            continue
        with transaction.atomic():
            moved = _move(referral, to, at)
            absence = _absence_of(owner, today)
            if absence:
                Cover.objects.create(absence=absence, referral=moved, given_to=to)
        n_moved += 1
    return n_moved


def _absence_of(user: User, on: date) -> Absence | None:
    away = Absence.objects.filter(absent=user, ended_at=None, first_day__lte=on, last_day__gte=on)
    return away.select_related("substitute").first()


def _move(referral: Referral, to: User, at: datetime) -> Referral:
    by = access.service_account(referral.organisation)
    return workflow.perform(referral, "cover", by=by, at=at, owner=to)
