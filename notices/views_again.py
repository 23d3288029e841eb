"""One letter that has not arrived, sent again: its reason, and the button."""

from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases import access, workflow
from cases.models import Right
from cases.routes import needs
from notices import resending, tasks
from notices.catalogue import CATALOGUE
from notices.gates import GateClosed
from notices.models import HeldLetter
from notices.views import fetched_by_case


class AgainForm(forms.Form):
    """Asks for nothing but a deliberate yes."""

    request_id = forms.UUIDField(widget=forms.HiddenInput)

    def sections(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        return []


@needs(Right.HANDLE_POST)
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a letter that has not arrived again, or say why it still cannot go."""
    held = fetched_by_case(request, HeldLetter.objects.all(), pk)
    form = AgainForm(request.POST or None, initial={"request_id": uuid4()})
    back = reverse("case", kwargs={"pk": held.case_id})
    if request.method == "POST" and form.is_valid() and _send(request, held, form):
        return redirect(back)
    context = {
        "heading": "Skicka brevet igen",
        "meaning": f"{held.reason} {held.other_way}",
        "form": form,
        "happens_next": (
            "Brevet görs av det som står i ärendet i dag, och prövas som ett nytt brev.",
            "Det hamnar i dagens post.",
        ),
        "submit_label": "Skicka igen",
        "case": {"headline": f"{CATALOGUE[held.code].title} till {held.addressee}"},
        "back": {"url": back, "label": "Till ärendet"},
    }
    return render(request, "step.html", context, status=422 if form.errors else 200)


def _send(request: HttpRequest, held: HeldLetter, form: AgainForm) -> bool:
    """Do it; a refusal becomes an error on the form."""
    by, request_id = access.signed_in(request), form.cleaned_data["request_id"]
    try:
        letter = resending.send_again(held, by=by, request_id=request_id)
    except workflow.StepRepeated:
        return True
    except (workflow.NotAllowedNow, GateClosed) as refusal:
        form.add_error(None, forms.ValidationError(str(refusal)))
        return False
    messages.success(request, f"Klart: {letter.code} till {letter.addressee} är i kö.")
    tasks.wake_worker()
    return True
