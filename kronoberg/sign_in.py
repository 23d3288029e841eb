"""Signing in: what allauth is told, and when a screen is locked.

Passwords, passkeys, codes and sessions are allauth's; what is ours is that nobody signs up, that
the codes' secrets are sealed, that an organisation's own identity provider may only let in people
who are here already. Who gets in again after a loss: `kronoberg.recovery`.
"""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.stagekit import get_pending_stage
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from cases import access, circle, factors
from cases.models import Right, Role, User
from cases.models.grants import units_of
from kronoberg import held

# In the session: when it began, when it was last touched, and whether something is held for it.
BEGAN, SEEN, HELD = "began", "seen", "held"
# Writing the time of every click would be a write for every read.
SEEN_EVERY = 60


class NoSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given by the workplace."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> Any:
        """Where the workplace's own login is the only one, nobody gets in by another."""
        is_from_outside = "sociallogin" in (more.get("signal_kwargs") or {})
        if not settings.LOCAL_LOGIN and not is_from_outside:
            raise PermissionDenied
        return super().pre_login(request, user, **more)

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        begin(request, user)


class KnownPeopleOnly(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The organisation's identity provider says who it is; whether they work here we know."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Tie the first login to the account of the same name; nobody else gets in."""
        if sociallogin.is_existing:
            return
        claims = sociallogin.account.extra_data
        claims = claims.get("userinfo") or claims.get("id_token") or claims
        name = claims.get(settings.OIDC_CLAIM, "")
        user = User.objects.filter(username=name, is_active=True).first() if name else None
        if user is None:
            raise PermissionDenied
        sociallogin.connect(request, user)


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]
    """The library stores the secrets of code apps in clear: here they are sealed."""

    def encrypt(self, text: str) -> str:
        return factors.close(text, owner=_whose())

    def decrypt(self, encrypted_text: str) -> str:
        return factors.opened(encrypted_text, owner=_whose())

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nobody has an address here; what changed is shown on the page."""


def _whose() -> str:
    """Whose secret the library is at: of whoever is logged in, or is on the way to be."""
    request: Any = context.request
    if request.user.is_authenticated:
        return str(request.user.pk)
    stage = get_pending_stage(request)
    return str(stage.login.user.pk) if stage else ""


# The second factor ------------------------------------------------------------------------------


def lacks_factor(user: User) -> bool:
    """Must `user` add a passkey or a code app before seeing any case?"""
    if not settings.MFA_REQUIRED:
        return False
    sees = any(access.may(user, right) for right in (*access.READS_CASES, Right.REVIEW_LOG))
    types = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return sees and not bool(is_mfa_enabled(user, types))


def has_factor(user: User) -> bool:
    return bool(is_mfa_enabled(user))


def is_fresh(request: HttpRequest) -> bool:
    """Has the user proved who it is just now? A form that is under way gets a little longer."""
    limit = settings.FRESH_MINUTES
    if limit is None:
        return True
    records = get_authentication_records(request, request.user)
    if not records:
        return False
    longest = limit * 60 * (4 if request.method == "POST" else 1)
    return bool(time.time() - max(record["at"] for record in records) < longest)


def note_login(request: HttpRequest, user: User) -> None:
    """The demo's one-click login counts as one."""
    record_authentication(request, user, method="demo")
    begin(request, user)
    UserSession.objects.create_from_request(request)


# The lock ---------------------------------------------------------------------------------------


def idle_minutes(user: User) -> int:
    """A patrol car's computer is shared; an office is less so."""
    patrol = user.role == Role.PATROL_OFFICER
    minutes: int = settings.IDLE_MINUTES_PATROL if patrol else settings.IDLE_MINUTES
    return minutes


def begin(request: HttpRequest, user: User) -> None:
    """A login: a new shift. What the last one left unsent is looked for once."""
    circle.become(units_of(user))  # the request began as nobody's, or as somebody else's
    now = int(time.time())
    request.session[BEGAN] = request.session[SEEN] = now
    if held.has_any(user):
        request.session[HELD] = True


def is_over(request: HttpRequest) -> bool:
    """Has the session lasted as long as a shift may, however much it was used?"""
    now = int(time.time())
    began: int = request.session.setdefault(BEGAN, now)
    return now - began >= settings.SESSION_COOKIE_AGE


def is_idle(request: HttpRequest, user: User) -> bool:
    """Has nobody touched the session for too long? Proving again who one is touches it too; a
    session that was not touched yet is new.
    """
    proofs = [record["at"] for record in get_authentication_records(request, user)]
    seen = max([request.session.get(SEEN, 0), *proofs])
    return bool(seen and time.time() - seen > idle_minutes(user) * 60)


def touch(request: HttpRequest) -> None:
    now = int(time.time())
    if now - request.session.get(SEEN, 0) >= SEEN_EVERY:
        request.session[SEEN] = now


def unlocks(request: HttpRequest, user: User, password: str) -> bool:
    """Does the password open the lock? Tries are limited, as at the login."""
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        return False
    if not user.check_password(password):
        return False
    record_authentication(request, user, method="password", reauthenticated=True)
    request.session[SEEN] = int(time.time())
    return True
