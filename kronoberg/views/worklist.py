"""What waits for me: the open cases I may see, soonest deadline first."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cases import access, rules
from cases.models import AccessEntry, Right, Rule, User, YouthCase
from cases.models.moves import AnyCase, moves_now
from cases.routes import needs
from kronoberg import case_page, navigation

ROWS = 25
ENDED = ("closed", "annulled", "merged", "transferred")


@dataclass(frozen=True)
class Row:
    reference: str
    url: str
    headline: str
    state_label: str
    clock: rules.Reading | None
    action_label: str


@dataclass(frozen=True)
class Choice:
    label: str
    url: str
    is_current: bool


@needs(Right.VIEW_OWN_YOUTHCASE, Right.VIEW_YOUTHCASE, Right.VIEW_REFERRAL)
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """The reader's open cases; a case number in `q` goes straight to the case."""
    user = access.signed_in(request)
    query = request.GET.get("q", "").strip()
    cases = access.visible_cases(user)
    if query:
        access.log_access(request, AccessEntry.Kind.SEARCH, None)
        found = cases.filter(reference__iexact=query).first()
        if found:
            return redirect("case", pk=found.pk)
    access.log_access(request, AccessEntry.Kind.READ, None)
    is_mine = request.GET.get("vems") == "mina"
    listed = _open(cases, user=user, is_mine=is_mine)
    page = Paginator(listed, ROWS).get_page(request.GET.get("sida"))
    context = {
        "heading": "Arbetslista",
        "rows": _rows(page.object_list, user=user),
        "page": page,
        "query": query,
        "filters": _filters(is_mine=is_mine),
        "empty_hint": _hint(user, query=query),
        "primary": _primary(user),
    } | _counts(listed)
    return render(request, "worklist.html", context)


@needs.signed_in
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """After logging in: the first page that the role has."""
    menu = navigation.menu(request)
    return redirect(menu[0].url if menu else "home")


def _open(cases: "QuerySet[Any]", *, user: User, is_mine: bool) -> "QuerySet[Any]":
    listed = cases.exclude(state__in=ENDED)
    if is_mine:
        listed = listed.filter(Q(owner=user) | Q(author=user))
    related = ["person", "organisation"]
    if cases.model is YouthCase:
        related.append("incident")
    return listed.select_related(*related).order_by(F("due_at").asc(nulls_last=True), "reference")


def _counts(listed: "QuerySet[Any]") -> dict[str, int]:
    now = timezone.now()
    today = rules.end_of(timezone.localdate(now))
    return listed.aggregate(
        n_overdue=Count("pk", filter=Q(due_at__lt=now)),
        n_today=Count("pk", filter=Q(due_at__gte=now, due_at__lte=today)),
        n_week=Count("pk", filter=Q(due_at__gt=today, due_at__lte=today + timedelta(days=7))),
    )


def _rows(cases: Any, *, user: User) -> list[Row]:
    now = timezone.now()
    book = rules.rulebook(timezone.localdate(now))
    return [
        Row(
            reference=case.reference,
            url=case_page.case_url(case),
            headline=case_page.headline(case),
            state_label=case.get_state_display(),
            clock=_clock(case, book, at=now),
            action_label=_verb(case, user=user),
        )
        for case in cases
    ]


def _clock(case: AnyCase, book: dict[str, Rule], *, at: Any) -> rules.Reading | None:
    if case.due_at is None:
        return None
    rule = book.get(case.due_step)
    label, paragraph = (rule.label, rule.paragraph) if rule else ("Samtal", "")
    return rules.Clock(case.due_step, label, case.due_at, None, paragraph).read(at)


def _verb(case: AnyCase, *, user: User) -> str:
    """What this reader can do for the next deadline; costs no query."""
    moves = [
        move for move in moves_now(case) if not move.needs_reason and move.is_allowed(case, user)
    ]
    wanted = case_page.STOPS.get(case.due_step)
    asked = [move for move in moves if move.name == wanted]
    ahead = [move for move in moves if move.target not in (None, str(case.state))]
    return next((move.label for move in asked or ahead), "Öppna")


def _filters(*, is_mine: bool) -> list[Choice]:
    here = reverse("worklist")
    return [
        Choice("Hela enheten", here, is_current=not is_mine),
        Choice("Mina", f"{here}?vems=mina", is_current=is_mine),
    ]


def _hint(user: User, *, query: str) -> str:
    if query:
        return "Inget ärende med det numret i din krets. Ett nummer ser ut så: K-2026-000012."
    if user.organisation.is_police:
        return "Inget väntar. Registrera nästa händelse när den sker."
    return "Inget väntar. Nya anmälningar visas här när de kommer in."


def _primary(user: User) -> dict[str, str] | None:
    if not access.may(user, Right.LOG_INCIDENT):
        return None
    return {"label": "Ny händelse", "url": reverse("incident-new")}
