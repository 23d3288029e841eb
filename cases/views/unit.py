"""The own unit, for whoever leads it or keeps its settings: who has what, and how it is reached."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cases import access, workload
from cases.forms.unit import UnitForm
from cases.models import Organisation, Right
from cases.routes import needs

# Whoever may name the readers of a protected youth is the one that leads the unit.
KEEPERS = (Right.MANAGE_SETTINGS, Right.NAME_READERS)


@needs(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: HttpRequest) -> HttpResponse:
    """Who has how many cases, for whoever gives them out; address, phone, e-mail and website."""
    by = access.signed_in(request)
    own = Organisation.objects.get(pk=by.organisation_id)
    form = UnitForm(request.POST or None, instance=own)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Enhetens uppgifter är ändrade. Nya brev får dem.")
        return redirect("unit")
    context: dict[str, Any] = {"heading": "Enheten", "name": str(own), "form": form}
    if access.may(by, Right.ASSIGN_REFERRAL):
        context["loads"] = workload.of_unit(own, at=timezone.now())
    return render(request, "unit.html", context, status=422 if form.errors else 200)
