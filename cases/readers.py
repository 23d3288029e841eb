"""Naming who may read a protected identity: somebody else does it, wherever there is somebody.

Nobody names herself where a colleague of the unit holds the same right. Where nobody does, the
unit would stand still: then she may, the log calls it what it is, and it is always drawn for the
review, which somebody else signs (cases/sampling.py).
"""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet

from cases import access
from cases.models import AccessEntry, Person, PersonUserPermission, Right, User
from cases.models.moves import AnyCase

# What the page of the log row is called.
NAMED_SELF = "named-self"


def others_who_name(user: User) -> "QuerySet[User]":
    """Whoever else of the unit works there and may name readers, by name."""
    roles = [role for role, rights in access.ROLES.items() if Right.NAME_READERS in rights]
    there = User.objects.filter(organisation=user.organisation, role__in=roles, is_active=True)
    return there.exclude(pk=user.pk).order_by("name")


def check(records: Sequence[Model], case: AnyCase, *, by: User) -> None:
    """Judge whoever the rows of a step name a reader, before they are written.

    Also where nobody is hidden yet, or a custodian alone is: the row outlives that.

    Raises:
        PermissionDenied: `by` names herself, and somebody else of the unit could have.
    """
    named = [row.user_id for row in records if isinstance(row, PersonUserPermission)]
    if by.pk not in named or _hides_now(records, case):
        return
    if others_who_name(by).exists():
        raise PermissionDenied("name_reader")
    AccessEntry.append(
        case.organisation,
        by=by,
        kind=AccessEntry.Kind.RIGHTS,
        subject_id=case.pk,
        page=NAMED_SELF,
    )


def _hides_now(records: Sequence[Model], case: AnyCase) -> bool:
    """Does this very step hide the youth? Then the officer who met the youth goes on reading."""
    hides = any(isinstance(row, Person) and row.is_protected for row in records)
    return hides and not case.person.is_protected
