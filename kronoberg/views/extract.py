"""The register extract of one person, ordered as PDF after a test of secrecy."""

from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods

from cases import access
from cases.models import AccessEntry, Right
from cases.routes import needs
from kronoberg import case_page, extracts
from notices import handouts, views_handouts


class ExtractForm(forms.Form):
    """What is withheld, why, and that somebody has tested it."""

    withheld = forms.MultipleChoiceField(
        label="Vad ska inte lämnas ut?",
        help_text="Kryssa för det som sekretessen hindrar (OSL 35:1, 26:1, 12 kap.).",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    words = forms.CharField(
        label="Vem har begärt utdraget, och hur prövades det?",
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=8,
        max_length=1000,
        error_messages={"min_length": "Skriv det med några ord."},
    )
    tested = forms.BooleanField(
        label="Jag har prövat sekretessen, också mot den som frågar",
        error_messages={"required": "Pröva sekretessen innan något lämnas ut."},
    )


@needs.fresh
@needs(Right.VIEW_YOUTHCASE, Right.VIEW_REFERRAL)
@require_http_methods(["GET", "HEAD", "POST"])
def extract(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the unit has on record about the youth of this case, and who has looked."""
    case = access.get_case(request, pk, opens=access.may_read_identity, otherwise=PermissionDenied)
    by = access.signed_in(request)
    cases = extracts.cases_of(case, by=by)
    form = ExtractForm(request.POST or None)
    of_cases = extracts.told(cases, by=by)
    names = extracts.headings(of_cases)
    form.fields["withheld"] = forms.MultipleChoiceField(
        label=form.fields["withheld"].label,
        help_text=form.fields["withheld"].help_text,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[(name, name) for name in names],
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        shown = extracts.content(cases, of_cases, by=by, withheld=given["withheld"])
        for each in cases:
            access.log_access(
                request,
                AccessEntry.Kind.EXPORT,
                each.pk,
                purpose=AccessEntry.Purpose.REQUEST,
                words=given["words"],
            )
        handout = handouts.order(
            render_to_string("print/extract.html", shown),
            title=f"Registerutdrag {case.reference}",
            file_name=f"utdrag-{case.reference}.pdf",
            style="letter",
            by=by,
            case_id=case.pk,
        )
        return views_handouts.begun(handout)
    context = {
        "heading": "Registerutdrag",
        "form": form,
        "case": {"reference": case.reference},
        "n_cases": len(cases),
        "back": {"url": case_page.case_url(case), "label": "Till ärendet"},
    }
    return render(request, "extract.html", context, status=422 if form.errors else 200)
