"""A caseworker's times as a phone follows them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import calendars, circle
from cases.models.grants import units_of
from cases.routes import needs


@needs.nobody
@require_safe
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """The times of whoever's secret is in the address; a calendar program cannot log in."""
    owner = calendars.owner_of(request.GET.get("nyckel", ""))
    if owner is None:
        raise Http404
    with circle.entered(units_of(owner)):
        text = calendars.feed(owner, at=timezone.now())
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )
