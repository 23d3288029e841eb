"""The municipality's own calendar: the duty team's hours, special days, and who takes what.

Three pages of one kind: every row with its history, a form for the next, and a button to end one.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cases import access, duty, recounting
from cases.forms.duty import DutyHoursForm, FunctionForm, MunicipalForm, SpecialDayForm
from cases.models import DutyHours, ResponsibleFunction, Right, SpecialDay, User
from cases.routes import needs

TABS = {"duty": "Jourtider", "special-days": "Särskilda dagar", "functions": "Funktioner"}
TOO_LATE = "Det finns redan en funktion som börjar då eller senare. Avsluta den först."


@needs(Right.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The duty team's hours, and the form for new ones."""
    return _page(request, "duty", DutyHours, DutyHoursForm, "Jourkalendern är ändrad.")


@needs(Right.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def special_days(request: HttpRequest) -> HttpResponse:
    """The days that are not as others, and the form for one more."""
    return _page(request, "special-days", SpecialDay, SpecialDayForm, "Dagen är inlagd.")


@needs(Right.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def functions(request: HttpRequest) -> HttpResponse:
    """Who takes what, and the form for who takes it next."""
    done = "Funktionen är inlagd."
    return _page(request, "functions", ResponsibleFunction, FunctionForm, done)


@needs(Right.MANAGE_SETTINGS)
@require_POST
def end_hours(request: HttpRequest, pk: UUID) -> HttpResponse:
    """These hours hold no longer, from today; that they held stays."""
    return _end(request, "duty", DutyHours, pk)


@needs(Right.MANAGE_SETTINGS)
@require_POST
def end_special_day(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The day becomes as any other; a day that has been stays as it was."""
    return _end(request, "special-days", SpecialDay, pk)


@needs(Right.MANAGE_SETTINGS)
@require_POST
def end_function(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The function takes nothing more, from today."""
    return _end(request, "functions", ResponsibleFunction, pk)


def _page(
    request: HttpRequest, name: str, model: Any, form_class: type[MunicipalForm], done: str
) -> HttpResponse:
    by = access.signed_in(request)
    form: Any = form_class(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                form.enter()
                if isinstance(form, SpecialDayForm):
                    day = form.cleaned_data
                    why = f"Särskild dag: {day['day']} {day['label']}"
                    recounting.recount(day["municipality"].pk, why=why)
        except duty.OutOfOrder:
            form.add_error("valid_from", TOO_LATE)
        else:
            messages.success(request, done)
            return redirect(name)
    rows, today = list(_kept(model, by)), timezone.localdate()
    context = {
        "heading": TABS[name],
        "tabs": [(label, reverse(each), each == name) for each, label in TABS.items()],
        "form": form,
        "rows": [(row, *_standing(row), _then(row, rows, on=today)) for row in rows],
        "own": by.organisation.municipality,
    }
    return render(request, f"{name.replace('-', '_')}.html", context, status=_status(form))


def _status(form: Any) -> int:
    return 422 if form.errors else 200


def _kept(model: Any, by: User) -> Any:
    rows = model.objects.filter(municipality__in=duty.kept_by(by))
    return rows.select_related("municipality", "changed_by", "ended_by")


def _standing(row: Any) -> tuple[bool, str]:
    """Can it still be ended, and who has changed what: the history of one row in words."""
    today = timezone.localdate()
    who = row.changed_by.name if row.changed_by else "Från början"
    if row.withdrawn_at:
        return False, f"{who}. Togs tillbaka av {row.ended_by} innan det började gälla."
    if row.ended_by:
        who = f"{who}. Avslutat av {row.ended_by}"
    last = row.day if isinstance(row, SpecialDay) else row.valid_to
    return last is None or last >= today, f"{who}."


def _then(row: Any, rows: list[Any], *, on: date) -> list[str]:
    """Where the notices that a function takes go once it is ended; of other rows nothing."""
    if not isinstance(row, ResponsibleFunction):
        return []
    ways = duty.once_ended(row, rows, on=on)
    if len(ways) > 1 and len({where for _, where in ways}) == 1:
        return [f"Alla anmälningar går sedan till: {ways[0][1]}."]
    return [f"{what} går sedan till: {where}." for what, where in ways]


def _end(request: HttpRequest, name: str, model: type[Model], pk: UUID) -> HttpResponse:
    by = access.signed_in(request)
    row = _kept(model, by).filter(pk=pk).first()
    if row is None:
        raise Http404
    then = _then(row, list(_kept(model, by)), on=timezone.localdate())
    with transaction.atomic():
        duty.end(row, by=by, at=timezone.now())
        if isinstance(row, SpecialDay):
            recounting.recount(row.municipality_id, why=f"Särskild dag avslutad: {row}")
    messages.success(request, " ".join((f"{row}: gäller inte längre.", *then)))
    return redirect(name)
