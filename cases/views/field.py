"""The form of the field: one stop with its youths, one more youth, and the receipt of both.

Works as plain pages: every button is a submit, and what was typed always comes back.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases import access, earlier, passes, phone, reading, remaining, workflow
from cases.forms.incident import IncidentForm, SentOnce, Youth, YouthFormSet, one_more, typed
from cases.models import AccessEntry, EscalationStep, Incident, Right, User, YouthCase
from cases.routes import needs


@needs(Right.LOG_INCIDENT)
@require_http_methods(["GET", "HEAD", "POST"])
def new_incident(request: HttpRequest) -> HttpResponse:
    """Log a stop with one or several youths."""
    by = access.require(request.user, Right.LOG_INCIDENT)
    form = IncidentForm(request.POST or None, by=by)
    form.is_valid()
    youths = YouthFormSet(request.POST or None, on=form.day())
    if _asks_for_one_more(request):
        form, youths = IncidentForm(initial=typed(form), by=by), one_more(youths, on=form.day())
    elif request.method == "POST" and youths.is_valid() and form.is_valid():
        return _register(request, form.incident(), youths, form.cleaned_data["request_id"])
    return _page(request, form, youths, heading="Ny händelse")


@needs(Right.LOG_INCIDENT)
@require_http_methods(["GET", "HEAD", "POST"])
def add_youth(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Log one more youth in a stop of one's own, or of the pass that one was out on."""
    incident = _our_incident(request, pk)
    by, day = access.signed_in(request), timezone.localdate(incident.started_at)
    form = SentOnce(request.POST or None, by=by)
    youths = YouthFormSet(request.POST or None, on=day)
    if _asks_for_one_more(request):
        form, youths = SentOnce(initial=typed(form), by=by), one_more(youths, on=day)
    elif request.method == "POST" and youths.is_valid() and form.is_valid():
        return _register(request, incident, youths, form.cleaned_data["request_id"])
    return _page(request, form, youths, heading=f"Lägg till ungdom i {incident.reference}")


@needs(Right.LOG_INCIDENT)
@require_safe
def show_incident(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The receipt: the stop's number, and for each youth what is left to do."""
    incident = _our_incident(request, pk)
    by = access.signed_in(request)
    # A colleague of the pass may have added a youth: whose case it is, is who may read it.
    cases = reading.own_cases(request, incident)
    met = earlier.met_before(cases, by=by)
    day = timezone.localdate(incident.started_at)
    steps = earlier.steps_agreed(day) if any(met.values()) else []
    context = {
        "heading": f"Händelse {incident.reference} är registrerad",
        "incident": incident,
        # Written once for the stop, whoever of its youths it was taken from or told by.
        "litres": passes.litres(incident),
        "n_tips": incident.supply_tips.count(),
        "rows": [_row(case, met[case.pk], steps, by=by) for case in cases],
    }
    return render(request, "incident_done.html", context)


# The button that saves and goes back to what waits; what is missing stands there.
LATER = "later"


# Registering ----------------------------------------------------------------------------------


def _register(
    request: HttpRequest, incident: Incident, youths: YouthFormSet, request_id: UUID
) -> HttpResponse:
    """Store the stop and its youths, each once however often the page is sent; go on to them."""
    by = access.signed_in(request)
    rows = {uuid5(request_id, str(n)): youth for n, youth in enumerate(youths.youths())}
    try:
        stored = _store(incident, rows, by=by)
    except IntegrityError:
        # Two taps at the same instant: the other one was first.
        stored = _store(incident, rows, by=by)
    if stored:
        messages.success(request, f"Registrerat: {', '.join(case.reference for case in stored)}.")
    else:
        messages.info(request, "Det var redan registrerat. Ändra uppgifterna i ärendet.")
    url = _after(request, incident, list(rows))
    if phone.is_sending(request):
        # A stop that was there already keeps the number it got then.
        number = Incident.objects.values_list("reference", flat=True).get(pk=incident.pk)
        return phone.received(number, url, is_new=bool(stored))
    return redirect(url)


def _after(request: HttpRequest, incident: Incident, cases: list[UUID]) -> str:
    """Where the officer goes next: to what waits, the one youth, or the receipt of several."""
    if request.POST.get("save") == LATER:
        return reverse("worklist")
    if len(cases) == 1:
        return reverse("case", args=cases)
    return reverse("incident", args=[incident.pk])


def _store(incident: Incident, rows: dict[UUID, Youth], *, by: User) -> list[YouthCase]:
    """Store what is not stored yet; a page sent again with one youth more adds that youth."""
    with transaction.atomic():
        incident = Incident.objects.filter(pk=incident.pk).first() or incident
        if not incident._state.adding and not passes.is_ours(incident, by):
            raise Http404
        known = set(incident.youth_cases.filter(pk__in=rows).values_list("pk", flat=True))
        new = {key: youth for key, youth in rows.items() if key not in known}
        for key, youth in new.items():
            youth.case.pk = key
        cases = workflow.open_incident(
            incident, [(youth.person, youth.case) for youth in new.values()], by=by
        )
        return [
            workflow.perform(
                case, "pick_up", by=by, at=incident.started_at, records=youth.custodians
            )
            for case, youth in zip(cases, new.values(), strict=True)
        ]


def _our_incident(request: HttpRequest, pk: UUID) -> Incident:
    """A stop of the reader's own or of a pass the reader was out on; no other exists."""
    by = access.require(request.user, Right.LOG_INCIDENT)
    incident = Incident.objects.filter(pk=pk).select_related("municipality").first()
    if incident is None or not passes.is_ours(incident, by):
        access.log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404
    access.log_access(request, AccessEntry.Kind.READ, incident.pk, purpose=AccessEntry.Purpose.OWN)
    return incident


# Drawing --------------------------------------------------------------------------------------


def _asks_for_one_more(request: HttpRequest) -> bool:
    return request.POST.get("add") == "youth"


def _page(
    request: HttpRequest, form: SentOnce, youths: YouthFormSet, *, heading: str
) -> HttpResponse:
    context = {
        "heading": heading,
        "form": form,
        "youths": youths,
    }
    return render(request, "incident.html", context, status=422 if form.is_bound else 200)


@dataclass(frozen=True)
class Row:
    """One youth on the receipt: no name, only what tells the cases apart."""

    reference: str
    headline: str
    url: str
    next_label: str
    next_url: str
    missing: list[remaining.Left]
    useful: list[remaining.Left]
    # The days of earlier stops in the officer's own circle, and what has been agreed on then.
    met: list[date]
    suggestion: str


def _row(case: YouthCase, met: list[date], steps: list[EscalationStep], *, by: User) -> Row:
    url = reverse("case", args=[case.pk])
    actions = workflow.available_actions(case, by=by)
    ready = {action.name for action in actions if action.is_ready}
    calls = case.is_minor and "record_contact" in ready
    return Row(
        reference=case.reference,
        headline=f"{case.get_category_display()} · {case.get_age_class_display()}",
        url=url,
        next_label="Ring vårdnadshavare" if calls else "Öppna ärendet",
        next_url=reverse("step", args=[case.pk, "record_contact"]) if calls else url,
        missing=remaining.left_to_do(case, actions),
        useful=list(remaining.useful(case, actions, on=timezone.localdate())),
        met=met,
        suggestion=earlier.suggestion(case, len(met), steps=steps) if met else "",
    )
