"""Break-glass: opening a case in an emergency, and judging afterwards whether it was one."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cases import access, emergency, oversight
from cases.forms.trust import EmergencyForm, VerdictForm
from cases.models import AccessEntry, Right
from cases.routes import needs


@needs.fresh
@needs(*access.READS_CASES)
@require_http_methods(["GET", "HEAD", "POST"])
def open_case(request: HttpRequest) -> HttpResponse:
    """Open one case of the own authority for an hour; somebody else judges the reason."""
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            case = emergency.open_case(
                request, given["reference"], reason=given["reason"], words=given["words"]
            )
        except emergency.NotOpened as refusal:
            form.add_error("reference", forms.ValidationError(str(refusal)))
        else:
            messages.warning(request, "Ärendet är öppet för dig i en timme. Öppningen granskas.")
            return redirect("case", pk=case.pk)
    context = {
        "heading": "Öppna i nödläge",
        "form": form,
        "opened": emergency.open_now(access.signed_in(request)),
    }
    return render(request, "emergency.html", context, status=422 if form.errors else 200)


@needs(Right.REVIEW_LOG, Right.NAME_READERS)
@require_safe
def to_judge(request: HttpRequest) -> HttpResponse:
    """The emergencies of the own unit, and into the own unit, that wait for a judgement."""
    user = access.signed_in(request)
    access.log_access(request, AccessEntry.Kind.LOG, None)
    rows = [
        {"opened": opened, "before": emergency.judge_before(opened)}
        for opened in emergency.to_judge(user)
    ]
    context = {"heading": "Nödåtkomst att bedöma", "rows": rows}
    return render(request, "emergencies.html", context)


@needs(Right.REVIEW_LOG, Right.NAME_READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Was it justified? By somebody else than the one who opened."""
    user = access.signed_in(request)
    opened = emergency.to_judge(user).filter(pk=pk).first()
    if opened is None:
        raise Http404
    access.log_access(request, AccessEntry.Kind.LOG, opened.case_id)
    form = VerdictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            emergency.judge(opened, by=user, **form.cleaned_data)
        except emergency.NotYours:
            raise Http404 from None
        messages.success(request, "Bedömningen är sparad.")
        return redirect("emergencies")
    context = {
        "heading": f"{opened.user.name}: {opened.get_reason_display()}",
        "opened": opened,
        "words": oversight.HIDDEN if oversight.is_hidden(opened.case_id) else opened.words,
        "form": form,
        "back": {"url": reverse("emergencies"), "label": "Nödåtkomst att bedöma"},
    }
    return render(request, "emergency_judge.html", context, status=422 if form.errors else 200)
