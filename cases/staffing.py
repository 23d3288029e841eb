"""Who works here: hired, moved to another role or unit, and gone. Every step is in the log.

By an administrator of the same authority, never for oneself. Whoever is to review the log, or to
administer, needs a yes from a second person: one alone could otherwise make their own overseer.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from cases import access, circle
from cases.models import AccessEntry, HeldForm, Organisation, Right, Role, RoleChange, User

BY_TWO = (Role.LOG_REVIEWER, Role.ADMINISTRATOR)
POLICE = (Role.PATROL_OFFICER, Role.YOUTH_OFFICER, Role.SUPERIOR, Role.POLICE_MANAGER)
SOCIAL = (Role.INTAKE, Role.SOCIAL_WORKER, Role.HEAD_OF_UNIT)
EITHER = (Role.COORDINATOR, Role.LOG_REVIEWER, Role.ADMINISTRATOR)


class NotPossible(Exception):
    """The message is Swedish and says what to do."""


def roles_in(unit: Organisation) -> tuple[Role, ...]:
    """The roles that the unit's kind has; a machine's is nobody's."""
    return (POLICE if unit.is_police else SOCIAL) + EITHER


def colleagues(by: User) -> Any:
    """Everybody of the administrator's authority, but no machine."""
    people = User.objects.filter(organisation__authority=by.organisation.authority)
    return people.exclude(role=Role.SERVICE).select_related("organisation")


def hire(user: User, *, by: User) -> User:
    """Add somebody, who gets in by two halves of a code (`kronoberg.recovery`).

    Raises:
        PermissionDenied: `by` does not administer the unit's authority.
    """
    _require(user, by=by)
    wanted = Role(user.role)
    with transaction.atomic():
        user.set_unusable_password()
        # Until a second person has said yes there is nobody to log in.
        user.is_active = wanted not in BY_TWO
        user.save(force_insert=True)
        if wanted in BY_TWO:
            _ask(user, wanted, by=by)
        else:
            access.enrol(user, by=by)
    return user


def move(user: User, role: Role, unit: Organisation, *, by: User) -> bool:
    """Give somebody another role or unit; False when a second person has to say yes first.

    Raises:
        PermissionDenied: as in `hire`, or for oneself.
        NotPossible: the unit has no such role, or nobody would be left to administer.
    """
    _require(user, by=by)
    if unit.authority != by.organisation.authority:
        raise PermissionDenied
    if role not in roles_in(unit):
        raise NotPossible("Enheten har inte den rollen. Välj en annan roll eller enhet.")
    with transaction.atomic():
        if role != user.role:
            _keep_an_administrator(user)
        if unit.pk != user.organisation_id:
            # What was typed in one unit does not follow to another.
            with circle.also(user.organisation_id):
                HeldForm.objects.filter(owner=user).delete()
        user.organisation = unit
        if role in BY_TWO and role != user.role:
            user.save(update_fields=["organisation"])
            access.enrol(user, by=by)
            _ask(user, role, by=by)
            return False
        user.role = role
        user.save(update_fields=["organisation", "role"])
        access.enrol(user, by=by)
    return True


def approve(change: RoleChange, *, by: User) -> None:
    """A second person says yes, and the role holds at the next request.

    Raises:
        PermissionDenied: neither manager nor administrator, or one of the two already.
    """
    if not (access.may(by, Right.NAME_READERS) or access.may(by, Right.MANAGE_SETTINGS)):
        raise PermissionDenied
    with transaction.atomic():
        fresh = change.approved(by=by)
        fresh.save()
        user = fresh.user
        user.role, user.is_active = fresh.role, True
        user.save(update_fields=["role", "is_active"])
        access.enrol(user, by=by)


def end(user: User, *, by: User) -> None:
    """Somebody has left: no login, at once, and no rights. What they did stays theirs in the log.

    Raises:
        PermissionDenied: as in `hire`, or for oneself.
        NotPossible: nobody would be left to administer.
    """
    _require(user, by=by)
    with transaction.atomic():
        _keep_an_administrator(user)
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        user.groups.clear()
        RoleChange.objects.filter(user=user, approved_by=None).delete()
        _log(user, by=by)


def come_back(user: User, *, by: User) -> None:
    """Somebody works here again, in the role they had; for some roles a second person decides.

    Raises:
        PermissionDenied: as in `end`.
    """
    _require(user, by=by)
    with transaction.atomic():
        if user.role in BY_TWO:
            _ask(user, Role(user.role), by=by)
            return
        user.is_active = True
        user.save(update_fields=["is_active"])
        access.enrol(user, by=by)


def _require(user: User, *, by: User) -> None:
    access.require(by, Right.MANAGE_SETTINGS)
    same = user.organisation.authority == by.organisation.authority
    if not same or user.pk == by.pk or user.role == Role.SERVICE:
        raise PermissionDenied


def _keep_an_administrator(user: User) -> None:
    if user.role != Role.ADMINISTRATOR:
        return
    others = User.objects.filter(
        organisation__authority=user.organisation.authority,
        role=Role.ADMINISTRATOR,
        is_active=True,
    )
    if not others.exclude(pk=user.pk).exists():
        raise NotPossible("Myndigheten behöver en administratör. Utse en annan först.")


def _ask(user: User, role: Role, *, by: User) -> None:
    RoleChange.objects.filter(user=user, approved_by=None).delete()
    RoleChange.objects.create(user=user, role=role, asked_by=by, asked_at=timezone.now())
    _log(user, by=by)


def _log(user: User, *, by: User) -> None:
    AccessEntry.append(
        by.organisation, by=by, kind=AccessEntry.Kind.RIGHTS, subject_id=user.pk, page="user"
    )
