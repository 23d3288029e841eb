"""What waits for me: the open cases I may see, soonest deadline first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import access, passes, remaining, rules, workflow
from cases.forms.social import caseworkers
from cases.models import AccessEntry, Right, Rule, User
from cases.models.moves import AnyCase, moves_now
from cases.models.youth_case import IN_THE_FIELD
from cases.routes import needs
from kronoberg import alarms, case_page, navigation, worklists

ROWS = 25
MOST_LEFT = 20
# How long a page waits before it asks whether the list has changed; and one that nobody looks at.
ASK_AGAIN = {"seconds": 60, "away": 300}
READERS = (Right.VIEW_OWN_YOUTHCASE, Right.VIEW_YOUTHCASE, Right.VIEW_REFERRAL)


@dataclass(frozen=True)
class Row:
    id: str
    reference: str
    url: str
    headline: str
    state_label: str
    owner: str
    clock: rules.Reading | None
    action_label: str


@dataclass(frozen=True)
class Unfinished:
    """A youth of the officer's own whose report is not written, and what it still lacks."""

    reference: str
    url: str
    headline: str
    missing: list[remaining.Left]
    # One more youth of the same stop.
    one_more_url: str
    # The reviewer asks for something; what, stands on the case.
    is_sent_back: bool


@dataclass(frozen=True)
class Choice:
    label: str
    url: str
    is_current: bool


class CountedPages(Paginator[Any]):
    """Pages over a list that has been counted already, together with its deadlines."""

    def __init__(self, found: Any, per_page: int, *, n_all: int) -> None:
        super().__init__(found, per_page)
        self.__dict__["count"] = n_all


@needs(*READERS)
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """The reader's open cases; the box for a number posts to the search, which asks why."""
    user = access.signed_in(request)
    cases = access.visible_cases(user)
    access.log_access(request, AccessEntry.Kind.READ, None)
    now = timezone.now()
    asked = worklists.question(user, request.GET)
    listed = worklists.listed(cases, asked, user=user, at=now)
    counted = worklists.counts(listed, at=now)
    pages = CountedPages(worklists.in_order(listed), ROWS, n_all=counted["n_all"])
    page = pages.get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "heading": "Arbetslista",
        "rows": _rows(worklists.cases_of(cases, page.object_list), user=user, at=now),
        "page": page,
        "filters": _views(user, asked),
        "saved": _saved(user, asked),
        "filter": asked.filter,
        "asked": asked.query,
        "asked_view": asked.view.key,
        "bulk": _bulk(user),
        "state": {
            "url": f"{reverse('worklist-state')}?{asked.query}",
            "seen": _fingerprint(counted),
        }
        | ASK_AGAIN,
        "empty_hint": _hint(user, asked),
        "primary": _primary(user),
        "alarms": alarms.of(user),
    } | counted
    if access.may(user, Right.LOG_INCIDENT):
        context |= {
            "may_go_out": True,
            "out_on": passes.current(user, at=now),
            "unfinished": _unfinished(user),
        }
    return render(request, "worklist.html", context)


@needs.background
@needs(*READERS)
@require_safe
def state(request: HttpRequest) -> JsonResponse:
    """Has the list changed, and how many are overdue: three numbers and no case, so no log row.

    The page asks this now and then; when to ask again is the server's word.
    """
    user, now = access.signed_in(request), timezone.now()
    asked = worklists.question(user, request.GET)
    listed = worklists.listed(access.visible_cases(user), asked, user=user, at=now)
    counted = worklists.counts(listed, at=now)
    told = {"seen": _fingerprint(counted), "overdue": counted["n_overdue"]}
    return JsonResponse(told | ASK_AGAIN)


@needs.signed_in
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """After logging in: the first page that the role has."""
    menu = navigation.menu(request)
    return redirect(menu[0].url if menu else "home")


def _fingerprint(counted: dict[str, Any]) -> str:
    """What differs when the list does; made of numbers and a time, of nobody."""
    newest = counted["newest"]
    numbers = (counted[name] for name in ("n_all", "n_overdue", "n_today", "n_steps"))
    return "-".join([*map(str, numbers), f"{newest.timestamp():.0f}" if newest else "0"])


def _rows(cases: Any, *, user: User, at: datetime) -> list[Row]:
    book = rules.rulebook(timezone.localdate(at))
    return [
        Row(
            id=str(case.pk),
            reference=case.reference,
            url=case_page.case_url(case),
            headline=case_page.headline(case),
            state_label=case.get_state_display(),
            owner=case.owner.name if case.owner else "",
            clock=_clock(case, book, at=at),
            action_label=_verb(case, user=user),
        )
        for case in cases
    ]


def _clock(case: AnyCase, book: dict[str, Rule], *, at: datetime) -> rules.Reading | None:
    if case.due_at is None:
        return None
    rule = book.get(case.due_step)
    label = rule.label if rule else worklists.DATES.get(case.due_step, "")
    paragraph = rule.paragraph if rule else ""
    return rules.Clock(case.due_step, label, case.due_at, None, paragraph).read(at)


def _verb(case: AnyCase, *, user: User) -> str:
    """What this reader can do for the next deadline; costs no query."""
    moves = [
        move for move in moves_now(case) if not move.needs_reason and move.is_allowed(case, user)
    ]
    wanted = case_page.STOPS.get(case.due_step)
    if case.due_step in case_page.ON_THE_DAY and case.due_at and case.due_at > timezone.now():
        return "Öppna"
    asked = [move for move in moves if move.name == wanted]
    ahead = [move for move in moves if move.target not in (None, str(case.state))]
    found = next(iter(asked or ahead), None)
    if found is None:
        return "Öppna"
    return "Besluta" if found.name in case_page.EITHER else found.label


def _unfinished(user: User) -> list[Unfinished]:
    """What stands before the end of the shift: one's own stops, each thing as a link."""
    own = access.visible_cases(user).filter(author=user, state__in=IN_THE_FIELD)
    related = own.select_related("person", "organisation", "incident__patrol_pass")
    cases = related.prefetch_related("contacts", "seizures").order_by("opened_at", "reference")
    return [
        Unfinished(
            case.reference,
            case_page.case_url(case),
            f"{case.category} · {case_page.headline(case)}",
            remaining.left_to_do(case, workflow.available_actions(case, by=user)),
            reverse("incident-add-youth", args=[case.incident_id]),
            is_sent_back=case.is_sent_back,
        )
        for case in cases[:MOST_LEFT]
    ]


def _views(user: User, asked: worklists.Question) -> list[Choice]:
    here = reverse("worklist")
    narrowed = bool(asked.filter.chosen)
    return [
        Choice(
            view.label,
            f"{here}?vy={view.key}" if view.key else here,
            is_current=view == asked.view and not narrowed,
        )
        for view in worklists.views_of(user)
    ]


def _saved(user: User, asked: worklists.Question) -> list[dict[str, Any]]:
    here = reverse("worklist")
    return [
        {
            "id": each.pk,
            "label": each.label,
            "url": f"{here}?{each.query}",
            "is_current": each.query == asked.query,
        }
        for each in user.saved_views.all()
    ]


def _bulk(user: User) -> dict[str, Any] | None:
    """What may be done with many at once, and to whom; None for who may do neither."""
    if user.organisation.is_police:
        return None
    assigns = access.may(user, Right.ASSIGN_REFERRAL)
    assesses = access.may(user, Right.ASSESS_REFERRAL)
    if not (assigns or assesses):
        return None
    return {
        "batch": uuid4(),
        "takes": assesses,
        "action": "assign" if assigns else "hand_on",
        "verb": "Fördela" if assigns else "Lämna över",
        "colleagues": caseworkers(user.organisation),
    }


def _hint(user: User, asked: worklists.Question) -> str:
    if asked.query:
        return "Inget ärende passar urvalet. Välj en annan vy."
    if user.organisation.is_police:
        return "Inget väntar. Registrera nästa händelse när den sker."
    return "Inget väntar. Nya anmälningar visas här när de kommer in."


def _primary(user: User) -> dict[str, str] | None:
    if not access.may(user, Right.LOG_INCIDENT):
        return None
    return {"label": "Ny händelse", "url": reverse("incident-new")}
