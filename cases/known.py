"""Is this young person known at the office: earlier matters, ongoing ones, the same notice twice.

Asked by the keyed fingerprint of the identity number, and within a day also by that of the whole
name; inside the own office and nowhere else. It suggests; a person decides.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q

from cases import access
from cases.models import Person, Referral, User
from cases.models.codes import Feedback
from cases.models.referral import State

# Two notices this close are likely about one evening.
SAME_EVENING = timedelta(hours=24)


@dataclass(frozen=True)
class Known:
    """What the office has about the same person, newest first."""

    earlier: tuple[Referral, ...] = ()
    can_be_asked: bool = True
    is_hidden: bool = False

    @property
    def ongoing(self) -> tuple[Referral, ...]:
        """Where an investigation is open: the notice belongs there (SoL 20:2)."""
        return tuple(
            each
            for each in self.earlier
            if each.state == State.OPENED and each.concluded_at is None
        )

    def same_evening_as(self, case: Referral) -> tuple[Referral, ...]:
        """What came so close to `case` that it may be the same notice again."""
        return tuple(
            each
            for each in self.earlier
            if abs(each.opened_at - case.opened_at) <= SAME_EVENING
            and each.decision != Feedback.ONGOING
        )


def known_here(case: Referral, *, by: User) -> Known:
    """What else the case's own office has about the same young person, as far as `by` may find it.

    Whoever may not read who the case is about is told nothing: an older matter with the same
    number would tell. A person without an identity number is recognised within a day and by the
    name alone: then `can_be_asked` is false.
    """
    if not access.may_read_identity(by, case):
        return Known(is_hidden=True)
    number, name = Person.objects.values_list("number_index", "name_index").get(pk=case.person_id)
    same = Q(pk__in=())
    if number:
        same |= Q(person__number_index=number)
    if name:
        near = (case.opened_at - SAME_EVENING, case.opened_at + SAME_EVENING)
        same |= Q(person__name_index=name, opened_at__range=near)
    found = access.findable_cases(by).filter(same, organisation=case.organisation_id)
    others = found.exclude(pk=case.pk).select_related("owner", "person").order_by("-opened_at")
    earlier = tuple(each for each in others if _may_be_same(case.person, each.person))
    return Known(earlier, can_be_asked=bool(number))


def _may_be_same(one: Person, other: Person) -> bool:
    """Nothing that is on record about both says otherwise."""
    pairs = (
        (one.personal_number, other.personal_number),
        (one.birth_date, other.birth_date),
    )
    return all(mine == theirs for mine, theirs in pairs if mine and theirs)
