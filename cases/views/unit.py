"""How the own unit is reached, kept by whoever leads it or keeps its settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cases import access
from cases.forms.unit import UnitForm
from cases.models import Organisation, Right
from cases.routes import needs

# Whoever may name the readers of a protected youth is the one that leads the unit.
KEEPERS = (Right.MANAGE_SETTINGS, Right.NAME_READERS)


@needs(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: HttpRequest) -> HttpResponse:
    """Address, phone, e-mail and website of the reader's own unit."""
    own = Organisation.objects.get(pk=access.signed_in(request).organisation_id)
    form = UnitForm(request.POST or None, instance=own)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Enhetens uppgifter är ändrade. Nya brev får dem.")
        return redirect("unit")
    context = {"heading": "Enheten", "name": str(own), "form": form}
    return render(request, "unit.html", context, status=422 if form.errors else 200)
