"""Retention as a person meets it: what is due in the unit, the approval, and the protocol."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import access, holds
from cases.forms.trust import HoldForm
from cases.models import AccessEntry, ErasureList, LegalHold, Right, Rule
from cases.routes import needs
from kronoberg import erasure


@needs.fresh
@needs(Right.APPROVE_ERASURE)
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """What waits for approval in the own unit, and what has been erased."""
    access.log_access(request, AccessEntry.Kind.READ, None)
    return _page(request, HoldForm())


def _page(request: HttpRequest, form: HoldForm) -> HttpResponse:
    user = access.signed_in(request)
    held = holds.active(timezone.localdate(), user.organisation)
    numbers = access.visible_cases(user).filter(pk__in=held).values_list("pk", "reference")
    context = {
        "heading": "Gallring",
        "form": form,
        "holds": [{"hold": held[key], "reference": number} for key, number in numbers],
        "lists": erasure.protocol(user.organisation),
        "rules": dict(Rule.objects.filter(valid_to=None).values_list("key", "label")),
    }
    return render(request, "erasure.html", context, status=422 if form.errors else 200)


@needs.fresh
@needs(Right.APPROVE_ERASURE)
@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Keep a case of the own unit past its day."""
    user, form = access.signed_in(request), HoldForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        case = access.visible_cases(user).filter(reference__iexact=given["reference"]).first()
        if case is not None and case.organisation_id == user.organisation_id:
            holds.place(case, by=user, reason=given["reason"], ends_on=given["ends_on"])
            messages.success(request, "Ärendet bevaras. Det står på sidan tills det upphör.")
            return redirect("erasure")
        access.log_refusal(request, None)
        form.add_error("reference", "Inget ärende i enheten har det numret.")
    return _page(request, form)


@needs.fresh
@needs(Right.APPROVE_ERASURE)
@require_POST
def lift(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let a kept case follow its rule again."""
    user = access.signed_in(request)
    found = LegalHold.objects.filter(pk=pk, organisation=user.organisation, lifted_at=None).first()
    if found is None:
        raise Http404
    holds.lift(found, by=user)
    messages.success(request, "Beslutet är upphävt.")
    return redirect("erasure")


@needs.fresh
@needs(Right.APPROVE_ERASURE)
@require_POST
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say yes to a list; the night's sweep carries it out."""
    user = access.signed_in(request)
    found = ErasureList.objects.filter(pk=pk, organisation=user.organisation).first()
    if found is None:
        access.log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404
    try:
        erasure.approve(found, by=user)
    except erasure.NotApproved as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Listan är godkänd. Den gallras i natt.")
    return redirect("erasure")
