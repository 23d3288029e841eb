"""The written decision on a forfeiture, ordered from the case page to be handed over."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cases import access, workflow
from cases.models import Right, YouthCase
from cases.routes import needs
from notices import serving, tasks


@needs(Right.HANDLE_YOUTHCASE)
@require_POST
def order(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make the decisions of the case, or find those that are made, and show them."""
    case = access.get_case(request, pk)
    if not isinstance(case, YouthCase):
        raise Http404
    try:
        made = serving.print_decisions(case, by=access.signed_in(request))
    except workflow.NotAllowedNow as refusal:
        messages.error(request, str(refusal))
        return redirect("case", pk=pk)
    tasks.wake_worker()
    if len(made) > 1:
        messages.success(request, "Besluten finns under Brev: ett för varje dag de lämnades över.")
        return redirect("case", pk=pk)
    return redirect("letter", pk=made[0].pk)
