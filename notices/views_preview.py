"""The notice on paper before it is sent: ordered from the form that sends it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cases import access
from cases.models import AccessEntry, Right, YouthCase
from cases.routes import needs
from notices import previews, views_handouts

NOT_YET = "Anmälan kan inte granskas än: något saknas, eller så är uppgifterna skyddade för dig."


@needs(Right.NOTIFY_YOUTHCASE)
@require_POST
def order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Order the PDF of what would be sent now, if that is what the form was drawn with."""
    case = access.get_case(request, pk)
    by = access.signed_in(request)
    preview = previews.of(case, "notify", by=by)
    if (
        not isinstance(case, YouthCase)
        or preview is None
        or request.POST.get("previewed") != preview.sha256
    ):
        messages.error(request, previews.CHANGED if preview else NOT_YET)
        return redirect("step", pk=pk, action="notify")
    access.log_access(request, AccessEntry.Kind.PRINT, pk)
    return views_handouts.begun(previews.order(case, by=by))
