"""What the product promises: accessibility, with somewhere to say what fails, and security."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases.models import AccessibilityReport, Right
from cases.routes import needs

# Nobody has to log in to say that they could not.
A_DAY = 100


class ReportForm(forms.Form):
    """What did not work, and where to answer."""

    text = forms.CharField(
        label="Vad fungerade inte?",
        help_text="Vilken sida, vad du ville göra och vad du använder. Inga uppgifter om ärenden.",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
    )
    contact = forms.CharField(
        label="Hur når vi dig?", help_text="E-post eller telefon.", max_length=200, required=False
    )


@needs.nobody
@require_http_methods(["GET", "HEAD", "POST"])
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement and its feedback (lag 2018:1937 13 §)."""
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        today = timezone.now() - timedelta(days=1)
        if AccessibilityReport.objects.filter(sent_at__gte=today).count() < A_DAY:
            AccessibilityReport.objects.create(sent_at=timezone.now(), **form.cleaned_data)
            messages.success(request, "Tack. Vi läser det du skrev och svarar om du vill.")
            return redirect("accessibility")
        form.add_error(None, "Det har kommit ovanligt många i dag. Försök igen i morgon.")
    context = {"heading": "Tillgänglighet", "form": form, "contact": settings.SECURITY_CONTACT}
    return render(request, "accessibility.html", context, status=422 if form.errors else 200)


@needs(Right.MANAGE_SETTINGS)
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """What has been said about accessibility, for who mends it."""
    context = {"heading": "Synpunkter", "reports": AccessibilityReport.objects.all()[:200]}
    return render(request, "reports.html", context)


@needs.nobody
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """What is promised, what is not, and how to report a weakness."""
    context = {"heading": "Säkerhet", "contact": settings.SECURITY_CONTACT}
    return render(request, "security_promise.html", context)


@needs.nobody
@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where weaknesses are reported, for machines (RFC 9116)."""
    contact = settings.SECURITY_CONTACT
    if not contact:
        raise Http404
    where = f"mailto:{contact}" if "@" in contact else contact
    expires = timezone.now() + timedelta(days=180)
    lines = [f"Contact: {where}", f"Expires: {expires:%Y-%m-%dT00:00:00Z}"]
    lines.append("Preferred-Languages: sv, en")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
