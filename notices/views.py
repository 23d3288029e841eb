"""A letter's page and its PDF: the preview is the very file that is sent."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from cases import access
from cases.models import AccessEntry
from cases.routes import needs
from notices.catalogue import CATALOGUE
from notices.models import Letter

# A letter takes under a second; one that has waited this long has no worker.
NO_WORKER_AFTER = timedelta(minutes=2)


@needs.signed_in
@require_GET
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far a letter has come, and the letter itself when it is ready."""
    found = _get_letter(request, pk)
    case_url = reverse("case", kwargs={"pk": found.case_id})
    context = {"letter": _shown(found), "back": {"url": case_url, "label": "Till ärendet"}}
    return render(request, "letter.html", context)


@needs.signed_in
@require_GET
def pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The PDF, byte for byte as it was made."""
    found = _get_letter(request, pk)
    if found.state != Letter.State.READY:
        raise Http404
    access.log_access(request, AccessEntry.Kind.PRINT, found.case_id)
    response = HttpResponse(bytes(found.document.content), content_type="application/pdf")
    # The file's name says nothing of whom it is about.
    response["Content-Disposition"] = f'inline; filename="{found.code}-{found.reference}.pdf"'
    return response


def _get_letter(request: HttpRequest, pk: UUID) -> Letter:
    """The letter, fetched through its case: whoever may not see the case sees no letter of it."""
    user = access.signed_in(request)
    found = Letter.objects.filter(pk=pk, organisation=user.organisation).first()
    if found is None:
        access.log_access(request, AccessEntry.Kind.REFUSED, pk)
        raise Http404
    case = access.get_case(request, found.case_id)
    if not access.may_read_identity(user, case):
        access.log_access(request, AccessEntry.Kind.REFUSED, found.case_id)
        raise Http404
    return found


def _no_worker(found: Letter) -> bool:
    """Has this letter waited while no other was made either?"""
    since = timezone.now() - NO_WORKER_AFTER
    return found.made_at < since and not Letter.objects.filter(rendered_at__gte=since).exists()


def _shown(found: Letter) -> dict[str, Any]:
    reason = found.failure
    if found.state == Letter.State.QUEUED and not reason and _no_worker(found):
        reason = "Brevet har väntat länge: bakgrundsarbetet verkar stå stilla. Säg till driften."
    return {
        "code": found.code,
        "title": CATALOGUE[found.code].title,
        "recipient": found.addressee,
        "state": found.state,
        "state_label": found.get_state_display(),
        "reason": reason,
        "remedy": "Inget har gått förlorat: brevets innehåll är sparat.",
        "created_at": found.made_at,
        "rendered_at": found.rendered_at,
        "template_version": found.template_version,
        "sha256": found.pdf_sha256,
        "pdf_url": reverse("letter-pdf", kwargs={"pk": found.pk}),
    }
