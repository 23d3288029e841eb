"""The pages of medborgarlöften: the target, what is ticked, and the follow-up to the local Brå."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import access
from cases.forms.trust import OutForm
from cases.models import AccessEntry, Right
from cases.routes import needs
from kronoberg.measures.effects import before_after
from kronoberg.measures.forms import (
    ActivityForm,
    CommentForm,
    PromiseForm,
    TickForm,
    municipalities,
)
from kronoberg.measures.models import CitizenPromise, Measure, PromiseActivity, PromiseComment
from kronoberg.measures.promised import done_between, promise_kept, quarters_of
from kronoberg.measures.views import BACK, may_change
from kronoberg.statistics import charts, indicators, published
from kronoberg.statistics.areas import area_of
from kronoberg.statistics.findings import Finding, publish
from kronoberg.statistics.periods import Period
from kronoberg.statistics.tables import NotCounted
from notices import handouts, views_handouts

QUARTER = "kvartal"


@needs(Right.PLAN_MEASURES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new promise."""
    by = access.signed_in(request)
    form = PromiseForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        made = CitizenPromise.objects.create(
            **form.cleaned_data, organisation=by.organisation, made_by=by
        )
        messages.success(request, "Löftet är inlagt. Lägg till vad som ska göras.")
        return redirect("promise", pk=made.pk)
    return _form(request, form, "Nytt medborgarlöfte", reverse("measures"))


@needs(Right.VIEW_STATISTICS)
@require_safe
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One promise: the target, what is done of it, and what it is followed up by."""
    return _page(request, _fetch(request, pk), ActivityForm())


@needs(Right.PLAN_MEASURES)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the words, the target or the days of a promise."""
    promise = _own(request, pk)
    form = PromiseForm(
        request.POST or None,
        by=access.signed_in(request),
        holds=promise.starts_on <= timezone.localdate(),
        initial={name: getattr(promise, name) for name in PromiseForm.base_fields},
    )
    if request.method == "POST" and form.is_valid():
        for name, value in form.cleaned_data.items():
            setattr(promise, name, value)
        promise.save()
        messages.success(request, "Löftet är ändrat.")
        return redirect("promise", pk=pk)
    return _form(request, form, "Ändra löftet", reverse("promise", args=[pk]))


