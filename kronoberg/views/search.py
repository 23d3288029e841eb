"""Looking for a case by whom it is about. The question is posted: no name stands in an address."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cases import search as circle
from cases.forms.search import SearchForm
from cases.models import Right
from cases.models.moves import AnyCase
from cases.routes import needs
from kronoberg import case_page

# The button of the work list's box.
BEGIN = "begin"


@needs(Right.VIEW_OWN_YOUTHCASE, Right.VIEW_YOUTHCASE, Right.VIEW_REFERRAL)
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """One box, and why; the answer is the cases of the reader's own circle, or none.

    The work list's box begins here: what was typed there is kept, and the reason is asked for. The
    number of a case that is found opens it.
    """
    if BEGIN in request.POST:
        form = SearchForm(initial={"what": request.POST.get("what", "")})
    else:
        form = SearchForm(request.POST or None)
    found: list[AnyCase] | None = None
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        try:
            found = circle.find(
                request, asked["what"], purpose=asked["purpose"], words=asked["words"]
            )
        except circle.TooMany as refusal:
            form.add_error("what", forms.ValidationError(str(refusal)))
        else:
            if asked["what"].key == circle.Key.REFERENCE and len(found) == 1:
                return redirect("case", pk=found[0].pk)
    context = {
        "heading": "Sök",
        "form": form,
        "is_answered": found is not None,
        "rows": [
            {
                "reference": case.reference,
                "url": case_page.case_url(case),
                "headline": case_page.headline(case),
                "state_label": case.get_state_display(),
            }
            for case in found or ()
        ],
    }
    return render(request, "search.html", context, status=422 if form.errors else 200)
