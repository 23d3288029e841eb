"""What holds for every page: who may come in, and that nothing personal stays in the browser."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from cases import access, circle, phone
from cases.models import User
from cases.models.grants import units_of
from cases.routes import NOBODY, SIGNED_IN, declared
from kronoberg import sign_in
from kronoberg.views import lock

# Sent with what a page fetches on a timer (`hx-headers`).
BACKGROUND = "X-Kronoberg-Background"
Respond = Callable[[HttpRequest], HttpResponse]


class guard_pages:
    """Asks each route what it declared before its view runs; fails closed."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with circle.entered(units_of(request.user) if isinstance(request.user, User) else ()):
            response = self.respond(request)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if request.user.is_authenticated or "Cache-Control" not in response:
            # The next user of a patrol car's computer finds nothing in the cache.
            response["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        wanted = declared(view)
        if wanted == NOBODY:
            return None
        if phone.is_for_somebody_else(request):
            # A draft is stored in the name of whoever wrote it, or waits for that login.
            return HttpResponse(status=401)
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        if held := _held_up(request, request.user, view):
            return held
        if wanted == SIGNED_IN:
            return None
        if wanted and any(access.may(request.user, right) for right in wanted):
            return None
        try:
            access.log_refusal(request, None)
        except access.LogUnwritable:
            return _unavailable()
        raise PermissionDenied

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal is logged, whatever view it comes from; without a log nothing is shown."""
        if isinstance(exception, access.LogUnwritable):
            return _unavailable()
        if isinstance(exception, Http404 | PermissionDenied):
            try:
                access.log_refusal(request, _subject(request))
            except access.LogUnwritable:
                return _unavailable()
        if isinstance(exception, access.ReasonNeeded):
            return redirect("reason", pk=exception.case.pk)
        return None


def _subject(request: HttpRequest) -> UUID | None:
    """What the address names, where it names a row."""
    match = request.resolver_match
    key = match.kwargs.get("pk") if match else None
    return key if isinstance(key, UUID) else None


def _unavailable() -> HttpResponse:
    """Drawn without a request: it needs no database and can show nothing of anybody."""
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "60"})


def _held_up(request: HttpRequest, user: User, view: Any) -> HttpResponse | None:
    """What must be done before the page: unlock the screen, add a factor, prove again who it is."""
    is_locking = getattr(view, "opens_lock", False)
    is_signing_in = getattr(view, "is_signing_in", False)
    if not is_locking and (locked := _locked(request, user, holds=not is_signing_in)):
        return locked
    # A page that asks by itself is nobody's hand: what it asks is checked, and never puts off the
    # lock. The header can only be given to be locked sooner.
    is_asking = getattr(view, "is_background", False) or BACKGROUND in request.headers
    if not is_asking and not is_locking:
        sign_in.touch(request)
    if is_signing_in:
        return None
    if sign_in.lacks_factor(user):
        return redirect("mfa_index")
    if getattr(view, "needs_fresh", False) and not sign_in.is_fresh(request):
        lock.hold(request, user)
        here = urlencode({"next": request.path})
        return redirect(f"{reverse('account_reauthenticate')}?{here}")
    return lock.resume(request, user)


def _locked(request: HttpRequest, user: User, *, holds: bool) -> HttpResponse | None:
    """The end of a session that has lasted a shift, or the lock of one that nobody touches."""
    is_over = sign_in.is_over(request)
    if not is_over and not sign_in.is_idle(request, user):
        return None
    if phone.is_sending(request):
        return HttpResponse(status=401)  # the outbox keeps the draft and waits for the login
    if is_over:
        return lock.end(request, user, holds=holds)
    return lock.answer(request, user, holds=holds)
