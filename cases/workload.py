"""How much each caseworker of a unit has: what its head looks at before giving out cases."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q
from django.utils import timezone

from cases.models import Absence, Organisation, Referral, Role, User
from cases.models.referral import ENDED

OWNERS = (Role.SOCIAL_WORKER, Role.HEAD_OF_UNIT)
NOBODY = "ingen"


@dataclass(frozen=True)
class Load:
    """One caseworker, or nobody: how many open referrals, how many late, and away until when."""

    name: str
    # What the work list's filter calls whoever it is.
    key: str
    n_open: int
    n_overdue: int
    away_until: date | None = None


def of_unit(unit: Organisation, *, at: datetime) -> list[Load]:
    """Each of the unit who can own a referral, by name; first what nobody owns. Three queries."""
    cases = Referral.objects.filter(organisation=unit).exclude(state__in=ENDED)
    late = Count("due_at", filter=Q(due_at__lt=at))
    counted = cases.order_by().values("owner").annotate(n_open=Count("*"), n_overdue=late)
    by_owner = {row["owner"]: (row["n_open"], row["n_overdue"]) for row in counted}
    today = timezone.localdate(at)
    away = Absence.objects.filter(
        absent__organisation=unit, ended_at=None, first_day__lte=today, last_day__gte=today
    )
    until = dict(away.order_by("last_day").values_list("absent", "last_day"))
    here = User.objects.filter(organisation=unit, role__in=OWNERS, is_active=True)
    people = [
        Load(user.name, str(user.pk), *by_owner.pop(user.pk, (0, 0)), until.get(user.pk))
        for user in here.order_by("name")
    ]
    # What is left has no owner, or one who has left the unit.
    left = [sum(numbers) for numbers in zip(*by_owner.values(), strict=True)] or [0, 0]
    return [Load("Ingen handläggare", NOBODY, *left), *people]
