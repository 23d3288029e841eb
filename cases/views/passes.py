"""The passes of the own unit: planned, begun in one tap, and closed together."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import access, passes, phone
from cases.forms.passes import CloseForm, PassForm
from cases.models import PatrolPass, Right, User
from cases.routes import needs

SHOWN_FOR = timedelta(days=120)
TOO_LATE = (
    "En kollega hann före: slutrapporten finns redan. Det du skrev står kvar här. Läs kollegans "
    "rapport på insatsens sida innan du lämnar den här."
)


@needs(Right.LOG_INCIDENT, Right.VIEW_YOUTHCASE)
@require_safe
def list_passes(request: HttpRequest) -> HttpResponse:
    """The unit's passes, newest first: what is planned, what is out, what is closed."""
    user, now = access.signed_in(request), timezone.now()
    recent = Q(planned_from__gte=now - SHOWN_FOR) | Q(ended_at__isnull=True)
    context = {
        "heading": "Insatser",
        "passes": PatrolPass.objects.filter(recent, organisation=user.organisation),
        "may_plan": access.may(user, Right.LOG_INCIDENT),
    }
    return render(request, "passes.html", context)


@needs(Right.LOG_INCIDENT)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_pass(request: HttpRequest) -> HttpResponse:
    """Plan a pass, or begin one on the spot: both are the same form."""
    by = access.require(request.user, Right.LOG_INCIDENT)
    form = PassForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        return _plan(request, form, by=by)
    context = {"heading": "Ny insats", "form": form}
    return render(request, "pass_plan.html", context, status=422 if form.errors else 200)


def _plan(request: HttpRequest, form: PassForm, *, by: User) -> HttpResponse:
    """Store the pass, once however often the page is sent."""
    patrol_pass = form.patrol_pass()
    with transaction.atomic():
        sent_before = PatrolPass.objects.select_for_update().filter(pk=patrol_pass.pk).first()
        if sent_before and sent_before.planned_by_id != by.pk:
            raise Http404
        if sent_before is None:
            patrol_pass.save(force_insert=True)
            patrol_pass.team.set(form.cleaned_data["team"])
            if request.POST.get("save") == "begin":
                passes.begin(patrol_pass, by=by, at=timezone.now())
    return _answer(request, patrol_pass, is_new=sent_before is None)


def _answer(request: HttpRequest, patrol_pass: PatrolPass, *, is_new: bool) -> HttpResponse:
    url = reverse("pass", args=[patrol_pass.pk])
    if phone.is_sending(request):
        return phone.received(str(patrol_pass), url, is_new=is_new)
    return redirect(url)


@needs(Right.LOG_INCIDENT, Right.VIEW_YOUTHCASE)
@require_safe
def show_pass(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One pass: the plan, what it came to so far, and its closing report."""
    patrol_pass = _own_pass(request, pk)
    user, now = access.signed_in(request), timezone.now()
    context = {
        "heading": str(patrol_pass),
        "pass": patrol_pass,
        "team": patrol_pass.team.order_by("name"),
        "sum": passes.summed(patrol_pass),
        "hours": (patrol_pass.effort_minutes or patrol_pass.minutes_until(now)) / 60,
        "may_work": access.may(user, Right.LOG_INCIDENT),
        "is_out": passes.current(user, at=now) == patrol_pass,
    }
    return render(request, "pass.html", context)


@needs(Right.LOG_INCIDENT)
@require_POST
def begin_pass(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One tap: the pass begins, or one more of the unit joins it."""
    patrol_pass = _own_pass(request, pk)
    if patrol_pass.is_closed:
        messages.warning(request, "Insatsen är avslutad. Börja en ny.")
        return redirect("pass", pk=pk)
    passes.begin(patrol_pass, by=access.signed_in(request), at=timezone.now())
    messages.success(request, f"Du är ute på {patrol_pass}. Nya händelser hör dit.")
    return redirect("worklist")


@needs(Right.LOG_INCIDENT)
@require_http_methods(["GET", "HEAD", "POST"])
def close_pass(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The joint closing report, written once for the whole team.

    A report that comes when there is one already is shown again with every word: no one's is lost.
    """
    patrol_pass = _own_pass(request, pk)
    is_sent = request.method == "POST"
    if patrol_pass.started_at is None or (patrol_pass.is_closed and not is_sent):
        return redirect("pass", pk=pk)
    form = CloseForm(request.POST or None, patrol_pass=patrol_pass)
    if is_sent and form.is_valid():
        if form.is_on_record():
            return _answer(request, patrol_pass, is_new=False)
        try:
            passes.close(form.filled(), by=access.signed_in(request))
        except passes.AlreadyClosed:
            form.add_error(None, TOO_LATE)
        else:
            messages.success(request, "Insatsen är avslutad och timmarna räknas.")
            return _answer(request, patrol_pass, is_new=True)
    context = {
        "heading": f"Avsluta {patrol_pass}",
        "form": form,
        "sum": passes.summed(patrol_pass),
        "back": {"url": reverse("pass", args=[pk]), "label": "Till insatsen"},
    }
    return render(request, "pass_close.html", context, status=422 if form.errors else 200)


def _own_pass(request: HttpRequest, pk: UUID) -> PatrolPass:
    """A pass of the reader's own unit; any other does not exist."""
    user = access.signed_in(request)
    found = PatrolPass.objects.filter(pk=pk, organisation=user.organisation)
    patrol_pass = found.select_related("municipality", "closed_by").first()
    if patrol_pass is None:
        raise Http404
    return patrol_pass
