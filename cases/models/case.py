"""What a police case and a social services referral have in common: whose, which number, by when.

Also the small grammar of the state machines: `@missing` names what a condition asks for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from django.db import models, transaction
from django.utils import timezone
from django_fsm import FSMModelMixin

from cases.models.staff import Organisation, User

if TYPE_CHECKING:
    # mypy reads the library's own as Any, and every case with it.
    class ConcurrentTransitionMixin(FSMModelMixin):
        class Meta:
            abstract = True
else:
    from django_fsm import ConcurrentTransitionMixin as ConcurrentTransitionMixin


@dataclass(frozen=True)
class Condition:
    """A true sentence about a case, and the Swedish words for what is missing when it is not."""

    holds: Callable[[Any], bool]
    what: str
    # The action that mends it, so that a page can link straight there.
    remedy: str = ""
    # The field of that action's form, so that the link leads right to it.
    field: str = ""
    # Nothing is missing: the step has been taken, or is not called for.
    is_settled: bool = False

    def __call__(self, case: Any) -> bool:
        return self.holds(case)


def missing(
    what: str, *, remedy: str = "", field: str = ""
) -> Callable[[Callable[[Any], bool]], Condition]:
    """Make a condition of a function: `what` is said when it does not hold ("Saknas: …")."""
    return lambda holds: Condition(holds, what, remedy, field)


def unless(what: str) -> Callable[[Callable[[Any], bool]], Condition]:
    """Make a condition whose failing means that the step is not needed: `what` says why."""
    return lambda holds: Condition(holds, what, is_settled=True)


def step(
    label: str, done: str, *, facts: tuple[str, ...] = (), needs_reason: bool = False
) -> dict[str, Any]:
    """The words of a transition: the button, the journal's sentence, the columns it may fill."""
    return {"label": label, "done": done, "facts": facts, "needs_reason": needs_reason}


class Case(models.Model):
    """One authority's record about one young person and one intervention."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=20, unique=True)
    # The moment the rules of the case are taken from: the stop, or the arrival of the notice.
    opened_at = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The next deadline, computed from dates by `rules` at every step; lists are sorted by it.
    due_at = models.DateTimeField(null=True, blank=True)
    due_step = models.CharField(max_length=40, blank=True)
    # The number of steps taken. The database lets the row change only together with the journal
    # entry of the same number (`guards`).
    version = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference

    @property
    def moment(self) -> datetime:
        """The moment at which conditions are judged: that of the step being taken, else now."""
        return self.__dict__.get("_moment") or timezone.now()

    @property
    def recorded_at(self) -> datetime:
        """When the step being taken goes on record, however it is dated; else now."""
        return self.__dict__.get("_recorded") or timezone.now()

    @property
    def day(self) -> date:
        """The Swedish calendar day whose rules hold for the case."""
        return timezone.localdate(self.opened_at)


class ReferenceCounter(models.Model):
    """The last number given out per kind and year: K-2026-000123."""

    prefix = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["prefix", "year"], name="one_counter_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"


def next_reference(prefix: str, at: datetime) -> str:
    """Give out the next number, e.g. ``K-2026-000123``. Never a key in an address."""
    with transaction.atomic(savepoint=False):
        counters = ReferenceCounter.objects.select_for_update()
        counter, _ = counters.get_or_create(prefix=prefix, year=at.year)
        counter.last += 1
        counter.save(update_fields=["last"])
    return f"{prefix}-{at.year}-{counter.last:06d}"
