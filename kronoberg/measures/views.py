"""The pages of measures: what is done about a spot, and what the figures say of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from cases import access
from cases.models import AccessEntry, Right, User
from cases.routes import needs
from kronoberg.measures.effects import before_after
from kronoberg.measures.forms import BegunMeasureForm, MeasureForm, municipalities
from kronoberg.measures.models import CitizenPromise, Measure
from kronoberg.measures.spots import FIELDS
from kronoberg.statistics import charts

MOST_SHOWN = 200
BACK = "Åtgärder och löften"


@needs(Right.VIEW_STATISTICS)
@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """The measures and promises of the reader's municipalities, whoever of them made them."""
    by = access.signed_in(request)
    inside = municipalities(by)
    access.log_access(request, AccessEntry.Kind.STATISTICS, None)
    context = {
        "heading": BACK,
        "measures": Measure.objects.filter(area__in=inside).select_related("area")[:MOST_SHOWN],
        "promises": CitizenPromise.objects.filter(area__in=inside).select_related("area")[
            :MOST_SHOWN
        ],
        "may_plan": access.may(by, Right.PLAN_MEASURES),
        "today": timezone.localdate(),
    }
    return render(request, "measures.html", context)


@needs(Right.PLAN_MEASURES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new measure; the address may say for which spot."""
    by = access.signed_in(request)
    spot = {field: request.GET[word] for word, field in FIELDS.items() if word in request.GET}
    form = MeasureForm(request.POST or None, by=by, initial=spot)
    if request.method == "POST" and form.is_valid():
        made = Measure.objects.create(**form.cleaned_data, organisation=by.organisation, made_by=by)
        messages.success(request, "Åtgärden är inlagd.")
        return redirect("measure", pk=made.pk)
    return _form(request, form, "Ny åtgärd", reverse("measures"))


@needs(Right.VIEW_STATISTICS)
@require_safe
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One measure: what is done, and before and after in the published figures."""
    measure = _fetch(request, pk)
    access.log_access(request, AccessEntry.Kind.STATISTICS, None)
    finding, by = before_after(measure), access.signed_in(request)
    context = {
        "heading": measure.title,
        "measure": measure,
        "finding": finding,
        "chart": charts.draw(finding.chart, name=finding.key) if finding.chart else SafeString(),
        "may_change": may_change(by, measure),
        "is_noted_late": timezone.localdate(measure.made_at) > measure.starts_on,
        "back": {"url": reverse("measures"), "label": BACK},
    }
    return render(request, "measure.html", context)


@needs(Right.PLAN_MEASURES)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a measure; once it has begun, not where it is to be seen nor with what compared."""
    measure, by = _fetch(request, pk), access.signed_in(request)
    if not may_change(by, measure):
        raise PermissionDenied
    initial = {name: getattr(measure, name) for name in (*MeasureForm.base_fields, "outcome")}
    given: dict[str, Any] = {"by": by, "initial": initial}
    begun = measure.has_begun(timezone.localdate())
    form = (
        BegunMeasureForm(request.POST or None, since=measure.starts_on, **given)
        if begun
        else MeasureForm(request.POST or None, **given)
    )
    if request.method == "POST" and form.is_valid():
        for name, value in form.cleaned_data.items():
            setattr(measure, name, value)
        measure.save()
        messages.success(request, "Åtgärden är ändrad.")
        return redirect("measure", pk=pk)
    return _form(request, form, "Ändra åtgärden", reverse("measure", args=[pk]))


def may_change(by: User, thing: Measure | CitizenPromise) -> bool:
    """Whoever plans measures changes those of the own unit."""
    is_own = thing.organisation_id == by.organisation_id
    return is_own and access.may(by, Right.PLAN_MEASURES)


def _fetch(request: HttpRequest, pk: UUID) -> Measure:
    """Raises: Http404: there is none, or it is of a municipality that the reader has no part in."""
    inside = municipalities(access.signed_in(request))
    related = ("area", "comparison", "promise", "organisation", "made_by")
    found = Measure.objects.select_related(*related).filter(pk=pk, area__in=inside).first()
    if found is None:
        raise Http404
    return found


def _form(request: HttpRequest, form: MeasureForm, heading: str, back: str) -> HttpResponse:
    context = {"heading": heading, "form": form, "back": {"url": back, "label": "Tillbaka"}}
    return render(request, "measure_form.html", context, status=422 if form.errors else 200)
