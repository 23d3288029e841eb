"""The page of figures: aggregates of one municipality, and no road from them to a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import access
from cases.models import AccessEntry, Right
from cases.routes import needs
from kronoberg.statistics import findings
from kronoberg.statistics.figures import closed_year


@needs(Right.VIEW_STATISTICS)
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the last closed year in the municipality of the reader's unit.

    The period cannot be chosen freely: two that overlap can be subtracted, cell by cell.
    """
    area = access.signed_in(request).organisation.municipality
    period = closed_year(timezone.localdate())
    access.log_access(request, AccessEntry.Kind.STATISTICS, None)
    return render(
        request,
        "statistics.html",
        {
            "heading": f"Statistik för {area}" if area else "Statistik",
            "period": period,
            "figures": findings.page(period, area) if area else [],
        },
    )
