"""What holds for every page: who may come in, and that nothing personal stays in the browser."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cases import access
from cases.models import AccessEntry
from cases.routes import NOBODY, SIGNED_IN, declared

Respond = Callable[[HttpRequest], HttpResponse]


class guard_pages:
    """Asks each route what it declared before its view runs; fails closed."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
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
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if wanted == SIGNED_IN:
            return None
        if wanted and any(access.may(request.user, right) for right in wanted):
            return None
        access.log_access(request, AccessEntry.Kind.REFUSED, None)
        raise PermissionDenied

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, access.ReasonNeeded):
            return redirect("reason", pk=exception.case.pk)
        return None
