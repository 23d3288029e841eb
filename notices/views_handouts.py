"""The page of a file that somebody has ordered: how far it has come, and then the file itself."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import access
from cases.models import AccessEntry
from cases.routes import needs
from notices import handouts, outbox, sheets, tasks
from notices.models import Handout


def begun(handout: Handout) -> HttpResponse:
    """The answer to whoever has ordered a handout; call it outside every transaction."""
    tasks.wake_for_handouts()
    return redirect("handout", pk=handout.pk)


@needs.signed_in
@require_safe
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far it has come, and the file when it is ready."""
    found = _get_handout(request, pk)
    late = found.made_at < timezone.now() - outbox.STUCK_AFTER
    is_stuck = found.state == Handout.State.QUEUED and (late or bool(found.failure))
    context = {
        "heading": found.title,
        "handout": found,
        "what": "Filen" if found.is_tables else "PDF:en",
        "is_stuck": is_stuck,
        "reason": found.failure or outbox.STANDSTILL,
        "hours": handouts.KEPT.days * 24,
        "minutes": handouts.KEPT_OPENED.seconds // 60,
        "case_url": reverse("case", kwargs={"pk": found.case_id}) if found.case_id else "",
    }
    return render(request, "handout.html", context)


@needs.signed_in
@require_safe
def pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The PDF, while it is kept."""
    return _opened(request, pk, is_tables=False)


@needs.signed_in
@require_safe
def tables(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The tables as a file, while it is kept."""
    return _opened(request, pk, is_tables=True)


def _opened(request: HttpRequest, pk: UUID, *, is_tables: bool) -> HttpResponse:
    found = _get_handout(request, pk)
    if found.state != Handout.State.READY or found.is_tables != is_tables:
        raise Http404
    if found.case_id is None:
        access.log_access(request, AccessEntry.Kind.PRINT, None)
    else:
        # Does the case that it tells of still open for the reader? Much can change in a day.
        printed, opens = AccessEntry.Kind.PRINT, access.may_read_identity
        access.get_case(request, found.case_id, kind=printed, opens=opens)
    content = handouts.opened(found, at=timezone.now())
    kind = sheets.FORMATS[found.style].content_type if is_tables else "application/pdf"
    how = "attachment" if is_tables else "inline"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'{how}; filename="{found.file_name}"'
    return response


@needs.signed_in
@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try once more what could not be made."""
    found = _get_handout(request, pk)
    handouts.retry(found)
    return begun(found)


def _get_handout(request: HttpRequest, pk: UUID) -> Handout:
    """The reader's own handout; of any other nobody learns that it is."""
    found = Handout.objects.filter(pk=pk, made_by=access.signed_in(request)).first()
    if found is None:
        access.log_access(request, AccessEntry.Kind.REFUSED, None)
        raise Http404
    return found