@needs(Right.PLAN_MEASURES)
@require_POST
def add_activity(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One thing more to do for the promise."""
    promise, form = _own(request, pk), ActivityForm(request.POST)
    if not form.is_valid():
        return _page(request, promise, form)
    PromiseActivity.objects.create(promise=promise, **form.cleaned_data)
    messages.success(request, "Aktiviteten är inlagd.")
    return redirect("promise", pk=pk)


@needs(Right.PLAN_MEASURES)
@require_POST
def tick(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The activity was done on a day, or was ticked by mistake and is not."""
    activity = PromiseActivity.objects.filter(pk=pk).first()
    if activity is None:
        raise Http404
    promise = _own(request, activity.promise_id)
    form = TickForm(request.POST)
    if request.POST.get("do") == "undo":
        activity.done_on = activity.done_by = None
        activity.save(update_fields=["done_on", "done_by"])
    elif form.is_valid():
        activity.done_on = form.cleaned_data["done_on"]
        activity.done_by = access.signed_in(request)
        activity.save(update_fields=["done_on", "done_by"])
    else:
        messages.error(request, f"Aktiviteten är inte avprickad. {form.errors['done_on'][0]}")
    return redirect("promise", pk=promise.pk)


@needs(Right.VIEW_STATISTICS)
@require_safe
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The follow-up of a quarter to the local Brå, to read or to print."""
    promise = _fetch(request, pk)
    quarter = _quarter(request, promise)
    return _report(request, promise, quarter, CommentForm(), _out())


@needs.fresh
@needs(Right.VIEW_STATISTICS)
@require_POST
def report_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Order the follow-up of a quarter as a file, to hand over to the local Brå."""
    promise, out = _fetch(request, pk), _out(request.POST)
    quarter = _quarter(request, promise)
    if not out.is_valid():
        return _report(request, promise, quarter, CommentForm(), out)
    access.log_access(request, AccessEntry.Kind.EXPORT, None, **out.cleaned_data)
    handout = handouts.order(
        render_to_string("promise_sheet.html", _followed_up(promise, quarter)),
        title=f"Uppföljning till lokala Brå · {promise.area}, {quarter}",
        file_name=f"uppfoljning-{promise.area_id}-{quarter.name}.pdf",
        style="report",
        by=access.signed_in(request),
    )
    return views_handouts.begun(handout)


def _out(given: QueryDict | None = None) -> OutForm:
    return OutForm(given, prefix="ut")


@needs(Right.PLAN_MEASURES)
@require_POST
def comment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the follow-up of the quarter says in words; earlier words are kept."""
    promise, form = _own(request, pk), CommentForm(request.POST)
    quarter = _quarter(request, promise)
    if not form.is_valid():
        return _report(request, promise, quarter, form, _out())
    PromiseComment.objects.create(
        promise=promise,
        quarter=quarter.first,
        words=form.cleaned_data["words"],
        made_by=access.signed_in(request),
    )
    messages.success(request, "Kommentaren är sparad.")
    return redirect(f"{reverse('promise-report', args=[pk])}?{QUARTER}={quarter.name}")


def _page(request: HttpRequest, promise: CitizenPromise, form: ActivityForm) -> HttpResponse:
    access.log_access(request, AccessEntry.Kind.STATISTICS, None)
    today, activities = timezone.localdate(), list(promise.activities.select_related("done_by"))
    kept = promise_kept(promise, activities, today)
    context = {
        "heading": promise.title,
        "promise": promise,
        "kept": kept,
        "chart": _drawn(kept),
        "activities": activities,
        "measures": promise.measures.select_related("area"),
        "quarters": [each for each in quarters_of(promise) if each.first <= today],
        "may_change": may_change(access.signed_in(request), promise),
        "today": today,
        "form": form,
        "back": {"url": reverse("measures"), "label": BACK},
    }
    return render(request, "promise.html", context, status=422 if form.errors else 200)


def _report(
    request: HttpRequest,
    promise: CitizenPromise,
    quarter: Period,
    form: CommentForm,
    out: OutForm,
) -> HttpResponse:
    access.log_access(request, AccessEntry.Kind.STATISTICS, None)
    context = {
        "heading": f"Uppföljning till lokala Brå: {quarter}",
        "may_change": may_change(access.signed_in(request), promise),
        "form": form,
        "out": out,
        "back": {"url": reverse("promise", args=[promise.pk]), "label": "Löftet"},
    } | _followed_up(promise, quarter)
    status = 422 if form.errors or out.errors else 200
    return render(request, "promise_report.html", context, status=status)


def _followed_up(promise: CitizenPromise, quarter: Period) -> dict[str, Any]:
    """What the follow-up says, on the page and on the sheet alike."""
    activities = list(promise.activities.select_related("done_by"))
    last = min(quarter.last, timezone.localdate())
    kept = promise_kept(promise, activities, last)
    frozen = published.read(area_of(promise.area), quarter)
    in_quarter = [
        each for each in activities
        if quarter.first <= (each.done_on or each.due_on) <= quarter.last
    ]  # fmt: skip
    return {
        "promise": promise,
        "quarter": quarter,
        "kept": kept,
        "kept_chart": _drawn(kept),
        "frozen": frozen,
        "figures": [(each, _drawn(each)) for each in _figures(frozen)],
        "activities": in_quarter,
        "n_done": done_between(activities, quarter.first, last),
        "effects": [(each, before_after(each).sentence) for each in _measures(promise)],
        "freezes_on": quarter.months[-1].freezes_on,
        "comment": promise.comments.filter(quarter=quarter.first).first(),
    }


def _measures(promise: CitizenPromise) -> Sequence[Measure]:
    return list(promise.measures.select_related("area", "comparison"))


def _figures(frozen: published.Frozen | None) -> list[Finding]:
    """The interventions and the effort of the quarter, from the published cells, if there are."""
    if frozen is None:
        return []
    try:
        return [
            publish(make(frozen.cells), key=make.__name__)
            for make in (indicators.interventions, indicators.per_hundred_hours)
        ]
    except NotCounted:
        return []


def _drawn(finding: Finding) -> str:
    return charts.draw(finding.chart, name=finding.key) if finding.chart else ""


def _quarter(request: HttpRequest, promise: CitizenPromise) -> Period:
    """The quarter of the address, one of the promise's own that has begun.

    Raises:
        Http404: none of them.
    """
    today: date = timezone.localdate()
    begun = [each for each in quarters_of(promise) if each.first <= today]
    name = request.GET.get(QUARTER, "")
    found = [each for each in begun if name in ("", each.name)]
    if not found:
        raise Http404
    return found[-1]


def _own(request: HttpRequest, pk: UUID) -> CitizenPromise:
    """Raises: Http404, PermissionDenied: as it may not be seen, or is another unit's."""
    promise = _fetch(request, pk)
    if not may_change(access.signed_in(request), promise):
        raise PermissionDenied
    return promise


def _fetch(request: HttpRequest, pk: UUID) -> CitizenPromise:
    inside = municipalities(access.signed_in(request))
    related = ("area", "organisation", "made_by")
    found = CitizenPromise.objects.select_related(*related).filter(pk=pk, area__in=inside).first()
    if found is None:
        raise Http404
    return found


def _form(request: HttpRequest, form: forms.Form, heading: str, back: str) -> HttpResponse:
    context = {"heading": heading, "form": form, "back": {"url": back, "label": "Tillbaka"}}
    return render(request, "measure_form.html", context, status=422 if form.errors else 200)
