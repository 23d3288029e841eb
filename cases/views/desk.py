"""A caseworker's own calendar: an address that a phone can follow, and can be withdrawn."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases import access, calendars
from cases.models import Right
from cases.routes import needs


@needs(Right.SUPPORT_REFERRAL)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Make an address, shown this once, or withdraw the one there is."""
    user, address = access.signed_in(request), ""
    if request.method == "POST" and request.POST.get("do") == "revoke":
        calendars.revoke(user)
        messages.success(request, "Adressen är återkallad. Telefonen får inga fler tider.")
        return redirect("calendar")
    if request.method == "POST":
        secret = calendars.new_address(user)
        address = request.build_absolute_uri(f"{reverse('calendar-feed')}?nyckel={secret}")
    context = {
        "heading": "Kalender",
        "address": address,
        "ends_at": calendars.ends_at(user),
    }
    return render(request, "calendar.html", context)


@needs.nobody
@require_safe
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """The times of whoever's secret is in the address; a calendar program cannot log in."""
    owner = calendars.owner_of(request.GET.get("nyckel", ""))
    if owner is None:
        raise Http404
    text = calendars.feed(owner, at=timezone.now())
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )
