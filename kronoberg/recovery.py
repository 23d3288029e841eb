"""A way in for somebody who has none: a new colleague, or one whose password or factor is lost.

Two others make it, and neither can use it: the manager who asks and the administrator who approves
each get half of a code, shown once. Whoever has both halves chooses a password of their own.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from cases import access, circle
from cases.models import AccessEntry, Recovery, Right, User

# From the approval: long enough to meet both, too short to be forgotten in a drawer.
LASTS = timedelta(days=2)


class WrongCode(Exception):
    """The halves do not fit, have been used, or are too old; nothing more is said."""


def ask(user: User, *, by: User) -> str:
    """A manager asks for a colleague of the own unit; returns the manager's half, shown once.

    Asking again before anybody has approved gives a new half. The log's row is written with it.

    Raises:
        PermissionDenied: not a manager, not the own unit, or for oneself.
    """
    access.require(by, Right.NAME_READERS)
    if user.organisation_id != by.organisation_id or user.pk == by.pk:
        raise PermissionDenied
    half = _half()
    with transaction.atomic():
        Recovery.objects.update_or_create(
            user=user,
            approved_by=None,
            defaults={"asked_by": by, "asked_at": timezone.now(), "first_sha256": _hash(half)},
        )
        _log(user, by=by, page="security")
    return half


def approve(recovery: Recovery, *, by: User) -> str:
    """Take password and factors away and end every session; returns the administrator's half.

    The log's row is written in the same transaction: no way in is made that nobody can see.

    Raises:
        PermissionDenied: no administrator, or not somebody else than the two.
    """
    access.require(by, Right.MANAGE_SETTINGS)
    half = _half()
    with transaction.atomic():
        fresh = recovery.approved(by=by)
        fresh.second_sha256 = _hash(half)
        fresh.save()
        Authenticator.objects.filter(user=fresh.user).delete()
        fresh.user.set_unusable_password()
        fresh.user.save(update_fields=["password"])
        for session in UserSession.objects.filter(user=fresh.user):
            session.end()
        _log(fresh.user, by=by, page="recovery-approve")
    return half


def finish(username: str, halves: tuple[str, str], *, password: str, at: datetime) -> User:
    """Let whoever holds both halves choose a password; the code is used up.

    Raises:
        WrongCode: for whatever reason, always the same.
    """
    with transaction.atomic():
        found = Recovery.objects.filter(
            user__username=username,
            user__is_active=True,
            approved_at__gt=at - LASTS,
            used_at=None,
        )
        recovery = found.select_for_update(of=("self",)).order_by("-approved_at").first()
        kept = (recovery.first_sha256, recovery.second_sha256) if recovery else ("", "")
        fits = [
            constant_time_compare(_hash(half), hashed)
            for half, hashed in zip(halves, kept, strict=True)
        ]
        if recovery is None or not all(fits):
            raise WrongCode
        recovery.used_at = at
        recovery.save(update_fields=["used_at"])
        user = recovery.user
        user.set_password(password)
        user.save(update_fields=["password"])
        _log(user, by=user, page="recovery-finish")
    return user


def _log(user: User, *, by: User, page: str) -> None:
    with circle.also(by.organisation_id):  # who has no way in yet is nobody to the database
        AccessEntry.append(
            by.organisation, by=by, kind=AccessEntry.Kind.RECOVERY, subject_id=user.pk, page=page
        )


def _half() -> str:
    letters = secrets.token_hex(8)
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def _hash(half: str) -> str:
    return hashlib.sha256(half.replace("-", "").replace(" ", "").lower().encode()).hexdigest()
