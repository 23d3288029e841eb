"""The recurring review of the log: a sample, a finding for each row, a signature, a report."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases import access, oversight, sampling
from cases.forms.trust import FindingsForm, PeriodForm, SignForm
from cases.models import AccessEntry, LogReview, ReviewedEntry, Right
from cases.routes import needs


@needs(Right.REVIEW_LOG)
@require_http_methods(["GET", "HEAD", "POST"])
def reviews(request: HttpRequest) -> HttpResponse:
    """The unit's reviews, and the start of a new one."""
    user = access.signed_in(request)
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data
        review = sampling.begin(user.organisation, days["first"], days["last"], by=user)
        access.log_access(request, AccessEntry.Kind.LOG, review.pk)
        return redirect("review", pk=review.pk)
    context = {
        "heading": "Loggranskningar",
        "form": form,
        "reviews": LogReview.objects.filter(organisation=user.organisation).select_related(
            "made_by"
        ),
        "back": {"url": reverse("log"), "label": "Logg"},
    }
    return render(request, "reviews.html", context, status=422 if form.errors else 200)


@needs(Right.REVIEW_LOG)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One review: its rows to judge, or, when it is signed, its report."""
    user = access.signed_in(request)
    found = LogReview.objects.filter(pk=pk, organisation=user.organisation).first()
    if found is None:
        access.log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404
    access.log_access(request, AccessEntry.Kind.LOG, found.pk)
    if found.signed_at or request.method != "POST":
        return render(request, "review.html", _context(found, FindingsForm(review=found)))
    findings = FindingsForm(request.POST, review=found)
    sign = SignForm(request.POST) if "sign" in request.POST else None
    if findings.is_valid():
        findings.store()
        if sign is None:
            messages.success(request, "Bedömningarna är sparade.")
            return redirect("review", pk=found.pk)
        if sign.is_valid():
            try:
                sampling.sign(found, by=user, conclusion=sign.cleaned_data["conclusion"])
            except sampling.NotFinished as refusal:
                sign.add_error(None, forms.ValidationError(str(refusal)))
            else:
                return redirect("review", pk=found.pk)
    return render(request, "review.html", _context(found, findings, sign), status=422)


def _context(
    found: LogReview, findings: FindingsForm, sign: SignForm | None = None
) -> dict[str, Any]:
    rows = findings.rows
    lines = oversight.lines([row.entry for row in rows], found.organisation)
    labels = ReviewedEntry.Drawn
    return {
        "heading": f"Granskning {found}",
        "review": found,
        "form": sign or SignForm(),
        "findings": findings,
        "rows": [
            {
                "line": line,
                "why": labels(row.drawn).label,
                "fields": [findings[f"{part}-{row.entry_id}"] for part in ("finding", "note")],
                "row": row,
            }
            for row, line in zip(rows, lines, strict=True)
        ],
        "report": list(sampling.report(found)) if found.signed_at else [],
        "back": {"url": reverse("reviews"), "label": "Loggranskningar"},
    }
