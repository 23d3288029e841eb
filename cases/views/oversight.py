"""Oversight: who has looked at what, and which rules hold."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases import access, alerts, oversight
from cases.forms.oversight import LogFilter, RuleForm
from cases.models import AccessEntry, Right, Rule, User
from cases.models.rulebook import OutOfOrder
from cases.routes import needs

ROWS_A_PAGE = 50
ONE = {
    Rule.Unit.MINUTES: "minut",
    Rule.Unit.HOURS: "timme",
    Rule.Unit.DAYS: "dag",
    Rule.Unit.WEEKDAYS: "vardag",
    Rule.Unit.MONTHS: "månad",
}


@needs(Right.REVIEW_LOG)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The own unit's access log; looking at it is a row in it."""
    user = access.signed_in(request)
    form = LogFilter(request.GET, organisation=user.organisation)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    person: User | None = chosen.get("person")
    access.log_access(request, AccessEntry.Kind.LOG, person.pk if person else None)
    entries = oversight.entries(user.organisation, actor=person, kind=chosen.get("kind", ""))
    page = Paginator(entries, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": "Logg",
        "intro": f"Vem som har läst i {user.organisation}. Av ett ärende visas bara numret.",
        "filter": form,
        "alerts": alerts.of(user, at=timezone.now()),
        "page": page,
        "rows": oversight.lines(list(page), user.organisation),
        "empty_hint": "Ingen rad i loggen passar urvalet.",
    }
    return render(request, "log.html", context)


@needs(Right.MANAGE_SETTINGS)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule that holds today or will hold."""
    today = timezone.localdate()
    rows = [
        _row(rule) | {"url": reverse("rule", kwargs={"key": rule.key})}
        for rule in Rule.objects.order_by("label", "valid_from")
        if rule.valid_to is None or rule.valid_to >= today
    ]
    intro = "Åldersgränser och frister. Ett nytt värde gäller från en dag; det gamla står kvar."
    return render(request, "rules.html", {"heading": "Regler", "intro": intro, "rules": rows})


@needs.fresh
@needs(Right.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule with its history, and its next value."""
    history = list(
        Rule.objects.filter(key=key).select_related("changed_by").order_by("-valid_from")
    )
    if not history:
        raise Http404
    form = RuleForm(request.POST or None, rule=history[0])
    if request.method == "POST" and form.is_valid():
        by = access.signed_in(request)
        try:
            following = history[0].follow(by=by, **form.cleaned_data)
        except OutOfOrder:
            form.add_error(None, "Någon annan har just ändrat regeln. Läs om sidan.")
        else:
            messages.success(request, f"{following.label}: nytt värde från {following.valid_from}.")
            return redirect("rules")
    context = {
        "heading": history[0].label,
        "back": {"url": reverse("rules"), "label": "Regler"},
        "form": form,
        "history": [_row(each) for each in history],
    }
    return render(request, "rule.html", context, status=422 if form.errors else 200)


def _row(rule: Rule) -> dict[str, Any]:
    many = rule.get_unit_display()
    unit = ONE.get(Rule.Unit(rule.unit), many) if rule.value == 1 else many
    return {
        "label": rule.label,
        "value": f"{rule.value} {unit}".strip(),
        "paragraph": rule.paragraph,
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
        "is_confirmed": rule.standing != Rule.Standing.UNCONFIRMED,
        "note": rule.note,
        "who": rule.changed_by.name if rule.changed_by else "Från början",
    }
