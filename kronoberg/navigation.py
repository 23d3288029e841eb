"""What every page shows around its content: the menu of the role, the theme, the demo band."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from cases import access
from cases.models import Right, User

THEMES = {"system": "Som enheten", "light": "Ljust", "dark": "Mörkt", "natt": "Natt"}
THEME_COOKIE = "theme"

# Label, URL name, and the rights of which one is enough.
MENU: tuple[tuple[str, str, tuple[Right, ...]], ...] = (
    (
        "Arbetslista",
        "worklist",
        (Right.VIEW_OWN_YOUTHCASE, Right.VIEW_YOUTHCASE, Right.VIEW_REFERRAL),
    ),
    ("Ny händelse", "incident-new", (Right.LOG_INCIDENT,)),
    ("Statistik", "statistics", (Right.VIEW_STATISTICS,)),
    ("Logg", "log", (Right.REVIEW_LOG,)),
    ("Regler", "rules", (Right.MANAGE_SETTINGS,)),
)


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    is_current: bool


def menu(request: HttpRequest) -> list[Entry]:
    """The pages that the user's role has, and which of them this is."""
    if not isinstance(request.user, User):
        return []
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        Entry(label, reverse(name), name == here)
        for label, name, rights in MENU
        if any(access.may(request.user, right) for right in rights)
    ]


def theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, "system")
    return chosen if chosen in THEMES else "system"


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context processor: used by base.html on every page."""
    return {
        "nav": menu(request) if hasattr(request, "user") else [],
        "theme": theme(request),
        "themes": THEMES,
        "demo": settings.DEMO,
    }
