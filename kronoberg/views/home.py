"""The front door: what this is, logging in, the look of the pages, and whether we are alive."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from cases.models import User
from cases.routes import needs
from kronoberg import demo, sign_in
from kronoberg.navigation import THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Actor:
    """One of the demo's people, as the front page offers them."""

    username: str
    name: str
    role: str
    organisation: str
    try_this: str


@needs.nobody
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Kronoberg is; in the demo also whom to be."""
    return render(request, "home.html", {"cast": _cast() if settings.DEMO else []})


def _cast() -> list[Actor]:
    people = User.objects.filter(username__in=demo.CAST).select_related("organisation")
    return [
        Actor(
            user.username,
            user.name,
            user.get_role_display(),
            str(user.organisation),
            demo.CAST[user.username].try_this,
        )
        for user in sorted(people, key=_by_workplace)
    ]


def _by_workplace(user: User) -> tuple[int, int]:
    """Workplaces and people in the order in which the story meets them."""
    usernames = list(demo.CAST)
    units = [member.unit for member in demo.CAST.values()]
    return units.index(demo.CAST[user.username].unit), usernames.index(user.username)


@needs.nobody
@require_POST
def demo_login(request: HttpRequest) -> HttpResponse:
    """Be one of the demo's people. Outside the demo the page does not exist."""
    username = request.POST.get("username", "")
    if not settings.DEMO or username not in demo.CAST:
        raise Http404
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    sign_in.note_login(request, user)
    return redirect("start")


@needs.nobody
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Choose light, dark or night; kept in a cookie that says nothing else."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    # An address and nothing else: `redirect` would take a word for the name of a page.
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            chosen,
            max_age=YEAR,
            samesite="Strict",
            httponly=True,
            secure=settings.HTTPS,
        )
    return response


@needs.nobody
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """For the operator's probe: the process answers and the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
