"""The lock of a session that nobody has touched, and the end of one that has lasted a shift.

What was being sent or written is sealed on the server for its author (`kronoberg.held`); the page
that asks for the password holds nothing of it.
"""

import json
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from cases import access
from cases.models import User
from cases.routes import needs
from kronoberg import held, sign_in

PASSWORD, HELD, DROP = "unlock", "held", "held_drop"
WRONG = "Fel lösenord, eller för många försök. Vänta en stund och försök igen."
GONE = "Det som var sparat finns inte kvar. Kontrollera sidan innan du skickar igen."
OVER = "Du har varit inloggad i tio timmar. Logga in igen; det du skickade är sparat."


def answer(request: HttpRequest, user: User, *, holds: bool) -> HttpResponse | None:
    """The lock's page; None when the request may go on with all that was typed.

    `holds` is false for a page of passwords: what is typed there is kept nowhere.
    """
    given = request.POST.get(PASSWORD)
    if given is None:
        return _page(request, user, key=hold(request, user) if holds else "")
    if not sign_in.unlocks(request, user, given):
        return _page(request, user, key=request.POST.get(HELD, ""), fault=WRONG)
    return None if HELD in request.POST else redirect(request.get_full_path())


def end(request: HttpRequest, user: User, *, holds: bool) -> HttpResponse:
    """The session has lasted as long as a shift may: log in anew, and go on on the same page."""
    if holds:
        hold(request, user)
    logout(request)
    messages.info(request, OVER)
    return redirect_to_login(request.get_full_path())


def hold(request: HttpRequest, user: User) -> str:
    """Seal what is being sent; returns its key, empty when nothing is."""
    if request.method != "POST":
        return ""
    if HELD in request.POST:
        return request.POST[HELD]
    match = request.resolver_match
    pairs = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in (PASSWORD, DROP, "csrfmiddlewaretoken")
    ]
    case = match.kwargs.get("pk") if match else None
    key = held.keep(user, request.path, pairs, is_sent=True, case=_uuid(case))
    request.session[sign_in.HELD] = True
    return str(key)


def resume(request: HttpRequest, user: User) -> HttpResponse | None:
    """Put back what was held, or ask about it; None when the view may go on."""
    if request.method == "POST" and HELD in request.POST:
        if DROP in request.POST:
            held.drop(user, request.path)
            return redirect("start")
        pairs = held.take(user, request.path, is_sent=True, key=request.POST[HELD])
        if not isinstance(pairs, list):
            messages.error(request, GONE)
            return redirect("start")
        kept = QueryDict(mutable=True)
        for name, value in pairs:
            kept.appendlist(name, value)
        request.POST = kept  # type: ignore[assignment]
        return None
    if request.method in ("GET", "HEAD") and sign_in.HELD in request.session:
        key = held.sent_from(user, request.path)
        if key:
            return render(request, "held.html", {"heading": "Det du skickade", "key": key})
    return None


def _page(request: HttpRequest, user: User, *, key: str, fault: str = "") -> HttpResponse:
    context = {
        "key": key,
        "fault": fault,
        "page": request.get_full_path(),
        "has_password": user.has_usable_password(),
        "has_factor": sign_in.has_factor(user),
    }
    return render(request, "lock.html", context, status=423)


@needs.opens_lock
@needs.background
@needs.signing_in
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """For the page's script when nobody touches it: is the session locked by now? Then what is
    written, but not sent, is sealed and the script empties the page.
    """
    user = access.signed_in(request)
    if not sign_in.is_idle(request, user) and not sign_in.is_over(request):
        return JsonResponse({"locked": False})
    text, page = request.POST.get("typed", ""), request.POST.get("page", "")
    if text and len(text) <= held.MOST_LETTERS:
        try:
            content = json.loads(text)
        except ValueError:
            return HttpResponse(status=400)
        case = next((part for part in page.split("/") if _uuid(part)), None)
        held.keep(user, page, content, is_sent=False, case=_uuid(case))
        request.session[sign_in.HELD] = True
    return JsonResponse({"locked": True})


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def typed(request: HttpRequest) -> object:
    """What the user had written on this page when it locked, for its script to put back."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or request.method != "GET" or request.headers.get("HX-Request"):
        return None
    if sign_in.HELD not in request.session or sign_in.is_idle(request, user):
        return None
    if "_typed" not in request.__dict__:  # a page may be drawn in parts
        request.__dict__["_typed"] = held.take(user, request.path, is_sent=False)
    found: object = request.__dict__["_typed"]
    return found
