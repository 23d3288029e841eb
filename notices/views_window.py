"""Where the unit's window envelopes have their window, and a sheet to try them with."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cases import access
from cases.models import Right, Window
from cases.routes import needs
from notices import handouts, rendering, views_handouts


class WindowForm(forms.Form):
    """Right or left."""

    letter_window = forms.ChoiceField(
        label="Fönstret sitter", choices=Window.choices, widget=forms.RadioSelect
    )


@dataclass(frozen=True)
class Rectangle:
    """What shows through the window, in millimetres on the paper."""

    left: float
    top: float
    width: float
    height: float


@needs(Right.MANAGE_SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def window(request: HttpRequest) -> HttpResponse:
    """Choose the window of the own unit; letters that are already made keep theirs."""
    unit = access.signed_in(request).organisation
    known = {"letter_window": unit.letter_window or settings.LETTER_WINDOW}
    form = WindowForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        unit.letter_window = form.cleaned_data["letter_window"]
        unit.save(update_fields=["letter_window"])
        chosen = unit.get_letter_window_display().lower()
        messages.success(request, f"Nya brev görs för fönster {chosen}.")
        return redirect("letter-window")
    sheets = [
        (choice.label, reverse("window-sheet", kwargs={"code": choice.value})) for choice in Window
    ]
    context = {"heading": "Fönsterkuvert", "form": form, "sheets": sheets}
    return render(request, "window.html", context, status=422 if form.errors else 200)


@needs(Right.MANAGE_SETTINGS)
@require_POST
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Order the test sheet: fold it, put it in an envelope, and see which rectangle shows."""
    if code not in rendering.WINDOWS:
        raise Http404
    place = rendering.WINDOWS[code]
    by = access.signed_in(request)
    shown = {
        "code": code,
        "always": _rectangle(place.address_mm),
        "ever": _rectangle(place.exposed_mm),
        "unit": by.organisation,
    }
    handout = handouts.order(
        render_to_string("print/window.html", shown),
        title=f"Provblad för fönster {code}",
        file_name=f"fonster-{code}.pdf",
        style="letter",
        by=by,
    )
    return views_handouts.begun(handout)


def _rectangle(corners: tuple[float, float, float, float]) -> Rectangle:
    left, top, right, bottom = corners
    return Rectangle(left, top, right - left, bottom - top)
