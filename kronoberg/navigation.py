"""What every page shows around its content: the menu of the role, the theme, the demo band."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from cases import access, phone
from cases.models import Right, User
from kronoberg import sign_in
from kronoberg.views import lock

THEMES = {"system": "Som enheten", "light": "Ljust", "dark": "Mörkt", "natt": "Natt"}
THEME_COOKIE = "theme"

# Label, URL name, and the rights of which one is enough.
MENU: tuple[tuple[str, str, tuple[Right, ...]], ...] = (
    (
        "Arbetslista",
        "worklist",
        (Right.VIEW_OWN_YOUTHCASE, Right.VIEW_YOUTHCASE, Right.VIEW_REFERRAL),
    ),
    (
        "Sök",
        "search",
        (Right.VIEW_OWN_YOUTHCASE, Right.VIEW_YOUTHCASE, Right.VIEW_REFERRAL),
    ),
    ("Ny händelse", "incident-new", (Right.LOG_INCIDENT,)),
    ("Insatser", "passes", (Right.LOG_INCIDENT, Right.VIEW_YOUTHCASE)),
    ("Post", "post", (Right.HANDLE_POST,)),
    ("Statistik", "statistics", (Right.VIEW_STATISTICS,)),
    ("Åtgärder", "measures", (Right.VIEW_STATISTICS,)),
    ("Brev", "letters-unmade", (Right.MANAGE_SETTINGS,)),
    ("Kuvert", "letter-window", (Right.MANAGE_SETTINGS,)),
    ("Träffar", "meetings", (Right.SUPPORT_REFERRAL,)),
    ("Kalender", "calendar", (Right.SUPPORT_REFERRAL,)),
    ("Frånvaro", "absences", (Right.ASSESS_REFERRAL, Right.ASSIGN_REFERRAL)),
    ("Brevtexter", "wordings", (Right.EDIT_WORDING,)),
    ("Tips", "tips", (Right.VIEW_SUPPLY_TIPS,)),
    ("Logg", "log", (Right.REVIEW_LOG,)),
    ("Nödåtkomst", "emergencies", (Right.NAME_READERS,)),
    ("Gallring", "erasure", (Right.APPROVE_ERASURE,)),
    ("Enheten", "unit", (Right.MANAGE_SETTINGS, Right.NAME_READERS)),
    ("Synpunkter", "accessibility-reports", (Right.MANAGE_SETTINGS,)),
    ("Användare", "users", (Right.MANAGE_SETTINGS,)),
    ("Regler", "rules", (Right.MANAGE_SETTINGS,)),
    ("Kommunens kalender", "duty", (Right.MANAGE_SETTINGS,)),
)

# Pages behind the tabs of a page, by the page that the menu names.
TABS = {"special-days": "duty", "functions": "duty"}

# So many stand in a row beside the mark and the name; of more, the last ones lie under “Mer”.
IN_A_ROW = 6


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
    here = TABS.get(here, here)
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
    nav = menu(request) if hasattr(request, "user") else []
    in_a_row = len(nav) if len(nav) <= IN_A_ROW else IN_A_ROW - 1
    return {
        "nav": nav[:in_a_row],
        "nav_more": nav[in_a_row:],
        "is_in_more": any(entry.is_current for entry in nav[in_a_row:]),
        "theme": theme(request),
        "themes": THEMES,
        "demo": settings.DEMO,
        "footer": [
            {"label": "Tillgänglighet", "url": reverse("accessibility")},
            {"label": "Säkerhet", "url": reverse("security-promise")},
        ],
        "idle_minutes": _idle_minutes(request),
        "phone": _phone(request),
        "local_login": settings.LOCAL_LOGIN,
        "typed": lock.typed(request),
    }


def _phone(request: HttpRequest) -> dict[str, Any] | None:
    """Whose drafts the phone may open: nobody's before a login."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return None
    return {"holder": phone.holder(user), "writes": access.may(user, Right.LOG_INCIDENT)}


def _idle_minutes(request: HttpRequest) -> int | None:
    user = getattr(request, "user", None)
    return sign_in.idle_minutes(user) if isinstance(user, User) else None
