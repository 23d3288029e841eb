"""Who is away from the unit, and who has the cases meanwhile."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases import absences, access
from cases.forms.absences import AbsenceForm
from cases.models import Absence, Right, User
from cases.routes import needs


@needs(Right.ASSIGN_REFERRAL, Right.ASSESS_REFERRAL)
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: HttpRequest) -> HttpResponse:
    """The unit's absences to come and going on; enter one, or end one."""
    by, now = access.signed_in(request), timezone.now()
    ends = request.POST.get("end")
    form = AbsenceForm(None if ends else request.POST or None, by=by)
    if ends:
        _end(request, by, ends)
        return redirect("absences")
    if request.method == "POST" and form.is_valid():
        form.enter()
        n_moved = absences.sweep(at=now)
        messages.success(request, f"Frånvaron är inlagd. {_cases(n_moved)} bytte handläggare nu.")
        return redirect("absences")
    context = {
        "heading": "Frånvaro",
        "form": form,
        "absences": [
            {
                "absence": each,
                "may_end": _may_end(by, each),
                "n_covered": sum(cover.returned_at is None for cover in each.covers.all()),
            }
            for each in _going_on(by)
        ],
    }
    return render(request, "absences.html", context, status=422 if form.errors else 200)


def _going_on(by: User) -> list[Absence]:
    found = Absence.objects.filter(absent__organisation=by.organisation, ended_at=None)
    return list(found.select_related("absent", "substitute").prefetch_related("covers"))


def _may_end(by: User, absence: Absence) -> bool:
    return absence.absent_id == by.pk or access.may(by, Right.ASSIGN_REFERRAL)


def _end(request: HttpRequest, by: User, key: str) -> None:
    try:
        absence = next((each for each in _going_on(by) if each.pk == UUID(key)), None)
    except ValueError:
        absence = None
    if absence is None or not _may_end(by, absence):
        messages.error(request, "Den frånvaron går inte att avsluta.")
        return
    n_moved = absences.end(absence, at=timezone.now())
    messages.success(request, f"Frånvaron är avslutad. {_cases(n_moved)} kom tillbaka.")


def _cases(n: int) -> str:
    return "1 ärende" if n == 1 else f"{n} ärenden"
