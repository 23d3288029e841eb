"""Guardian's tables, as direct foreign keys, and the question a transition asks of them.

Roles are granted on the organisation: a few hundred rows for a million cases. Rows per case exist
only for exceptions: the named readers of a protected identity.
"""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from cases.models.people import Person
from cases.models.staff import Organisation, Right, User

READ_PROTECTED = "read_protected"


class OrganisationGroupPermission(GroupObjectPermissionBase):
    """A role's group holds a right on a unit."""

    content_object = models.ForeignKey(Organisation, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()


class OrganisationUserPermission(UserObjectPermissionBase):
    """Guardian needs the table; the product grants through roles only and keeps it empty."""

    content_object = models.ForeignKey(Organisation, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()


class PersonUserPermission(UserObjectPermissionBase):
    """Somebody is named as a reader of one protected person."""

    content_object = models.ForeignKey(Person, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()


class PersonGroupPermission(GroupObjectPermissionBase):
    """Guardian needs the table; protected identities are granted by name, never to a group."""

    content_object = models.ForeignKey(Person, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(group__isnull=True),
                name="nobody_reads_protected_by_group",
            )
        ]


def rights_by_unit(user: User) -> dict[UUID, frozenset[str]]:
    """Each unit on which `user` holds rights, with the rights; none for somebody inactive.

    One question to guardian's table, for all units and all rights, asked once per user object and
    so once a request: a change of rights holds at the next one. By the role's group alone: the
    table of grants to single users is kept empty, and a right held on no unit opens nothing.
    """
    asked: dict[str, dict[UUID, frozenset[str]]] = user.__dict__.setdefault("_rights", {})
    if "by_unit" not in asked:
        asked["by_unit"] = _held(user) if user.is_active else {}
    return asked["by_unit"]


def _held(user: User) -> dict[UUID, frozenset[str]]:
    about_units = Q(permission__content_type=ContentType.objects.get_for_model(Organisation))
    grants = OrganisationGroupPermission.objects.filter(about_units, group__user=user)
    held: dict[UUID, set[str]] = {}
    for unit, right in grants.values_list("content_object_id", "permission__codename"):
        held.setdefault(unit, set()).add(right)
    return {unit: frozenset(rights) for unit, rights in held.items()}


def units_of(user: User) -> set[UUID]:
    """The units whose rows the database hands out to `user`: the own, and where rights are held."""
    return {user.organisation_id, *rights_by_unit(user)}


def rights_on(user: User, organisation: Organisation) -> frozenset[str]:
    """The rights `user` holds on `organisation` now; empty for somebody inactive."""
    return rights_by_unit(user).get(organisation.pk, frozenset())


def forget_rights(user: User) -> None:
    """Let the next question go to the database again."""
    user.__dict__.pop("_rights", None)


def on_organisation(*rights: Right) -> Callable[[Any, Any], bool]:
    """The `permission=` of a transition: one of `rights`, held on the case's own organisation.

    A string would fall back to the model-level right when the object has none: a single global
    grant would then open every case.
    """

    def may(case: Any, user: Any) -> bool:
        return any(right in rights_on(user, case.organisation) for right in rights)

    may.rights = rights  # type: ignore[attr-defined]
    return may


def on_own_case(*rights: Right) -> Callable[[Any, Any], bool]:
    """As `on_organisation`; whoever sees only own cases (patrol officers) acts only on those."""
    held = on_organisation(*rights)

    def may(case: Any, user: Any) -> bool:
        sees_all = Right.VIEW_YOUTHCASE in rights_on(user, case.organisation)
        return held(case, user) and (sees_all or user.pk in (case.author_id, case.owner_id))

    may.rights = rights  # type: ignore[attr-defined]
    return may


def on_owned_case(*rights: Right) -> Callable[[Any, Any], bool]:
    """As `on_organisation`, but only for whoever the case belongs to."""
    held = on_organisation(*rights)

    def may(case: Any, user: Any) -> bool:
        return case.owner_id == user.pk and held(case, user)

    may.rights = rights  # type: ignore[attr-defined]
    return may


def by_another(permission: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Two persons: whoever wrote the case may not take this step in it."""

    def may(case: Any, user: Any) -> bool:
        return case.author_id != user.pk and permission(case, user)

    may.rights = permission.rights  # type: ignore[attr-defined]
    may.is_by_another = True  # type: ignore[attr-defined]
    return may
